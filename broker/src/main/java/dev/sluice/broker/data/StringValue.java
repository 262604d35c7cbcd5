package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.HeapRoom;
import dev.sluice.streams.message.Packed;

/** A string value: bytes in the block of its key, or a {@link Rope} when it is long. A view, made at look-up. */
public final class StringValue implements Value {
    private static final int NUMERAL_BYTES_MAX = 20;

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

    /** A copy of the value if it may be an integer of 64 bits; else of as much of it as shows that it is none. */
    public Bytes numeral() {
        return bytes(0, Math.min(length, NUMERAL_BYTES_MAX + 1));
    }

    /** A copy of the bytes {@code from} to {@code to}, the latter excluded, both within bounds. */
    public Bytes bytes(int from, int to) {
        HeapRoom.require(to - from);
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
            rope().copyTo(from, target, to, count);
        } else {
            arena.get(block, offset + (long) from, target, to, count);
        }
    }

    /** One byte, unsigned. */
    public int byteAt(int index) {
        return rope ? rope().byteAt(index) : arena.getByte(block, offset + (long) index) & 0xff;
    }

    /** Overwrites {@code count} bytes from index {@code at}, which are within the string. Only where {@link #isRaw}. */
    public void put(int at, byte[] source, int from, int count) {
        if (rope) {
            rope().put(at, source, from, count);
        } else {
            arena.put(block, offset + (long) at, source, from, count);
        }
    }

    /** As {@link #put}, one byte. */
    public void putByte(int at, int value) {
        if (rope) {
            rope().putByte(at, value);
        } else {
            arena.putByte(block, offset + (long) at, value);
        }
    }

    /** Number of one bits from bit {@code from} to bit {@code to}, the latter excluded; bit 0 is the first byte's highest. */
    public long bitCount(long from, long to) {
        if (from >= to) {
            return 0;
        }
        int first = (int) (from >>> 3);
        int last = (int) (to - 1 >>> 3);
        int before = byteAt(first) & ~(0xff >>> (from & 7));
        int behind = byteAt(last) & 0x7f >>> (to - 1 & 7);
        int bytes = last - first + 1;
        long count = rope ? rope().bitCount(first, bytes) : arena.bitCount(block, offset + (long) first, bytes);
        return count - Integer.bitCount(before) - Integer.bitCount(behind);
    }

    /** Position of the first bit that is set, or not, from bit {@code from} to {@code to}, the latter excluded; or -1. */
    public long indexOfBit(boolean set, long from, long to) {
        if (from >= to) {
            return -1;
        }
        int index = (int) (from >>> 3);
        int end = (int) (to - 1 >>> 3) + 1;
        int flip = set ? 0 : 0xff;
        int found = (byteAt(index) ^ flip) & 0xff >>> (from & 7);
        if (found == 0) {
            index++;
            index += indexOfOther(index, end - index, (byte) flip);
            if (index == end) {
                return -1;
            }
            found = byteAt(index) ^ flip;
        }
        long position = index * 8L + Integer.numberOfLeadingZeros(found << 24);
        return position < to ? position : -1;
    }

    private int indexOfOther(int from, int count, byte value) {
        return rope
                ? rope().indexOfOther(from, count, value)
                : arena.indexOfOther(block, offset + (long) from, count, value);
    }

    private Rope rope() {
        return new Rope(arena, arena.getInt(block, offset), length);
    }

    /** Whether the value is these bytes. */
    public boolean contentEquals(Bytes other) {
        if (other.length() != length) {
            return false;
        }
        return rope
                ? rope().contentEquals(other.array(), other.offset(), length)
                : arena.equal(block, offset, other.array(), other.offset(), length);
    }

    @Override
    public Type type() {
        return Type.STRING;
    }

    /** Whether Redis would show it as {@code raw}, as what was changed in part is from then on. */
    public boolean isRaw() {
        return raw || length > EMBEDDED_BYTES_MAX;
    }

    @Override
    public String encoding() {
        if (isRaw()) {
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
