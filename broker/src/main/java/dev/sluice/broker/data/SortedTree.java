package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;

/**
 * A large sorted set: a counted B+ tree (leaves in {@link SortedLeaf}, inner nodes in {@link SortedBranch}) whose
 * entries are ordered by score, then member, and a {@link MemberIndex} from members to leaves. A member is stored once,
 * in its leaf, or in a block of its own if it is long.
 *
 * <p>Ranks are sums of the counts in the inner nodes: on the way down when a rank is looked for, on the way up, from the
 * leaf that the index names, when a member's is. A full leaf first gives entries to a neighbour and splits only if both
 * are full; one below {@link #SPARSE} takes from a neighbour or joins it. So leaves are about 80 % full after random
 * insertions, almost full after ascending ones, and above half after deletions.
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
    private static final int SPARSE = SortedLeaf.ROOM * 45 / 100;
    private static final int MERGED_MAX = SortedLeaf.ROOM * 90 / 100;
    private static final int SHARING_MAX = SortedLeaf.ROOM * 75 / 100;
    private static final int SPARSE_CHILDREN = SortedBranch.CHILDREN_MAX * 2 / 5;
    private static final int MERGED_CHILDREN_MAX = SortedBranch.CHILDREN_MAX * 4 / 5;

    private static final long HASHES = 1L << 32;
    private static final int NODE_AT = 4;
    private static final int HEIGHT_AT = 12;

    private final Root root;
    private final Arena arena;
    private final MemberHash hash;
    final SortedLeaf leaves;
    final SortedBranch branches;
    final MemberIndex index;

    SortedTree(Root root, MemberHash hash) {
        this.root = root;
        this.arena = root.arena();
        this.hash = hash;
        this.leaves = new SortedLeaf(arena);
        this.branches = new SortedBranch(arena);
        this.index = new MemberIndex(root);
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
        root.putInt(NODE_AT, leaf);
    }

    private long size() {
        return root.getInt(0) & 0xffff_ffffL;
    }

    int node() {
        return root.getInt(NODE_AT);
    }

    int height() {
        return root.getInt(HEIGHT_AT) >>> 8 & 0xff;
    }

    private void top(int node, int height) {
        root.putInt(NODE_AT, node);
        root.putInt(HEIGHT_AT, root.getInt(HEIGHT_AT) & 0xffff00ff | height << 8);
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
        int node = node();
        for (int level = height(); level > 0; level--) {
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
        int node = node();
        long count = 0;
        for (int level = height(); level > 0; level--) {
            int i = childFor(node, level, key);
            count += branches.countBefore(node, i);
            node = branches.child(node, i);
        }
        return count + leaves.countBelow(node, key);
    }

    /** The leaf in which an entry with this key is or belongs. */
    private int leafFor(SortedKey key) {
        int node = node();
        for (int level = height(); level > 0; level--) {
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
                ? LongMember.allocate(arena, entry.array(), entry.offset(), entry.length())
                : 0;
    }

    private void insert(int leaf, SortedKey entry, int hash, int block) {
        leaves.insert(leaf, leaves.countBelow(leaf, entry), entry, hash, block);
        index.add(hash, leaf);
        adjust(leaf, 1);
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
                adjust(leaf, 0);
            }
            return;
        }
        SortedKey old = entry.withScore(leaves.score(leaf, slot));
        int block = leaves.block(leaf, slot);
        // The index knows the member twice for a moment: its segments always have that much room.
        insert(roomyLeaf(entry), entry, hash, block);
        leaf = leafFor(old);
        drop(leaf, leaves.countBelow(leaf, old), hash);
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
        LongMember.free(arena, block);
        root.putInt(0, root.getInt(0) - 1);
    }

    private void drop(int leaf, int slot, int hash) {
        leaves.remove(leaf, slot);
        index.remove(hash, leaf);
        adjust(leaf, -1);
        rebalance(leaf);
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
                    LongMember.free(arena, SortedLeaf.imageBlock(image, i));
                }
            }
            leaves.remove(leaf, image, slot, count);
            adjust(leaf, -count);
            rebalance(leaf);
            root.putInt(0, root.getInt(0) - count);
            left -= count;
        }
    }

    /** Brings counts and first scores in the ancestors of a node up to date after {@code delta} entries came to it. */
    private void adjust(int leaf, int delta) {
        int parent = leaves.parent(leaf);
        double first = leaves.score(leaf, 0);
        for (int node = leaf; parent != 0; ) {
            int i = branches.indexOf(parent, node);
            branches.count(parent, i, branches.count(parent, i) + delta);
            branches.score(parent, i, first);
            first = branches.score(parent, 0);
            node = parent;
            parent = branches.parent(node);
        }
    }

    /** Finds the leaf for a new entry and makes room for it there. */
    private int roomyLeaf(SortedKey entry) {
        int bytes = SortedLeaf.entryBytes(entry.length());
        int leaf = leafFor(entry);
        if (leaves.used(leaf) + bytes <= SortedLeaf.ROOM) {
            return leaf;
        }
        int size = leaves.size(leaf);
        if (leaves.next(leaf) == 0 && leaves.compare(leaf, size - 1, entry) < 0) {
            split(leaf, size - 1);
        } else if (!shareWithNeighbour(leaf, bytes)) {
            split(leaf, splitPoint(leaf, leaves.used(leaf) / 2));
        }
        return leafFor(entry);
    }

    /** Number of first entries whose bytes come closest to {@code bytes}. */
    private int splitPoint(int leaf, int bytes) {
        int slot = 0;
        int sum = 0;
        for (int size = leaves.size(leaf); slot < size; slot++) {
            int entry = leaves.entryBytes(leaf, slot);
            if (sum + entry / 2 >= bytes) {
                break;
            }
            sum += entry;
        }
        return slot;
    }

    /** Moves the entries from {@code slot} on to a new leaf. */
    private void split(int leaf, int slot) {
        int parent = roomyParent(leaf, 1);
        int fresh = leaves.allocate();
        leaves.link(leaf, fresh);
        int count = leaves.size(leaf) - slot;
        moveEntries(leaf, slot, count, fresh, 0);
        int i = branches.indexOf(parent, leaf);
        branches.count(parent, i, slot);
        branches.insert(parent, i + 1, fresh, count, leaves.score(fresh, 0));
        leaves.parent(fresh, parent);
    }

    private int parent(int node, int level) {
        return level == 0 ? leaves.parent(node) : branches.parent(node);
    }

    private void parent(int node, int level, int parent) {
        if (level == 0) {
            leaves.parent(node, parent);
        } else {
            branches.parent(node, parent);
        }
    }

    /** The parent of a node, at this level, with room for one more child. */
    private int roomyParent(int node, int level) {
        int parent = parent(node, level - 1);
        if (parent == 0) {
            return grow(node, level);
        }
        if (branches.size(parent) == SortedBranch.CHILDREN_MAX) {
            splitBranch(parent, level);
        }
        return parent(node, level - 1);
    }

    /** Puts a new root above the present one. */
    private int grow(int node, int level) {
        int top = branches.allocate(level);
        double first = level == 1 ? leaves.score(node, 0) : branches.score(node, 0);
        branches.insert(top, 0, node, size(), first);
        parent(node, level - 1, top);
        top(top, level);
        return top;
    }

    private void splitBranch(int node, int level) {
        int parent = roomyParent(node, level + 1);
        int fresh = branches.allocate(level);
        // Where the set grows at its end the left node stays nearly full.
        boolean last = branches.child(parent, branches.size(parent) - 1) == node;
        int count = last ? SortedBranch.CHILDREN_MAX / 3 : SortedBranch.CHILDREN_MAX / 2;
        branches.moveRight(node, fresh, count);
        adopt(fresh, 0, count, level);
        int i = branches.indexOf(parent, node);
        branches.insert(parent, i + 1, fresh, 0, branches.score(fresh, 0));
        branches.parent(fresh, parent);
        recount(parent, i);
        recount(parent, i + 1);
    }

    /** Tells children {@code from} to {@code to} of a node who their parent is. */
    private void adopt(int node, int from, int to, int level) {
        for (int i = from; i < to; i++) {
            parent(branches.child(node, i), level - 1, node);
        }
    }

    private void recount(int parent, int i) {
        int child = branches.child(parent, i);
        branches.count(parent, i, branches.countBefore(child, branches.size(child)));
    }

    /** Gives entries of a full leaf to a neighbour under the same parent. Returns whether there is one with room. */
    private boolean shareWithNeighbour(int leaf, int bytes) {
        int parent = leaves.parent(leaf);
        if (parent == 0) {
            return false;
        }
        // The least that either must have free when entries of any size are shared.
        int sharedMax = 2 * (SortedLeaf.ROOM - bytes) - SortedLeaf.ENTRY_BYTES_MAX;
        int usedMax = Math.min(SHARING_MAX, sharedMax - leaves.used(leaf));
        int i = branches.indexOf(parent, leaf);
        int left = i > 0 ? branches.child(parent, i - 1) : 0;
        int right = i + 1 < branches.size(parent) ? branches.child(parent, i + 1) : 0;
        int leftUsed = left == 0 ? SortedLeaf.ROOM : leaves.used(left);
        int rightUsed = right == 0 ? SortedLeaf.ROOM : leaves.used(right);
        if (Math.min(leftUsed, rightUsed) > usedMax) {
            return false;
        }
        if (leftUsed < rightUsed) {
            balance(parent, i - 1);
        } else {
            balance(parent, i);
        }
        return true;
    }

    /** Makes two neighbours, children {@code i} and {@code i + 1}, about equally full. */
    private void balance(int parent, int i) {
        int left = branches.child(parent, i);
        int right = branches.child(parent, i + 1);
        int half = (leaves.used(left) + leaves.used(right)) / 2;
        int size = leaves.size(left);
        if (leaves.used(left) > half) {
            int keep = splitPoint(left, half);
            moveEntries(left, keep, size - keep, right, 0);
        } else {
            moveEntries(right, 0, splitPoint(right, half - leaves.used(left)), left, size);
        }
        branches.count(parent, i, leaves.size(left));
        branches.count(parent, i + 1, leaves.size(right));
        adjust(right, 0);
        adjust(left, 0);
    }

    private void moveEntries(int from, int slot, int count, int to, int toSlot) {
        byte[] image = leaves.image(from);
        leaves.insert(to, toSlot, image, slot, count);
        leaves.remove(from, image, slot, count);
        for (int i = slot; i < slot + count; i++) {
            index.move(SortedLeaf.imageHash(image, i, hash), from, to);
        }
    }

    /** Lets a leaf that has become sparse join a neighbour, or take entries from it. */
    private void rebalance(int leaf) {
        int parent = leaves.parent(leaf);
        if (parent == 0 || leaves.used(leaf) >= SPARSE) {
            return;
        }
        if (branches.size(parent) == 1) {
            collapse();
            return;
        }
        int i = Math.max(0, branches.indexOf(parent, leaf) - 1);
        int left = branches.child(parent, i);
        int right = branches.child(parent, i + 1);
        if (leaves.used(left) + leaves.used(right) > MERGED_MAX) {
            balance(parent, i);
            return;
        }
        moveEntries(right, 0, leaves.size(right), left, leaves.size(left));
        leaves.unlink(right);
        arena.free(right);
        branches.remove(parent, i + 1);
        branches.count(parent, i, leaves.size(left));
        adjust(left, 0);
        rebalanceBranch(parent, 1);
    }

    private void rebalanceBranch(int node, int level) {
        int parent = branches.parent(node);
        if (parent == 0) {
            if (branches.size(node) == 1) {
                collapse();
            }
            return;
        }
        if (branches.size(node) >= SPARSE_CHILDREN) {
            return;
        }
        if (branches.size(parent) == 1) {
            collapse();
            return;
        }
        int i = Math.max(0, branches.indexOf(parent, node) - 1);
        int left = branches.child(parent, i);
        int right = branches.child(parent, i + 1);
        if (branches.size(left) + branches.size(right) > MERGED_CHILDREN_MAX) {
            balanceBranches(parent, i, level);
            return;
        }
        int size = branches.size(left);
        branches.moveLeft(right, left, branches.size(right));
        adopt(left, size, branches.size(left), level);
        arena.free(right);
        branches.remove(parent, i + 1);
        recount(parent, i);
        rebalanceBranch(parent, level + 1);
    }

    private void balanceBranches(int parent, int i, int level) {
        int left = branches.child(parent, i);
        int right = branches.child(parent, i + 1);
        int size = branches.size(left);
        int count = (size - branches.size(right)) / 2;
        if (count > 0) {
            branches.moveRight(left, right, count);
            adopt(right, 0, count, level);
        } else {
            branches.moveLeft(right, left, -count);
            adopt(left, size, size - count, level);
        }
        branches.score(parent, i + 1, branches.score(right, 0));
        recount(parent, i);
        recount(parent, i + 1);
    }

    /** Takes away root nodes with a single child. */
    private void collapse() {
        while (height() > 0 && branches.size(node()) == 1) {
            int old = node();
            int level = height() - 1;
            int child = branches.child(old, 0);
            parent(child, level, 0);
            top(child, level);
            arena.free(old);
        }
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
        byte[] member = LongMember.copy(arena, SortedLeaf.imageBlock(image, slot), length);
        return visitor.member(member, 0, length, score);
    }

    /**
     * Shows about {@code count} members whose hashes are {@code cursor} or above, in pieces of the range of hashes.
     * Returns the hash to go on with, 0 at the end. What is in the set from the first call to the last is shown, however
     * the index grows or shrinks meanwhile; a member may be shown twice.
     */
    long scan(long cursor, long count, SortedSet.Visitor visitor) {
        long width = (long) Math.min(HASHES, Math.max(1, (double) HASHES / size() * count));
        long end = Math.min(HASHES, cursor + width);
        for (long from = cursor; from < end; ) {
            long to = Math.min(end, index.segmentEnd(from));
            index.visit(from, to, (memberHash, leaf) -> showHash(leaf, memberHash, visitor));
            from = to;
        }
        return end == HASHES ? 0 : end;
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

    /** Bytes of all blocks. */
    long bytes() {
        return bytes(node(), height()) + index.bytes();
    }

    private long bytes(int node, int level) {
        long sum = arena.capacity(node);
        if (level > 0) {
            for (int i = 0, size = branches.size(node); i < size; i++) {
                sum += bytes(branches.child(node, i), level - 1);
            }
        } else {
            for (int slot = 0, size = leaves.size(node); slot < size; slot++) {
                sum += LongMember.bytes(arena, leaves.block(node, slot));
            }
        }
        return sum;
    }

    /** Frees all blocks. */
    void free() {
        free(node(), height());
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
            LongMember.free(arena, leaves.block(leaf, slot));
        }
    }
}
