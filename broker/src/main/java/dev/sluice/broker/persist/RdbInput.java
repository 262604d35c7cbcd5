package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads what RDB is made of, from the beginning to the end of some bytes. A length has 6 bits, 14, 32 or 64, as its first
 * two bits say, or it is none but says how a string is encoded. All methods throw {@link CorruptRdbException}.
 */
final class RdbInput {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int TWO_BITS = 6;
    private static final int LENGTH_6_BITS = 0;
    private static final int LENGTH_14_BITS = 1;
    private static final int ENCODED = 3;
    static final int LENGTH_32_BITS = 0x80;
    static final int LENGTH_64_BITS = 0x81;
    static final int INT_8 = 0xc0;
    static final int INT_16 = 0xc1;
    static final int INT_32 = 0xc2;
    static final int LZF = 0xc3;

    private final byte[] array;
    private final int end;
    private int at;

    /** The bytes must not change while their strings are used. */
    RdbInput(Bytes bytes) {
        array = bytes.array();
        at = bytes.offset();
        end = bytes.offset() + bytes.length();
    }

    int remaining() {
        return end - at;
    }

    /** Unsigned. */
    int readByte() {
        return array[skip(1)] & 0xff;
    }

    /** 8 bytes, the lowest first. */
    long readLong() {
        return (long) LONGS.get(array, skip(Long.BYTES));
    }

    double readDouble() {
        return Double.longBitsToDouble(readLong());
    }

    /** At least 0. */
    long readLength() {
        int first = readByte();
        if (first >>> TWO_BITS == ENCODED) {
            throw new CorruptRdbException("an encoding stands where a length should");
        }
        return length(first);
    }

    /** A number of elements, each of which takes at least {@code bytesEach} bytes of those that are left. */
    long readCount(int bytesEach) {
        long count = readLength();
        if (count > remaining() / bytesEach) {
            throw new CorruptRdbException("more elements than there are bytes for");
        }
        return count;
    }

    /** A string; a view of the input where that has it as it is. */
    Bytes readString() {
        int first = readByte();
        if (first >>> TWO_BITS != ENCODED) {
            return view(length(first));
        }
        return switch (first) {
            case INT_8 -> Bytes.of((long) (byte) readByte());
            case INT_16 -> Bytes.of((long) (short) (readByte() | readByte() << 8));
            case INT_32 -> Bytes.of((long) (readByte() | readByte() << 8 | readByte() << 16 | readByte() << 24));
            case LZF -> {
                long compressed = readLength();
                long expanded = readLength();
                Bytes bytes = view(compressed);
                yield Bytes.of(Lzf.expand(bytes.array(), bytes.offset(), bytes.length(), expanded));
            }
            default -> throw new CorruptRdbException("unknown encoding of a string: " + first);
        };
    }

    /** Bytes as they are. */
    Bytes view(long length) {
        if (length > remaining()) {
            throw new CorruptRdbException("a string is longer than what is left");
        }
        return Bytes.view(array, skip((int) length), (int) length);
    }

    private long length(int first) {
        return switch (first >>> TWO_BITS) {
            case LENGTH_6_BITS -> first;
            case LENGTH_14_BITS -> (first & 0x3f) << Byte.SIZE | readByte();
            default -> longLength(first);
        };
    }

    private long longLength(int first) {
        long length;
        if (first == LENGTH_32_BITS) {
            length = Integer.toUnsignedLong((int) INTS.get(array, skip(Integer.BYTES)));
        } else if (first == LENGTH_64_BITS) {
            length = Long.reverseBytes(readLong());
        } else {
            throw new CorruptRdbException("unknown form of a length: " + first);
        }
        if (length < 0) {
            throw new CorruptRdbException("a length beyond 63 bits");
        }
        return length;
    }

    private int skip(int bytes) {
        if (bytes > end - at) {
            throw new CorruptRdbException("it ends too early");
        }
        at += bytes;
        return at - bytes;
    }
}
