package dev.sluice.clients.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * New keys that live for one second, written as fast as the server takes them. What it holds is compared with what was
 * written within the last second, so the share of dead keys is known without trusting what it says of itself.
 */
final class ShortLivedKeys {
    private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int PIPELINE = 16;
    private static final long KEYS = 1_000_000_000;

    private final Target target;
    private final int connections;
    private final int payloadBytes;
    private final List<Slice> slices = new ArrayList<>();

    ShortLivedKeys(Target target, int connections, int payloadBytes) {
        this.target = target;
        this.connections = connections;
        this.payloadBytes = payloadBytes;
    }

    /** Keys written from one moment to another. */
    private record Slice(long from, long to, long keys) {
        /** How many of them if they were spread evenly, since a moment. */
        double since(long moment) {
            return keys * Math.clamp((double) (to - moment) / (to - from), 0, 1);
        }
    }

    /** The mean and the greatest share of dead keys among those that the server held, of all looks at it. */
    record Outcome(double perSecond, double deadMean, double deadMax, long longestBiteMillis) {}

    /** Writes for two lives, and then looks ten times in each second. */
    Outcome run(double seconds) {
        String line = Workload.withPayload("SET short:{seq} DATA PX 1000", payloadBytes);
        long kept;
        try (Inquiry inquiry = new Inquiry(target);
                ClosedLoop loop = new ClosedLoop(target, new Shape(line, connections, PIPELINE, KEYS, 1), false)) {
            kept = inquiry.keys();
            write(loop, 2 * LIFE_NANOS);
            inquiry.watchLatency();
            long begin = System.nanoTime();
            long before = written();
            double sum = 0;
            double max = 0;
            int looks = 0;
            do {
                write(loop, SLICE_NANOS);
                double dead = deadShare(inquiry.keys() - kept);
                sum += dead;
                max = Math.max(max, dead);
                looks++;
            } while (System.nanoTime() - begin < seconds * 1e9);
            double perSecond = (written() - before) * 1e9 / (System.nanoTime() - begin);
            return new Outcome(perSecond, sum / looks, max, inquiry.longestMillis("expire-cycle"));
        }
    }

    private void write(ClosedLoop loop, long nanos) {
        long from = System.nanoTime();
        Figures figures = loop.runFor(nanos);
        if (figures.firstError() != null) {
            throw new IllegalStateException("refused: " + figures.firstError());
        }
        slices.add(new Slice(from, System.nanoTime(), figures.operations()));
    }

    private long written() {
        return slices.stream().mapToLong(Slice::keys).sum();
    }

    private double deadShare(long held) {
        long born = System.nanoTime() - LIFE_NANOS;
        double alive = slices.stream().mapToDouble(slice -> slice.since(born)).sum();
        return Math.max(0, held - alive) / Math.max(1, held);
    }
}
