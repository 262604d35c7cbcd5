package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;

/**
 * One block of a list, as functions over an arena and a handle.
 *
 * <pre>
 * 0  previous node   4 bytes, 0 = this is the first
 * 4  next node       4 bytes, 0 = this is the last
 * 8  extent          one long: start (16 bits), end (16), number of entries (16), capacity in bytes (16, 0 = large)
 * 16 small: room, entries from start to end, room        large: length (4), handles of chunks (4 each)
 * </pre>
 *
 * An entry is its length, its bytes, and its length once more, mirrored, so that a node can be walked both ways; a length
 * takes one byte below 128 and two above. Entries float between two gaps: an element that comes or goes at either end
 * moves no other. An element too long for a small node has a large one to itself, its bytes in chunks; for walking, that
 * node pretends to hold one entry of one byte.
 */
final class ListNode {
    static final int HEADER = 16;

    /** Longest element whose length an entry can state. */
    static final int ENTRY_LENGTH_MAX = 0x7fff;

    /** What an entry takes beyond its element at most. */
    static final int ENTRY_OVERHEAD_MAX = 4;

    /** Large elements are cut into pieces of this size, so that no single block is long. */
    static final int CHUNK_BYTES = 64 * 1024 - 8;

    private static final int PREVIOUS = 0;
    private static final int NEXT = 4;
    private static final int EXTENT = 8;
    private static final int LENGTH = HEADER;
    private static final int CHUNKS = HEADER + 4;
    private static final int LARGE_ENTRY = 1;

    private ListNode() {}

    static int previous(Arena arena, int node) {
        return arena.getInt(node, PREVIOUS);
    }

    static int next(Arena arena, int node) {
        return arena.getInt(node, NEXT);
    }

    static void previous(Arena arena, int node, int previous) {
        arena.putInt(node, PREVIOUS, previous);
    }

    static void next(Arena arena, int node, int next) {
        arena.putInt(node, NEXT, next);
    }

    static long extent(Arena arena, int node) {
        return arena.getLong(node, EXTENT);
    }

    static int start(long extent) {
        return (int) extent & 0xffff;
    }

    static int end(long extent) {
        return (int) extent >>> 16;
    }

    static int count(long extent) {
        return (int) (extent >>> 32) & 0xffff;
    }

    static int capacity(long extent) {
        return (int) (extent >>> 48);
    }

    static boolean isLarge(long extent) {
        return capacity(extent) == 0;
    }

    static int used(long extent) {
        return end(extent) - start(extent);
    }

    static void extent(Arena arena, int node, int start, int end, int count, int capacity) {
        arena.putLong(node, EXTENT, start | (long) end << 16 | (long) count << 32 | (long) capacity << 48);
    }

    /** Bytes that an element of this length takes in a small node. */
    static int entryBytes(int length) {
        return length + (length < 128 ? 2 : 4);
    }

    /** A small node without links and entries, of at most {@code most} bytes, its room all on the left or on the right. */
    static int allocate(Arena arena, int bytes, int most, boolean roomOnLeft) {
        int node = arena.allocate(Math.min(bytes, most));
        int capacity = Math.min(arena.capacity(node), most);
        int at = roomOnLeft ? capacity : HEADER;
        arena.putLong(node, PREVIOUS, 0);
        extent(arena, node, at, at, 0, capacity);
        return node;
    }

    /** A node for one element that is too long for a small one. Takes all its memory or, thrown out, none. */
    static int allocateLarge(Arena arena, Bytes element) {
        int chunks = chunks(element.length());
        int node = arena.allocate(CHUNKS + 4 * chunks);
        int done = 0;
        try {
            for (; done < chunks; done++) {
                int from = done * CHUNK_BYTES;
                int length = Math.min(CHUNK_BYTES, element.length() - from);
                int chunk = arena.allocate(length);
                arena.put(chunk, 0, element.array(), element.offset() + from, length);
                arena.putInt(node, CHUNKS + 4 * done, chunk);
            }
        } catch (CommandError outOfMemory) {
            freeChunks(arena, node, done);
            throw outOfMemory;
        }
        arena.putLong(node, PREVIOUS, 0);
        extent(arena, node, HEADER, HEADER + LARGE_ENTRY, 1, 0);
        arena.putInt(node, LENGTH, element.length());
        return node;
    }

