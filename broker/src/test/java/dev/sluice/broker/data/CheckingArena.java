package dev.sluice.broker.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;

/**
 * An arena that finds the mistakes of those who use it: access to blocks that were freed or never allocated, access
 * beyond a block's capacity, freeing twice, writing behind its back, and, when it is closed, blocks that were forgotten.
 * New blocks are full of rubbish. Handles are negative numbers, and those of arenas of one pool differ.
 */
public final class CheckingArena extends Arena {
    private static final int FIRST_NEGATIVE = 1 << 14;
    private static final byte NEW = (byte) 0xa5;
    private static final byte FREED = (byte) 0xdb;

    private final Map<Integer, Integer> live = new HashMap<>(); // handle, capacity
    private final TreeMap<Long, Freed> freed = new TreeMap<>(); // by unsigned handle

    /** Contents of a freed block are as they were left; void when its extent has changed. */
    private record Freed(int capacity, Object extent) {}

    public CheckingArena() {
        this(ExtentPool.standalone(Long.MAX_VALUE));
    }

    public CheckingArena(ExtentPool pool) {
        this(pool, FIRST_NEGATIVE);
    }

    CheckingArena(ExtentPool pool, int firstIndex) {
        super(pool, 64 << 10, firstIndex);
    }

    /** Sub-arenas that are checked, too. */
    public static SubArenas subArenas(ExtentPool pool) {
        int[] firstIndex = {1};
        return new SubArenas(pool, () -> new CheckingArena(pool, firstIndex[0]++));
    }

    /** Blocks in use. */
    public int liveBlocks() {
        return live.size();
    }

    @Override
    public int allocate(int bytes) {
        require(bytes >= 0, "allocate(" + bytes + ")");
        int handle = super.allocate(bytes);
        int capacity = super.capacity(handle);
        require(handle != 0 && capacity >= bytes, "allocator: " + bytes + " bytes at " + name(handle));
        require(!live.containsKey(handle), "allocator: block given twice: " + name(handle));
        checkFreedBelow(handle, capacity);
        live.put(handle, capacity);
        fill(handle, 0, capacity, NEW);
        return handle;
    }

    @Override
    public void free(int handle) {
        Integer capacity = live.get(handle);
        require(capacity != null, "freed twice, or not of this arena: " + name(handle));
        fill(handle, 0, capacity, FREED);
        live.remove(handle);
        freed.put(Integer.toUnsignedLong(handle), new Freed(capacity, extent(handle)));
        super.free(handle);
    }

    @Override
    public int capacity(int handle) {
        require(live.containsKey(handle), "capacity of a block that is not in use: " + name(handle));
        return super.capacity(handle);
    }

    @Override
    public boolean shouldMove(int handle) {
        require(live.containsKey(handle), "shouldMove of a block that is not in use: " + name(handle));
        return super.shouldMove(handle);
    }

    @Override
    void touched(int handle, long offset, long length) {
        Integer capacity = live.get(handle);
        require(capacity != null, "access to a block that is not in use: " + name(handle));
        require(
                offset >= 0 && length >= 0 && offset + length <= capacity,
                "access to " + offset + "+" + length + " of " + capacity + " bytes at " + name(handle));
    }

    /** Fails when there are blocks in use: for tests that free all they have. Otherwise {@link #detach}. */
    @Override
    public void close() {
        freed.forEach((handle, block) -> checkFreed(handle.intValue(), block));
        int leaks = live.size();
        int example = leaks == 0 ? 0 : live.keySet().iterator().next();
        super.close();
        require(leaks == 0, leaks + " blocks were not freed, among them " + name(example));
    }

    @Override
    public void detach() {
        live.clear();
        freed.clear();
        super.detach();
    }

    @Override
    int dismantle(int steps) {
        live.clear();
        freed.clear();
        return super.dismantle(steps);
    }

    /** What lies under a new block was free and must be as it was left. */
    private void checkFreedBelow(int handle, int capacity) {
        long start = Integer.toUnsignedLong(handle);
        long end = start + capacity / 8;
        Entry<Long, Freed> entry = freed.lowerEntry(end);
        while (entry != null && entry.getKey() + entry.getValue().capacity() / 8 > start) {
            checkFreed(entry.getKey().intValue(), entry.getValue());
            freed.remove(entry.getKey());
            entry = freed.lowerEntry(end);
        }
    }

    private void checkFreed(int handle, Freed block) {
        if (extent(handle) != block.extent()) {
            return; // went back to the pool meanwhile
        }
        byte[] expected = new byte[block.capacity()];
        Arrays.fill(expected, FREED);
        byte[] actual = extent(handle)
                .asSlice((handle & Extents.MASK) * 8L, block.capacity())
                .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        int difference = Arrays.mismatch(expected, 4, expected.length, actual, 4, actual.length); // 4: the chain
        require(difference < 0, "written after it was freed: byte " + (difference + 4) + " of " + name(handle));
    }

    private static String name(int handle) {
        return "block " + Integer.toUnsignedString(handle, 16);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
