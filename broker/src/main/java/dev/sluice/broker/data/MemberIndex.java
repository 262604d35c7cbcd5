package dev.sluice.broker.data;

import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.CommandError;
import java.util.function.IntUnaryOperator;

/**
 * Which leaf holds a member: an extendible hash in the arena of slots that hold the member's hash (upper half) and the
 * leaf (lower half). The member itself is only in its leaf: one of a {@link SortedTree}, which holds many, or a block of
 * its own in a {@link FieldTable}. To the index two members with the same hash in the same leaf are alike.
 *
 * <p>A directory of 2^depth handles, found by the first bits of the hash, leads to segments: open addressing with linear
 * probing, 71 to 85 % full, so that a slot costs about 10 bytes a member. A full segment becomes a little larger, and
 * above {@link #SEGMENT_MEMBERS} splits in two; at depth {@link #DEPTH_MAX}, or for members whose hashes are the same,
 * it just grows on. No step touches more than one segment, or the directory.
 *
 * <pre>
 * segment:  0  members (4)   4  slots (4)   8  depth: first bits of the hash that its members share (4)   12  slots
 * root:     8  handle of the directory (4)  12  depth of the directory, in the third byte
 * </pre>
 */
final class MemberIndex {
    static final long HASHES = 1L << 32;

    private static final int DEPTH_MAX = 16;
    private static final int SEGMENT_MEMBERS = 400;
    private static final int SLOTS_MIN = 8;
    private static final int HEAD = 12;
    private static final int DIRECTORY_AT = 8;
    private static final int DEPTH_AT = 12;

    private final Root root;
    private final Arena arena;

    MemberIndex(Root root) {
        this.root = root;
        this.arena = root.arena();
    }

    /** Makes an empty index. */
    void create() {
        int segment = allocateSegment(SLOTS_MIN, 0);
        try {
            int directory = arena.allocate(4);
            arena.putInt(directory, 0, segment);
            root.putInt(DIRECTORY_AT, directory);
            depth(0);
        } catch (CommandError full) {
            arena.free(segment);
            throw full;
        }
    }

    private int depth() {
        return root.getInt(DEPTH_AT) >>> 16 & 0xff;
    }

    private void depth(int depth) {
        root.putInt(DEPTH_AT, root.getInt(DEPTH_AT) & 0xff00ffff | depth << 16);
    }

    private int directory() {
        return root.getInt(DIRECTORY_AT);
    }

    /** Index in a directory of a depth. */
    private static int prefix(int hash, int depth) {
        return (int) ((hash & 0xffff_ffffL) >>> 32 - depth);
    }

    /** The segment that a hash belongs to; valid until the next change. */
    int segment(int hash) {
        return arena.getInt(directory(), prefix(hash, depth()) * 4L);
    }

    /** Where the search for a hash begins. The segment already agrees in the first bits, so the others are spread. */
    private static int home(int hash, int slots) {
        return (int) ((hash * 0x9E3779B1 & 0xffff_ffffL) * slots >>> 32);
    }

    private long slot(int segment, int index) {
        return arena.getLong(segment, HEAD + index * 8L);
    }

    private void slot(int segment, int index, long value) {
        arena.putLong(segment, HEAD + index * 8L, value);
    }

    private int slots(int segment) {
        return arena.getInt(segment, 4);
    }

    private static long entry(int hash, int leaf) {
        return (long) hash << 32 | leaf & 0xffff_ffffL;
    }

    /**
     * Looks for leaves that may hold a member with this hash: where the search goes on after {@code probe}, which is
     * -1 at first. Negative at the end; {@link #leaf} gives the leaf.
     */
    int probe(int segment, int hash, int probe) {
        int slots = slots(segment);
        int at = probe < 0 ? home(hash, slots) : probe + 1 == slots ? 0 : probe + 1;
        for (long slot; (slot = slot(segment, at)) != 0; at = at + 1 == slots ? 0 : at + 1) {
            if ((int) (slot >>> 32) == hash) {
                return at;
            }
        }
        return -1;
    }

    int leaf(int segment, int probe) {
        return (int) slot(segment, probe);
    }

    /** Adds a member. {@link #reserve} must have made room for it. */
    void add(int hash, int leaf) {
        int segment = segment(hash);
        insert(segment, entry(hash, leaf));
    }

    private void insert(int segment, long entry) {
        int slots = slots(segment);
        int at = home((int) (entry >>> 32), slots);
        while (slot(segment, at) != 0) {
            at = at + 1 == slots ? 0 : at + 1;
        }
        slot(segment, at, entry);
        arena.putInt(segment, 0, arena.getInt(segment, 0) + 1);
    }

    /** Notes that a member has gone from one leaf to another. */
    void move(int hash, int from, int to) {
        int segment = segment(hash);
        slot(segment, find(segment, entry(hash, from)), entry(hash, to));
    }

