package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.data.SortedSetModel.Entry;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SortedSetTest {
    private final RefusingArena arena = new RefusingArena();
    private final Root root = arena.newRoot();
    private final long atStart = arena.bytesUsed();
    private final SortedSet set = new SortedSet(root);

    @AfterEach
    void memoryComesBack() {
        set.free();
        assertThat(set.size()).isZero();
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
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
        assertThat(set.bytes()).isZero();
    }

    @Test
    void orderIsByScoreThenBytes() {
        Bytes high = Bytes.of(new byte[] {(byte) 0xff});
        set.put(text("b"), 1);
        set.put(text("a"), 2);
        set.put(high, 1);
        set.put(text(""), 1);
        assertThat(set.put(text("c"), Double.NEGATIVE_INFINITY)).isTrue();
        assertThat(set.put(text("d"), Double.POSITIVE_INFINITY)).isTrue();
        assertThat(set.put(text("d"), Double.POSITIVE_INFINITY)).isFalse();
        assertThat(content())
                .extracting(Entry::member)
                .containsExactly(text("c"), text(""), text("b"), high, text("a"), text("d"));
        assertThat(set.rank(text("b"))).isEqualTo(2);
        assertThat(set.score(text(""))).isEqualTo(1);
    }

    @Test
    void zerosAreTheSameScore() {
        for (int others : new int[] {0, 1_000}) {
            fill(others);
            set.put(text("b"), -0.0);
            set.put(text("a"), 0.0);
            assertThat(content()).extracting(Entry::member).startsWith(text("a"), text("b"));
            set.put(text("b"), 0.0);
            double kept = others == 0 ? 0.0 : -0.0;
            assertThat(Double.doubleToRawLongBits(set.score(text("b")))).isEqualTo(Double.doubleToRawLongBits(kept));
            assertThat(set.countBelow(0.0, false)).isZero();
            assertThat(set.countBelow(-0.0, true)).isEqualTo(others == 0 ? 2 : 3);
        }
    }

    @Test
    void aSetInTheMakingKeepsTheSignsOfZeros() {
        for (int others : new int[] {0, 1_000}) {
            fill(others);
            set.keepZeroSigns();
            set.put(text("a"), 0.0);
            set.put(text("a"), -0.0);
            assertThat(1 / set.score(text("a"))).isEqualTo(Double.NEGATIVE_INFINITY);
            set.dropZeroSigns();
            double kept = others == 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
            assertThat(1 / set.score(text("a"))).isEqualTo(kept);
        }
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
    }

    @Test
    void thresholdsAreHandedIn() {
        SortedSet other = new SortedSet(root, new ListpackSettings(2, 20_000, ListpackSettings.hash(0, 0)));
        other.put(text("a".repeat(20_000)), 1);
        other.put(text("b"), 1);
        assertThat(other.encoding()).isEqualTo("listpack");
        assertThat(other.score(text("a".repeat(20_000)))).isEqualTo(1);
        other.put(text("c"), 1);
        assertThat(other.encoding()).isEqualTo("skiplist");
        assertThat(other.rank(text("c"))).isEqualTo(2);
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
        for (int size : new int[] {100, 5_000}) {
            fill(size);
            arena.allocationsLeft = 0;
            for (int i = 0; i < size; i++) {
                assertThat(set.put(text("m" + i), i + 0.5)).isFalse();
                assertThat(set.rank(text("m" + i))).isEqualTo(i);
            }
            arena.allocationsLeft = Integer.MAX_VALUE;
        }
    }

    @Test
    void rangesStopWhenTheVisitorSaysSo() {
        for (int size : new int[] {100, 5_000}) {
            fill(size);
            for (boolean reverse : new boolean[] {false, true}) {
                List<Entry> seen = new ArrayList<>();
                set.range(10, size - 1, reverse, (array, offset, length, score) -> {
                    seen.add(Entry.of(array, offset, length, score));
                    return seen.size() < 50;
                });
                assertThat(seen).hasSize(50);
                assertThat(seen.getFirst().score()).isEqualTo(reverse ? size - 11 : 10);
            }
        }
    }

    @Test
    void lexicalBoundsAreCounted() {
        for (int size : new int[] {100, 3_000}) {
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

    @Test
    void aScanOfAnUnchangedSetShowsEachMemberOnce() {
        for (int size : new int[] {0, 1, 128, 129, 4_000}) {
            fill(size);
            List<Bytes> seen = new ArrayList<>();
            long cursor = 0;
            do {
                cursor = set.scan(
                        cursor,
                        100,
                        (array, offset, length, score) ->
                                seen.add(Entry.of(array, offset, length, score).member()));
            } while (cursor != 0);
            assertThat(seen).hasSize(size).doesNotHaveDuplicates();
        }
    }

    @Test
    void bytesAreThoseOfTheArena() {
        for (int size : new int[] {1, 100, 5_000}) {
            fill(size);
            assertThat(set.bytes()).isEqualTo(arena.bytesUsed() - atStart);
        }
        set.put(text("long".repeat(50_000)), 1);
        assertThat(set.bytes()).isEqualTo(arena.bytesUsed() - atStart);
    }

    @Test
    void membersOfAnyLengthMeetTheModel() {
        for (int round = 0; round < 8 * Seed.SCALE; round++) {
            long seed = Seed.SEED + round;
            new SortedSetModel(set, seed).run(3_000);
            assertThat(set.bytes()).as("seed %d", seed).isEqualTo(arena.bytesUsed() - atStart);
            set.free();
        }
    }

    @Test
    void refusedMemoryChangesNothing() {
        for (int round = 0; round < Seed.SCALE; round++) {
            long seed = Seed.SEED + round;
            assertThat(putAndBeRefused(seed)).as("seed %d", seed).isGreaterThan(20);
            assertThat(set.encoding()).isEqualTo("skiplist");
            set.free();
        }
    }

    private int putAndBeRefused(long seed) {
        Random random = new Random(seed);
        SortedSetModel model = new SortedSetModel(set, seed);
        int refused = 0;
        for (int step = 0; step < 5_000; step++) {
            Bytes member = model.randomMember();
            double score = random.nextInt(1_000);
            // Most changes take no memory at all; those that do need up to five blocks, and a conversion some more.
            arena.allocationsLeft = random.nextInt(3) == 0 ? 100 : random.nextInt(5);
            try {
                set.put(member, score);
                model.scores.put(member, score);
            } catch (CommandError outOfMemory) {
                refused++;
                assertThat(set.bytes()).as("seed %d", seed).isEqualTo(arena.bytesUsed() - atStart);
                if (refused % 16 == 0) {
                    model.check();
                }
            }
            arena.allocationsLeft = 0;
            if (step % 5 == 0) {
                model.remove(model.randomMember());
            }
        }
        arena.allocationsLeft = Integer.MAX_VALUE;
        model.check();
        return refused;
    }

    @Test
    void aFullArenaRefusesTheFirstMember() {
        arena.allocationsLeft = 0;
        assertThatThrownBy(() -> set.put(text("a"), 1)).isInstanceOf(CommandError.class);
        assertThat(set.size()).isZero();
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
    }

    private void fill(int size) {
        set.free();
        for (int i = 0; i < size; i++) {
            set.put(text("m" + i), i);
        }
    }

    private List<Entry> content() {
        return SortedSetModel.ranged(set, 0, set.size() - 1, false);
    }

    private static Bytes text(String text) {
        return Bytes.of(text);
    }

    @Test
    void aCopyKeepsItsFormWhateverTheLimitsAreNow() {
        RefusingArena other = new RefusingArena();
        SortedSet set = new SortedSet(root);
        set.put(Bytes.of("long member"), 1);
        set.put(Bytes.of("b"), 2);
        SortedSet copy = new SortedSet(other.newRoot(), new ListpackSettings(1, 1, ListpackSettings.hash(0, 0)));
        set.copyTo(copy);
        assertThat(copy.encoding()).isEqualTo("listpack");
        assertThat(copy.score(Bytes.of("b"))).isEqualTo(2);
        assertThat(copy.rank(Bytes.of("long member"))).isZero();
        copy.free();
        set.free();
        other.close();
    }
}
