package dev.sluice.clients.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One connection beside a load that is pinged once a millisecond, so that a pause of the server shows. It shares the
 * load's thread, because a third thread on two cores would measure the scheduler. Pings that could not be sent because
 * one was under way count too, as HdrHistogram corrects for coordinated omission.
 */
final class PingProbe implements SelectorLoop.Handler, AutoCloseable {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ByteBuffer ping = Batch.encoded("PING");
    private final ReplyCounter counter = new ReplyCounter();
    private final SelectorLoop.Link link;
    private final Target target;
    private CoreWait coreWait;
    private Histogram latencies = Figures.histogram();
    private long longestPause;
    private long nextAt;
    private long sentAt;
    private long waitedBefore;
    private boolean waiting;

    PingProbe(SelectorLoop loop, Target target) {
        this.target = target;
        this.coreWait = new CoreWait(target);
        this.link = loop.connect(target);
        link.handle(this);
    }

    /**
     * Round trips in nanoseconds, and the longest one without the time for which the thread that measures, and the
     * busiest one of the server, were ready to run but had no core.
     */
    record Pauses(Histogram latencies, long longestPauseNanos) {
        double longestMillis() {
            return latencies.getMaxValue() / 1e6;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "p99 %.2f ms, p99.9 %.2f ms, longest %.2f ms (%.2f ms without waiting for a core)",
                    latencies.getValueAtPercentile(99) / 1e6,
                    latencies.getValueAtPercentile(99.9) / 1e6,
                    longestMillis(),
                    longestPauseNanos / 1e6);
        }
    }

    /** Forgets what was measured, and looks anew for the server's busiest thread. */
    void restart() {
        coreWait.close();
        coreWait = new CoreWait(target);
        latencies = Figures.histogram();
        longestPause = 0;
        nextAt = System.nanoTime();
        waitedBefore = coreWait.nanos();
    }

    /** What was seen since the restart; a ping that is still under way counts with its age. */
    Pauses pauses() {
        Histogram all = latencies.copy();
        long longest = longestPause;
        if (waiting) {
            long age = System.nanoTime() - sentAt;
            all.recordValue(age);
            longest = Math.max(longest, age);
        }
        return new Pauses(all, longest);
    }

    /** Sends a ping if one is due. */
    void tick(long now) {
        if (waiting || now < nextAt) {
            return;
        }
        try {
            waiting = true;
            waitedBefore = coreWait.nanos();
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
            long nanos = System.nanoTime() - sentAt;
            latencies.recordValueWithExpectedInterval(nanos, INTERVAL_NANOS);
            if (nanos > longestPause) {
                longestPause = Math.max(longestPause, nanos - (coreWait.nanos() - waitedBefore));
            }
        }
    }

    @Override
    public void writable() throws IOException {
        link.write(ping);
    }

    @Override
    public void close() {
        coreWait.close();
    }
}