    private int find(int segment, long entry) {
        int slots = slots(segment);
        int at = home((int) (entry >>> 32), slots);
        for (long slot; (slot = slot(segment, at)) != entry; at = at + 1 == slots ? 0 : at + 1) {
            if (slot == 0) {
                throw new IllegalStateException("the index does not know a member");
            }
        }
        return at;
    }

    void remove(int hash, int leaf) {
        int segment = segment(hash);
        close(segment, find(segment, entry(hash, leaf)));
        int members = arena.getInt(segment, 0) - 1;
        arena.putInt(segment, 0, members);
        if (members * 10 < slots(segment) * 3) {
            mergeWithTwin(segment, hash);
        }
    }

    /** Empties a slot, and moves back those behind it that would no longer be found. */
    private void close(int segment, int hole) {
        int slots = slots(segment);
        int at = hole;
        while (true) {
            at = at + 1 == slots ? 0 : at + 1;
            long slot = slot(segment, at);
            if (slot == 0) {
                break;
            }
            int home = home((int) (slot >>> 32), slots);
            boolean reachable = hole < at ? home > hole && home <= at : home > hole || home <= at;
            if (!reachable) {
                slot(segment, hole, slot);
                hole = at;
            }
        }
        slot(segment, hole, 0);
    }

    /** Joins a segment with the one that it was split from, if both are sparse. Needs no memory. */
    private void mergeWithTwin(int segment, int hash) {
        int segmentDepth = arena.getInt(segment, 8);
        if (segmentDepth == 0) {
            return;
        }
        int twin = segment(hash ^ 1 << 32 - segmentDepth);
        boolean keepTwin = slots(twin) > slots(segment);
        int kept = keepTwin ? twin : segment;
        int dropped = keepTwin ? segment : twin;
        int members = arena.getInt(segment, 0) + arena.getInt(twin, 0);
        if (arena.getInt(twin, 8) != segmentDepth || members * 10L > slots(kept) * 7L) {
            return;
        }
        pour(dropped, kept);
        arena.putInt(kept, 8, segmentDepth - 1);
        point(hash, segmentDepth - 1, kept);
        arena.free(dropped);
    }

    /** Makes sure that {@link #add} of this hash will find room. */
    void reserve(int hash) {
        int segment = segment(hash);
        int members = arena.getInt(segment, 0) + 1;
        if (members * 100L <= slots(segment) * 85L) {
            return;
        }
        int segmentDepth = arena.getInt(segment, 8);
        if (members <= SEGMENT_MEMBERS || segmentDepth == DEPTH_MAX) {
            grow(segment, hash, members);
        } else {
            split(segment, hash);
        }
    }

    private void grow(int segment, int hash, int members) {
        int segmentDepth = arena.getInt(segment, 8);
        int larger = allocateSegment(members, segmentDepth);
        pour(segment, larger);
        point(hash, segmentDepth, larger);
        arena.free(segment);
    }

    private void split(int segment, int hash) {
        int segmentDepth = arena.getInt(segment, 8);
        if (segmentDepth == depth()) {
            doubleDirectory();
        }
        int bit = 1 << 31 - segmentDepth;
        int ones = countWith(segment, bit);
        int low = allocateSegment(arena.getInt(segment, 0) - ones + 1, segmentDepth + 1);
        int high = allocateOther(ones + 1, segmentDepth + 1, low);
        for (int i = 0, slots = slots(segment); i < slots; i++) {
            long slot = slot(segment, i);
            if (slot != 0) {
                insert(((int) (slot >>> 32) & bit) == 0 ? low : high, slot);
            }
        }
        point(hash & ~bit, segmentDepth + 1, low);
        point(hash | bit, segmentDepth + 1, high);
        arena.free(segment);
    }

    private int countWith(int segment, int bit) {
        int count = 0;
        for (int i = 0, slots = slots(segment); i < slots; i++) {
            if (((int) (slot(segment, i) >>> 32) & bit) != 0) {
                count++;
            }
        }
        return count;
    }

    private int allocateOther(int members, int depth, int first) {
        try {
            return allocateSegment(members, depth);
        } catch (CommandError full) {
            arena.free(first);
            throw full;
        }
    }

    private void doubleDirectory() {
        int depth = depth();
        int old = directory();
        int directory = arena.allocate(8 << depth);
        for (int i = 0; i < 1 << depth; i++) {
            int segment = arena.getInt(old, i * 4L);
            arena.putInt(directory, i * 8L, segment);
            arena.putInt(directory, i * 8L + 4, segment);
        }
        root.putInt(DIRECTORY_AT, directory);
        depth(depth + 1);
        arena.free(old);
    }

