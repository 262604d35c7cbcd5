package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.HeapRoom;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what RDB is made of, from the beginning to the end of some bytes, or of what a {@link Source} brings. A length has 6 bits, 14, 32 or 64, as its first
 * two bits say, or it is none but says how a string is encoded. All methods throw {@link CorruptRdbException}.
 */
final class RdbInput {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int TWO_BITS = 6;
    private static final int LENGTH_6_BITS = 0;
    private static final int LENGTH_14_BITS = 1;
    private static final int LENGTH_LONG = 2;
    private static final int ENCODED = 3;
    static final int LENGTH_32_BITS = 0x80;
    static final int LENGTH_64_BITS = 0x81;
    static final int INT_8 = 0xc0;
    static final int INT_16 = 0xc1;
    static final int INT_32 = 0xc2;
    static final int LZF = 0xc3;

    /** Compressed strings of up to so many bytes are known to be right before memory is taken for what they make. */
    private static final int COMPRESSED_CHECKED_MAX = 1 << 24;

    private static final int STRING_BYTES_MAX = Integer.MAX_VALUE - (1 << 24);

    /** How long what is read is, where nobody knows before its end. */
    static final long UNKNOWN = Long.MAX_VALUE;

    /** Brings what is read, piece by piece. */
    interface Source {
        /** The next bytes, at least one, in an array of their own; null at the end. Throws {@code UncheckedIOException}. */
        byte @Nullable [] next();

        /** Whether it sums up what it brings. */
        default boolean sums() {
            return false;
        }

        /** Then the checksum of all pieces before the last. */
        default long crcBefore() {
            return 0;
        }
    }

    private final @Nullable Source source;
    private final long length;
    private byte[] array;
    private int end;
    private int at;
    private long before; // the array's first byte has this offset in what is read
    private long crc;
    private Bytes shortString = Bytes.EMPTY;
    private int crcUpTo; // the index in the array up to which the checksum goes

    /** The bytes must not change while their strings are used. */
    RdbInput(Bytes bytes) {
        array = bytes.array();
        at = bytes.offset();
        end = bytes.offset() + bytes.length();
        before = -at;
        length = bytes.length();
        source = null;
        crcUpTo = at;
    }

    /** Reads from a source that has so many bytes, or {@link #UNKNOWN}. Strings stay valid as long as anybody has them. */
    RdbInput(Source source, long length) {
        this.source = source;
        this.length = length;
        array = new byte[0];
    }

    /** Of the next byte. */
    long offset() {
        return before + at;
    }

    /** Bytes that are left; if nobody knows, very many. */
    long remaining() {
        return length - offset();
    }

    /** Whether there is nothing more. */
    boolean isAtEnd() {
        return at == end && !refill(1);
    }

    /** The checksum of all that was read so far. */
    long crc() {
        crc = Crc64.of(crc, array, crcUpTo, at - crcUpTo);
        crcUpTo = at;
        return crc;
    }

    /** Unsigned. */
    int readByte() {
        int from = skip(1); // may change the array
        return array[from] & 0xff;
    }

    /** 8 bytes, the lowest first. */
    long readLong() {
        int from = skip(Long.BYTES);
        return (long) LONGS.get(array, from);
    }

