package dev.sluice.streams.message;

/**
 * Whether the Java heap has room for what is about to be built on it. A heap that is full ends the process, so what can be
 * large asks first.
 */
public final class HeapRoom {
    /** Below this nobody asks: there is always so much. */
    private static final long FREE_OF_DOUBT_BYTES = 16 << 20;

    /** What stays free for all else. */
    private static final long RESERVE_BYTES = 64 << 20;

    private HeapRoom() {}

    /**
     * Before memory is taken. May run a collection, which is short, as data lives elsewhere.
     *
     * @throws CommandError there is no room for so many bytes
     */
    public static void require(long bytes) {
        if (bytes >= FREE_OF_DOUBT_BYTES && free() - RESERVE_BYTES < bytes) {
            System.gc();
            if (free() - RESERVE_BYTES < bytes) {
                throw new CommandError(
                        "OOM the reply, or what it is made from, is too large for the memory that is left");
            }
        }
    }

    private static long free() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }

    /** Counts what is built bit by bit, each too small to ask for; asks ahead for the next of many. */
    public static final class Meter {
        private long granted = FREE_OF_DOUBT_BYTES;

        /** Before memory is taken. Throws {@link CommandError} as {@link #require}. */
        public void take(long bytes) {
            granted -= bytes;
            if (granted < 0) {
                long ahead = Math.max(bytes, FREE_OF_DOUBT_BYTES);
                require(ahead);
                granted = ahead - bytes;
            }
        }
    }
}
