package dev.sluice.clients.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Many connections that have each said PING once and then nothing. */
final class IdleConnections implements SelectorLoop.Handler {
    /** Files of this process that are not the connections. */
    private static final int FILES_RESERVED = 500;

    private static final int WARM_UP = 100;
    private static final int TURN_EVERY = 64;

    private final ReplyCounter replies = new ReplyCounter();
    private int answered;

    private IdleConnections() {}

    /** {@code bytesEach} is the growth of the server's resident memory, shared out. */
    record Outcome(int connections, double bytesEach) {}

    /** Opens as many connections as asked for, or as this process may have files open. */
    static Outcome open(Target target, int wanted, long settleMillis) {
        int count = (int) Math.min(wanted, ProcessFigures.openFilesMax() - FILES_RESERVED);
        try (SelectorLoop loop = new SelectorLoop()) {
            IdleConnections idle = new IdleConnections();
            idle.connect(loop, target, WARM_UP);
            Pause.millis(settleMillis);
            long before = ProcessFigures.residentBytes(target.pid());
            idle.connect(loop, target, count);
            Pause.millis(settleMillis);
            long after = ProcessFigures.residentBytes(target.pid());
            return new Outcome(count, (double) (after - before) / count);
        }
    }

    private void connect(SelectorLoop loop, Target target, int count) {
        int expected = answered + count;
        try {
            for (int i = 0; i < count; i++) {
                SelectorLoop.Link link = loop.connect(target);
                link.handle(this);
                link.write(Batch.encoded("PING"));
                if (i % TURN_EVERY == 0) {
                    loop.turn(0);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        while (answered < expected) {
            loop.turn(100);
        }
    }

    /** A reply to PING comes in one piece, so that all connections can share a counter. */
    @Override
    public void received(ByteBuffer in) {
        answered += replies.feed(in);
        if (replies.firstError() != null) {
            throw new IllegalStateException("refused: " + replies.firstError());
        }
    }

    @Override
    public void writable() {}
}
