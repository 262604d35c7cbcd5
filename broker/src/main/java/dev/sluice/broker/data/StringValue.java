package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;

/** A string value: bytes in the block of its key, or a {@link Rope} when it is long. A view, made at look-up. */
public final class StringValue implements Value {
    /** Redis shows strings up to this length as {@code embstr}. */
    private static final int EMBEDDED_BYTES_MAX = 44;

    private static final int LONG_DIGITS_MAX = 20;

    private final Arena arena;
    private final int block;
    private final int offset;
    private final int length;
    private final boolean raw;
    private final boolean text;
    private final boolean rope;

    /**
     * With {@code rope}, there is the rope's directory at {@code offset} instead of the bytes. {@code raw} and {@code
     * text} tell how Redis would have encoded it, see {@link #encoding}.
     */
    public StringValue(Arena arena, int block, int offset, int length, boolean raw, boolean text, boolean rope) {
        this.arena = arena;
        this.block = block;
        this.offset = offset;
        this.length = length;
        this.raw = raw;
        this.text = text;
        this.rope = rope;
    }

    public int length() {
        return length;
    }

    /** A copy of the value. */
    public Bytes bytes() {
        return bytes(0, length);
    }

    /** A copy of the bytes {@code from} to {@code to}, the latter excluded, both within bounds. */
    public Bytes bytes(int from, int to) {
        byte[] copy = new byte[to - from];
        copyTo(from, copy, 0, copy.length);
        return Bytes.of(copy);
    }

    /** Adds the value to a reply without an object in between. */
    public void addTo(Packed reply) {
        int at = reply.reserve(length);
        copyTo(0, reply.array(), at, length);
    }

    /** Copies {@code count} bytes from index {@code from}. */
    public void copyTo(int from, byte[] target, int to, int count) {
        if (rope) {
            new Rope(arena, arena.getInt(block, offset), length).copyTo(from, target, to, count);
        } else {
            arena.get(block, offset + (long) from, target, to, count);
        }
    }

    /** Whether the value is these bytes. */
    public boolean contentEquals(Bytes other) {
        if (other.length() != length) {
            return false;
        }
        return rope
                ? new Rope(arena, arena.getInt(block, offset), length)
                        .contentEquals(other.array(), other.offset(), length)
                : arena.equal(block, offset, other.array(), other.offset(), length);
    }

    @Override
    public Type type() {
        return Type.STRING;
    }

    @Override
    public String encoding() {
        if (raw || length > EMBEDDED_BYTES_MAX) {
            return "raw";
        }
        return !text && isInteger() ? "int" : "embstr";
    }

    /** Whether the bytes are the decimal text of a 64-bit number, as it would be printed. */
    private boolean isInteger() {
        if (length == 0 || length > LONG_DIGITS_MAX) {
            return false;
        }
        String text = bytes().toLatin1();
        try {
            return Long.toString(Long.parseLong(text)).equals(text);
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }
}
