package dev.sluice.broker.data;

/**
 * The inner nodes of a {@link SortedTree}: for each child the score of its first entry, the number of entries under it
 * and its handle, each in an array of its own.
 *
 * <pre>
 * 0  number of children (2)    2  level (2): 1 above leaves    4  parent (4)
 * 8  scores (8 each), counts (4 each, unsigned), children (4 each)
 * </pre>
 *
 * Members are not repeated here: where scores are equal, a search looks at the first entry of the child itself.
 */
final class SortedBranch {
    static final int CHILDREN_MAX = 63;
    private static final int SCORES = 8;
    private static final int COUNTS = SCORES + CHILDREN_MAX * 8;
    private static final int CHILDREN = COUNTS + CHILDREN_MAX * 4;
    static final int BYTES = CHILDREN + CHILDREN_MAX * 4;

    private final Arena arena;

    SortedBranch(Arena arena) {
        this.arena = arena;
    }

    int allocate(int level) {
        int node = arena.allocate(BYTES);
        arena.putShort(node, 0, 0);
        arena.putShort(node, 2, level);
        arena.putInt(node, 4, 0);
        return node;
    }

    int size(int node) {
        return arena.getShort(node, 0);
    }

    int level(int node) {
        return arena.getShort(node, 2);
    }

    int parent(int node) {
        return arena.getInt(node, 4);
    }

    void parent(int node, int parent) {
        arena.putInt(node, 4, parent);
    }

    double score(int node, int index) {
        return Double.longBitsToDouble(arena.getLong(node, SCORES + index * 8L));
    }

    void score(int node, int index, double score) {
        arena.putLong(node, SCORES + index * 8L, Double.doubleToRawLongBits(score));
    }

    long count(int node, int index) {
        return arena.getInt(node, COUNTS + index * 4L) & 0xffff_ffffL;
    }

    void count(int node, int index, long count) {
        arena.putInt(node, COUNTS + index * 4L, (int) count);
    }

    int child(int node, int index) {
        return arena.getInt(node, CHILDREN + index * 4L);
    }

    void child(int node, int index, int child) {
        arena.putInt(node, CHILDREN + index * 4L, child);
    }

    int indexOf(int node, int child) {
        int index = 0;
        while (child(node, index) != child) {
            index++;
        }
        return index;
    }

    /** Number of entries under the first {@code index} children. */
    long countBefore(int node, int index) {
        long sum = 0;
        for (int i = 0; i < index; i++) {
            sum += count(node, i);
        }
        return sum;
    }

    /** Adds a child, for which there must be room. The child's pointer to its parent is the caller's to set. */
    void insert(int node, int index, int child, long count, double score) {
        shift(node, index, node, index + 1, size(node) - index);
        arena.putShort(node, 0, size(node) + 1);
        score(node, index, score);
        count(node, index, count);
        child(node, index, child);
    }

    void remove(int node, int index) {
        shift(node, index + 1, node, index, size(node) - index - 1);
        arena.putShort(node, 0, size(node) - 1);
    }

    /** Moves the last {@code count} children to the front of the right neighbour. */
    void moveRight(int node, int right, int count) {
        shift(right, 0, right, count, size(right));
        shift(node, size(node) - count, right, 0, count);
        arena.putShort(right, 0, size(right) + count);
        arena.putShort(node, 0, size(node) - count);
    }

    /** Moves the first {@code count} children to the end of the left neighbour. */
    void moveLeft(int node, int left, int count) {
        shift(node, 0, left, size(left), count);
        shift(node, count, node, 0, size(node) - count);
        arena.putShort(left, 0, size(left) + count);
        arena.putShort(node, 0, size(node) - count);
    }

    private void shift(int source, int from, int target, int to, int count) {
        arena.copy(source, SCORES + from * 8L, target, SCORES + to * 8L, count * 8L);
        arena.copy(source, COUNTS + from * 4L, target, COUNTS + to * 4L, count * 4L);
        arena.copy(source, CHILDREN + from * 4L, target, CHILDREN + to * 4L, count * 4L);
    }
}
