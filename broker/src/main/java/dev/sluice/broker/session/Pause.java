package dev.sluice.broker.session;

import dev.sluice.broker.seam.Timer;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * CLIENT PAUSE: requests are held until it is over, and then run in the order in which they came. Meanwhile no key is
 * removed because its time has come (see {@link #onChange}), so that the data stays as it is.
 */
public final class Pause {
    /** What is held. */
    public enum Scope {
        /** What changes data or goes to replicas. */
        WRITE,
        ALL
    }

    /** Why requests wait for the disk, whatever clients say. */
    public enum Full {
        JOURNAL,
        /** What is saved as it was before it is changed. */
        SNAPSHOT,
        /** What is saved is the last: a later change would be told of and lost. */
        END,
        /** All data is about to be read again: also who only reads waits. */
        RELOAD
    }

    /** A longer pause looks at the clock in between. */
    private static final long ALARM_MS_MAX = 24 * 60 * 60 * 1000L;

    private final Timer timer;
    private final List<Held> held = new ArrayList<>();
    private Consumer<Boolean> onChange = on -> {};
    private Disposable alarm = Disposables.disposed();
    private @Nullable Scope scope;
    private long endMs;
    private final EnumSet<Full> full = EnumSet.noneOf(Full.class);

    public Pause(Timer timer) {
        this.timer = timer;
    }

    /** What is told when it has begun and when it is over. */
    public void onChange(Consumer<Boolean> what) {
        onChange = what;
    }

    /** Whether anything may be held. */
    public boolean isOn() {
        return scope != null || !full.isEmpty();
    }

    /** Whether a request is held that changes data or goes to replicas, or one that does not. */
    public boolean holds(boolean writes) {
        return scope == Scope.ALL || (scope == Scope.WRITE || !full.isEmpty()) && writes || full.contains(Full.RELOAD);
    }

    /** How many requests are held. */
    public int held() {
        return held.size();
    }

    /** Begins; one that is on becomes neither shorter nor less restrictive by it. */
    public void begin(Scope what, long untilMs, long nowMs) {
        boolean wasOn = scope != null;
        boolean stood = stands();
        if (!wasOn && untilMs <= nowMs) {
            return;
        }
        endMs = wasOn ? Math.max(endMs, untilMs) : untilMs;
        scope = scope == Scope.ALL ? Scope.ALL : what;
        alarm.dispose();
        alarm(endMs - nowMs);
        tell(stood);
    }

    /** Whether the data is to stay as it is. */
    private boolean stands() {
        return scope != null || full.contains(Full.RELOAD);
    }

    private void tell(boolean stood) {
        boolean stands = stands();
        if (stands != stood) {
            onChange.accept(stands);
        }
    }

    private void alarm(long leftMs) {
        long delayMs = Math.clamp(leftMs, 0, ALARM_MS_MAX);
        alarm = timer.after(delayMs, () -> {
            if (delayMs < leftMs) {
                alarm(leftMs - delayMs);
            } else {
                end();
            }
        });
    }

    /** Ends it; what was held runs after the present call. */
    public void end() {
        if (scope == null) {
            return;
        }
        boolean stood = stands();
        scope = null;
        alarm.dispose();
        tell(stood);
        resume();
    }

    /** Holds what changes data, or more, until it is said that it need not be any longer, whatever else is paused. */
    public void full(Full what, boolean on) {
        boolean stood = stands();
        if (on) {
            full.add(what);
        } else if (full.remove(what)) {
            resume();
        }
        tell(stood);
    }

    private void resume() {
        List<Held> due = List.copyOf(held);
        timer.after(0, () -> due.forEach(Held::resume));
    }

    /**
     * Holds a request of a session; subscribing begins it, cancelling forgets it.
     *
     * @param bytes of the request
     * @param request what runs it, and may find another pause that holds it
     */
    public Mono<Reply> hold(Session session, long bytes, Supplier<Reply> request) {
        return Mono.<Boolean>create(sink -> {
                    Held one = new Held(session, bytes, sink);
                    held.add(one);
                    session.waits().add(one);
                    sink.onCancel(one::forget);
                })
                .flatMap(over -> {
                    Reply reply = request.get();
                    return reply instanceof Reply.Later(var later) ? later : Mono.just(reply);
                });
    }

    private final class Held implements Session.Waiting {
        private final Session session;
        private final long bytes;
        private final MonoSink<Boolean> sink;

        Held(Session session, long bytes, MonoSink<Boolean> sink) {
            this.session = session;
            this.bytes = bytes;
            this.sink = sink;
        }

        void resume() {
            if (forget()) {
                sink.success(true);
            }
        }

        boolean forget() {
            session.waits().remove(this);
            return held.remove(this);
        }

        /** Only the end of the pause does. */
        @Override
        public boolean unblock(@Nullable Reply instead) {
            return false;
        }

        @Override
        public long bytes() {
            return bytes;
        }
    }
}
