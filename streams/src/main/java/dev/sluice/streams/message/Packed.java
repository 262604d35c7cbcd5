package dev.sluice.streams.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A long aggregate in one pooled array, so that LRANGE of 10 000 elements makes no 10 000 objects. A string stands as
 * RESP writes it, {@code $5 CR LF hello CR LF}, so that a run of strings is copied to a wire as it is. What is no string
 * is a tag and binary: {@link #NULL}, {@link #NULL_ARRAY}, {@link #DOUBLE} (8 bytes), {@link #FIXED} (8 bytes), {@link
 * #INTEGER} (8 bytes), {@link #NESTED} (a 4-byte count; that many items follow as an array). It is built once, walked with
 * a {@link Cursor} any number of times, and released once.
 */
public final class Packed implements Reply {
    /** How the items read on a wire that knows the difference. */
    public enum Kind {
        ARRAY,
        SET,
        MAP
    }

    private static final byte STRING = '$';
    private static final byte NULL = '_';
    private static final byte NULL_ARRAY = '-';
    private static final byte DOUBLE = ',';
    private static final byte FIXED = '.';
    private static final byte INTEGER = ':';
    private static final byte NESTED = '*';

    /** A tag, and a length of up to ten digits that are set eight at a time, and CR LF twice. */
    private static final int ITEM_ROOM_BYTES = 24;

    private static final int BYTES_MAX = Integer.MAX_VALUE - 64;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle TEXT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Kind kind;
    private final ByteBuf buffer;
    private byte[] array; // that of the buffer
    private int end; // the index in it behind the last item
    private int count;
    private boolean strings = true; // and nothing else

    public Packed(Kind kind, int bytesExpected) {
        this.kind = kind;
        this.buffer = PooledByteBufAllocator.DEFAULT.heapBuffer(Math.max(64, bytesExpected));
        this.array = buffer.array();
        this.end = buffer.arrayOffset();
    }

    public static Packed array(int bytesExpected) {
        return new Packed(Kind.ARRAY, bytesExpected);
    }

    public Kind kind() {
        return kind;
    }

    /** Items at the top level; for {@link Kind#MAP} keys and values both count. */
    public int count() {
        return count;
    }

    /** Bytes held, which count toward the client's output limit. */
    public int bytes() {
        return end - buffer.arrayOffset();
    }

    public Packed add(Bytes value) {
        return add(value.array(), value.offset(), value.length());
    }

    public Packed add(byte[] source, int offset, int length) {
        int at = reserve(length);
        System.arraycopy(source, offset, array, at, length);
        return this;
    }

    /**
     * Adds a string of {@code length} bytes whose content the caller writes at once into {@link #array()} from the
     * index that this returns; for sources that are not arrays.
     */
    public int reserve(int length) {
        room(length + ITEM_ROOM_BYTES);
        array[end] = STRING;
        int at = length < Numbers.LINES ? line(length) : digits(length);
        array[at + length] = '\r';
        array[at + length + 1] = '\n';
        end = at + length + 2;
        count++;
        return at;
    }

    private int line(int length) {
        long line = Numbers.line(length);
        TEXT.set(array, end + 1, line);
        return end + 1 + (int) (line >>> 56);
    }

    private int digits(int length) {
        int at = end + 1;
        for (int power = 1_000_000_000; power > 0; power /= 10) {
            if (length >= power) {
                array[at++] = (byte) ('0' + length / power % 10);
            }
        }
        array[at] = '\r';
        array[at + 1] = '\n';
        return at + 2;
    }

    /** The array to fill after {@link #reserve}; another one after each call of it. */
    public byte[] array() {
        return array;
    }

    public Packed addNull() {
        return nothing(NULL);
    }

    /** Nothing where an array would be, which RESP2 tells from a string that is not there. */
    public Packed addNullArray() {
        return nothing(NULL_ARRAY);
    }

    private Packed nothing(byte tag) {
        room(ITEM_ROOM_BYTES);
        strings = false;
        array[end++] = tag;
        count++;
        return this;
    }

    public Packed addDouble(double value) {
        return number(DOUBLE, Double.doubleToRawLongBits(value));
    }

    /** A finite number that RESP writes with 17 decimals, not with 17 digits. */
    public Packed addFixed(double value) {
        return number(FIXED, Double.doubleToRawLongBits(value));
    }

    public Packed addInteger(long value) {
        return number(INTEGER, value);
    }

    private Packed number(byte tag, long bits) {
        room(ITEM_ROOM_BYTES);
        strings = false;
        array[end] = tag;
        LONG.set(array, end + 1, bits);
        end += 1 + Long.BYTES;
        count++;
        return this;
    }

    /** Opens an array of {@code items} items, which must follow; they count as one item here. */
    public Packed nest(int items) {
        room(ITEM_ROOM_BYTES);
        strings = false;
        array[end] = NESTED;
        INT.set(array, end + 1, items);
        end += 1 + Integer.BYTES;
        count += 1 - items;
        return this;
    }

    private void room(int bytes) {
        if (buffer.arrayOffset() + buffer.capacity() - end < bytes) {
            int used = bytes();
            buffer.writerIndex(used);
            buffer.capacity(grown(used + (long) bytes));
            array = buffer.array();
            end = buffer.arrayOffset() + used;
        }
    }

    /** Twice the capacity, for which there must be room beside what is there. */
    private int grown(long needed) {
        if (needed > BYTES_MAX) {
            throw new CommandError("OOM the reply is longer than " + BYTES_MAX + " bytes");
        }
        long capacity = Math.min(BYTES_MAX, Math.max(needed, 2L * buffer.capacity()));
        HeapRoom.require(capacity);
        return (int) capacity;
    }

    /** Whether all items are strings, so that the content stands in {@link #array()} as RESP writes it. */
    public boolean isStrings() {
        return strings;
    }

    /** Where the first item begins in {@link #array()}; {@link #bytes()} from there on are the content. */
    public int start() {
        return buffer.arrayOffset();
    }

    /** Walks the items from the first. */
    public Cursor cursor() {
        return new Cursor();
    }

    @Override
    public void release() {
        buffer.release();
    }

    /** One step per item, nested ones included, in the order in which they were added. */
    public final class Cursor {
        private int index = buffer.arrayOffset();
        private int start = index;
        private byte tag;
        private int at;
        private int length;

        private Cursor() {}

        /** Whether there was another item; the accessors below speak of it. */
        public boolean next() {
            if (index == end) {
                return false;
            }
            start = index;
            tag = array[index];
            at = index + 1;
            switch (tag) {
                case STRING -> string(array[at]);
                case DOUBLE, FIXED, INTEGER -> index = at + Long.BYTES;
                case NESTED -> {
                    length = (int) INT.get(array, at);
                    index = at + Integer.BYTES;
                }
                default -> index = at;
            }
            return true;
        }

        private void string(int digit) {
            length = 0;
            for (int next = digit; next != '\r'; next = array[++at]) {
                length = 10 * length + next - '0';
            }
            at += 2;
            index = at + length + 2;
        }

        public boolean isString() {
            return tag == STRING;
        }

        /** Nothing of either kind. */
        public boolean isNull() {
            return tag == NULL || tag == NULL_ARRAY;
        }

        public boolean isNullArray() {
            return tag == NULL_ARRAY;
        }

        /** Also one that {@link #isFixed}. */
        public boolean isDouble() {
            return tag == DOUBLE || tag == FIXED;
        }

        public boolean isFixed() {
            return tag == FIXED;
        }

        public boolean isInteger() {
            return tag == INTEGER;
        }

        public boolean isNested() {
            return tag == NESTED;
        }

        /** Length of a string, or number of items of a nested array. */
        public int length() {
            return length;
        }

        /** Where the string stands in {@link Packed#array()}, for copying out of it. */
        public int offset() {
            return at;
        }

        /** Where the item begins in {@link Packed#array()}: a string there stands as RESP writes it. */
        public int start() {
            return start;
        }

        /** Where the item ends. */
        public int end() {
            return index;
        }

        public Bytes string() {
            return Bytes.of(Arrays.copyOfRange(array, at, at + length));
        }

        public double decimal() {
            return Double.longBitsToDouble(integer());
        }

        public long integer() {
            return (long) LONG.get(array, at);
        }
    }
}
