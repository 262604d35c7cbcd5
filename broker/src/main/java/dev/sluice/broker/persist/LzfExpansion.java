package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;

/**
 * Expands an LZF string bit by bit while it is read: never the whole of it is in memory. The format is that of {@link Lzf}.
 * That it has the length it should is known at its end.
 */
final class LzfExpansion {
    private static final int LITERALS_MAX = 32;
    private static final int DISTANCE_MAX = 1 << 13;
    private static final int STEP_BYTES_MAX = 264;

    /** The most that one byte of what is compressed makes. */
    static final int RATIO_MAX = STEP_BYTES_MAX / 3;

    private final RdbInput in;
    private final long end;
    private final byte[] window = new byte[1 << 16];
    private long left;
    private int from; // what was handed out ends here
    private int to; // what was expanded ends here

    /** Reads so many compressed bytes, which make so many. */
    LzfExpansion(RdbInput in, long compressed, long expanded) {
        this.in = in;
        this.end = in.offset() + compressed;
        this.left = expanded;
    }

    /** Puts the next bytes, at most 32 KiB, at the beginning of an array. Throws {@link CorruptRdbException}. */
    void next(byte[] piece, int count) {
        while (to - from < count) {
            step();
        }
        System.arraycopy(window, from, piece, 0, count);
        from += count;
        left -= count;
        if (left == 0 && (to != from || in.offset() != end)) {
            throw Lzf.corrupt();
        }
    }

    private void step() {
        if (in.offset() >= end) {
            throw Lzf.corrupt();
        }
        if (to + STEP_BYTES_MAX > window.length) {
            int kept = Math.max(0, Math.min(from, to - DISTANCE_MAX));
            System.arraycopy(window, kept, window, 0, to - kept);
            from -= kept;
            to -= kept;
        }
        int control = in.readByte();
        if (control < LITERALS_MAX) {
            Bytes literals = in.view(control + 1L);
            System.arraycopy(literals.array(), literals.offset(), window, to, control + 1);
            to += control + 1;
        } else {
            repeat(control);
        }
    }

    private void repeat(int control) {
        int count = (control >>> 5) + 2;
        if (control >>> 5 == 7) {
            count += in.readByte();
        }
        int source = to - 1 - ((control & 31) << Byte.SIZE | in.readByte());
        if (source < 0) {
            throw Lzf.corrupt();
        }
        for (int i = 0; i < count; i++) { // may overlap what it writes
            window[to++] = window[source++];
        }
    }
}
