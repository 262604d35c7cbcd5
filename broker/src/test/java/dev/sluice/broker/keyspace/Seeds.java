package dev.sluice.broker.keyspace;

/** The seed and the length of random tests: {@code -Dsluice.seed} repeats a run, {@code -Dsluice.scale} makes it longer. */
final class Seeds {
    private Seeds() {}

    static long next() {
        String given = System.getProperty("sluice.seed", "");
        return given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
    }

    static int scale() {
        return Integer.getInteger("sluice.scale", 1);
    }
}
