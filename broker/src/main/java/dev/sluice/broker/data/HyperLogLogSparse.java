package dev.sluice.broker.data;

import java.util.Arrays;

/**
 * The sparse form of a {@link HyperLogLog}'s registers: runs of equal ones.
 *
 * <ul>
 *   <li>{@code 00xxxxxx}: x + 1 registers that are 0;
 *   <li>{@code 01xxxxxx yyyyyyyy}: xy + 1 of them, high bits first;
 *   <li>{@code 1vvvvvxx}: x + 1 registers that are v + 1.
 * </ul>
 *
 * Bytes come from outside: what a run says may be wrong, and is nowhere taken for a place in memory. A long run of zeros
 * whose second byte is missing has a 0 for it, as in Redis, whose strings end with a zero byte.
 */
final class HyperLogLogSparse {
    static final int VALUE_MAX = 32;
    private static final int LONG_RUN = 0x40;
    private static final int VALUE_RUN = 0x80;
    private static final int KIND_MASK = 0xc0;
    private static final int VALUE_RUN_MAX = 4;
    private static final int SHORT_RUN_MAX = 64;

    /** How many runs are looked at for two that can become one, from the one before the changed one. */
    private static final int MERGE_STEPS = 5;

    /** A run becomes at most two long ones with a value between them. */
    private static final int SPLIT_BYTES_MAX = 5;

    /** What {@link #set} says. */
    enum Outcome {
        SAME,
        CHANGED,
        /** Nothing was changed, for it would have become longer than allowed. */
        TOO_LONG,
        CORRUPTED
    }

    private byte[] array;
    private final int from;
    private int end;

    /** The bytes of {@code array} between {@code from} and {@code end}, which are changed in place until they grow. */
    HyperLogLogSparse(byte[] array, int from, int end) {
        this.array = array;
        this.from = from;
        this.end = end;
    }

    byte[] array() {
        return array;
    }

    int end() {
        return end;
    }

    int from() {
        return from;
    }

    /** Where the run after the one at {@code at} begins; beyond the end if its second byte is missing. */
    int next(int at) {
        return isLong(at) ? at + 2 : at + 1;
    }

    /** Of how many registers the run at {@code at} is. */
    int length(int at) {
        int run = array[at] & 0xff;
        if (run >= VALUE_RUN) {
            return (run & 3) + 1;
        }
        if (run < LONG_RUN) {
            return run + 1;
        }
        return ((run & ~KIND_MASK) << Byte.SIZE | (at + 1 < end ? array[at + 1] & 0xff : 0)) + 1;
    }

    /** What the registers of the run at {@code at} are. */
    int value(int at) {
        return isValue(at) ? (array[at] >> 2 & 0x1f) + 1 : 0;
    }

    boolean isLong(int at) {
        return (array[at] & KIND_MASK) == LONG_RUN;
    }

    private boolean isValue(int at) {
        return array[at] < 0;
    }

    /** Raises a register to a value of at most {@link #VALUE_MAX}, unless it is that already. */
    Outcome set(int register, int value, long bytesMax) {
        int first = 0;
        int before = from;
        int at = from;
        while (at < end && register >= first + length(at)) {
            first += length(at);
            before = at;
            at = next(at);
        }
        if (at >= end) {
            return Outcome.CORRUPTED;
        }
        int old = value(at);
        if (old >= value) {
            return Outcome.SAME;
        }
        int length = length(at);
        if (length == 1 && !isLong(at)) {
            array[at] = valueRun(value, 1);
        } else if (!split(at, register - first, length - 1 - (register - first), value, bytesMax)) {
            return Outcome.TOO_LONG;
        }
        merge(before);
        return Outcome.CHANGED;
    }

    /** Puts a register between {@code left} and {@code right} ones in place of the run at {@code at}. */
    private boolean split(int at, int left, int right, int value, long bytesMax) {
        byte[] runs = new byte[SPLIT_BYTES_MAX];
        int old = value(at);
        int count = putRun(runs, 0, old, left);
        runs[count++] = valueRun(value, 1);
        count = putRun(runs, count, old, right);
        int behind = Math.min(end, next(at));
        int growth = count - (next(at) - at);
        if (growth > 0 && end + (long) growth > bytesMax) {
            return false;
        }
        byte[] grown = end + SPLIT_BYTES_MAX <= array.length ? array : Arrays.copyOf(array, end + grow());
        System.arraycopy(array, behind, grown, at + count, end - behind);
        System.arraycopy(runs, 0, grown, at, count);
        array = grown;
        end += growth;
        return true;
    }

    private int grow() {
        return Math.max(end / 2, SPLIT_BYTES_MAX);
    }

    private static int putRun(byte[] runs, int at, int value, int length) {
        if (length == 0) {
            return at;
        }
        if (value > 0) {
            runs[at] = valueRun(value, length);
        } else if (length <= SHORT_RUN_MAX) {
            runs[at] = (byte) (length - 1);
        } else {
            runs[at] = (byte) (LONG_RUN | length - 1 >> Byte.SIZE);
            runs[at + 1] = (byte) (length - 1);
            return at + 2;
        }
        return at + 1;
    }

    private static byte valueRun(int value, int length) {
        return (byte) (VALUE_RUN | value - 1 << 2 | length - 1);
    }

    /** Makes one of two runs of the same value, where it is near. */
    private void merge(int start) {
        int at = start;
        for (int steps = 0; steps < MERGE_STEPS && at < end; steps++) {
            int next = next(at);
            boolean alike = isValue(at) && next < end && isValue(next) && value(at) == value(next);
            int both = alike ? length(at) + length(next) : 0;
            if (alike && both <= VALUE_RUN_MAX) {
                array[at] = valueRun(value(at), both);
                System.arraycopy(array, next + 1, array, next, end - next - 1);
                end--;
            } else {
                at = next;
            }
        }
    }
}
