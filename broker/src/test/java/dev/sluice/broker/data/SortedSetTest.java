package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SortedSetTest {
    private static final int SCALE = Integer.parseInt(System.getProperty("sluice.scale", "1"));

    private final FullArena arena = new FullArena();
    private final Root root = newRoot();
    private final long atStart = arena.bytesUsed();

    private SortedSet set = new SortedSet(root);

    @AfterEach
    void closeArena() {
        arena.close();
    }

    @Test
    void newSetIsEmpty() {
        assertThat(set.size()).isZero();
        assertThat(set.score(text("a"))).isNaN();
        assertThat(set.rank(text("a"))).isEqualTo(-1);
        assertThat(set.remove(text("a"))).isFalse();
        assertThat(set.countBelow(0, true)).isZero();
        assertThat(set.encoding()).isEqualTo("listpack");
        assertThat(set.type()).isEqualTo(Value.Type.SORTED_SET);
        assertThat(content()).isEmpty();
        set.free();
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
    }

    @Test
    void orderIsByScoreThenBytes() {
        set.put(text("b"), 1);
        set.put(text("a"), 2);
        set.put(Bytes.of(new byte[] {(byte) 0xff}), 1);
        set.put(text(""), 1);
        assertThat(set.put(text("c"), Double.NEGATIVE_INFINITY)).isTrue();
        assertThat(set.put(text("d"), Double.POSITIVE_INFINITY)).isTrue();
        assertThat(set.put(text("d"), Double.POSITIVE_INFINITY)).isFalse();
        assertThat(content())
                .extracting(Entry::member)
                .containsExactly(
                        text("c"), text(""), text("b"), Bytes.of(new byte[] {(byte) 0xff}), text("a"), text("d"));
        assertThat(set.rank(text("b"))).isEqualTo(2);
        assertThat(set.score(text(""))).isEqualTo(1);
    }

    @Test
    void zerosAreTheSameScore() {
        set.put(text("b"), -0.0);
        set.put(text("a"), 0.0);
        assertThat(content()).extracting(Entry::member).containsExactly(text("a"), text("b"));
        set.put(text("b"), 0.0);
        assertThat(Double.doubleToRawLongBits(set.score(text("b")))).isEqualTo(Double.doubleToRawLongBits(-0.0));
        assertThat(set.countBelow(0.0, false)).isZero();
        assertThat(set.countBelow(-0.0, true)).isEqualTo(2);
    }

    @Test
    void the129thMemberEndsThePackedForm() {
        fill(128);
        assertThat(set.encoding()).isEqualTo("listpack");
        set.put(text("m5"), -3);
        assertThat(set.encoding()).isEqualTo("listpack");
        set.put(text("one more"), 1);
        assertThat(set.encoding()).isEqualTo("skiplist");
        assertThat(set.size()).isEqualTo(129);
        assertThat(set.rank(text("m5"))).isZero();
        set.removeRange(1, 128);
        assertThat(set.encoding()).isEqualTo("skiplist");
        assertThat(content()).extracting(Entry::member).containsExactly(text("m5"));
    }

    @Test
    void aMemberOf65BytesEndsThePackedForm() {
        set.put(text("a".repeat(64)), 1);
        assertThat(set.encoding()).isEqualTo("listpack");
        set.put(text("a".repeat(65)), 1);
        assertThat(set.encoding()).isEqualTo("skiplist");
        assertThat(set.rank(text("a".repeat(65)))).isEqualTo(1);
        set.free();
        set.put(text("b".repeat(65)), 1);
        assertThat(set.encoding()).isEqualTo("skiplist");
        set.free();
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
    }

    @Test
    void thresholdsAreHandedIn() {
        set = new SortedSet(root, new SortedSetSettings(2, 20_000, SortedSetSettings.hash(1, 2)));
        set.put(text("a".repeat(20_000)), 1);
        set.put(text("b"), 1);
        assertThat(set.encoding()).isEqualTo("listpack");
        assertThat(set.score(text("a".repeat(20_000)))).isEqualTo(1);
        set.put(text("c"), 1);
        assertThat(set.encoding()).isEqualTo("skiplist");
    }

    @Test
    void aPackedSetHasABoundedBlock() {
        set = new SortedSet(root, new SortedSetSettings(1_000_000, 1_000_000, SortedSetSettings.hash(1, 2)));
        for (int i = 0; set.encoding().equals("listpack"); i++) {
            set.put(text("member " + i), i);
            assertThat(arena.bytesUsed() - atStart).isLessThan(3L * PackedSortedSet.BYTES_MAX);
        }
        assertThat(set.size()).isBetween(1_000L, 3_000L);
    }

    @Test
    void anUnchangedScoreTakesNoMemory() {
        for (int size : new int[] {100, 5_000}) {
            fill(size);
            arena.allocationsLeft = 0;
            for (Entry entry : content()) {
                assertThat(set.put(entry.member(), entry.score())).isFalse();
            }
            arena.allocationsLeft = Integer.MAX_VALUE;
        }
    }

    @Test
    void aScoreThatKeepsItsPlaceTakesNoMemory() {
        fill(5_000);
        arena.allocationsLeft = 0;
        for (int i = 0; i < 5_000; i++) {
            assertThat(set.put(text("m" + i), i + 0.5)).isFalse();
        }
        SortedTreeCheck.check(set, "after the update");
        assertThat(content()).extracting(Entry::member).startsWith(text("m0"), text("m1"), text("m2"));
    }

    @Test
    void rangesStopWhenTheVisitorSaysSo() {
        for (int size : new int[] {100, 5_000}) {
            fill(size);
            for (boolean reverse : new boolean[] {false, true}) {
                List<Entry> seen = new ArrayList<>();
                set.range(10, size - 1, reverse, (array, offset, length, score) -> {
                    seen.add(entry(array, offset, length, score));
                    return seen.size() < 50;
                });
                assertThat(seen).hasSize(50);
                assertThat(seen.getFirst().score()).isEqualTo(reverse ? size - 11 : 10);
            }
        }
    }

    @Test
    void membersWithTheSameHashAreKeptApart() {
        // Nobody can compute 2 000 such members; a hash of a constant comes to the same.
        set = new SortedSet(root, new SortedSetSettings(128, 64, (array, offset, length) -> 42));
        Model model = new Model(7);
        for (int i = 0; i < 600; i++) {
            model.put(text("m" + i), i % 7);
        }
        for (int i = 0; i < 600; i += 2) {
            model.remove(text("m" + i));
        }
        model.check("with one hash");
        set.free();
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
    }

    @Test
    void ascendingMembersFillLeavesAlmostCompletely() {
        fill(20_000);
        assertThat(SortedTreeCheck.check(set, "ascending")).isGreaterThan(0.94);
    }

    @Test
    void otherOrdersFillLeavesWell() {
        for (int i = 20_000; i > 0; i--) {
            set.put(text("m" + i), i);
        }
        assertThat(SortedTreeCheck.check(set, "descending")).isGreaterThan(0.7);
        set.free();
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            set.put(text("m" + i), random.nextDouble());
        }
        assertThat(SortedTreeCheck.check(set, "random")).isGreaterThan(0.7);
        for (int i = 0; i < 20_000; i++) {
            if (i % 10 != 0) {
                set.remove(text("m" + i));
            }
        }
        assertThat(SortedTreeCheck.check(set, "after deletions")).isGreaterThan(0.5);
    }

    @Test
    void deletionsGiveMemoryBack() {
        fill(50_000);
        long full = arena.bytesUsed() - atStart;
        set.removeRange(500, 49_999);
        assertThat(arena.bytesUsed() - atStart).isLessThan(full / 20);
        SortedTreeCheck.check(set, "after deletions");
    }

    @Test
    void aMillionMembersTakeLittleMemory() {
        int size = Math.min(1_000_000, 100_000 * SCALE);
        Random random = new Random(1);
        for (int i = 0; i < size; i++) {
            set.put(text(String.format("member:%09d", i)), random.nextDouble());
        }
        assertThat((arena.bytesUsed() - atStart) / (double) size).isLessThan(60);
    }

    @Test
    void scansShowAllThatStays() {
        fill(3_000);
        Random random = new Random(seed());
        Set<Bytes> seen = new HashSet<>();
        long cursor = 0;
        int calls = 0;
        do {
            cursor = set.scan(cursor, 10, (array, offset, length, score) -> {
                seen.add(entry(array, offset, length, score).member());
                return true;
            });
            for (int i = 0; i < 60; i++) {
                set.put(text("new" + random.nextInt(100_000)), 1);
            }
            calls++;
            set.remove(text("m" + (2_000 + random.nextInt(1_000))));
        } while (cursor != 0);
        assertThat(calls).isGreaterThan(50);
        for (int i = 0; i < 2_000; i++) {
            assertThat(seen).as("seed %d", seed()).contains(text("m" + i));
        }
    }

    @Test
    void aScanOfAnUnchangedSetShowsEachMemberOnce() {
        for (int size : new int[] {0, 1, 128, 129, 4_000}) {
            set.free();
            fill(size);
            List<Bytes> seen = new ArrayList<>();
            long cursor = 0;
            do {
                cursor = set.scan(
                        cursor,
                        100,
                        (array, offset, length, score) ->
                                seen.add(entry(array, offset, length, score).member()));
            } while (cursor != 0);
            assertThat(seen).hasSize(size).doesNotHaveDuplicates();
        }
    }

    @Test
    void membersOfAnyLengthMeetTheModel() {
        for (int round = 0; round < 6 * SCALE; round++) {
            long seed = seed() + round;
            set = new SortedSet(root, new SortedSetSettings(128, 64, SortedSetSettings.hash(seed, 1)));
            new Model(seed).run(3_000);
            set.free();
            assertThat(arena.bytesUsed()).as("seed %d", seed).isEqualTo(atStart);
        }
    }

    @Test
    void refusedMemoryChangesNothing() {
        long seed = seed();
        Random random = new Random(seed);
        Model model = new Model(seed);
        int refused = 0;
        for (int step = 0; step < 4_000; step++) {
            Bytes member = model.randomMember();
            double score = random.nextInt(1_000);
            arena.allocationsLeft = random.nextInt(6);
            try {
                set.put(member, score);
                model.scores.put(member, score);
            } catch (CommandError outOfMemory) {
                refused++;
            }
            arena.allocationsLeft = Integer.MAX_VALUE;
            if (step % 5 == 0) {
                model.remove(model.randomMember());
            }
            if (step % 500 == 0) {
                model.check("seed " + seed + " step " + step);
            }
        }
        model.check("seed " + seed);
        assertThat(refused).as("seed %d", seed).isPositive();
        set.free();
        assertThat(arena.bytesUsed()).as("seed %d", seed).isEqualTo(atStart);
    }

    @Test
    void aFullArenaRefusesTheFirstMember() {
        arena.allocationsLeft = 0;
        assertThatThrownBy(() -> set.put(text("a"), 1)).isInstanceOf(CommandError.class);
        assertThat(set.size()).isZero();
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
    }

    record Entry(Bytes member, double score) {}

    /** What the set should be, and random operations on both. */
    private final class Model {
        private static final Comparator<Entry> ORDER = (a, b) ->
                a.score() == b.score() ? a.member().compareTo(b.member()) : Double.compare(a.score(), b.score());

        private final Map<Bytes, Double> scores = new HashMap<>();
        private final long seed;
        private final Random random;

        Model(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run(int steps) {
            boolean shrinking = false;
            int top = 200 + random.nextInt(4_000);
            for (int step = 0; step < steps; step++) {
                int size = scores.size();
                shrinking = shrinking ? size > 20 : size > top;
                if (random.nextInt(10) < (shrinking ? 2 : 8)) {
                    put(randomMember(), randomScore());
                } else if (random.nextInt(100) == 0 && size > 0) {
                    removeRange();
                } else {
                    remove(random.nextBoolean() ? randomMember() : anyMember());
                }
                if (step % 300 == 299) {
                    check("seed " + seed + " step " + step);
                }
            }
        }

        Bytes randomMember() {
            int length = switch (random.nextInt(40)) {
                case 0 -> 0;
                case 1 -> random.nextInt(65);
                case 2 -> SortedLeaf.INLINE_MAX - 2 + random.nextInt(4);
                case 3 -> random.nextInt(300) == 0 ? random.nextInt(100_000) : random.nextInt(500);
                default -> 1 + random.nextInt(2);
            };
            byte[] bytes = new byte[length + 2];
            random.nextBytes(bytes);
            return Bytes.view(bytes, 1, length);
        }

        private double randomScore() {
            return switch (random.nextInt(8)) {
                case 0 -> 0.0;
                case 1 -> -0.0;
                case 2 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
                case 3 -> random.nextGaussian();
                case 4 -> random.nextInt(3);
                default -> random.nextInt(100_000);
            };
        }

        private Bytes anyMember() {
            return scores.isEmpty() ? Bytes.EMPTY : scores.keySet().iterator().next();
        }

        void put(Bytes member, double score) {
            Double before = scores.get(member);
            assertThat(set.put(member, score)).as("seed %d", seed).isEqualTo(before == null);
            if (before == null || before.doubleValue() != score) {
                scores.put(member, score);
            }
        }

        void remove(Bytes member) {
            assertThat(set.remove(member)).as("seed %d", seed).isEqualTo(scores.remove(member) != null);
        }

        private void removeRange() {
            List<Entry> sorted = sorted();
            int start = random.nextInt(sorted.size());
            int stop = Math.min(sorted.size() - 1, start + random.nextInt(100));
            set.removeRange(start, stop);
            sorted.subList(start, stop + 1).forEach(entry -> scores.remove(entry.member()));
        }

        private List<Entry> sorted() {
            List<Entry> sorted = new ArrayList<>();
            scores.forEach((member, score) -> sorted.add(new Entry(member, score)));
            // Zeros with different signs are one score, which Double.compare does not think.
            sorted.sort(ORDER);
            return sorted;
        }

        void check(String when) {
            List<Entry> sorted = sorted();
            assertThat(set.size()).as(when).isEqualTo(sorted.size());
            assertThat(content()).as(when).isEqualTo(sorted);
            if (set.encoding().equals("skiplist")) {
                SortedTreeCheck.check(set, when);
            }
            if (!sorted.isEmpty()) {
                checkRanges(sorted, when);
                checkCounts(sorted, when);
            }
        }

        private void checkRanges(List<Entry> sorted, String when) {
            for (int i = 0; i < 20; i++) {
                int start = random.nextInt(sorted.size());
                int stop = start + random.nextInt(sorted.size() - start);
                assertThat(ranged(start, stop, false)).as(when).isEqualTo(sorted.subList(start, stop + 1));
                List<Entry> reversed = new ArrayList<>(sorted);
                Collections.reverse(reversed);
                assertThat(ranged(start, stop, true)).as(when).isEqualTo(reversed.subList(start, stop + 1));
                Entry entry = sorted.get(start);
                assertThat(set.rank(entry.member())).as(when).isEqualTo(start);
                assertThat(set.score(entry.member())).as(when).isEqualTo(entry.score());
            }
            assertThat(set.score(text("is not there"))).as(when).isNaN();
        }

        private void checkCounts(List<Entry> sorted, String when) {
            for (int i = 0; i < 20; i++) {
                double score = randomScore();
                assertThat(set.countBelow(score, false))
                        .as(when)
                        .isEqualTo(
                                sorted.stream().filter(e -> e.score() < score).count());
                assertThat(set.countBelow(score, true))
                        .as(when)
                        .isEqualTo(
                                sorted.stream().filter(e -> e.score() <= score).count());
            }
        }
    }

    @Test
    void lexicalBoundsAreCounted() {
        for (int size : new int[] {100, 3_000}) {
            set.free();
            List<Bytes> members = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                members.add(text("m" + i));
                set.put(text("m" + i), 5);
            }
            Collections.sort(members);
            for (int i = 0; i < size; i++) {
                assertThat(set.countBelow(members.get(i), false)).isEqualTo(i);
                assertThat(set.countBelow(members.get(i), true)).isEqualTo(i + 1);
            }
            assertThat(set.countBelow(Bytes.EMPTY, true)).isZero();
            assertThat(set.countBelow(text("n"), false)).isEqualTo(size);
        }
    }

    private void fill(int size) {
        for (int i = 0; i < size; i++) {
            set.put(text("m" + i), i);
        }
    }

    private List<Entry> content() {
        return ranged(0, set.size() - 1, false);
    }

    private List<Entry> ranged(long start, long stop, boolean reverse) {
        List<Entry> entries = new ArrayList<>();
        set.range(
                start,
                stop,
                reverse,
                (array, offset, length, score) -> entries.add(entry(array, offset, length, score)));
        return entries;
    }

    private static Entry entry(byte[] array, int offset, int length, double score) {
        return new Entry(Bytes.of(Arrays.copyOfRange(array, offset, offset + length)), score);
    }

    private static Bytes text(String text) {
        return Bytes.of(text);
    }

    private Root newRoot() {
        int block = arena.allocate(Root.BYTES + 8);
        arena.put(block, 8, new byte[Root.BYTES], 0, Root.BYTES);
        return new Root(arena, block, 8);
    }

    private static long seed() {
        String given = System.getProperty("sluice.seed", "");
        return given.isEmpty() ? 20_250_101 : Long.parseLong(given);
    }

    /** An arena that refuses after a number of allocations. */
    private static final class FullArena extends Arena {
        private int allocationsLeft = Integer.MAX_VALUE;

        @Override
        public int allocate(int bytes) {
            if (allocationsLeft == 0) {
                throw CommandError.outOfMemory();
            }
            allocationsLeft--;
            return super.allocate(bytes);
        }
    }
}
