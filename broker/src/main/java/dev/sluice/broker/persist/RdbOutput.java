package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.HeapRoom;
import dev.sluice.streams.message.Numbers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes what RDB is made of, as {@link RdbInput} reads it, into an array that grows, or that a {@link Drain} takes when
 * enough has come together.
 */
final class RdbOutput {
    /** Takes what was written. */
    interface Drain {
        /** The first {@code length} bytes of an array. Returns the array to go on with, which may be the same. */
        byte[] take(byte[] array, int length);
    }

    /** When a drain is called: after what makes it more than this. */
    static final int DRAINED_BYTES = 1 << 16;

    /** Room for that and what makes it more. */
    static final int ROOM_BYTES = DRAINED_BYTES + DRAINED_BYTES / 4;

    /** Longer strings are not compressed where there is a drain: the length of the result stands before it. */
    static final int COMPRESSED_TO_BYTES = 1 << 22;

    /** The same where nobody may wait for it longer than a millisecond. */
    static final int COMPRESSED_TO_BYTES_ON_LOOP = 1 << 18;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BYTES_FIRST = 64;
    private static final int BYTES_MAX = Integer.MAX_VALUE - Long.BYTES;
    private static final int LENGTH_6_BITS_BELOW = 1 << 6;
    private static final int LENGTH_14_BITS_BELOW = 1 << 14;
    private static final int INTEGER_DIGITS_MAX = 11;
    private static final int SAVED_BYTES_MIN = 4;
    private static final int SCRATCH_BYTES_MAX = 1 << 16;

    /** Redis compresses strings from this length on. */
    static final int COMPRESSED_FROM_BYTES = 21;

    private final int compressedFrom;
    private final int compressedTo;
    private final @Nullable Drain drain;
    private @Nullable Lzf lzf;
    private byte[] scratch = {};
    private byte[] array;
    private int size;

    /** With {@code rdbcompression}, longer strings are compressed where that makes them shorter. */
    RdbOutput(boolean compresses) {
        this(
                compresses ? COMPRESSED_FROM_BYTES : Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                null,
                null,
                new byte[BYTES_FIRST]);
    }

    /** Compresses strings of {@code compressedFrom} to {@code compressedTo} bytes; what is written goes to a drain. */
    RdbOutput(int compressedFrom, int compressedTo, Drain drain) {
        this(compressedFrom, compressedTo, drain, null, new byte[ROOM_BYTES]);
    }

    /** Compresses nothing; what is written leaves in chunks. */
    static RdbOutput drained(SnapshotForm.Chunks chunks) {
        return new RdbOutput(Integer.MAX_VALUE, 0, into(chunks));
    }

    static Drain into(SnapshotForm.Chunks chunks) {
        return (array, length) -> {
            byte[] next = chunks.take(Bytes.view(array, 0, length));
            return next == null ? new byte[ROOM_BYTES] : next;
        };
    }

    private RdbOutput(int compressedFrom, int compressedTo, @Nullable Drain drain, @Nullable Lzf lzf, byte[] array) {
        this.compressedFrom = compressedFrom;
        this.compressedTo = compressedTo;
        this.drain = drain;
        this.lzf = lzf;
        this.array = array;
    }

    /** An empty one for a part whose length comes first. */
    RdbOutput another() {
        boolean compresses = compressedFrom != Integer.MAX_VALUE;
        return new RdbOutput(compressedFrom, compressedTo, null, compresses ? lzf() : null, new byte[BYTES_FIRST]);
    }

    /** What was written and not drained; valid until more is. */
    Bytes bytes() {
        return Bytes.view(array, 0, size);
    }

    boolean isEmpty() {
        return size == 0;
    }

    void clear() {
        size = 0;
    }

    boolean isDrained() {
        return drain != null;
    }

    /** To be called now and then, so that what has come together is drained. */
    void spill() {
        if (size > DRAINED_BYTES) {
            flush();
        }
    }

    /** Drains all that there is. */
    void flush() {
        if (drain != null && size > 0) {
            array = drain.take(array, size);
            size = 0;
        }
    }

    void writeByte(int value) {
        int at = room(1);
        array[at] = (byte) value;
    }

    /** 8 bytes, the lowest first. */
    void writeLong(long value) {
        int at = room(Long.BYTES);
        LONGS.set(array, at, value);
    }

