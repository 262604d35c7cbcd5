package dev.sluice.broker.net;

import reactor.core.publisher.FluxSink;

/**
 * The pace of one RSocket stream: a step while the subscriber has demand and the socket takes what it brings. Without the
 * second, demand of 2^31-1 from a slow browser would fill the server's memory instead of the browser's.
 */
final class Pace {
    private final FrameConnection frames;
    private final FluxSink<?> sink;
    private final Runnable step;
    private final Runnable go = this::go;
    private boolean going;
    private boolean ended;

    /** @param step takes at most one element further; it is repeated while there is room */
    Pace(FrameConnection frames, FluxSink<?> sink, Runnable step) {
        this.frames = frames;
        this.sink = sink;
        this.step = step;
    }

    /** Begins: from now on demand and writability call the step. */
    void begin() {
        frames.onWritable(go);
        sink.onRequest(n -> go());
    }

    /** To be called when the sink is disposed of: one that has failed still reports its demand. */
    void end() {
        ended = true;
        frames.removeOnWritable(go);
    }

    boolean hasRoom() {
        return !ended && sink.requestedFromDownstream() > 0 && frames.isWritable();
    }

    /** Steps on, unless it is doing so already further up the stack. */
    void go() {
        if (!going) {
            going = true;
            try {
                step.run();
            } finally {
                going = false;
            }
        }
    }
}
