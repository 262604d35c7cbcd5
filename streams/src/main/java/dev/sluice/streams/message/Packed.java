package dev.sluice.streams.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A long aggregate in one pooled buffer, so that LRANGE of 10 000 elements makes no 10 000 objects. Each item is a
 * 4-byte length and that many bytes; negative lengths tag what is not a string: {@link #NULL}, {@link #DOUBLE} (8
 * bytes), {@link #INTEGER} (8 bytes), {@link #NESTED} (a 4-byte count; that many items follow as an array). It is built
 * once, walked with a {@link Cursor} any number of times, and released once.
 */
public final class Packed implements Reply {
    /** How the items read on a wire that knows the difference. */
    public enum Kind {
        ARRAY,
        SET,
        MAP
    }

    static final int NULL = -1;
    static final int DOUBLE = -2;
    static final int INTEGER = -3;
    static final int NESTED = -4;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final Kind kind;
    private final ByteBuf buffer;
    private int count;

    public Packed(Kind kind, int bytesExpected) {
        this.kind = kind;
        this.buffer = PooledByteBufAllocator.DEFAULT.heapBuffer(Math.max(64, bytesExpected));
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
        return buffer.readableBytes();
    }

    public Packed add(Bytes value) {
        return add(value.array(), value.offset(), value.length());
    }

    public Packed add(byte[] array, int offset, int length) {
        buffer.writeInt(length).writeBytes(array, offset, length);
        count++;
        return this;
    }

    /**
     * Adds a string of {@code length} bytes whose content the caller writes at once into {@link #array()} from the
     * index that this returns; for sources that are not arrays.
     */
    public int reserve(int length) {
        buffer.ensureWritable(length + Integer.BYTES);
        buffer.writeInt(length);
        int index = buffer.arrayOffset() + buffer.writerIndex();
        buffer.writerIndex(buffer.writerIndex() + length);
        count++;
        return index;
    }

    /** The array to fill after {@link #reserve}; another one after each call of it. */
    public byte[] array() {
        return buffer.array();
    }

    public Packed addNull() {
        buffer.writeInt(NULL);
        count++;
        return this;
    }

    public Packed addDouble(double value) {
        buffer.writeInt(DOUBLE).writeDouble(value);
        count++;
        return this;
    }

    public Packed addInteger(long value) {
        buffer.writeInt(INTEGER).writeLong(value);
        count++;
        return this;
    }

    /** Opens an array of {@code items} items, which must follow; they count as one item here. */
    public Packed nest(int items) {
        buffer.writeInt(NESTED).writeInt(items);
        count += 1 - items;
        return this;
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
        private final byte[] array = buffer.array();
        private final int end = buffer.arrayOffset() + buffer.writerIndex();
        private int index = buffer.arrayOffset() + buffer.readerIndex();
        private int tag;
        private int at;

        private Cursor() {}

        /** Whether there was another item; the accessors below speak of it. */
        public boolean next() {
            if (index == end) {
                return false;
            }
            tag = (int) INT.get(array, index);
            at = index + Integer.BYTES;
            index = at
                    + switch (tag) {
                        case NULL -> 0;
                        case DOUBLE, INTEGER -> Long.BYTES;
                        case NESTED -> Integer.BYTES;
                        default -> tag;
                    };
            return true;
        }

        public boolean isString() {
            return tag >= 0;
        }

        public boolean isNull() {
            return tag == NULL;
        }

        public boolean isDouble() {
            return tag == DOUBLE;
        }

        public boolean isInteger() {
            return tag == INTEGER;
        }

        public boolean isNested() {
            return tag == NESTED;
        }

        /** Length of a string, or number of items of a nested array. */
        public int length() {
            return tag == NESTED ? (int) INT.get(array, at) : tag;
        }

        /** Where the string stands in {@link Packed#array()}, for copying out of it. */
        public int offset() {
            return at;
        }

        public Bytes string() {
            return Bytes.of(Arrays.copyOfRange(array, at, at + tag));
        }

        public double decimal() {
            return Double.longBitsToDouble(integer());
        }

        public long integer() {
            return (long) LONG.get(array, at);
        }
    }
}
