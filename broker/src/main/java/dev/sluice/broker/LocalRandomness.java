package dev.sluice.broker;

import dev.sluice.broker.seam.Randomness;
import java.security.SecureRandom;
import java.util.SplittableRandom;

/** Random numbers that nobody can foretell from outside, though they are no secrets. */
final class LocalRandomness implements Randomness {
    private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
