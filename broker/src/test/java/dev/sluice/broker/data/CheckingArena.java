package dev.sluice.broker.data;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An arena that finds the mistakes of those who use it: access to blocks that were freed or never allocated, access
 * beyond a block's capacity, freeing twice, writing behind its back, and, when it is closed, blocks that were forgotten.
 * New blocks are full of rubbish. Handles are negative numbers in an arena by itself, and differ between sub-arenas.
 */
public class CheckingArena extends Arena {
    private static final int FIRST_NEGATIVE = 1 << 14;
    private static final byte NEW = (byte) 0xa5;
    private static final byte FREED = (byte) 0xdb;
    private static final int FREED_INT = 0xdbdbdbdb;
    private static final long FREED_LONG = 0xdbdbdbdb_dbdbdbdbL;

    // What a granule is, other than the capacity of the block in use that begins there.
    private static final int UNKNOWN = 0; // the inside of a block in use, or never used
    private static final int POISONED = -1;
    private static final int POISONED_BEHIND_LINK =
            -2; // the first of a freed block: four bytes belong to the allocator

    private int[][] granules = {}; // by index of the extent
    private @Nullable Object[] extents = {}; // that the granules are of
    private int liveBlocks;

    public CheckingArena() {
        this(ExtentPool.standalone(Long.MAX_VALUE), FIRST_NEGATIVE);
    }

    public CheckingArena(ExtentPool pool) {
        this(pool, 1);
    }

    CheckingArena(ExtentPool pool, int firstIndex) {
        super(pool, firstIndex);
    }

    /** Sub-arenas that are checked, too. */
    public static SubArenas subArenas(ExtentPool pool) {
        int[] firstIndex = {1};
        return new SubArenas(pool, () -> new CheckingArena(pool, firstIndex[0]++));
    }

    /** Blocks in use. */
    public int liveBlocks() {
        return liveBlocks;
    }

    @Override
    public int allocate(int bytes) {
        require(bytes >= 0, "allocated less than nothing:", 0, bytes);
        int handle = super.allocate(bytes);
        int capacity = super.capacity(handle);
        require(handle != 0 && capacity >= bytes, "the allocator gave too little:", handle, bytes);
        int[] states = statesFor(handle);
        int first = handle & Extents.MASK;
        for (int i = first; i < Math.min(states.length, first + capacity / 8); i++) {
            require(states[i] <= 0, "the allocator gave what is in use:", handle, bytes);
            checkPoison(handle, i, states[i]);
            states[i] = UNKNOWN;
        }
        states[first] = capacity;
        liveBlocks++;
        fill(handle, 0, capacity, NEW);
        return handle;
    }

    @Override
    public void free(int handle) {
        int capacity = live(handle);
        require(capacity > 0, "freed twice, or not of this arena:", handle, 0);
        fill(handle, 0, capacity, FREED);
        int[] states = granules[handle >>> Extents.SHIFT];
        int first = handle & Extents.MASK;
        Arrays.fill(states, first, Math.min(states.length, first + capacity / 8), POISONED);
        states[first] = POISONED_BEHIND_LINK;
        liveBlocks--;
        super.free(handle);
    }

    @Override
    public int capacity(int handle) {
        require(live(handle) > 0, "capacity of what is not in use:", handle, 0);
        return super.capacity(handle);
    }

    @Override
    public boolean shouldMove(int handle) {
        require(live(handle) > 0, "shouldMove of what is not in use:", handle, 0);
        return super.shouldMove(handle);
    }

    @Override
    void touched(int handle, long offset, long length) {
        int capacity = live(handle);
        if (offset >= 0 && length >= 0 && offset + length <= capacity) {
            return;
        }
        require(capacity > 0, "access to what is not in use:", handle, offset);
        throw new AssertionError(
                "access to " + offset + "+" + length + " of " + capacity + " bytes at " + name(handle));
    }

    /** Fails when there are blocks in use: for tests that free all they have. Otherwise {@link #detach}. */
    @Override
    public void close() {
        checkAllPoison();
        int leaks = liveBlocks;
        super.close();
        if (leaks > 0) {
            throw new AssertionError(leaks + " blocks were not freed");
        }
    }

    @Override
    public void detach() {
        checkAllPoison();
        granules = new int[0][];
        liveBlocks = 0;
        super.detach();
    }

    @Override
    int dismantle(int steps) {
        granules = new int[0][];
        liveBlocks = 0;
        return super.dismantle(steps);
    }

    /** Capacity of a block in use; 0 or less if there is none. */
    private int live(int handle) {
        int index = handle >>> Extents.SHIFT;
        int granule = handle & Extents.MASK;
        return index < granules.length && granule < granules[index].length ? granules[index][granule] : 0;
    }

    private int[] statesFor(int handle) {
        int index = handle >>> Extents.SHIFT;
        MemorySegment extent = extent(handle);
        if (index >= granules.length) {
            int before = granules.length;
            granules = Arrays.copyOf(granules, index + 4);
            extents = Arrays.copyOf(extents, index + 4);
            Arrays.fill(granules, before, index + 4, new int[0]);
        }
        if (extents[index] != extentAt(index)) {
            extents[index] = extentAt(index);
            granules[index] = new int[(int) Math.min(extent.byteSize() / 8, Extents.MASK + 1)];
        }
        return granules[index];
    }

    private void checkAllPoison() {
        for (int index = 0; index < granules.length; index++) {
            int handle = index << Extents.SHIFT;
            if (granules[index].length > 0 && extentAt(index) == extents[index]) {
                for (int i = 0; i < granules[index].length; i++) {
                    checkPoison(handle, i, granules[index][i]);
                }
            }
        }
    }

    private void checkPoison(int handle, int granule, int state) {
        MemorySegment extent = extent(handle);
        boolean intact = state > POISONED
                || (state == POISONED
                        ? extent.get(JAVA_LONG, granule * 8L) == FREED_LONG
                        : extent.get(JAVA_INT, granule * 8L + 4) == FREED_INT);
        require(intact, "written after it was freed:", handle & ~Extents.MASK | granule, 0);
    }

    private static String name(int handle) {
        return "block " + Integer.toHexString(handle);
    }

    private static void require(boolean condition, String message, int handle, long bytes) {
        if (!condition) {
            throw new AssertionError(message + " " + name(handle) + ", " + bytes);
        }
    }
}