    void writeDouble(double value) {
        writeLong(Double.doubleToRawLongBits(value));
    }

    void writeLength(long length) {
        if (length < LENGTH_6_BITS_BELOW) {
            writeByte((int) length);
        } else if (length < LENGTH_14_BITS_BELOW) {
            writeByte((int) length >>> Byte.SIZE | 0x40);
            writeByte((int) length);
        } else if (length <= 0xffff_ffffL) {
            writeByte(RdbInput.LENGTH_32_BITS);
            writeBigEndian(length, Integer.BYTES);
        } else {
            writeByte(RdbInput.LENGTH_64_BITS);
            writeBigEndian(length, Long.BYTES);
        }
    }

    /** In the form of a length, any 64 bits. */
    void writeUnsigned(long number) {
        if (number >= 0) {
            writeLength(number);
        } else {
            writeByte(RdbInput.LENGTH_64_BITS);
            writeBigEndian(number, Long.BYTES);
        }
    }

    /** A string, as a number of up to 32 bits where it is the text of one. */
    void writeString(byte[] bytes, int offset, int length) {
        if (length <= INTEGER_DIGITS_MAX && Numbers.isLong(bytes, offset, length)) {
            long number = Numbers.toLong(Bytes.view(bytes, offset, length));
            if (number == (int) number) {
                writeInteger((int) number);
                return;
            }
        }
        if (compresses(length) && writeCompressed(bytes, offset, length)) {
            return;
        }
        writeLength(length);
        writeBytes(bytes, offset, length);
    }

    private boolean compresses(int length) {
        return length >= compressedFrom && length <= compressedTo;
    }

    /** Whether a string is long, and not to be compressed, so that it is best written in pieces behind its length. */
    boolean writesInPieces(int length) {
        return drain != null && length > DRAINED_BYTES && !compresses(length);
    }

    void writeString(Bytes bytes) {
        writeString(bytes.array(), bytes.offset(), bytes.length());
    }

    private void writeInteger(int number) {
        if (number == (byte) number) {
            writeByte(RdbInput.INT_8);
            writeByte(number);
        } else if (number == (short) number) {
            writeByte(RdbInput.INT_16);
            writeByte(number);
            writeByte(number >>> 8);
        } else {
            writeByte(RdbInput.INT_32);
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                writeByte(number >>> shift);
            }
        }
    }

    private boolean writeCompressed(byte[] bytes, int offset, int length) {
        byte[] compressed = scratch(length - SAVED_BYTES_MIN);
        int written = lzf().compress(bytes, offset, length, compressed, length - SAVED_BYTES_MIN);
        if (written == 0) {
            return false;
        }
        writeByte(RdbInput.LZF);
        writeLength(written);
        writeLength(length);
        writeBytes(compressed, 0, written);
        return true;
    }

    private Lzf lzf() {
        Lzf known = lzf;
        if (known == null) {
            known = new Lzf();
            lzf = known;
        }
        return known;
    }

    private byte[] scratch(int bytes) {
        if (bytes <= scratch.length) {
            return scratch;
        }
        HeapRoom.require(bytes);
        byte[] larger = new byte[bytes];
        if (bytes <= SCRATCH_BYTES_MAX) {
            scratch = larger;
        }
        return larger;
    }

    void writeBytes(Bytes bytes) {
        writeBytes(bytes.array(), bytes.offset(), bytes.length());
    }

    void writeBytes(byte[] bytes, int offset, int length) {
        int at = room(length);
        System.arraycopy(bytes, offset, array, at, length);
    }

    private void writeBigEndian(long value, int bytes) {
        for (int shift = Byte.SIZE * (bytes - 1); shift >= 0; shift -= Byte.SIZE) {
            writeByte((int) (value >>> shift));
        }
    }

    /** Returns where so many bytes go that are written next: into {@link #array}, which may be another one by then. */
    private int room(int bytes) {
        if (bytes > BYTES_MAX - size) {
            throw new CommandError("ERR string exceeds maximum allowed size (2147483639 bytes)");
        }
        if (size + bytes > array.length) {
            long doubled = Math.max(2L * array.length, size + (long) bytes);
            int capacity = (int) Math.min(doubled, BYTES_MAX);
            HeapRoom.require(capacity);
            array = Arrays.copyOf(array, capacity);
        }
        size += bytes;
        return size - bytes;
    }
}
