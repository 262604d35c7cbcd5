package dev.sluice.broker.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.sluice.streams.message.CommandError;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Memory outside the Java heap, in blocks that are named by 32-bit handles. A handle is never 0. */
public class Arena implements AutoCloseable {
    static final int EXTENT_SHIFT = 17; // granules of 8 bytes: 1 MiB
    static final int EXTENT_BYTES = 8 << EXTENT_SHIFT;
    private static final int MASK = (1 << EXTENT_SHIFT) - 1;

    private java.lang.foreign.Arena memory = java.lang.foreign.Arena.ofShared();
    private MemorySegment[] extents = new MemorySegment[4];
    private int extentCount;
    private int bump = 1;
    private final int[] free = new int[4096];
    private long used;

    /** Takes a block of at least {@code bytes} bytes, not cleared. */
    public int allocate(int bytes) {
        int size = Math.max(8, bytes + 4 + 7 & ~7); // the prefix holds the size
        if (size > EXTENT_BYTES / 2) {
            throw CommandError.outOfMemory();
        }
        int shelf = size >>> 3;
        used += size;
        if (shelf < free.length && free[shelf] != 0) {
            int handle = free[shelf];
            free[shelf] = getInt(handle, 0);
            return handle;
        }
        if (extentCount == 0 || (bump & MASK) + shelf > MASK) {
            if (extentCount == extents.length) {
                extents = Arrays.copyOf(extents, extentCount * 2);
            }
            extents[extentCount] = memory.allocate(EXTENT_BYTES, 8);
            bump = (extentCount << EXTENT_SHIFT) + 1;
            extentCount++;
        }
        int handle = bump;
        bump += shelf;
        putInt(handle, -4, size);
        return handle;
    }

    public void free(int handle) {
        int size = getInt(handle, -4);
        used -= size;
        if (size >>> 3 < free.length) {
            putInt(handle, 0, free[size >>> 3]);
            free[size >>> 3] = handle;
        }
    }

    /** Bytes that the block can hold: at least what was asked for. */
    public int capacity(int handle) {
        return getInt(handle, -4) - 4;
    }

    public long bytesUsed() {
        return used;
    }

    private MemorySegment segment(int handle) {
        return extents[handle >>> EXTENT_SHIFT];
    }

    private static long at(int handle, long offset) {
        return ((long) (handle & MASK) << 3) + offset;
    }

    public byte getByte(int handle, long offset) {
        return segment(handle).get(JAVA_BYTE, at(handle, offset));
    }

    public int getShort(int handle, long offset) {
        return segment(handle).get(JAVA_SHORT_UNALIGNED, at(handle, offset)) & 0xffff;
    }

    public int getInt(int handle, long offset) {
        return segment(handle).get(JAVA_INT_UNALIGNED, at(handle, offset));
    }

    public long getLong(int handle, long offset) {
        return segment(handle).get(JAVA_LONG_UNALIGNED, at(handle, offset));
    }

    public void putByte(int handle, long offset, int value) {
        segment(handle).set(JAVA_BYTE, at(handle, offset), (byte) value);
    }

    public void putShort(int handle, long offset, int value) {
        segment(handle).set(JAVA_SHORT_UNALIGNED, at(handle, offset), (short) value);
    }

    public void putInt(int handle, long offset, int value) {
        segment(handle).set(JAVA_INT_UNALIGNED, at(handle, offset), value);
    }

    public void putLong(int handle, long offset, long value) {
        segment(handle).set(JAVA_LONG_UNALIGNED, at(handle, offset), value);
    }

    /** Copies into a block. */
    public void put(int handle, long offset, byte[] source, int from, int length) {
        MemorySegment.copy(source, from, segment(handle), JAVA_BYTE, at(handle, offset), length);
    }

    /** Copies out of a block. */
    public void get(int handle, long offset, byte[] target, int to, int length) {
        MemorySegment.copy(segment(handle), JAVA_BYTE, at(handle, offset), target, to, length);
    }

    /** Copies from one block to another, or within one (also where the ranges overlap). */
    public void copy(int source, long from, int target, long to, long length) {
        MemorySegment.copy(segment(source), at(source, from), segment(target), at(target, to), length);
    }

    /** Compares with unsigned bytes, as memcmp with the shorter first where one is the other's beginning. */
    public int compare(int handle, long offset, int length, byte[] other, int from, int otherLength) {
        MemorySegment mine = segment(handle);
        long base = at(handle, offset);
        long mismatch = MemorySegment.mismatch(
                mine, base, base + length, MemorySegment.ofArray(other), from, from + (long) otherLength);
        if (mismatch < 0) {
            return 0;
        }
        if (mismatch == Math.min(length, otherLength)) {
            return length - otherLength;
        }
        return (mine.get(JAVA_BYTE, base + mismatch) & 0xff) - (other[from + (int) mismatch] & 0xff);
    }

    @Override
    public void close() {
        memory.close();
    }
}
