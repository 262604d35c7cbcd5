package dev.sluice.broker.data;

/**
 * How much of a list goes into one node: {@code list-max-listpack-size}.
 *
 * @param listpackSize the setting, as far as there is a difference
 * @param nodeBytesMax what a node takes of the arena, its header included
 * @param nodeEntriesMax elements
 * @param elementBytesMax longest element that shares a node; a longer one has a node of its own
 */
public record ListLimits(int listpackSize, int nodeBytesMax, int nodeEntriesMax, int elementBytesMax) {
    private static final int ALLOCATOR_BYTES = 8; // so that a node and its place in the arena fill pages together
    private static final int LEAST_NODE_BYTES = 4 * 1024;
    private static final int LARGEST_NODES = -5;
    private static final int ENTRIES_MAX = 0x7fff; // Redis's own, and what a node can count to
    private static final int COUNTED_NODE_BYTES = 8 * 1024;

    /** Redis's default, -2: 8 KiB. */
    public static final ListLimits DEFAULTS = of(-2);

    /** As the setting says it: -1 to -5 for 4 to 64 KiB a node, otherwise a number of elements in at most 8 KiB. */
    public static ListLimits of(long size) {
        int limited = (int) Math.clamp(size, LARGEST_NODES, ENTRIES_MAX);
        return limited < 0
                ? of(limited, LEAST_NODE_BYTES << -1 - limited, ENTRIES_MAX)
                : of(limited, COUNTED_NODE_BYTES, Math.max(limited, 1));
    }

    private static ListLimits of(int listpackSize, int bytes, int entriesMax) {
        int nodeBytesMax = bytes - ALLOCATOR_BYTES;
        int shared = nodeBytesMax - ListNode.HEADER - ListNode.ENTRY_OVERHEAD_MAX;
        return new ListLimits(listpackSize, nodeBytesMax, entriesMax, Math.min(shared, ListNode.ENTRY_LENGTH_MAX));
    }
}
