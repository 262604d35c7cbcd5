package dev.sluice.broker;

/** The seed and the length of random tests: {@code -Dsluice.seed} repeats a run, {@code -Dsluice.scale} makes it longer. */
public final class Seeds {
    private Seeds() {}

    public static long next() {
        String given = System.getProperty("sluice.seed", "");
        return given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
    }

    public static int scale() {
        return Integer.getInteger("sluice.scale", 1);
    }
}
