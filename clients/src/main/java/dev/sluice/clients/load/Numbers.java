package dev.sluice.clients.load;

/**
 * Where the numbers in requests come from: random ones below {@code keys} (splitmix64, so a seed repeats a run), and
 * ascending ones that start over at {@code keys}. One per run; used by the loop thread only.
 */
final class Numbers {
    private final long keys;
    private long state;
    private long sequence;

    Numbers(long keys, long seed) {
        if (keys < 1 || keys > 1_000_000_000_000L) {
            throw new IllegalArgumentException("keys must be from 1 to 10^12: " + keys);
        }
        this.keys = keys;
        this.state = seed;
    }

    long random() {
        state += 0x9E3779B97F4A7C15L;
        long mixed = state;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return Math.unsignedMultiplyHigh(mixed ^ (mixed >>> 31), keys);
    }

    long next() {
        long number = sequence;
        sequence = number + 1 == keys ? 0 : number + 1;
        return number;
    }

    /** The next ascending number is 0 again. */
    void restart() {
        sequence = 0;
    }
}