    static void free(Arena arena, int node) {
        freeChunks(arena, node, chunkCount(arena, node));
    }

    private static void freeChunks(Arena arena, int node, int chunks) {
        for (int i = 0; i < chunks; i++) {
            arena.free(arena.getInt(node, CHUNKS + 4 * i));
        }
        arena.free(node);
    }

    private static int chunkCount(Arena arena, int node) {
        return isLarge(extent(arena, node)) ? chunks(arena.getInt(node, LENGTH)) : 0;
    }

    private static int chunks(int length) {
        return (int) ((length + (CHUNK_BYTES - 1L)) / CHUNK_BYTES);
    }

    /** Bytes of the arena that the node holds. */
    static long bytes(Arena arena, int node) {
        long sum = arena.capacity(node);
        for (int i = chunkCount(arena, node) - 1; i >= 0; i--) {
            sum += arena.capacity(arena.getInt(node, CHUNKS + 4 * i));
        }
        return sum;
    }

    /** Bytes of the entry that begins at {@code at}. */
    static int entryFrom(Arena arena, int node, boolean large, int at) {
        return large ? LARGE_ENTRY : entryBytes(lengthAt(arena, node, at));
    }

    /** Bytes of the entry that ends at {@code end}. */
    static int entryBefore(Arena arena, int node, boolean large, int end) {
        if (large) {
            return LARGE_ENTRY;
        }
        int last = arena.getByte(node, end - 1);
        return entryBytes(last >= 0 ? last : (last & 0x7f) << 8 | arena.getByte(node, end - 2) & 0xff);
    }

    private static int lengthAt(Arena arena, int node, int at) {
        int first = arena.getByte(node, at);
        return first >= 0 ? first : (first & 0x7f) << 8 | arena.getByte(node, at + 1) & 0xff;
    }

    private static int content(int at, int length) {
        return at + (length < 128 ? 1 : 2);
    }

    /** Length of the element whose entry begins at {@code at}. */
    static int elementLength(Arena arena, int node, boolean large, int at) {
        return large ? arena.getInt(node, LENGTH) : lengthAt(arena, node, at);
    }

    static Bytes element(Arena arena, int node, boolean large, int at) {
        int length = elementLength(arena, node, large, at);
        if (length == 0) {
            return Bytes.EMPTY;
        }
        byte[] copy = new byte[length];
        copy(arena, node, large, at, length, copy, 0);
        return Bytes.of(copy);
    }

    static void addTo(Packed reply, Arena arena, int node, boolean large, int at) {
        int length = elementLength(arena, node, large, at);
        int to = reply.reserve(length);
        copy(arena, node, large, at, length, reply.array(), to);
    }

    private static void copy(Arena arena, int node, boolean large, int at, int length, byte[] target, int to) {
        if (!large) {
            arena.get(node, content(at, length), target, to, length);
            return;
        }
        for (int from = 0, i = 0; from < length; from += CHUNK_BYTES, i++) {
            int chunk = arena.getInt(node, CHUNKS + 4 * i);
            arena.get(chunk, 0, target, to + from, Math.min(CHUNK_BYTES, length - from));
        }
    }

    static boolean matches(Arena arena, int node, boolean large, int at, Bytes other) {
        int length = elementLength(arena, node, large, at);
        if (length != other.length()) {
            return false;
        }
        if (!large) {
            return arena.equal(node, content(at, length), other.array(), other.offset(), length);
        }
        for (int from = 0, i = 0; from < length; from += CHUNK_BYTES, i++) {
            int chunk = arena.getInt(node, CHUNKS + 4 * i);
            int part = Math.min(CHUNK_BYTES, length - from);
            if (!arena.equal(chunk, 0, other.array(), other.offset() + from, part)) {
                return false;
            }
        }
        return true;
    }

