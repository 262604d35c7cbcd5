package dev.sluice.broker.data;

/** What random tests of this package start from: {@code -Dsluice.seed} repeats a run. */
final class Seed {
    static final long SEED = Long.getLong("sluice.seed", System.nanoTime());
    static final int SCALE = Integer.getInteger("sluice.scale", 1);

    private Seed() {}

    static String text() {
        return "seed " + SEED;
    }
}
