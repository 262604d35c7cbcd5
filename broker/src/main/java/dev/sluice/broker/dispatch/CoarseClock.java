package dev.sluice.broker.dispatch;

import dev.sluice.broker.seam.Time;

/** The wall clock, at most a tenth of a millisecond old: whoever has read the other clock saves reading this one. */
final class CoarseClock {
    private static final long AGE_NANOS_MAX = 100_000;

    private final Time time;
    private long epochMillis;
    private long readNanos;

    CoarseClock(Time time) {
        this.time = time;
    }

    /** @param nanos what {@link Time#nanos} says now */
    long epochMillis(long nanos) {
        if (nanos - readNanos >= AGE_NANOS_MAX || epochMillis == 0) {
            epochMillis = time.epochMillis();
            readNanos = nanos;
        }
        return epochMillis;
    }
}
