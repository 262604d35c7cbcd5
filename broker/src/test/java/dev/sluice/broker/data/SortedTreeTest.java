package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.broker.data.SortedSetModel.Entry;
import dev.sluice.streams.message.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SortedTreeTest {
    private final RefusingArena arena = new RefusingArena();
    private final Root root = arena.newRoot();
    private final long atStart = arena.bytesUsed();
    private final SortedSet set = new SortedSet(root, new ListpackSettings(0, 0, ListpackSettings.hash(1, 2)));

    @AfterEach
    void memoryComesBack() {
        set.free();
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
        arena.close();
    }

    @Test
    void ascendingMembersFillLeavesAlmostCompletely() {
        fill(20_000);
        assertThat(SortedTreeCheck.check(set, "ascending")).isGreaterThan(0.94);
    }

    @Test
    void descendingMembersFillLeavesWell() {
        for (int i = 20_000; i > 0; i--) {
            set.put(Bytes.of("m" + i), i);
        }
        assertThat(SortedTreeCheck.check(set, "descending")).isGreaterThan(0.7);
    }

    @Test
    void randomMembersFillLeavesWell() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            set.put(Bytes.of("m" + i), random.nextDouble());
        }
        assertThat(SortedTreeCheck.check(set, "random")).isGreaterThan(0.7);
        for (int i = 0; i < 60_000; i++) {
            set.put(Bytes.of("m" + random.nextInt(20_000)), random.nextDouble());
        }
        assertThat(SortedTreeCheck.check(set, "after moves")).isGreaterThan(0.6);
        for (int i = 0; i < 20_000; i++) {
            if (i % 10 != 0) {
                set.remove(Bytes.of("m" + i));
            }
        }
        assertThat(SortedTreeCheck.check(set, "after deletions")).isGreaterThan(0.5);
    }

    @Test
    void deletionsGiveMemoryBackAndLowerTheTree() {
        fill(200_000);
        assertThat(set.tree().shape.height()).isEqualTo(3);
        long full = arena.bytesUsed() - atStart;
        set.removeRange(500, 198_999);
        assertThat(set.tree().shape.height()).isEqualTo(1);
        SortedTreeCheck.check(set, "after deletions");
        assertThat(arena.bytesUsed() - atStart).isLessThan(full / 40);
        for (int i = 199_999; i > 199_000; i--) {
            assertThat(set.remove(Bytes.of("m" + i))).isTrue();
        }
        assertThat(set.tree().shape.height()).isEqualTo(1);
        set.removeRange(10, 500);
        assertThat(set.tree().shape.height()).isZero();
        SortedTreeCheck.check(set, "after more deletions");
    }

    @Test
    void aHighTreeStaysSound() {
        long seed = Seed.SEED;
        Random random = new Random(seed);
        int members = 25_000;
        for (int i = 0; i < members; i++) {
            set.put(wide(i), random.nextInt(5_000));
        }
        assertThat(set.tree().shape.height()).isEqualTo(3);
        SortedTreeCheck.check(set, "seed " + seed + " after adding");
        for (int i = 0; i < members; i++) {
            set.put(wide(random.nextInt(members)), random.nextInt(5_000));
        }
        SortedTreeCheck.check(set, "seed " + seed + " after moving");
        for (int round = 1; set.size() > 100; round++) {
            for (int i = 0; i < members / 8; i++) {
                set.remove(wide(random.nextInt(members)));
            }
            long start = random.nextInt((int) set.size());
            set.removeRange(start, Math.min(start + set.size() / 4, set.size() - 1));
            SortedTreeCheck.check(set, "seed " + seed + " after removing, round " + round);
        }
    }

    private static Bytes wide(int number) {
        return Bytes.of("w".repeat(190) + number);
    }

    @Test
    void popsFromBothEndsKeepTheOrder() {
        fill(5_000);
        for (int i = 0; i < 2_400; i++) {
            assertThat(SortedSetModel.ranged(set, 0, 0, false)).containsExactly(new Entry(Bytes.of("m" + i), i));
            set.removeRange(0, 0);
            int last = 4_999 - i;
            assertThat(SortedSetModel.ranged(set, 0, 0, true)).containsExactly(new Entry(Bytes.of("m" + last), last));
            set.removeRange(set.size() - 1, set.size() - 1);
        }
        assertThat(set.size()).isEqualTo(200);
        SortedTreeCheck.check(set, "after pops");
    }

    @Test
    void longMembersThatShareABeginningAreOrdered() {
        byte[] bytes = new byte[100_000];
        Arrays.fill(bytes, (byte) 'x');
        for (int length = 100_000; length > 50; length -= 997) {
            set.put(Bytes.view(bytes, 0, length), 1);
        }
        long rank = 0;
        for (int length = 100_000 - 100 * 997; length <= 100_000; length += 997) {
            assertThat(set.rank(Bytes.view(bytes, 0, length))).isEqualTo(rank++);
            assertThat(set.rank(Bytes.view(bytes, 0, length - 1))).isEqualTo(-1);
        }
        assertThat(rank).isEqualTo(set.size());
        SortedTreeCheck.check(set, "long members");
    }

    @Test
    void aLongMemberIsNotCopiedWhenItMoves() {
        fill(5_000);
        Bytes member = Bytes.of("long".repeat(50_000));
        set.put(member, 10);
        long before = arena.bytesUsed();
        arena.allocationsLeft = 8;
        for (int score = 0; score < 5_000; score += 501) {
            set.put(member, score);
            assertThat(set.rank(member)).isEqualTo(score);
        }
        assertThat(arena.bytesUsed()).isCloseTo(before, within(10_000L));
    }

    @Test
    void membersTakeLittleMemory() {
        int size = Math.min(1_000_000, 100_000 * Seed.SCALE);
        Random random = new Random(1);
        byte[] member = "member:000000000".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < size; i++) {
            for (int at = 15, rest = i; at >= 7; at--, rest /= 10) {
                member[at] = (byte) ('0' + rest % 10);
            }
            set.put(Bytes.of(member), random.nextDouble());
        }
        assertThat((arena.bytesUsed() - atStart) / (double) size).isLessThan(52);
    }

    @Test
    void scansShowAllThatStays() {
        fill(3_000);
        long seed = Seed.SEED;
        Random random = new Random(seed);
        Set<Bytes> seen = new HashSet<>();
        long cursor = 0;
        int calls = 0;
        do {
            cursor = set.scan(
                    cursor,
                    10,
                    (array, offset, length, score) ->
                            seen.add(Entry.of(array, offset, length, score).member()) || true);
            calls++;
            churn(random, calls);
        } while (cursor != 0);
        assertThat(calls).as("seed %d", seed).isGreaterThan(50);
        for (int i = 0; i < 2_000; i++) {
            assertThat(seen).as("seed %d", seed).contains(Bytes.of("m" + i));
        }
    }

    /** Lets the index split, and from time to time join again, while members up to m1999 stay. */
    private void churn(Random random, int call) {
        if (call % 40 == 0) {
            for (int i = 0; i < 100_000; i++) {
                set.remove(Bytes.of("new" + i));
            }
        }
        for (int i = 0; i < 200; i++) {
            set.put(Bytes.of("new" + random.nextInt(100_000)), 1);
        }
        set.remove(Bytes.of("m" + (2_000 + random.nextInt(1_000))));
    }

    private void fill(int size) {
        for (int i = 0; i < size; i++) {
            set.put(Bytes.of("m" + i), i);
        }
    }
}
