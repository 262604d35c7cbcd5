package dev.sluice.broker.seam;

/** A source of random numbers; seeded in tests and simulations. */
public interface Randomness {
    /** Any of the 2^64 values. */
    long nextLong();

    /** From 0 to {@code bound}, which is excluded and must be positive. */
    int nextInt(int bound);
}
