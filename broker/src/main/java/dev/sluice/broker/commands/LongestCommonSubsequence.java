package dev.sluice.broker.commands;

import dev.sluice.streams.message.Bytes;

/**
 * The longest common subsequence of two strings, by the table of its lengths for all pairs of their beginnings. Of the
 * table two rows are kept, and if the way back through it is asked for, for each pair one bit: where to go from there. The
 * way is redis-server's, so that of several sequences of the same length it is the same.
 */
final class LongestCommonSubsequence {
    /** Is told of each stretch that is in both strings, from the last to the first; the ends are included. */
    interface Stretches {
        void add(int oneFrom, int oneTo, int otherFrom, int otherTo);
    }

    private final Bytes one;
    private final Bytes other;
    private final int length;
    private final long[] shortensOne; // by pair: whether the way back makes the beginning of one shorter
    private final boolean swapped; // rows of the table belong to the longer string, so that they are short

    /** @param walked whether the sequence itself will be asked for, or only its length */
    LongestCommonSubsequence(Bytes one, Bytes other, boolean walked) {
        this.one = one;
        this.other = other;
        this.swapped = one.length() < other.length();
        this.shortensOne = walked ? new long[(int) (pair(one.length(), other.length()) >>> 6) + 1] : new long[0];
        this.length = swapped ? rows(other, one) : rows(one, other);
    }

    /** Memory of the whole table, as redis-server takes it, for strings of these lengths. */
    static long tableBytes(int oneLength, int otherLength) {
        return (oneLength + 1L) * (otherLength + 1L) * Integer.BYTES;
    }

    private int rows(Bytes longer, Bytes shorter) {
        int[] above = new int[shorter.length() + 1];
        int[] row = new int[shorter.length() + 1];
        for (int i = 1; i <= longer.length() && row.length > 1; i++) {
            int[] spare = above;
            above = row;
            row = spare;
            fill(row, above, longer.at(i - 1), shorter);
            if (shortensOne.length > 0) {
                noteWay(row, above, i);
            }
        }
        return row[shorter.length()];
    }

    private static void fill(int[] row, int[] above, byte last, Bytes shorter) {
        for (int j = 1; j < row.length; j++) {
            row[j] = shorter.at(j - 1) == last ? above[j - 1] + 1 : Math.max(above[j], row[j - 1]);
        }
    }

    private void noteWay(int[] row, int[] above, int i) {
        for (int j = 1; j < row.length; j++) {
            if (swapped ? row[j - 1] > above[j] : above[j] > row[j - 1]) {
                long pair = (long) i * row.length + j;
                shortensOne[(int) (pair >>> 6)] |= 1L << pair;
            }
        }
    }

    private long pair(int i, int j) {
        return swapped ? (long) j * (one.length() + 1) + i : (long) i * (other.length() + 1) + j;
    }

    int length() {
        return length;
    }

    Bytes sequence() {
        byte[] sequence = new byte[length];
        int[] left = {sequence.length};
        stretches((oneFrom, oneTo, otherFrom, otherTo) -> {
            left[0] -= oneTo - oneFrom + 1;
            System.arraycopy(one.array(), one.offset() + oneFrom, sequence, left[0], oneTo - oneFrom + 1);
        });
        return Bytes.of(sequence);
    }

    void stretches(Stretches to) {
        int i = one.length();
        int j = other.length();
        int run = 0; // bytes of the stretch that begins at i and j
        while (i > 0 && j > 0) {
            if (one.at(i - 1) == other.at(j - 1)) {
                i--;
                j--;
                run++;
                continue;
            }
            run = end(to, i, j, run);
            long pair = pair(i, j);
            if ((shortensOne[(int) (pair >>> 6)] >>> pair & 1) != 0) {
                i--;
            } else {
                j--;
            }
        }
        end(to, i, j, run);
    }

    private static int end(Stretches to, int i, int j, int run) {
        if (run > 0) {
            to.add(i, i + run - 1, j, j + run - 1);
        }
        return 0;
    }
}
