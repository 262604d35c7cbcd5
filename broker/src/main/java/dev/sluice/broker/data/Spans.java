package dev.sluice.broker.data;

import java.util.BitSet;

/** Which of a row of pages are free; gives and takes back spans of consecutive ones. Neighbours merge by themselves. */
final class Spans {
    private final BitSet isFree;
    private final int pages;
    private int longest;
    private int used;

    /** All pages are free. */
    Spans(int pages) {
        this.pages = pages;
        isFree = new BitSet(pages);
        isFree.set(0, pages);
        longest = pages;
    }

    /** Takes {@code count} consecutive pages. Returns the first of them, the lowest there is; -1 if there is none. */
    int take(int count) {
        if (count > longest) {
            return -1;
        }
        int first = isFree.nextSetBit(0);
        int end = isFree.nextClearBit(first);
        while (end - first < count) {
            first = isFree.nextSetBit(end);
            end = isFree.nextClearBit(first);
        }
        isFree.clear(first, first + count);
        used += count;
        if (end - first == longest) {
            longest = longestNow();
        }
        return first;
    }

    void give(int first, int count) {
        isFree.set(first, first + count);
        used -= count;
        int start = isFree.previousClearBit(first) + 1;
        longest = Math.max(longest, isFree.nextClearBit(first) - start);
    }

    /** Length of the longest free span. */
    int longest() {
        return longest;
    }

    int used() {
        return used;
    }

    int free() {
        return pages - used;
    }

    boolean allFree() {
        return used == 0;
    }

    private int longestNow() {
        int most = 0;
        int first = isFree.nextSetBit(0);
        while (first >= 0) {
            int end = isFree.nextClearBit(first);
            most = Math.max(most, end - first);
            first = isFree.nextSetBit(end);
        }
        return most;
    }
}
