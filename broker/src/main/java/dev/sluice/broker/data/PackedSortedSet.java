package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;

/**
 * A small sorted set: one block with all entries in order. A search reads from the front.
 *
 * <pre>
 * entry: score (8)   length of the member (1 below 128, else 2 with the highest bit set)   member
 * root:  0  number of members (4)   4  block, 0 while there is none (4)   8  bytes used of it (4)   12  0 (4)
 * </pre>
 */
final class PackedSortedSet {
    /** However large Redis's limits are set, a block is not larger: each change moves half of it. */
    static final int BYTES_MAX = 32 << 10;

    private static final int BLOCK_AT = 4;
    private static final int USED_AT = 8;
    private static final int GROWTH_BYTES_MIN = 32;

    private final Root root;
    private final Arena arena;

    PackedSortedSet(Root root) {
        this.root = root;
        this.arena = root.home();
    }

    private int block() {
        return root.getInt(BLOCK_AT);
    }

    private int used() {
        return root.getInt(USED_AT);
    }

    private void size(int size, int used) {
        root.putInt(0, size);
        root.putInt(USED_AT, used);
    }

    private static int entryBytes(int memberLength) {
        return (memberLength < 128 ? 9 : 10) + memberLength;
    }

    /** Whether there is place for another member of this length. */
    boolean fits(int memberLength) {
        return fits(used(), memberLength);
    }

    /** The same where so many bytes are used. */
    boolean fits(int used, int memberLength) {
        return memberLength <= BYTES_MAX && used + entryBytes(memberLength) <= BYTES_MAX;
    }

    /** Stores all members of an image, which are in order, where there is none yet. */
    void take(PackedImage image) {
        int block = arena.allocate(image.used());
        arena.put(block, 0, image.array(), 0, image.used());
        root.putInt(BLOCK_AT, block);
        size(image.count(), image.used());
    }

    private int length(int block, int at) {
        int length = arena.getByte(block, at + 8L);
        return length >= 0 ? length : (length & 127) << 8 | arena.getByte(block, at + 9L) & 0xff;
    }

    private static int member(int at, int length) {
        return at + entryBytes(length) - length;
    }

    double score(int at) {
        return Double.longBitsToDouble(arena.getLong(block(), at));
    }

    /** Offset of a member's entry; -1 when it is not there. */
    int find(Bytes member) {
        int block = block();
        for (int at = 0, used = used(); at < used; ) {
            int length = length(block, at);
            if (length == member.length() && isMember(block, member(at, length), member)) {
                return at;
            }
            at += entryBytes(length);
        }
        return -1;
    }

    private boolean isMember(int block, int at, Bytes member) {
        int length = member.length();
        return length == 0
                || arena.getByte(block, at) == member.at(0)
                        && arena.compare(block, at, length, member.array(), member.offset(), length) == 0;
    }

    /** Number of entries before the one at an offset. */
    long rank(int offset) {
        int block = block();
        long rank = 0;
        for (int at = 0; at < offset; at += entryBytes(length(block, at))) {
            rank++;
        }
        return rank;
    }

    /** Offset of the entry with a rank; the end if there are no more. */
    private int offset(long rank) {
        int block = block();
        int at = 0;
        for (long i = 0; i < rank; i++) {
            at += entryBytes(length(block, at));
        }
        return at;
    }

    private int compare(int block, int at, SortedKey key) {
        int order = key.compareScore(Double.longBitsToDouble(arena.getLong(block, at)));
        if (order != 0) {
            return order;
        }
        return key.byMember() ? key.orTie(compareMember(block, at, key)) : key.tie();
    }

    private int compareMember(int block, int at, SortedKey key) {
        int length = length(block, at);
        return arena.compare(block, member(at, length), length, key.array(), key.offset(), key.length());
    }

    /** Offset of the first entry that is not before a key. */
    private int offset(SortedKey key) {
        int block = block();
        int at = 0;
        for (int used = used(); at < used && compare(block, at, key) < 0; ) {
            at += entryBytes(length(block, at));
        }
        return at;
    }

    /** Number of entries before a key. */
    long countBelow(SortedKey key) {
        return rank(offset(key));
    }

    /** Adds a member that is not there; {@link #fits} must have agreed. */
    void add(SortedKey entry) {
        int bytes = entryBytes(entry.length());
        reserve(bytes);
        int at = offset(entry);
        int used = used();
        arena.copy(block(), at, block(), at + bytes, used - at);
        write(at, entry);
        size(root.getInt(0) + 1, used + bytes);
    }

    /** Makes room for so many bytes; gives some back where far too much is taken. */
    private void reserve(int bytes) {
        int block = block();
        int needed = used() + bytes;
        int capacity = block == 0 ? 0 : arena.capacity(block);
        if (needed <= capacity && needed >= capacity / 4) {
            return;
        }
        int larger = arena.allocate(needed + Math.max(GROWTH_BYTES_MIN, needed / 4));
        if (block != 0) {
            arena.copy(block, 0, larger, 0, used());
            arena.free(block);
        }
        root.putInt(BLOCK_AT, larger);
    }

    private void write(int at, SortedKey entry) {
        int block = block();
        int length = entry.length();
        arena.putLong(block, at, Double.doubleToRawLongBits(entry.score()));
        if (length < 128) {
            arena.putByte(block, at + 8L, length);
        } else {
            arena.putByte(block, at + 8L, length >>> 8 | 128);
            arena.putByte(block, at + 9L, length);
        }
        arena.put(block, member(at, length), entry.array(), entry.offset(), length);
    }

    /** Gives the entry at an offset another score. */
    void update(int at, SortedKey entry) {
        int block = block();
        int bytes = entryBytes(entry.length());
        int to = offset(entry);
        if (to > at) {
            to -= bytes;
            arena.copy(block, at + bytes, block, at, to - at);
        } else {
            arena.copy(block, to, block, to + bytes, at - to);
        }
        write(to, entry);
    }

    /** Makes 0.0 of each -0.0. */
    void dropZeroSigns() {
        int block = block();
        for (int at = 0, used = used(); at < used; at += entryBytes(length(block, at))) {
            if (score(at) == 0) {
                arena.putLong(block, at, 0);
            }
        }
    }

    void remove(int at) {
        cut(at, at + entryBytes(length(block(), at)), 1);
    }

    private void cut(int from, int to, int count) {
        int used = used();
        arena.copy(block(), to, block(), from, used - to);
        size(root.getInt(0) - count, used - (to - from));
    }

    /** Removes the entries of ranks {@code start} to {@code stop}, both included. */
    void removeRange(long start, long stop) {
        cut(offset(start), offset(stop + 1), (int) (stop - start + 1));
    }

    /** Shows the entries of ranks {@code start} to {@code stop}, both included; backwards if {@code stop} is lower. */
    void range(long start, long stop, SortedSet.Visitor visitor) {
        int from = offset(Math.min(start, stop));
        int count = (int) Math.abs(stop - start) + 1;
        byte[] image = new byte[used() - from];
        arena.get(block(), from, image, 0, image.length);
        int[] offsets = new int[count];
        for (int i = 0, at = 0; i < count; i++) {
            offsets[start <= stop ? i : count - 1 - i] = at;
            at += entryBytes(length(block(), from + at));
        }
        for (int at : offsets) {
            int length = length(block(), from + at);
            if (!visitor.member(image, member(at, length), length, score(from + at))) {
                return;
            }
        }
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
