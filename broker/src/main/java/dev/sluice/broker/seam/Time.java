package dev.sluice.broker.seam;

/** The clocks. The real ones are read only in the composition root. */
public interface Time {
    /** Wall-clock time in milliseconds since 1970. */
    long epochMillis();

    /** The same in microseconds, where the clock knows them. */
    default long epochMicros() {
        return epochMillis() * 1000;
    }

    /** A clock that only goes forward, in nanoseconds from an arbitrary origin. */
    long nanos();
}
