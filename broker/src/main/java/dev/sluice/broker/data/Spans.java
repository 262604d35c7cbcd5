package dev.sluice.broker.data;

import java.util.BitSet;

/** Which of a row of pages are free; gives and takes back spans of consecutive ones. Neighbours merge by themselves. */
final class Spans {
    private final BitSet free;
    private final int pages;
    private int longest;

    /** All pages are free. */
    Spans(int pages) {
        this.pages = pages;
        free = new BitSet(pages);
        free.set(0, pages);
        longest = pages;
    }

    /** Takes {@code count} consecutive pages. Returns the first of them, the lowest there is; -1 if there is none. */
    int take(int count) {
        if (count > longest) {
            return -1;
        }
        int first = free.nextSetBit(0);
        int end = free.nextClearBit(first);
        while (end - first < count) {
            first = free.nextSetBit(end);
            end = free.nextClearBit(first);
        }
        free.clear(first, first + count);
        if (end - first == longest) {
            longest = longestNow();
        }
        return first;
    }

    void give(int first, int count) {
        free.set(first, first + count);
        int start = free.previousClearBit(first) + 1;
        longest = Math.max(longest, free.nextClearBit(first) - start);
    }

    /** Length of the longest free span. */
    int longest() {
        return longest;
    }

    boolean allFree() {
        return longest == pages;
    }

    private int longestNow() {
        int most = 0;
        int first = free.nextSetBit(0);
        while (first >= 0) {
            int end = free.nextClearBit(first);
            most = Math.max(most, end - first);
            first = free.nextSetBit(end);
        }
        return most;
    }
}
