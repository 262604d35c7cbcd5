package dev.sluice.broker.data;

/**
 * How the nodes of a {@link SortedTree} divide, share and join. A full leaf first gives entries to a neighbour under the
 * same parent, and splits only if none has room; one below {@link #SPARSE} takes from a neighbour or joins it. So leaves
 * are about 80 % full after random insertions, almost full after ascending ones, and above half after deletions.
 *
 * <p>Each step that takes memory takes it first and leaves a correct tree.
 */
final class SortedTreeShape {
    private static final int SPARSE = SortedLeaf.ROOM * 45 / 100;
    private static final int MERGED_MAX = SortedLeaf.ROOM * 90 / 100;
    private static final int SHARING_MAX = SortedLeaf.ROOM * 75 / 100;
    private static final int SPARSE_CHILDREN = SortedBranch.CHILDREN_MAX * 2 / 5;
    private static final int MERGED_CHILDREN_MAX = SortedBranch.CHILDREN_MAX * 4 / 5;

    private static final int NODE_AT = 4;
    private static final int HEIGHT_AT = 12;

    private final Root root;
    private final Arena arena;
    private final MemberHash hash;
    private final SortedLeaf leaves;
    private final SortedBranch branches;
    private final MemberIndex index;

    SortedTreeShape(Root root, MemberHash hash, SortedLeaf leaves, SortedBranch branches, MemberIndex index) {
        this.root = root;
        this.arena = root.arena();
        this.hash = hash;
        this.leaves = leaves;
        this.branches = branches;
        this.index = index;
    }

    /** The root. */
    int node() {
        return root.getInt(NODE_AT);
    }

    /** Levels above the leaves. */
    int height() {
        return root.getInt(HEIGHT_AT) >>> 8 & 0xff;
    }

    /** Makes a node the root, this many levels above the leaves. */
    void top(int node, int height) {
        root.putInt(NODE_AT, node);
        root.putInt(HEIGHT_AT, root.getInt(HEIGHT_AT) & 0xffff00ff | height << 8);
    }

    /** Brings counts and first scores in the ancestors of a node up to date after {@code delta} entries came to it. */
    void adjust(int leaf, int delta) {
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

    /** Makes room for an entry that belongs in or beside a leaf, {@code atEnd} behind its last entry. */
    void makeRoom(int leaf, int bytes, boolean atEnd) {
        if (atEnd && leaves.next(leaf) == 0) {
            split(leaf, leaves.size(leaf) - 1); // where a set grows at its end, what is behind stays full
        } else if (!shareWithNeighbour(leaf, bytes)) {
            split(leaf, splitPoint(leaf, leaves.used(leaf) / 2));
        }
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
        branches.insert(top, 0, node, root.getInt(0), first);
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
    void rebalance(int leaf) {
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

    /** Moves a leaf to a new block. */
    int moveLeaf(int leaf) {
        int moved = Packing.move(arena, leaf);
        leaves.relink(moved);
        replaceChild(leaves.parent(moved), leaf, moved);
        byte[] image = leaves.image(moved);
        for (int slot = 0, size = leaves.size(moved); slot < size; slot++) {
            index.move(SortedLeaf.imageHash(image, slot, hash), leaf, moved);
        }
        return moved;
    }

    /** Moves the branches that begin with a leaf. */
    void packBranches(int leaf) {
        int child = leaf;
        int node = leaves.parent(leaf);
        for (int level = 1; node != 0 && branches.child(node, 0) == child; level++) {
            if (arena.shouldMove(node)) {
                int old = node;
                node = Packing.move(arena, old);
                replaceChild(branches.parent(node), old, node);
                adopt(node, 0, branches.size(node), level);
            }
            child = node;
            node = branches.parent(node);
        }
    }

    private void replaceChild(int parent, int old, int child) {
        if (parent == 0) {
            root.putInt(NODE_AT, child);
        } else {
            branches.child(parent, branches.indexOf(parent, old), child);
        }
    }
}