    /** 4 bytes, the lowest first. */
    int readInt() {
        return Integer.reverseBytes(bigEndianInt());
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

    /** In the form of a length, any 64 bits. */
    long readUnsigned() {
        int first = readByte();
        return first >>> TWO_BITS == LENGTH_LONG ? unsignedLength(first) : length(first);
    }

    /** A number of elements, each of which takes at least {@code bytesEach} bytes of those that are left. */
    long readCount(int bytesEach) {
        long count = readLength();
        if (count > remaining() / bytesEach) {
            throw new CorruptRdbException("more elements than there are bytes for");
        }
        return count;
    }

    /**
     * The string that comes next if it is longer than {@code shortBytesMax}, to be read piece by piece; or null, and it is
     * the {@link #shortString}.
     */
    @Nullable
    RdbLongString readLongString(int shortBytesMax) {
        int first = readByte();
        if (first == LZF) {
            long compressed = readLength();
            long expanded = readLength();
            if (expanded > shortBytesMax) {
                return longString(compressed, expanded);
            }
            shortString = expanded(compressed, expanded);
        } else if (first == LENGTH_32_BITS || first == LENGTH_64_BITS) {
            long plain = length(first);
            check(plain);
            if (plain > shortBytesMax) {
                return new RdbLongString.Raw(this, (int) plain);
            }
            shortString = view(plain);
        } else {
            shortString = string(first);
        }
        return null;
    }

    /** See {@link #readLongString}. */
    Bytes shortString() {
        return shortString;
    }

    private RdbLongString longString(long compressed, long expanded) {
        check(compressed);
        if (expanded > STRING_BYTES_MAX || expanded / LzfExpansion.RATIO_MAX > compressed) {
            throw Lzf.corrupt();
        }
        if (compressed > COMPRESSED_CHECKED_MAX) {
            return new RdbLongString.Compressed(new LzfExpansion(this, compressed, expanded), (int) expanded);
        }
        Bytes all = view(compressed);
        Lzf.check(all.array(), all.offset(), all.offset() + all.length(), expanded);
        LzfExpansion expansion = new LzfExpansion(new RdbInput(all), compressed, expanded);
        return new RdbLongString.Compressed(expansion, (int) expanded);
    }

    /** A string; a view of the input where that has it as it is. */
    Bytes readString() {
        return string(readByte());
    }

    private Bytes string(int first) {
        if (first >>> TWO_BITS != ENCODED) {
            return view(length(first));
        }
        return switch (first) {
            case INT_8 -> Bytes.of((long) (byte) readByte());
            case INT_16 -> Bytes.of((long) (short) (readByte() | readByte() << 8));
            case INT_32 -> Bytes.of((long) (readByte() | readByte() << 8 | readByte() << 16 | readByte() << 24));
            case LZF -> {
                long compressed = readLength();
                yield expanded(compressed, readLength());
            }
            default -> throw new CorruptRdbException("unknown encoding of a string: " + first);
        };
    }

    private Bytes expanded(long compressed, long expanded) {
        Bytes bytes = view(compressed);
        return Bytes.of(Lzf.expand(bytes.array(), bytes.offset(), bytes.length(), expanded));
    }

    /** Bytes as they are. */
    Bytes view(long length) {
        check(length);
        int from = skip((int) length); // may change the array
        return Bytes.view(array, from, (int) length);
    }

    private void check(long length) {
        if (length > remaining()) {
            throw new CorruptRdbException("a string is longer than what is left");
        }
        if (length > STRING_BYTES_MAX) {
            throw new CorruptRdbException("a string of more than 2130706431 bytes");
        }
    }

    private int bigEndianInt() {
        int from = skip(Integer.BYTES);
        return (int) INTS.get(array, from);
    }

    private long length(int first) {
        return switch (first >>> TWO_BITS) {
            case LENGTH_6_BITS -> first;
            case LENGTH_14_BITS -> (first & 0x3f) << Byte.SIZE | readByte();
            default -> longLength(first);
        };
    }

    private long longLength(int first) {
        long length = unsignedLength(first);
        if (length < 0) {
            throw new CorruptRdbException("a length beyond 63 bits");
        }
        return length;
    }

    private long unsignedLength(int first) {
        if (first == LENGTH_32_BITS) {
            return Integer.toUnsignedLong(bigEndianInt());
        } else if (first == LENGTH_64_BITS) {
            return Long.reverseBytes(readLong());
        }
        throw new CorruptRdbException("unknown form of a length: " + first);
    }

    private int skip(int bytes) {
        if (bytes > end - at && !refill(bytes)) {
            throw new CorruptRdbException("it ends too early");
        }
        at += bytes;
        return at - bytes;
    }

    /**
     * Makes the array one that has at least so many bytes more, and does not change the one there was. Memory is taken only
     * as the bytes come, if nobody knows how many there are. Returns false if there are too few.
     */
    private boolean refill(int bytes) {
        Source from = source;
        if (from == null || bytes > remaining()) {
            return false;
        }
        if (!from.sums()) {
            crc();
        }
        int size = end - at;
        int last = 0;
        byte[] joined = Arrays.copyOfRange(array, at, end);
        while (size < bytes) {
            byte[] more = from.next();
            if (more == null) {
                break;
            }
            last = size;
            if (size == 0) {
                joined = more;
            } else {
                joined = withRoom(joined, size, more.length, bytes);
                System.arraycopy(more, 0, joined, size, more.length);
            }
            size += more.length;
        }
        before += at;
        array = joined;
        at = 0;
        end = size;
        crcUpTo = 0;
        if (from.sums()) {
            crc = from.crcBefore();
            crcUpTo = last; // not beyond what is read next, which ends in the last piece
        }
        return size >= bytes;
    }

    private byte[] withRoom(byte[] joined, int size, int more, int wanted) {
        if (joined.length - size >= more) {
            return joined;
        }
        long known = Math.max(size, length == UNKNOWN ? 2L * size : wanted);
        int capacity = (int) Math.min(known + more, Integer.MAX_VALUE - Long.BYTES);
        HeapRoom.require(capacity);
        return Arrays.copyOf(joined, capacity);
    }
}
