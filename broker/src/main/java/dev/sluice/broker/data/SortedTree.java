package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;

/**
 * A large sorted set: a counted B+ tree (leaves in {@link SortedLeaf}, inner nodes in {@link SortedBranch}) whose
 * entries are ordered by score, then member, and a {@link MemberIndex} from members to leaves. A member is stored once,
 * in its leaf, or in a block of its own if it is long.
 *
 * <p>Ranks are sums of the counts in the inner nodes: on the way down when a rank is looked for, on the way up, from the
 * leaf that the index names, when a member's is. How nodes split and join: {@link SortedTreeShape}.
 *
 * <p>Changes of structure (splits, growth of the index) leave a correct tree after each step that takes memory, and come
 * before the change of content, which takes none: an operation that runs out of memory has changed nothing.
 *
 * <pre>
 * root:  0  number of members (4)     4  root node, 0 while there is none (4)
 *        8  directory of the index (4)
 *       12  what form the set has (1)   levels above the leaves (1)   depth of the index (1)   0 (1)
 * </pre>
 */
final class SortedTree {
    private final Root root;
    private final Arena arena;
    private final MemberHash hash;
    final SortedLeaf leaves;
    final SortedBranch branches;
    final MemberIndex index;
    final SortedTreeShape shape;

    SortedTree(Root root, MemberHash hash) {
        this.root = root;
        this.arena = root.arena();
        this.hash = hash;
        this.leaves = new SortedLeaf(arena);
        this.branches = new SortedBranch(arena);
        this.index = new MemberIndex(root);
        this.shape = new SortedTreeShape(root, hash, leaves, branches, index);
    }

    /** Makes an empty tree of a root of zeros. */
    void create() {
        int leaf = leaves.allocate();
        try {
            index.create();
        } catch (CommandError full) {
            arena.free(leaf);
            throw full;
        }
        shape.top(leaf, 0);
    }

    private long size() {
        return root.getInt(0) & 0xffff_ffffL;
    }

    /** A leaf in the upper half and a slot in the lower. */
    private static long place(int leaf, int slot) {
        return (long) leaf << 32 | slot;
    }

    static int leafOf(long place) {
        return (int) (place >>> 32);
    }

    static int slotOf(long place) {
        return (int) place;
    }

    int hash(Bytes member) {
        return hash.of(member.array(), member.offset(), member.length());
    }

    /** Where a member is; 0 when it is not there. Valid until the next change. */
    long find(Bytes member, int hash) {
        int segment = index.segment(hash);
        for (int probe = -1; (probe = index.probe(segment, hash, probe)) >= 0; ) {
            int leaf = index.leaf(segment, probe);
            int slot = leaves.find(leaf, hash, member.array(), member.offset(), member.length());
            if (slot >= 0) {
                return place(leaf, slot);
            }
        }
        return 0;
    }

    double score(long place) {
        return leaves.score(leafOf(place), slotOf(place));
    }

    long rank(long place) {
        int node = leafOf(place);
        long rank = slotOf(place);
        for (int parent = leaves.parent(node); parent != 0; parent = branches.parent(node)) {
            rank += branches.countBefore(parent, branches.indexOf(parent, node));
            node = parent;
        }
        return rank;
    }

    /** Where the entry with this rank is; the rank must be within bounds. */
    long place(long rank) {
        int node = shape.node();
        for (int level = shape.height(); level > 0; level--) {
            int i = 0;
            for (long count; rank >= (count = branches.count(node, i)); i++) {
                rank -= count;
            }
            node = branches.child(node, i);
        }
        return place(node, (int) rank);
    }

    /** Number of entries before a key. */
    long countBelow(SortedKey key) {
        int node = shape.node();
        long count = 0;
        for (int level = shape.height(); level > 0; level--) {
            int i = childFor(node, level, key);
            count += branches.countBefore(node, i);
            node = branches.child(node, i);
        }
        return count + leaves.countBelow(node, key);
    }

    /** The leaf in which an entry with this key is or belongs. */
    private int leafFor(SortedKey key) {
        int node = shape.node();
        for (int level = shape.height(); level > 0; level--) {
            node = branches.child(node, childFor(node, level, key));
        }
        return node;
    }