    /** Makes the directory lead to a segment for all hashes that begin as this one does. */
    private void point(int hash, int segmentDepth, int segment) {
        int spread = depth() - segmentDepth;
        int first = prefix(hash, segmentDepth) << spread;
        for (int i = first; i < first + (1 << spread); i++) {
            arena.putInt(directory(), i * 4L, segment);
        }
    }

    private int allocateSegment(int members, int depth) {
        int slots = Math.max(SLOTS_MIN, members * 10 / 7 + 1);
        int segment = arena.allocate(HEAD + slots * 8);
        slots = (arena.capacity(segment) - HEAD) / 8;
        arena.putInt(segment, 0, 0);
        arena.putInt(segment, 4, slots);
        arena.putInt(segment, 8, depth);
        for (int i = 0; i < slots; i++) {
            slot(segment, i, 0);
        }
        return segment;
    }

    private void pour(int from, int to) {
        for (int i = 0, slots = slots(from); i < slots; i++) {
            long slot = slot(from, i);
            if (slot != 0) {
                insert(to, slot);
            }
        }
    }

    /** Sees one slot of the index. */
    interface Visitor {
        void member(int hash, int leaf);
    }

    /**
     * Visits members whose hashes are, as unsigned numbers, at least {@code from} and less than {@code to}, which lie
     * within one segment: see {@link #segmentEnd}.
     */
    void visit(long from, long to, Visitor visitor) {
        int segment = segment((int) from);
        for (int i = 0, slots = slots(segment); i < slots; i++) {
            long slot = slot(segment, i);
            long hash = slot >>> 32;
            if (slot != 0 && hash >= from && hash < to) {
                visitor.member((int) hash, (int) slot);
            }
        }
    }

    /** The first hash, as an unsigned number, that is beyond the segment of this one; 2^32 at the end. */
    long segmentEnd(long hash) {
        int spread = 32 - arena.getInt(segment((int) hash), 8);
        return (hash >>> spread) + 1 << spread;
    }

    /**
     * Visits about {@code count} members whose hashes are {@code cursor} or above, in pieces of the range of hashes, where
     * there are {@code size} in all. Returns the hash to go on with, 0 at the end. What is there from the first call to the
     * last is visited, however the index grows or shrinks meanwhile; a member may be visited twice.
     */
    long scan(long cursor, long count, long size, Visitor visitor) {
        long width = (long) Math.min(HASHES, Math.max(1, (double) HASHES / size * count));
        long end = Math.min(HASHES, cursor + width);
        for (long from = cursor; from < end; ) {
            long to = Math.min(end, segmentEnd(from));
            visit(from, to, visitor);
            from = to;
        }
        return end == HASHES ? 0 : end;
    }

    /** The leaf of any member; see {@link #randomEntry}. */
    int random(Randomness randomness) {
        return (int) randomEntry(randomness);
    }

    /**
     * The hash (upper half) and the leaf (lower half) of any member; there must be one. Segments that share a range of
     * hashes equally hold about as many members, so that each has nearly the same chance.
     */
    long randomEntry(Randomness randomness) {
        int segment = segment((int) randomness.nextLong());
        while (arena.getInt(segment, 0) == 0) {
            segment = segment((int) randomness.nextLong());
        }
        int slots = slots(segment);
        long slot = slot(segment, randomness.nextInt(slots));
        while (slot == 0) {
            slot = slot(segment, randomness.nextInt(slots));
        }
        return slot;
    }

    /** Replaces each leaf in the segment of a hash by what {@code move} makes of it. */
    void replaceLeaves(int hash, IntUnaryOperator move) {
        int segment = segment(hash);
        for (int i = 0, slots = slots(segment); i < slots; i++) {
            long slot = slot(segment, i);
            if (slot != 0) {
                slot(segment, i, entry((int) (slot >>> 32), move.applyAsInt((int) slot)));
            }
        }
    }

    /** Moves the segment of a hash if that leaves less memory idle. */
    void pack(int hash) {
        int segment = segment(hash);
        if (arena.shouldMove(segment)) {
            int moved = Packing.move(arena, segment);
            point(hash, arena.getInt(moved, 8), moved);
        }
    }

    /** The same with the directory. */
    void packDirectory() {
        if (arena.shouldMove(directory())) {
            root.putInt(DIRECTORY_AT, Packing.move(arena, directory()));
        }
    }

    /** Bytes of all blocks. */
    long bytes() {
        long sum = arena.capacity(directory());
        for (long hash = 0; hash < HASHES; hash = segmentEnd(hash)) {
            sum += arena.capacity(segment((int) hash));
        }
        return sum;
    }

    void free() {
        for (long hash = 0; hash < HASHES; ) {
            long next = segmentEnd(hash);
            arena.free(segment((int) hash));
            hash = next;
        }
        arena.free(directory());
    }
}
