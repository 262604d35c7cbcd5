package dev.sluice.broker.net;

import java.util.function.Consumer;
import java.util.function.Supplier;
import reactor.core.publisher.FluxSink;

/**
 * The pace of one RSocket stream: a step while the subscriber has demand and the socket takes what it brings. Without the
 * second, demand of 2^31-1 from a slow browser would fill the server's memory instead of the browser's. After so many
 * steps the sockets of others have their turn.
 */
final class Pace {
    static final int STEPS_A_TURN = 128;

    /** What comes after a step. */
    enum Then {
        /** Another one. */
        GO_ON,
        /** Another one, when the sockets of others have been served: this one brought nothing, or took long. */
        NEXT_TURN,
        /** Nothing, until demand, the socket or {@link #emit} says so. */
        WAIT
    }

    private final Outlet outlet;
    private final FluxSink<?> sink;
    private final Consumer<Runnable> nextTurn;
    private final Supplier<Then> step;
    private final Runnable go = this::go;
    private boolean going;
    private boolean due;
    private boolean ended;

    /**
     * @param nextTurn runs something when sockets have been served
     * @param step takes at most one element further; called while there is room. What is
     *     emitted is emitted by it or through {@link #emit}, else the demand that room is measured by may be the one before
     */
    Pace(Outlet outlet, FluxSink<?> sink, Consumer<Runnable> nextTurn, Supplier<Then> step) {
        this.outlet = outlet;
        this.sink = sink;
        this.nextTurn = nextTurn;
        this.step = step;
    }

    /** Begins: from now on demand and writability call the step. */
    void begin() {
        if (!ended) {
            outlet.onWritable(go);
            sink.onRequest(n -> go());
        }
    }

    /** To be called when the sink is disposed of: one that has failed still reports its demand. */
    void end() {
        ended = true;
        outlet.removeOnWritable(go);
    }

    boolean hasRoom() {
        return !ended && sink.requestedFromDownstream() > 0 && outlet.isWritable();
    }

    /** Emits now, room or not, what was asked for and cannot be put back; then steps on. */
    void emit(Runnable element) {
        boolean outer = going;
        going = true;
        try {
            element.run();
        } finally {
            going = outer;
        }
        go();
    }

    /** Steps on, unless it is doing so already further up the stack. */
    void go() {
        if (going || due) {
            return;
        }
        going = true;
        try {
            Then then = Then.GO_ON;
            for (int left = STEPS_A_TURN; left > 0 && then == Then.GO_ON && hasRoom(); left--) {
                then = step.get();
            }
            if (then != Then.WAIT && hasRoom()) {
                due = true;
                nextTurn.accept(this::goOn);
            }
        } finally {
            going = false;
        }
    }

    private void goOn() {
        due = false;
        go();
    }
}