    /** The last child whose first entry is not after the key; the first child if there is none. */
    private int childFor(int node, int level, SortedKey key) {
        int low = 0;
        int high = branches.size(node) - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (compareFirst(node, middle, level, key) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int compareFirst(int node, int i, int level, SortedKey key) {
        int order = key.compareScore(branches.score(node, i));
        if (order != 0) {
            return order;
        }
        int child = branches.child(node, i);
        for (int above = level - 1; above > 0; above--) {
            child = branches.child(child, 0);
        }
        return leaves.compare(child, 0, key);
    }

    /** Adds a member that is not there. */
    void add(SortedKey entry, int hash) {
        index.reserve(hash);
        int leaf = roomyLeaf(entry);
        int block = longMember(entry);
        insert(leaf, entry, hash, block);
        root.putInt(0, root.getInt(0) + 1);
    }

    private int longMember(SortedKey entry) {
        return entry.length() > SortedLeaf.INLINE_MAX
                ? Chain.allocate(arena, entry.array(), entry.offset(), entry.length())
                : 0;
    }

    private void insert(int leaf, SortedKey entry, int hash, int block) {
        leaves.insert(leaf, leaves.countBelow(leaf, entry), entry, hash, block);
        index.add(hash, leaf);
        shape.adjust(leaf, 1);
    }

    /** Gives an entry another score. */
    void update(long place, SortedKey entry, int hash) {
        int leaf = leafOf(place);
        int slot = slotOf(place);
        int to = leaves.countBelow(leaf, entry);
        if (staysIn(leaf, to, entry)) {
            to -= to > slot ? 1 : 0;
            leaves.shift(leaf, slot, to, entry.score());
            if (slot == 0 || to == 0) {
                shape.adjust(leaf, 0);
            }
            return;
        }
        SortedKey old = entry.withScore(leaves.score(leaf, slot));
        int block = leaves.block(leaf, slot);
        // The index knows the member twice for a moment: its segments always have that much room.
        insert(roomyLeaf(entry), entry, hash, block);
        if (slot >= leaves.size(leaf) || leaves.compare(leaf, slot, old) != 0) { // making room has moved it
            leaf = leafFor(old);
            slot = leaves.countBelow(leaf, old);
        }
        drop(leaf, slot, hash);
    }

    /** Whether slot {@code to} of this leaf is the right place for an entry, seen from the neighbours. */
    private boolean staysIn(int leaf, int to, SortedKey entry) {
        int size = leaves.size(leaf);
        if (to > 0 && to < size) {
            return true;
        }
        int neighbour = to == 0 ? leaves.before(leaf) : leaves.next(leaf);
        if (neighbour == 0) {
            return true;
        }
        return to == 0
                ? leaves.compare(neighbour, leaves.size(neighbour) - 1, entry) < 0
                : leaves.compare(neighbour, 0, entry) > 0;
    }

    void remove(long place, int hash) {
        int leaf = leafOf(place);
        int slot = slotOf(place);
        int block = leaves.block(leaf, slot);
        drop(leaf, slot, hash);
        Chain.free(arena, block);
        root.putInt(0, root.getInt(0) - 1);
    }

    private void drop(int leaf, int slot, int hash) {
        leaves.remove(leaf, slot);
        index.remove(hash, leaf);
        shape.adjust(leaf, -1);
        shape.rebalance(leaf);
    }

    /** Removes the entries of ranks {@code start} to {@code stop}, both included. */
    void removeRange(long start, long stop) {
        for (long left = stop - start + 1; left > 0; ) {
            long place = place(start);
            int leaf = leafOf(place);
            int slot = slotOf(place);
            int count = (int) Math.min(left, leaves.size(leaf) - slot);
            byte[] image = leaves.image(leaf);
            for (int i = slot; i < slot + count; i++) {
                index.remove(SortedLeaf.imageHash(image, i, hash), leaf);
                if (SortedLeaf.imageIsLong(image, i)) {
                    Chain.free(arena, SortedLeaf.imageBlock(image, i));
                }
            }
            leaves.remove(leaf, image, slot, count);
            shape.adjust(leaf, -count);
            shape.rebalance(leaf);
            root.putInt(0, root.getInt(0) - count);
            left -= count;
        }
    }

    /** Finds the leaf for a new entry and makes room for it there. */
    private int roomyLeaf(SortedKey entry) {
        int bytes = SortedLeaf.entryBytes(entry.length());
        int leaf = leafFor(entry);
        if (leaves.used(leaf) + bytes <= SortedLeaf.ROOM) {
            return leaf;
        }
        shape.makeRoom(leaf, bytes, leaves.compare(leaf, leaves.size(leaf) - 1, entry) < 0);
        return leafFor(entry);
    }

    /** Shows the entries of ranks {@code start} to {@code stop}, both included, a leaf at a time. */
    void range(long start, long stop, SortedSet.Visitor visitor) {
        long place = place(start);
        int leaf = leafOf(place);
        int slot = slotOf(place);
        for (long left = stop - start + 1; left > 0; slot = 0) {
            int size = leaves.size(leaf);
            byte[] image = leaves.image(leaf);
            for (; slot < size && left > 0; slot++, left--) {
                if (!show(image, slot, visitor)) {
                    return;
                }
            }
            leaf = leaves.next(leaf);
        }
    }

    /** The same backwards, from rank {@code start} down to {@code stop}. */
    void reverseRange(long start, long stop, SortedSet.Visitor visitor) {
        long place = place(start);
        int leaf = leafOf(place);
        int slot = slotOf(place);
        long left = start - stop + 1;
        while (true) {
            byte[] image = leaves.image(leaf);
            for (; slot >= 0 && left > 0; slot--, left--) {
                if (!show(image, slot, visitor)) {
                    return;
                }
            }
            if (left == 0) {
                return;
            }
            leaf = leaves.before(leaf);
            slot = leaves.size(leaf) - 1;
        }
    }

    private boolean show(byte[] image, int slot, SortedSet.Visitor visitor) {
        int length = SortedLeaf.imageLength(image, slot);
        double score = SortedLeaf.imageScore(image, slot);
        if (!SortedLeaf.imageIsLong(image, slot)) {
            return visitor.member(image, SortedLeaf.imageMember(image, slot), length, score);
        }
        byte[] member = Chain.copy(arena, SortedLeaf.imageBlock(image, slot), length);
        return visitor.member(member, 0, length, score);
    }

    /**
     * Shows about {@code count} members whose hashes are {@code cursor} or above, in pieces of the range of hashes.
     * Returns the hash to go on with, 0 at the end. What is in the set from the first call to the last is shown, however
     * the index grows or shrinks meanwhile; a member may be shown twice.
     */
    long scan(long cursor, long count, SortedSet.Visitor visitor) {
        return index.scan(cursor, count, size(), (memberHash, leaf) -> showHash(leaf, memberHash, visitor));
    }

    private void showHash(int leaf, int memberHash, SortedSet.Visitor visitor) {
        byte[] image = leaves.image(leaf);
        for (int slot = 0, size = leaves.size(leaf); slot < size; slot++) {
            if (SortedLeaf.imageHashBits(image, slot) == (memberHash & 63)
                    && SortedLeaf.imageHash(image, slot, hash) == memberHash) {
                show(image, slot, visitor);
            }
        }
    }

    /**
     * Moves blocks where that leaves less memory idle: about {@code steps} leaves or segments of the index, from a cursor
     * on that is 0 at first. Returns the next cursor, 0 at the end.
     */
    long pack(long cursor, int steps) {
        long at = cursor;
        for (int i = 0; i < steps; i++) {
            if (at < size()) {
                at = packLeaf(place(at), at);
            } else {
                long from = Math.max(0, at - MemberIndex.HASHES); // above all ranks the cursor is a hash
                index.pack((int) from);
                at = MemberIndex.HASHES + index.segmentEnd(from);
            }
            if (at == 2 * MemberIndex.HASHES) {
                index.packDirectory();
                return 0;
            }
        }
        return at;
    }

    /** Returns the rank of the first entry in the next leaf. */
    private long packLeaf(long place, long rank) {
        int leaf = leafOf(place);
        int size = leaves.size(leaf);
        if (arena.shouldMove(leaf)) {
            leaf = shape.moveLeaf(leaf);
        }
        shape.packBranches(leaf);
        for (int slot = 0; slot < size; slot++) {
            packLongMember(leaf, slot, leaves.block(leaf, slot));
        }
        return rank - slotOf(place) + size;
    }

    private void packLongMember(int leaf, int slot, int block) {
        if (block != 0) {
            Chain.pack(arena, block);
            if (arena.shouldMove(block)) {
                leaves.block(leaf, slot, Packing.move(arena, block));
            }
        }
    }

    /** Bytes of all blocks. */
    long bytes() {
        return bytes(shape.node(), shape.height()) + index.bytes();
    }

    private long bytes(int node, int level) {
        long sum = arena.capacity(node);
        if (level > 0) {
            for (int i = 0, size = branches.size(node); i < size; i++) {
                sum += bytes(branches.child(node, i), level - 1);
            }
        } else {
            for (int slot = 0, size = leaves.size(node); slot < size; slot++) {
                sum += Chain.bytes(arena, leaves.block(node, slot));
            }
        }
        return sum;
    }

    /** Frees all blocks. */
    void free() {
        free(shape.node(), shape.height());
        index.free();
    }

    private void free(int node, int level) {
        if (level > 0) {
            for (int i = 0, size = branches.size(node); i < size; i++) {
                free(branches.child(node, i), level - 1);
            }
        } else {
            freeLongMembers(node);
        }
        arena.free(node);
    }

    private void freeLongMembers(int leaf) {
        for (int slot = 0, size = leaves.size(leaf); slot < size; slot++) {
            Chain.free(arena, leaves.block(leaf, slot));
        }
    }
}
