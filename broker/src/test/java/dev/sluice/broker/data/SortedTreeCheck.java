package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import java.util.Arrays;

/** Walks a whole tree and checks what its operations rely on. */
final class SortedTreeCheck {
    private final SortedTree tree;
    private final String when;
    private int lastLeaf;
    private long leafCount;
    private long bytesUsed;

    private SortedTreeCheck(SortedTree tree, String when) {
        this.tree = tree;
        this.when = when;
    }

    /** Fails if an invariant does not hold. Returns how full the leaves are, from 0 to 1. */
    static double check(SortedSet set, String when) {
        SortedTree tree = set.tree();
        SortedTreeCheck check = new SortedTreeCheck(tree, when);
        long size = check.node(tree.shape.node(), tree.shape.height(), 0);
        assertThat(size).as(when).isEqualTo(set.size());
        assertThat(tree.leaves.next(check.lastLeaf)).as(when).isZero();
        check.order(set);
        check.index(set);
        return check.bytesUsed / (double) (check.leafCount * SortedLeaf.ROOM);
    }

    private long node(int node, int level, int parent) {
        if (level == 0) {
            return leaf(node, parent);
        }
        SortedBranch branches = tree.branches;
        assertThat(branches.parent(node)).as(when).isEqualTo(parent);
        assertThat(branches.level(node)).as(when).isEqualTo(level);
        int size = branches.size(node);
        // A root with one child is what a refusal between growing and splitting leaves.
        assertThat(size).as(when).isBetween(parent == 0 ? 1 : SortedBranch.CHILDREN_MAX / 4, SortedBranch.CHILDREN_MAX);
        long sum = 0;
        for (int i = 0; i < size; i++) {
            int child = branches.child(node, i);
            long count = node(child, level - 1, node);
            assertThat(branches.count(node, i)).as(when).isEqualTo(count);
            double first = level == 1 ? tree.leaves.score(child, 0) : branches.score(child, 0);
            assertThat(Double.doubleToRawLongBits(branches.score(node, i)))
                    .as(when)
                    .isEqualTo(Double.doubleToRawLongBits(first));
            sum += count;
        }
        return sum;
    }

    private long leaf(int leaf, int parent) {
        SortedLeaf leaves = tree.leaves;
        assertThat(leaves.parent(leaf)).as(when).isEqualTo(parent);
        assertThat(leaves.before(leaf)).as(when).isEqualTo(lastLeaf);
        if (lastLeaf != 0) {
            assertThat(leaves.next(lastLeaf)).as(when).isEqualTo(leaf);
        }
        int sum = 0;
        for (int slot = 0; slot < leaves.size(leaf); slot++) {
            sum += leaves.entryBytes(leaf, slot);
        }
        assertThat(leaves.size(leaf)).as(when).isPositive();
        assertThat(leaves.used(leaf)).as(when).isEqualTo(sum).isLessThanOrEqualTo(SortedLeaf.ROOM);
        lastLeaf = leaf;
        leafCount++;
        bytesUsed += sum;
        return leaves.size(leaf);
    }

    private void order(SortedSet set) {
        Bytes[] before = new Bytes[1];
        double[] scoreBefore = {Double.NEGATIVE_INFINITY};
        set.range(0, set.size() - 1, false, (array, offset, length, score) -> {
            Bytes member = Bytes.of(Arrays.copyOfRange(array, offset, offset + length));
            assertThat(score).as(when).isGreaterThanOrEqualTo(scoreBefore[0] + 0.0);
            if (score == scoreBefore[0] && before[0] != null) {
                assertThat(member).as(when).isGreaterThan(before[0]);
            }
            before[0] = member;
            scoreBefore[0] = score;
            return true;
        });
    }

    private void index(SortedSet set) {
        long[] members = {0, 0};
        for (long from = 0; from < 1L << 32; ) {
            long to = tree.index.segmentEnd(from);
            tree.index.visit(from, to, (hash, leaf) -> members[0]++);
            from = to;
        }
        assertThat(members[0]).as(when).isEqualTo(set.size());
        set.range(0, set.size() - 1, false, (array, offset, length, score) -> {
            Bytes member = Bytes.view(array, offset, length);
            assertThat(set.score(member)).as(when).isEqualTo(score);
            assertThat(set.rank(member)).as(when).isEqualTo(members[1]++);
            return true;
        });
    }
}
