package dev.sluice.clients.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * A client that pipelines requests with large replies and never reads one, beside a client that pings. Clients that do
 * read come first, so that the memory that any traffic touches is not taken for growth.
 */
final class NeverReader implements SelectorLoop.Handler {
    private static final String KEY = "bench:big";
    private static final int WARM_UP_READS = 100;
    private static final int WARM_UP_REQUESTS = 500_000;

    private final SelectorLoop.Link link;
    private final Batch gets;

    private NeverReader(SelectorLoop.Link link, int requests) {
        this.link = link;
        this.gets = Batch.of("GET " + KEY, requests, 0);
        link.handle(this);
    }

    /** Growth of the server's resident memory at its highest, and the slowest PING beside it. */
    record Outcome(long growthBytes, long longestPingNanos) {}

    static Outcome run(Target target, int requests, int replyBytes, long settleMillis) {
        Side.send(target, "SET " + KEY + " {data:" + replyBytes + "}", 1);
        Side.send(target, "GET " + KEY, Math.min(WARM_UP_READS, requests));
        Side.send(target, "GET bench:none", WARM_UP_REQUESTS);
        Pause.millis(settleMillis);
        long before = ProcessFigures.residentBytes(target.pid());
        try (SelectorLoop loop = new SelectorLoop();
                PingProbe probe = new PingProbe(loop, target)) {
            probe.restart();
            new NeverReader(loop.connect(target), requests).send();
            long highest = before;
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3 * settleMillis);
            while (System.nanoTime() < end) {
                loop.turn(1);
                probe.tick(System.nanoTime());
                highest = Math.max(highest, ProcessFigures.residentBytes(target.pid()));
            }
            return new Outcome(highest - before, probe.pauses().latencies().getMaxValue());
        }
    }

    private void send() {
        try {
            link.stopReading();
            link.write(gets.refreshed(new Numbers(1, 0), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void received(ByteBuffer in) {
        throw new IllegalStateException("this client never reads");
    }

    @Override
    public void writable() throws IOException {
        link.write(gets.remaining());
    }
}
