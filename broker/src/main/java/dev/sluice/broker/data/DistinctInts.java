package dev.sluice.broker.data;

/** Numbers that were drawn, each once: open addressing, at most half full. */
final class DistinctInts {
    private final int[] slots; // 0: none
    private final int mask;
    private boolean zero;

    /** For up to {@code count} numbers, at most 2^29. */
    DistinctInts(int count) {
        int size = Math.max(8, Integer.highestOneBit(count) << 2);
        this.slots = new int[size];
        this.mask = size - 1;
    }

    /** Returns whether the number is new. */
    boolean add(int number) {
        if (number == 0) {
            boolean isNew = !zero;
            zero = true;
            return isNew;
        }
        int at = (number * 0x9E3779B1 >>> 7) & mask;
        while (slots[at] != 0) {
            if (slots[at] == number) {
                return false;
            }
            at = at + 1 & mask;
        }
        slots[at] = number;
        return true;
    }
}
