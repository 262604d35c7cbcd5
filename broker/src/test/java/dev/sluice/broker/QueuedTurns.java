package dev.sluice.broker;

import dev.sluice.broker.seam.Timer;
import dev.sluice.broker.seam.Turns;
import java.util.ArrayDeque;
import java.util.Deque;
import reactor.core.Disposable;

/** Turns that wait until a test runs them, in the order in which they were asked for. */
public final class QueuedTurns implements Turns {
    private final Deque<Runnable> due = new ArrayDeque<>();
    private final Timer timer;

    /** @param timer what is to be later is its */
    public QueuedTurns(Timer timer) {
        this.timer = timer;
    }

    @Override
    public void execute(Runnable turn) {
        due.add(turn);
    }

    @Override
    public void nextTurn(Runnable turn) {
        due.add(turn);
    }

    @Override
    public void atEndOfTurn(Runnable turn) {
        due.add(turn);
    }

    @Override
    public Disposable after(long delayMs, Runnable turn) {
        return timer.after(delayMs, turn);
    }

    /** All of them, also those that they ask for. */
    public void run() {
        while (!due.isEmpty()) {
            due.remove().run();
        }
    }

    boolean isEmpty() {
        return due.isEmpty();
    }
}