    /** Writes an entry into room that is there. */
    static void write(Arena arena, int node, int at, Bytes element) {
        int length = element.length();
        if (length < 128) {
            arena.putByte(node, at, length);
            arena.put(node, at + 1, element.array(), element.offset(), length);
            arena.putByte(node, at + 1 + length, length);
        } else {
            arena.putByte(node, at, 0x80 | length >> 8);
            arena.putByte(node, at + 1, length);
            arena.put(node, at + 2, element.array(), element.offset(), length);
            arena.putByte(node, at + 2 + length, length);
            arena.putByte(node, at + 3 + length, 0x80 | length >> 8);
        }
    }

    /** Adds at one end, where there must be room. */
    static void push(Arena arena, int node, long extent, boolean left, Bytes element) {
        int bytes = entryBytes(element.length());
        int start = left ? start(extent) - bytes : start(extent);
        int end = left ? end(extent) : end(extent) + bytes;
        write(arena, node, left ? start : end - bytes, element);
        extent(arena, node, start, end, count(extent) + 1, capacity(extent));
    }

    /** Room at one end without moving anything. */
    static int room(long extent, boolean left) {
        return left ? start(extent) - HEADER : capacity(extent) - end(extent);
    }

    /** Room at both ends together. */
    static int room(long extent) {
        return capacity(extent) - HEADER - used(extent);
    }

    /** Moves all entries so that they begin at {@code start}. */
    static void slide(Arena arena, int node, int start) {
        long extent = extent(arena, node);
        arena.copy(node, start(extent), node, start, used(extent));
        extent(arena, node, start, start + used(extent), count(extent), capacity(extent));
    }

    /** Copies entries from {@code from} to {@code to} of one node to an end of another, where there must be room. */
    static void append(Arena arena, int source, int from, int to, int entries, int target, boolean left) {
        long extent = extent(arena, target);
        int bytes = to - from;
        int start = left ? start(extent) - bytes : start(extent);
        int end = left ? end(extent) : end(extent) + bytes;
        arena.copy(source, from, target, left ? start : end - bytes, bytes);
        extent(arena, target, start, end, count(extent) + entries, capacity(extent));
    }

    /** Copies all entries to an end of another node, whose room may be at both. */
    static void appendAll(Arena arena, int source, long extent, int target, long targetExtent, boolean left) {
        if (room(targetExtent, left) < used(extent)) {
            slide(arena, target, HEADER + (left ? room(targetExtent) : 0));
        }
        append(arena, source, start(extent), end(extent), count(extent), target, left);
    }

    /** Where the entry with this number begins, or the last one ends; walked from the nearer side. */
    static int boundary(Arena arena, int node, long extent, int entry) {
        boolean large = isLarge(extent);
        int count = count(extent);
        if (entry <= count / 2) {
            int at = start(extent);
            for (int i = 0; i < entry; i++) {
                at += entryFrom(arena, node, large, at);
            }
            return at;
        }
        int at = end(extent);
        for (int i = count; i > entry; i--) {
            at -= entryBefore(arena, node, large, at);
        }
        return at;
    }

    /** How many entries a small node has before the one that begins at {@code at}. */
    static int entriesBefore(Arena arena, int node, long extent, int at) {
        int entries = 0;
        for (int i = start(extent); i < at; entries++) {
            i += entryFrom(arena, node, false, i);
        }
        return entries;
    }

    /**
     * Makes {@code bytes} out of the {@code old} bytes at {@code at}, moving as little as there is room for; {@code
     * entries} is by how many the number of entries changes. There must be room. Returns where the bytes begin now.
     */
    static int replace(Arena arena, int node, int at, int old, int bytes, int entries) {
        long extent = extent(arena, node);
        int before = at - start(extent);
        int after = end(extent) - at - old;
        int more = bytes - old;
        boolean leftIsShorter = before < after;
        int toLeft = leftIsShorter ? Math.min(more, room(extent, true)) : more - Math.min(more, room(extent, false));
        int toRight = more - toLeft;
        if (toLeft != 0) {
            arena.copy(node, start(extent), node, start(extent) - toLeft, before);
        }
        if (toRight != 0) {
            arena.copy(node, at + old, node, at + old + toRight, after);
        }
        extent(arena, node, start(extent) - toLeft, end(extent) + toRight, count(extent) + entries, capacity(extent));
        return at - toLeft;
    }
}
