package dev.sluice.broker.persist;

import dev.sluice.streams.message.HeapRoom;

/**
 * LZF as RDB has it: a bare stream, without the header and the chunks of 64 KiB that libraries put around it. The format
 * is Marc Lehmann's LibLZF: a control byte below 32 is followed by as many literals and one more; any other has the length
 * of a repetition less 2 in its upper three bits (7: the next byte adds to it) and, with the byte behind, how far back it
 * begins, less 1.
 */
final class Lzf {
    private static final int LITERALS_MAX = 32;
    private static final int DISTANCE_MAX = 1 << 13;
    private static final int SHORT_MAX = 2 + 6;
    private static final int REPETITION_MIN = 3;
    private static final int REPETITION_MAX = SHORT_MAX + 1 + 255;
    private static final int HASH_BITS = 14;

    /** Where each hash of three bytes was seen last, counted over all that was compressed; less than {@link #begun}: never. */
    private final long[] seen = new long[1 << HASH_BITS];

    private long begun = 1;

    /** Returns the number of bytes written to {@code out}; 0 when they would be more than {@code most}. */
    int compress(byte[] in, int offset, int length, byte[] out, int most) {
        int written = compress(in, offset, offset + length, out, most, begun - offset);
        begun += length;
        return written;
    }

    /** {@code shift} makes an index one that {@link #seen} counts with. */
    private int compress(byte[] in, int offset, int end, byte[] out, int most, long shift) {
        int literals = offset; // where those that are not written yet begin
        int to = 0;
        int at = offset;
        while (at + REPETITION_MIN <= end) {
            int slot = hash(in, at);
            long last = seen[slot];
            seen[slot] = at + shift;
            int before = (int) (last - shift);
            if (last < begun || at - before > DISTANCE_MAX || !repeats(in, before, at)) {
                at++;
                continue;
            }
            int repeated = repetition(in, before, at, Math.min(end - at, REPETITION_MAX));
            to = literals(in, literals, at, out, to, most);
            if (to < 0 || to + REPETITION_MIN > most) {
                return 0;
            }
            to = write(out, to, at - before - 1, repeated - 2);
            at += repeated;
            literals = at;
        }
        return Math.max(0, literals(in, literals, end, out, to, most));
    }

    private static int hash(byte[] in, int at) {
        int three = (in[at] & 0xff) << 16 | (in[at + 1] & 0xff) << 8 | in[at + 2] & 0xff;
        return three * 0x9e3779b1 >>> Integer.SIZE - HASH_BITS;
    }

    private static boolean repeats(byte[] in, int before, int at) {
        return in[before] == in[at] && in[before + 1] == in[at + 1] && in[before + 2] == in[at + 2];
    }

    private static int repetition(byte[] in, int before, int at, int most) {
        int length = REPETITION_MIN;
        while (length < most && in[before + length] == in[at + length]) {
            length++;
        }
        return length;
    }

    private static int write(byte[] out, int to, int back, int length) {
        int at = to;
        if (length < 7) {
            out[at++] = (byte) (length << 5 | back >>> 8);
        } else {
            out[at++] = (byte) (7 << 5 | back >>> 8);
            out[at++] = (byte) (length - 7);
        }
        out[at++] = (byte) back;
        return at;
    }

    /** Returns where the output goes on, or a negative number when it is full. */
    private static int literals(byte[] in, int from, int end, byte[] out, int to, int most) {
        int target = to;
        for (int at = from; at < end; ) {
            int count = Math.min(end - at, LITERALS_MAX);
            if (target + 1 + count > most) {
                return -1;
            }
            out[target++] = (byte) (count - 1);
            System.arraycopy(in, at, out, target, count);
            target += count;
            at += count;
        }
        return target;
    }

    /**
     * Expands what must have this length. That it has is found out first, so that a lie about it costs no memory.
     *
     * @throws CorruptRdbException
     * @throws dev.sluice.streams.message.CommandError the heap has no room for it
     */
    static byte[] expand(byte[] in, int offset, int length, long expanded) {
        check(in, offset, offset + length, expanded);
        HeapRoom.require(expanded);
        byte[] out = new byte[(int) expanded];
        int end = offset + length;
        int to = 0;
        for (int at = offset; at < end; ) {
            int control = in[at++] & 0xff;
            if (control < LITERALS_MAX) {
                System.arraycopy(in, at, out, to, control + 1);
                at += control + 1;
                to += control + 1;
                continue;
            }
            int count = (control >>> 5) + 2;
            if (control >>> 5 == 7) {
                count += in[at++] & 0xff;
            }
            int from = to - 1 - ((control & 31) << 8 | in[at++] & 0xff);
            for (int i = 0; i < count; i++) { // may overlap what it writes
                out[to++] = out[from++];
            }
        }
        return out;
    }

    /** That what stands there expands to so many bytes. Throws {@link CorruptRdbException}. */
    static void check(byte[] in, int offset, int end, long expanded) {
        long total = 0;
        int at = offset;
        while (at < end) {
            int control = in[at++] & 0xff;
            if (control < LITERALS_MAX) {
                at += control + 1;
                total += control + 1;
                continue;
            }
            int count = (control >>> 5) + 2;
            if (at + (control >>> 5 == 7 ? 2 : 1) > end) {
                throw corrupt();
            }
            if (control >>> 5 == 7) {
                count += in[at++] & 0xff;
            }
            if (((control & 31) << 8 | in[at++] & 0xff) >= total) {
                throw corrupt();
            }
            total += count;
        }
        if (at != end || total != expanded || total > Integer.MAX_VALUE - Long.BYTES) {
            throw corrupt();
        }
    }

    static CorruptRdbException corrupt() {
        return new CorruptRdbException("an LZF string does not expand to what was said");
    }
}
