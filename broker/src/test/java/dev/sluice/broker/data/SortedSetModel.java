package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What a sorted set should be, and random operations on both. */
final class SortedSetModel {
    record Entry(Bytes member, double score) {
        static Entry of(byte[] array, int offset, int length, double score) {
            return new Entry(Bytes.of(Arrays.copyOfRange(array, offset, offset + length)), score);
        }
    }

    // Zeros with different signs are one score, which Double.compare does not think.
    private static final Comparator<Entry> ORDER =
            (a, b) -> a.score() == b.score() ? a.member().compareTo(b.member()) : Double.compare(a.score(), b.score());

    /** With few such members to a leaf the tree is higher. */
    private static final int WIDE_BYTES = 190;

    final Map<Bytes, Double> scores = new HashMap<>();
    private final SortedSet set;
    private final long seed;
    private final Random random;
    private final boolean wide;
    private int step;

    SortedSetModel(SortedSet set, long seed) {
        this.set = set;
        this.seed = seed;
        this.random = new Random(seed);
        this.wide = random.nextBoolean();
    }

    /** Grows and shrinks the set between a few members and a random number of them. */
    void run(int steps) {
        boolean shrinking = false;
        int top = 150 + random.nextInt(2_000);
        try {
            for (step = 0; step < steps; step++) {
                int size = scores.size();
                shrinking = shrinking ? size > 20 : size > top;
                operate(shrinking);
                if (step % 400 == 399) {
                    check();
                }
            }
        } catch (RuntimeException failure) {
            throw new AssertionError(when(), failure);
        }
    }

    private void operate(boolean shrinking) {
        int dice = random.nextInt(100);
        if (dice < (shrinking ? 20 : 80)) {
            put(randomMember(), randomScore());
        } else if (dice < 90) {
            remove(random.nextBoolean() ? randomMember() : anyMember());
        } else if (dice < 99) {
            put(anyMember(), randomScore());
        } else if (!scores.isEmpty()) {
            removeRange();
        }
    }

    private String when() {
        return "seed " + seed + " step " + step;
    }

    Bytes randomMember() {
        int length = switch (random.nextInt(40)) {
            case 0 -> 0;
            case 1 -> random.nextInt(65);
            case 2 -> SortedLeaf.INLINE_MAX - 2 + random.nextInt(4);
            case 3 -> random.nextInt(100) == 0 ? random.nextInt(100_000) : random.nextInt(500);
            default -> wide ? WIDE_BYTES : 1 + random.nextInt(2);
        };
        byte[] bytes = new byte[length + 2];
        random.nextBytes(bytes);
        if (length == WIDE_BYTES) {
            Arrays.fill(bytes, 1, length - 1, (byte) 'w');
        }
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
        assertThat(set.put(member, score)).as(when()).isEqualTo(before == null);
        if (before == null || before != score) {
            // As in Redis, a packed set does not keep the sign of a zero.
            scores.put(member, set.encoding().equals("listpack") ? score + 0.0 : score);
        }
    }

    void remove(Bytes member) {
        assertThat(set.remove(member)).as(when()).isEqualTo(scores.remove(member) != null);
    }

    private void removeRange() {
        List<Entry> sorted = sorted();
        int start = random.nextInt(sorted.size());
        int stop = Math.min(sorted.size() - 1, start + random.nextInt(150));
        set.removeRange(start, stop);
        sorted.subList(start, stop + 1).forEach(entry -> scores.remove(entry.member()));
    }

    private List<Entry> sorted() {
        List<Entry> sorted = new ArrayList<>();
        scores.forEach((member, score) -> sorted.add(new Entry(member, score)));
        sorted.sort(ORDER);
        return sorted;
    }

    void check() {
        List<Entry> sorted = sorted();
        assertThat(set.size()).as(when()).isEqualTo(sorted.size());
        assertThat(ranged(set, 0, set.size() - 1, false)).as(when()).isEqualTo(sorted);
        if (set.encoding().equals("skiplist")) {
            SortedTreeCheck.check(set, when());
        }
        for (int i = 0; i < 20 && !sorted.isEmpty(); i++) {
            checkRange(sorted);
            checkCounts(sorted);
        }
    }

    private void checkRange(List<Entry> sorted) {
        int start = random.nextInt(sorted.size());
        int stop = start + random.nextInt(sorted.size() - start);
        List<Entry> reversed = new ArrayList<>(sorted);
        Collections.reverse(reversed);
        assertThat(ranged(set, start, stop, false)).as(when()).isEqualTo(sorted.subList(start, stop + 1));
        assertThat(ranged(set, start, stop, true)).as(when()).isEqualTo(reversed.subList(start, stop + 1));
        Entry entry = sorted.get(start);
        assertThat(set.rank(entry.member())).as(when()).isEqualTo(start);
        assertThat(set.score(entry.member())).as(when()).isEqualTo(entry.score());
        assertThat(set.score(Bytes.of("is not there"))).as(when()).isNaN();
    }

    private void checkCounts(List<Entry> sorted) {
        double score = randomScore();
        assertThat(set.countBelow(score, false))
                .as(when())
                .isEqualTo(sorted.stream().filter(e -> e.score() < score).count());
        assertThat(set.countBelow(score, true))
                .as(when())
                .isEqualTo(sorted.stream().filter(e -> e.score() <= score).count());
    }

    static List<Entry> ranged(SortedSet set, long start, long stop, boolean reverse) {
        List<Entry> entries = new ArrayList<>();
        set.range(
                start,
                stop,
                reverse,
                (array, offset, length, score) -> entries.add(Entry.of(array, offset, length, score)));
        return entries;
    }
}
