package dev.sluice.broker.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.sluice.streams.message.CommandError;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Memory outside the Java heap, in blocks that are named by 32-bit handles. A handle is never 0, and may be negative. A
 * block is not cleared and as large as {@link #capacity} says, at most 12.5 % more than was asked for above 1 KiB, and
 * at most 7 bytes more below. Numbers are stored in the machine's byte order.
 *
 * <p>An access is checked against the extent that the block lies in, not against the block; tests use a checking arena
 * for that. One thread uses an arena. How blocks are found and counted: {@link Blocks}.
 */
public class Arena implements AutoCloseable {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final ValueLayout.OfLong JAVA_LONG_BIG_ENDIAN = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final MemorySegment[] NONE = {};

    // While it is one of a family of sub-arenas, or in the pool's chain of detached arenas.
    @Nullable
    SubArenas family;

    int id;

    @Nullable
    Arena previous;

    @Nullable
    Arena next;

    private final ExtentPool pool;
    private final Extents extents;
    private final Blocks blocks;
    private MemorySegment[] memory; // that of extents: one load less for each access
    private @Nullable MemorySegment[] writable; // the same

    @Nullable
    private Arena frozen; // the one frozen last from this

    @Nullable
    private BitSet traced;

    /** An arena by itself, without limit: for tests and tools. */
    public Arena() {
        this(ExtentPool.standalone(Long.MAX_VALUE));
    }

    /** Without memory so far. */
    public Arena(ExtentPool pool) {
        this(pool, 1);
    }

    /** The indices of extents in its handles begin with {@code firstIndex}. */
    Arena(ExtentPool pool, int firstIndex) {
        this(pool, new Extents(pool, firstIndex));
    }

    private Arena(ExtentPool pool, Extents extents) {
        this.pool = pool;
        this.extents = extents;
        blocks = new Blocks(extents);
        memory = extents.memory;
        writable = extents.writable;
    }

    /**
     * An arena that has all blocks as they are now, for another thread to read while this one changes: each copies an
     * extent before it writes to it. It cannot free them, but can have blocks of its own. It is given back by {@link
     * #detach}.
     */
    Arena freeze() {
        return freeze(extents.indices());
    }

    /** The same with only some of the extents, see {@link #trace}. */
    Arena freeze(BitSet which) {
        Arena view = new Arena(pool, extents.frozen(which));
        view.blocks.learn(blocks, which);
        frozen = view;
        writable = extents.writable;
        return view;
    }

    /**
     * Notes the extents of blocks whose {@link #capacity} is asked for, until this is called with null: whoever asks a
     * value for its bytes gets to know which extents it is in.
     */
    public void trace(@Nullable BitSet extents) {
        traced = extents;
    }

    /** Whether an arena that was frozen from this one is still there. */
    private boolean isShared() {
        if (frozen != null && frozen.memory == NONE) {
            frozen = null;
        }
        return frozen != null;
    }

    /**
     * Takes a block of at least {@code bytes} bytes, at most 1 GiB, not cleared.
     *
     * @throws CommandError out of memory; nothing has changed
     */
    public int allocate(int bytes) {
        int handle = blocks.allocate(bytes);
        if (memory != extents.memory) {
            memory = extents.memory;
            writable = extents.writable;
        }
        return handle;
    }

    public void free(int handle) {
        blocks.free(handle);
    }

    /** Bytes that the block can hold: at least what was asked for. This is also what it counts in the figures. */
    public int capacity(int handle) {
        if (traced != null) {
            traced.set(handle >>> Extents.SHIFT);
        }
        return blocks.capacity(handle);
    }

    /**
     * Makes sure that blocks of {@code bytes} bytes together can be allocated: until the next call no allocation of
     * that size is refused.
     *
     * @throws CommandError out of memory
     */
    public void ensure(long bytes) {
        if (bytes > extents.room()) {
            throw CommandError.outOfMemory();
        }
        pool.ensure(bytes, Math.max(0, bytes - (bytesReserved() - bytesUsed())));
    }

    /** Bytes of the blocks in use, each with its capacity. */
    public long bytesUsed() {
        return blocks.usedBytes();
    }

    /** Bytes that the arena took from the pool. */
    public long bytesReserved() {
        return extents.reservedBytes();
    }

    /** The share of what is reserved that is not used, from 0 to 1. */
    public double fragmentation() {
        return bytesReserved() == 0 ? 0 : 1 - (double) bytesUsed() / bytesReserved();
    }

    /**
     * Decides which blocks {@link #shouldMove} names, to be called before each walk over the blocks. Walks that move
     * these blocks end with the data packed. Looks at every extent and marks up to 256: with 1.4 GiB 0.1 to 0.5 ms
     * once compiled, 2 ms the first time. Returns whether there is anything to move. What is frozen stays where it is.
     */
    public boolean compact() {
        return !isShared() && blocks.compact();
    }

    /**
     * Whether the owner had better move the block's content to a new block and free this one: it lies among few others,
     * and elsewhere there is room for them.
     */
    public boolean shouldMove(int handle) {
        return blocks.shouldMove(handle);
    }

    /** Gives all blocks back in O(1): the pool takes over, and its housekeeping does the work. The arena is dead. */
    public void detach() {
        forgetMemory();
        pool.detach(this, this);
    }

    /** Gives all blocks back at once. The arena is dead. */
    @Override
    public void close() {
        dismantle(Integer.MAX_VALUE);
    }

    /** Gives extents of a detached arena back. Returns the steps done; the arena is gone when fewer than asked. */
    int dismantle(int steps) {
        forgetMemory();
        int done = extents.dismantle(steps);
        if (done < steps) {
            blocks.forget();
            if (family != null) {
                family.forget(id);
            }
        }
        return done;
    }

    private void forgetMemory() {
        memory = NONE;
        writable = NONE;
    }

    ExtentPool pool() {
        return pool;
    }

    /** Called before every access: tests check it. */
    void touched(int handle, long offset, long length) {}

    /** The memory of the extent that a block is in. */
    MemorySegment extent(int handle) {
        return segment(handle);
    }

    /** Another object once the extent with this index was given back. */
    @Nullable
    Object extentAt(int index) {
        return extents.at(index);
    }

    public byte getByte(int handle, long offset) {
        touched(handle, offset, 1);
        return segment(handle).get(JAVA_BYTE, at(handle, offset));
    }

    /** Unsigned. */
    public int getShort(int handle, long offset) {
        touched(handle, offset, 2);
        return segment(handle).get(JAVA_SHORT_UNALIGNED, at(handle, offset)) & 0xffff;
    }

    public int getInt(int handle, long offset) {
        touched(handle, offset, 4);
        return segment(handle).get(JAVA_INT_UNALIGNED, at(handle, offset));
    }

    public long getLong(int handle, long offset) {
        touched(handle, offset, 8);
        return segment(handle).get(JAVA_LONG_UNALIGNED, at(handle, offset));
    }

    /** The first byte is the highest, so that an unsigned comparison of numbers is one of bytes. */
    public long getLongBigEndian(int handle, long offset) {
        touched(handle, offset, 8);
        return segment(handle).get(JAVA_LONG_BIG_ENDIAN, at(handle, offset));
    }

    public void putByte(int handle, long offset, int value) {
        touched(handle, offset, 1);
        writable(handle).set(JAVA_BYTE, at(handle, offset), (byte) value);
    }

    public void putShort(int handle, long offset, int value) {
        touched(handle, offset, 2);
        writable(handle).set(JAVA_SHORT_UNALIGNED, at(handle, offset), (short) value);
    }

    public void putInt(int handle, long offset, int value) {
        touched(handle, offset, 4);
        writable(handle).set(JAVA_INT_UNALIGNED, at(handle, offset), value);
    }

    public void putLong(int handle, long offset, long value) {
        touched(handle, offset, 8);
        writable(handle).set(JAVA_LONG_UNALIGNED, at(handle, offset), value);
    }

    public void putLongBigEndian(int handle, long offset, long value) {
        touched(handle, offset, 8);
        writable(handle).set(JAVA_LONG_BIG_ENDIAN, at(handle, offset), value);
    }

    /** Copies into a block. */
    public void put(int handle, long offset, byte[] source, int from, int length) {
        touched(handle, offset, length);
        MemorySegment.copy(source, from, writable(handle), JAVA_BYTE, at(handle, offset), length);
    }

    /** Copies out of a block. */
    public void get(int handle, long offset, byte[] target, int to, int length) {
        touched(handle, offset, length);
        MemorySegment.copy(segment(handle), JAVA_BYTE, at(handle, offset), target, to, length);
    }

    /** Copies from one block to another, or within one (also where the ranges overlap). */
    public void copy(int source, long from, int target, long to, long length) {
        touched(source, from, length);
        touched(target, to, length);
        MemorySegment.copy(segment(source), at(source, from), writable(target), at(target, to), length);
    }

    /** Copies a block's content into a block of another arena. */
    public void copyTo(int source, long from, Arena other, int target, long to, long length) {
        touched(source, from, length);
        other.touched(target, to, length);
        MemorySegment.copy(segment(source), at(source, from), other.writable(target), at(target, to), length);
    }

    public void fill(int handle, long offset, long length, int value) {
        touched(handle, offset, length);
        writable(handle).asSlice(at(handle, offset), length).fill((byte) value);
    }

    /** Whether the block holds the same bytes from {@code offset} as the array from {@code from}. */
    public boolean equal(int handle, long offset, byte[] other, int from, int length) {
        touched(handle, offset, length);
        MemorySegment mine = segment(handle);
        long base = at(handle, offset);
        int i = 0;
        for (; i <= length - 8; i += 8) {
            if (mine.get(JAVA_LONG_UNALIGNED, base + i) != (long) LONGS.get(other, from + i)) {
                return false;
            }
        }
        if (i <= length - 4) {
            if (mine.get(JAVA_INT_UNALIGNED, base + i) != (int) INTS.get(other, from + i)) {
                return false;
            }
            i += 4;
        }
        for (; i < length; i++) {
            if (mine.get(JAVA_BYTE, base + i) != other[from + i]) {
                return false;
            }
        }
        return true;
    }

    /** Compares with unsigned bytes, as memcmp with the shorter first where one is the other's beginning. */
    public int compare(int handle, long offset, int length, byte[] other, int from, int otherLength) {
        touched(handle, offset, length);
        MemorySegment mine = segment(handle);
        long base = at(handle, offset);
        int both = Math.min(length, otherLength);
        int i = 0;
        while (i <= both - 8 && mine.get(JAVA_LONG_UNALIGNED, base + i) == (long) LONGS.get(other, from + i)) {
            i += 8;
        }
        for (; i < both; i++) {
            int difference = (mine.get(JAVA_BYTE, base + i) & 0xff) - (other[from + i] & 0xff);
            if (difference != 0) {
                return difference;
            }
        }
        return length - otherLength;
    }

    /** Compares two blocks' contents the same way. */
    public int compare(int handle, long offset, int length, int other, long otherOffset, int otherLength) {
        touched(handle, offset, length);
        touched(other, otherOffset, otherLength);
        MemorySegment mine = segment(handle);
        MemorySegment theirs = segment(other);
        long base = at(handle, offset);
        long otherBase = at(other, otherOffset);
        int both = Math.min(length, otherLength);
        int i = 0;
        while (i <= both - 8
                && mine.get(JAVA_LONG_UNALIGNED, base + i) == theirs.get(JAVA_LONG_UNALIGNED, otherBase + i)) {
            i += 8;
        }
        for (; i < both; i++) {
            int difference = (mine.get(JAVA_BYTE, base + i) & 0xff) - (theirs.get(JAVA_BYTE, otherBase + i) & 0xff);
            if (difference != 0) {
                return difference;
            }
        }
        return length - otherLength;
    }

    /** Number of one bits. */
    public long bitCount(int handle, long offset, int length) {
        touched(handle, offset, length);
        MemorySegment mine = segment(handle);
        long base = at(handle, offset);
        long count = 0;
        int i = 0;
        for (; i <= length - 8; i += 8) {
            count += Long.bitCount(mine.get(JAVA_LONG_UNALIGNED, base + i));
        }
        for (; i < length; i++) {
            count += Integer.bitCount(mine.get(JAVA_BYTE, base + i) & 0xff);
        }
        return count;
    }

    /** Where the first byte is that is not {@code value}, from {@code offset} on; {@code length} if there is none. */
    public int indexOfOther(int handle, long offset, int length, byte value) {
        touched(handle, offset, length);
        MemorySegment mine = segment(handle);
        long base = at(handle, offset);
        long eight = (value & 0xffL) * 0x0101010101010101L;
        int i = 0;
        while (i <= length - 8 && mine.get(JAVA_LONG_UNALIGNED, base + i) == eight) {
            i += 8;
        }
        while (i < length && mine.get(JAVA_BYTE, base + i) == value) {
            i++;
        }
        return i;
    }

    private MemorySegment segment(int handle) {
        return memory[handle >>> Extents.SHIFT];
    }

    private MemorySegment writable(int handle) {
        MemorySegment segment = writable[handle >>> Extents.SHIFT];
        return segment == null ? extents.unshared(handle >>> Extents.SHIFT) : segment;
    }

    private static long at(int handle, long offset) {
        return ((long) (handle & Extents.MASK) << 3) + offset;
    }
}
