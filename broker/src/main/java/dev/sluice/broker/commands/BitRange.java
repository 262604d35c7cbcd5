package dev.sluice.broker.commands;

/** Bits of a string from {@code from} to {@code to}, the latter excluded. */
record BitRange(long from, long to) {
    private static final BitRange EMPTY = new BitRange(0, 0);

    /**
     * What two indexes of bits, or of bytes, name of a string of {@code length} bytes; both are included, and count from
     * its end where they are negative.
     */
    static BitRange of(long start, long end, boolean bits, int length) {
        long total = bits ? length * 8L : length;
        long first = start < 0 ? Math.max(0, start + total) : start;
        long last = Math.min(total - 1, end < 0 ? Math.max(0, end + total) : end);
        if (first > last) {
            return EMPTY;
        }
        return bits ? new BitRange(first, last + 1) : new BitRange(first * 8, (last + 1) * 8);
    }

    boolean isEmpty() {
        return from == to;
    }
}
