package dev.sluice.broker.seam;

/** The clocks. The real ones are read only in the composition root. */
public interface Time {
    /** Wall-clock time in milliseconds since 1970. */
    long epochMillis();

    /** A clock that only goes forward, in nanoseconds from an arbitrary origin. */
    long nanos();
}
