package dev.sluice.broker.keyspace;

import dev.sluice.broker.seam.Randomness;
import java.util.Random;

record Seeded(Random random) implements Randomness {
    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
