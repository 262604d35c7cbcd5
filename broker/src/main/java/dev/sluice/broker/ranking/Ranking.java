package dev.sluice.broker.ranking;

import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.rsocket.SharedReply;
import org.jspecify.annotations.Nullable;

/** One watcher's ranking: the newest value is there to be taken, whatever came in between. On the keyspace loop. */
public final class Ranking {
    private static final long NOTHING = -1;

    private enum State {
        /** It wants nothing. */
        IDLE,
        /** It wants what there is now, which is to be computed first. */
        ASKED,
        /** There is something for it. */
        TOLD,
        /** It has what there is and wants the next. */
        WAITING,
        CLOSED
    }

    final View view;
    private final Rankings rankings;
    private final Runnable ready;
    private State state = State.IDLE;
    private long seen = NOTHING;
    private @Nullable SharedReply last;

    Ranking(Rankings rankings, View view, Runnable ready) {
        this.rankings = rankings;
        this.view = view;
        this.ready = ready;
    }

    /**
     * The newest value, if this watcher has not had it; else null, and it is told once there is another.
     *
     * @throws CommandError there is no ranking: the key holds something else, or the range is too long
     */
    public @Nullable SharedReply take() {
        if (state == State.IDLE && !view.isCurrent() && (seen == NOTHING || !view.isAttended())) {
            state = State.ASKED;
            rankings.ask(this);
        }
        if (state != State.IDLE && state != State.TOLD) {
            return null;
        }
        state = State.IDLE;
        CommandError failure = view.failure();
        if (failure != null) {
            throw failure;
        }
        SharedReply value = view.value();
        boolean had = seen == view.version() || isAgain(value);
        seen = view.version();
        if (had) {
            await();
            return null;
        }
        last = value;
        return value;
    }

    /** Whether it is what this watcher had before it missed something. */
    private boolean isAgain(@Nullable SharedReply value) {
        SharedReply before = last;
        return before != null
                && value != null
                && seen + 1 < view.version()
                && before.reply().equals(value.reply());
    }

    /** This watcher wants the next value, as soon as there is one. */
    public void await() {
        if (state == State.IDLE) {
            state = State.WAITING;
            rankings.await(this);
        }
    }

    void tell() {
        state = State.TOLD;
        ready.run();
        if (state == State.TOLD) {
            state = State.IDLE;
        }
    }

    /** Is told of nothing any more. Does nothing the second time. */
    public void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            rankings.close(this);
        }
    }
}
