package dev.sluice.broker.dispatch;

import dev.sluice.broker.seam.Time;
import dev.sluice.broker.seam.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * The one thread that owns the keyspace. Work is done in turns: a connection's batch, a message from another thread, a
 * bite of housekeeping. What turns gave other connections to send is flushed once for all turns that were due together.
 */
public final class KeyspaceLoop implements Turns {
    private static final Logger log = LoggerFactory.getLogger(KeyspaceLoop.class);
    private static final long MICRO = 1_000;

    private final ScheduledExecutorService executor;
    private final BooleanSupplier isHere;
    private final Time time;
    private final List<Runnable> atEndOfTurn = new ArrayList<>();
    private final Runnable end = this::end;
    private boolean endScheduled;
    private long lagNanosMax;
    private LongConsumer onLag = nanos -> {};

    /**
     * @param executor a single thread, which is the listeners' event loop when there is only one
     * @param isHere whether the caller is on that thread
     */
    public KeyspaceLoop(ScheduledExecutorService executor, BooleanSupplier isHere, Time time) {
        this.executor = executor;
        this.isHere = isHere;
        this.time = time;
    }

    @Override
    public void execute(Runnable turn) {
        executor.execute(() -> {
            try {
                turn.run();
            } finally {
                endTurn();
            }
        });
    }

    /**
     * Runs as a turn of its own, after the sockets that are ready have been served: so goes what goes on and on in bites.
     * By {@link #execute} each bite would follow the one before at once, for an event loop runs all the tasks that it has,
     * up to a second long, before it looks at its sockets.
     */
    @Override
    public void nextTurn(Runnable turn) {
        after(0, turn);
    }

    /** As {@link #nextTurn}, for one that goes on from turn to turn and says by itself which of them end with {@link #endTurn}. */
    public void goOn(Runnable turn) {
        executor.schedule(() -> attempt(turn), 0, TimeUnit.MILLISECONDS);
    }

    /** What fails would be kept in a future that nobody asks, and who does something regularly would end unseen. */
    private static void attempt(Runnable work) {
        try {
            work.run();
        } catch (Throwable broken) {
            log.error("work on the keyspace loop failed", broken);
        }
    }

    /** Runs at once if this is the loop's thread, inside its present turn; else as a turn of its own, later. */
    public void onLoop(Runnable what) {
        if (isHere.getAsBoolean()) {
            what.run();
        } else {
            execute(what);
        }
    }

    /** Whether the caller is on the loop's thread. */
    public boolean isHere() {
        return isHere.getAsBoolean();
    }

    /** Once more after the present turn and those due with it: a connection that was given something flushes then. */
    @Override
    public void atEndOfTurn(Runnable what) {
        atEndOfTurn.add(what);
    }

    /**
     * Ends the present turn. Whoever runs something on the loop without {@link #execute} calls this after it. What the
     * turn gave others to send leaves when the loop has served all sockets that are ready: so one write to a subscriber
     * carries what several publishers had for it.
     */
    public void endTurn() {
        if (!atEndOfTurn.isEmpty() && !endScheduled) {
            endScheduled = true;
            executor.execute(end);
        }
    }

    private void end() {
        endScheduled = false;
        try {
            for (int i = 0; i < atEndOfTurn.size(); i++) { // what one of those adds comes in its order
                atEndOfTurn.get(i).run();
            }
        } finally {
            atEndOfTurn.clear();
        }
    }

    @Override
    public Disposable after(long delayMs, Runnable what) {
        Disposable.Swap handle = Disposables.swap();
        var future = executor.schedule(
                () -> {
                    if (!handle.isDisposed()) {
                        attempt(what);
                        endTurn();
                    }
                },
                delayMs,
                TimeUnit.MILLISECONDS);
        handle.update(() -> future.cancel(false));
        return handle;
    }

    /**
     * Runs again and again, so many milliseconds after the last time ended, also if that failed; measures how late the
     * loop is.
     */
    public Disposable every(long periodMs, Runnable what) {
        Disposable.Swap handle = Disposables.swap();
        again(handle, periodMs, what);
        return handle;
    }

    private void again(Disposable.Swap handle, long periodMs, Runnable what) {
        long due = time.nanos() + periodMs * MICRO * MICRO;
        handle.update(after(periodMs, () -> {
            long lag = time.nanos() - due;
            lagNanosMax = Math.max(lagNanosMax, lag);
            onLag.accept(lag);
            attempt(what);
            if (!handle.isDisposed()) {
                again(handle, periodMs, what);
            }
        }));
    }

    /** Tells how late the loop is, in nanoseconds, at each of its regular works. */
    public void onLag(LongConsumer what) {
        onLag = what;
    }

    /** How late the loop was at worst since this was last asked, in nanoseconds. */
    public long takeLagNanosMax() {
        long lag = lagNanosMax;
        lagNanosMax = 0;
        return lag;
    }
}
