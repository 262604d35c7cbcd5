package dev.sluice.clients.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One connection beside a load that is pinged once a millisecond, so that a pause of the server shows. It shares the
 * load's thread, because a third thread on two cores would measure the scheduler. Pings that could not be sent because
 * one was under way count too, as HdrHistogram corrects for coordinated omission.
 */
final class PingProbe implements SelectorLoop.Handler {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ByteBuffer ping = Batch.encoded("PING");
    private final ReplyCounter counter = new ReplyCounter();
    private final SelectorLoop.Link link;
    private Histogram latencies = Figures.histogram();
    private long nextAt;
    private long sentAt;
    private boolean waiting;

    PingProbe(SelectorLoop.Link link) {
        this.link = link;
        link.handle(this);
    }

    void restart() {
        latencies = Figures.histogram();
        nextAt = System.nanoTime();
    }

    /** Round trips in nanoseconds; a ping that is still under way counts with its age. */
    Histogram latencies() {
        Histogram all = latencies.copy();
        if (waiting) {
            all.recordValue(System.nanoTime() - sentAt);
        }
        return all;
    }

    /** Sends a ping if one is due. */
    void tick(long now) {
        if (waiting || now < nextAt) {
            return;
        }
        try {
            waiting = true;
            sentAt = now;
            nextAt = now + INTERVAL_NANOS;
            link.write(ping.rewind());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void received(ByteBuffer in) {
        if (counter.feed(in) > 0) {
            waiting = false;
            latencies.recordValueWithExpectedInterval(System.nanoTime() - sentAt, INTERVAL_NANOS);
        }
    }

    @Override
    public void writable() throws IOException {
        link.write(ping);
    }
}
