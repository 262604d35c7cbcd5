package dev.sluice.clients.load;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many keys that expire within one second, spread over it, while other clients send GET and SET at a fixed rate: how
 * long those wait before and in that second, and when the last dead key is gone.
 */
final class ExpiringKeys {
    /** The second in which keys expire, and a little more. */
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(1_200);

    private static final long SECOND_MILLIS = 1_000;
    private static final long FILL_NANOS_EACH = 6_000;
    private static final long FILL_MILLIS_LEAST = 200;
    private static final int FILL_CONNECTIONS = 4;
    private static final int FILL_PIPELINE = 250;
    private static final long GONE_MILLIS_MAX = 20_000;

    private final Target target;
    private final long keys;
    private final double rate;
    private final Shape others;
    private final int payloadBytes;

    /**
     * @param rate requests a second of the other clients
     * @param others their connections and key space
     */
    ExpiringKeys(Target target, long keys, double rate, Shape others, int payloadBytes) {
        this.target = target;
        this.keys = keys;
        this.rate = rate;
        this.others = others;
        this.payloadBytes = payloadBytes;
    }

    /**
     * The other clients while the keys are there and while they expire; how many milliseconds after the last one was due
     * all were gone, and the longest bite of active expiry as the server's latency monitor says, which counts from 1.
     */
    record Outcome(Figures before, Figures during, long goneMillis, long longestBiteMillis) {
        double ratio(double percent) {
            return during.micros(percent) / before.micros(percent);
        }
    }

    Outcome run() {
        Side.send(target, Workload.withPayload("SET key:{seq} DATA", payloadBytes), others.keys());
        List<String> lines = List.of("GET key:{rand}", Workload.withPayload("SET key:{rand} DATA", payloadBytes));
        try (Inquiry inquiry = new Inquiry(target);
                OpenLoop loop = new OpenLoop(target, others, lines)) {
            inquiry.watchLatency();
            long kept = inquiry.keys();
            long due = System.currentTimeMillis()
                    + FILL_MILLIS_LEAST
                    + TimeUnit.NANOSECONDS.toMillis(keys * FILL_NANOS_EACH + WINDOW_NANOS);
            fill(due);
            if (inquiry.keys() != kept + keys) {
                throw new IllegalStateException("not all keys are there: " + inquiry.keys() + " of " + (kept + keys));
            }
            Figures before = loop.runFor(WINDOW_NANOS, rate);
            Pause.millis(Math.max(0, due - System.currentTimeMillis()));
            Figures during = loop.runFor(WINDOW_NANOS, rate);
            long gone = untilGone(inquiry, kept, due + SECOND_MILLIS);
            return new Outcome(before, during, gone, inquiry.longestMillis("expire-cycle"));
        }
    }

    private void fill(long due) {
        String line = "SET gone:{seq} DATA PXAT {number:" + due + "-" + (due + SECOND_MILLIS - 1) + "}";
        Shape shape = new Shape(Workload.withPayload(line, payloadBytes), FILL_CONNECTIONS, FILL_PIPELINE, keys, due);
        try (ClosedLoop loop = new ClosedLoop(target, shape, false)) {
            Figures figures = loop.runOperations(keys);
            if (figures.firstError() != null) {
                throw new IllegalStateException("refused: " + figures.firstError());
            }
        }
        if (System.currentTimeMillis() + TimeUnit.NANOSECONDS.toMillis(WINDOW_NANOS) > due) {
            throw new IllegalStateException("writing the keys took too long for them to expire afterwards");
        }
    }

    private static long untilGone(Inquiry inquiry, long kept, long lastDue) {
        while (inquiry.keys() > kept) {
            if (System.currentTimeMillis() - lastDue > GONE_MILLIS_MAX) {
                throw new IllegalStateException((inquiry.keys() - kept) + " dead keys are still there");
            }
            Pause.millis(10);
        }
        return System.currentTimeMillis() - lastDue;
    }
}
