package dev.sluice.broker.data;

import dev.sluice.broker.seam.Randomness;

/** Chooses so many out of what is shown, each with the same chance (Knuth, volume 2, 3.4.2, algorithm S). */
public final class Sample {
    private final Randomness randomness;
    private long unseen;
    private long wanted;

    /** {@code wanted} out of {@code size}. */
    public Sample(Randomness randomness, long size, long wanted) {
        this.randomness = randomness;
        this.unseen = size;
        this.wanted = wanted;
    }

    /** Whether the next one belongs to the sample. */
    public boolean takesNext() {
        boolean takes = Math.unsignedMultiplyHigh(randomness.nextLong(), unseen) < wanted;
        unseen--;
        wanted -= takes ? 1 : 0;
        return takes;
    }

    /** Whether all are found. */
    public boolean isComplete() {
        return wanted == 0;
    }
}
