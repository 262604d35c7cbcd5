package dev.sluice.broker.data;

/**
 * A small set of integers: one block with all of them in ascending order, each in as many bytes as the widest needs, as
 * Redis's intset. Members are named by their index.
 *
 * <pre>
 * root:  0  number of members (4)   4  block, 0 while there is none (4)   8  bytes a member: 2, 4 or 8 (4)   12  form (4)
 * </pre>
 */
final class IntSet {
    private static final int BLOCK_AT = 4;
    private static final int WIDTH_AT = 8;

    private final Root root;
    private final Arena arena;

    IntSet(Root root) {
        this.root = root;
        this.arena = root.home();
    }

    int size() {
        return root.getInt(0);
    }

    private int block() {
        return root.getInt(BLOCK_AT);
    }

    private int width() {
        return root.getInt(WIDTH_AT);
    }

    private static int width(long member) {
        return member == (short) member ? Short.BYTES : member == (int) member ? Integer.BYTES : Long.BYTES;
    }

    long at(int index) {
        return get(block(), width(), index);
    }

    private long get(int block, int width, int index) {
        long at = (long) index * width;
        return switch (width) {
            case Short.BYTES -> (short) arena.getShort(block, at);
            case Integer.BYTES -> arena.getInt(block, at);
            default -> arena.getLong(block, at);
        };
    }

    private void put(int block, int width, int index, long member) {
        long at = (long) index * width;
        switch (width) {
            case Short.BYTES -> arena.putShort(block, at, (int) member);
            case Integer.BYTES -> arena.putInt(block, at, (int) member);
            default -> arena.putLong(block, at, member);
        }
    }

    /** Index of a member; if it is not there, -1 less the index that it would have. */
    int find(long member) {
        int low = 0;
        int high = size() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            long there = at(middle);
            if (there == member) {
                return middle;
            }
            if (there < member) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1 - low;
    }

    /** Adds a member that is not there, at the index that it belongs to. */
    void add(int index, long member) {
        int size = size();
        int old = size == 0 ? 0 : width();
        int width = Math.max(old, width(member));
        int block = block();
        int needed = (size + 1) * width;
        if (width == old && needed <= arena.capacity(block) && needed >= arena.capacity(block) / 4) {
            arena.copy(block, (long) index * width, block, (index + 1L) * width, (long) (size - index) * width);
        } else {
            block = spread(index, width, arena.allocate(needed + needed / 8));
        }
        put(block, width, index, member);
        root.putInt(0, size + 1);
    }

    /** Moves all members to another block, where they have another width and leave a gap at an index. */
    private int spread(int gap, int width, int target) {
        int block = block();
        for (int i = 0, size = size(); i < size; i++) {
            put(target, width, i < gap ? i : i + 1, at(i));
        }
        if (block != 0) {
            arena.free(block);
        }
        root.putInt(BLOCK_AT, target);
        root.putInt(WIDTH_AT, width);
        return target;
    }

    void remove(int index) {
        int width = width();
        int size = size();
        arena.copy(block(), (index + 1L) * width, block(), (long) index * width, (long) (size - index - 1) * width);
        root.putInt(0, size - 1);
    }

    /** Moves the block if that leaves less memory idle. */
    void pack() {
        if (block() != 0 && arena.shouldMove(block())) {
            root.putInt(BLOCK_AT, Packing.move(arena, block()));
        }
    }

    /** Bytes of the block. */
    long bytes() {
        return block() == 0 ? 0 : arena.capacity(block());
    }

    void free() {
        if (block() != 0) {
            arena.free(block());
        }
    }
}
