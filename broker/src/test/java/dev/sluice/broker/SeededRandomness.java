package dev.sluice.broker;

import dev.sluice.broker.seam.Randomness;
import java.util.Random;

/** The same numbers for the same seed. */
public record SeededRandomness(Random random) implements Randomness {
    public SeededRandomness(long seed) {
        this(new Random(seed));
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
