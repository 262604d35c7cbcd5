package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberIndexTest {
    private final RefusingArena arena = new RefusingArena();
    private final Root root = arena.newRoot();
    private final long atStart = arena.bytesUsed();
    private final MemberIndex index = new MemberIndex(root);
    private final Map<Integer, List<Integer>> model = new HashMap<>();
    private int members;

    @BeforeEach
    void createIndex() {
        index.create();
    }

    @AfterEach
    void memoryComesBack() {
        assertThat(index.bytes()).isEqualTo(arena.bytesUsed() - atStart);
        index.free();
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
        arena.close();
    }

    @Test
    void followsTheModel() {
        long seed = Seed.SEED;
        Random random = new Random(seed);
        List<Integer> hashes = new ArrayList<>();
        for (int step = 0; step < 40_000; step++) {
            boolean shrinking = step % 20_000 > 12_000;
            if (random.nextInt(10) < (shrinking ? 2 : 8)) {
                int hash = random.nextInt(4) == 0 && !hashes.isEmpty()
                        ? hashes.get(random.nextInt(hashes.size()))
                        : random.nextInt();
                hashes.add(hash);
                add(hash, 1 + random.nextInt(5));
            } else if (!hashes.isEmpty()) {
                change(random, hashes);
            }
        }
        check("seed " + seed);
    }

    private void change(Random random, List<Integer> hashes) {
        int at = random.nextInt(hashes.size());
        int hash = hashes.get(at);
        List<Integer> leaves = model.get(hash);
        int leaf = leaves.removeFirst();
        if (random.nextInt(4) == 0) {
            index.move(hash, leaf, -7);
            leaves.add(-7);
            return;
        }
        index.remove(hash, leaf);
        members--;
        hashes.set(at, hashes.getLast());
        hashes.removeLast();
    }

    @Test
    void hashesThatBeginAlikeStayFindable() {
        for (int i = 0; i < 3_000; i++) {
            add(0xabcd0000 | i, 1 + i % 3);
        }
        check("the same 16 bits");
        for (int i = 0; i < 3_000; i++) {
            index.remove(0xabcd0000 | i, 1 + i % 3);
        }
        model.clear();
        members = 0;
        check("empty");
    }

    @Test
    void equalHashesStayFindable() {
        for (int i = 1; i <= 1_000; i++) {
            add(-1, i);
        }
        check("one hash");
    }

    @Test
    void whatIsNotThereIsAnError() {
        add(5, 1);
        assertThatThrownBy(() -> index.remove(5, 2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> index.move(6, 1, 2)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSlotTakesAboutTenBytes() {
        Random random = new Random(1);
        for (int i = 1; i <= 200_000; i++) {
            add(random.nextInt(), i);
            if (i % 10_000 == 0) {
                assertThat((double) index.bytes() / i).as("%d members", i).isBetween(9.0, 12.0);
            }
        }
    }

    private void add(int hash, int leaf) {
        index.reserve(hash);
        arena.allocationsLeft = 0;
        index.add(hash, leaf);
        arena.allocationsLeft = Integer.MAX_VALUE;
        model.computeIfAbsent(hash, key -> new ArrayList<>()).add(leaf);
        members++;
    }

    private void check(String when) {
        model.forEach((hash, leaves) -> {
            List<Integer> found = new ArrayList<>();
            int segment = index.segment(hash);
            for (int probe = -1; (probe = index.probe(segment, hash, probe)) >= 0; ) {
                found.add(index.leaf(segment, probe));
            }
            assertThat(found).as(when).containsExactlyInAnyOrderElementsOf(leaves);
        });
        int[] visited = {0};
        for (long from = 0; from < 1L << 32; ) {
            long to = index.segmentEnd(from);
            index.visit(from, to, (hash, leaf) -> {
                assertThat(model.get(hash)).as(when).contains(leaf);
                visited[0]++;
            });
            from = to;
        }
        assertThat(visited[0]).as(when).isEqualTo(members);
    }
}
