package dev.sluice.broker.metric;

import java.util.Arrays;

/** How fast a count grows: the mean over the last 16 samples. Single-threaded. */
public final class Rate {
    private static final int SAMPLES = 16;

    private final double[] perSecond = new double[SAMPLES];
    private int next;
    private long lastCount;
    private long lastNanos;

    public Rate(long nanos) {
        lastNanos = nanos;
    }

    /** Takes a sample, at a time on a clock that only goes forward. A count that was reset begins anew. */
    public void sample(long count, long nanos) {
        double seconds = (nanos - lastNanos) / 1e9;
        perSecond[next] = seconds > 0 ? Math.max(0, count - lastCount) / seconds : 0;
        next = (next + 1) % SAMPLES;
        lastCount = count;
        lastNanos = nanos;
    }

    /** Begins anew, with a count of 0. */
    public void reset(long nanos) {
        Arrays.fill(perSecond, 0);
        lastCount = 0;
        lastNanos = nanos;
    }

    public double perSecond() {
        double sum = 0;
        for (double sample : perSecond) {
            sum += sample;
        }
        return sum / SAMPLES;
    }
}
