package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.SeededRandomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SetValueTest {
    private static final ListpackSettings SETTINGS = new ListpackSettings(128, 64, ListpackSettings.hash(0, 0));

    private final RefusingArena arena = new RefusingArena();
    private final Root root = arena.newRoot();
    private final long atStart = arena.bytesUsed();
    private final SetValue set = new SetValue(root, SETTINGS, 512);

    @AfterEach
    void memoryComesBack() {
        arena.allocationsLeft = Integer.MAX_VALUE;
        set.free();
        assertThat(set.size()).isZero();
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
        arena.close();
    }

    @Test
    void newSetIsEmpty() {
        assertThat(set.size()).isZero();
        assertThat(set.has(text("a"))).isFalse();
        assertThat(set.has(text("1"))).isFalse();
        assertThat(set.remove(text("a"))).isFalse();
        assertThat(set.type()).isEqualTo(Value.Type.SET);
        assertThat(set.bytes()).isZero();
        assertThat(content()).isEmpty();
    }

    @Test
    void integersAreKeptInOrderAtAnyWidth() {
        String[] members = {
            "5",
            "-32768",
            "32767",
            "32768",
            "-2147483648",
            "2147483648",
            "9223372036854775807",
            "-9223372036854775808",
            "0"
        };
        for (String member : members) {
            assertThat(set.add(text(member))).isTrue();
            assertThat(set.add(text(member))).isFalse();
        }
        assertThat(set.encoding()).isEqualTo("intset");
        assertThat(content())
                .containsExactly(
                        text("-9223372036854775808"),
                        text("-2147483648"),
                        text("-32768"),
                        text("0"),
                        text("5"),
                        text("32767"),
                        text("32768"),
                        text("2147483648"),
                        text("9223372036854775807"));
        assertThat(set.remove(text("5"))).isTrue();
        assertThat(set.remove(text("5"))).isFalse();
        assertThat(set.remove(text("+0"))).isFalse();
        assertThat(set.has(text("00"))).isFalse();
        assertThat(set.has(text("32768"))).isTrue();
    }

    @Test
    void whatIsNoIntegerEndsTheIntset() {
        for (String member : new String[] {"x", "01", "", "9223372036854775808", "-0"}) {
            set.free();
            set.add(text("1"));
            set.add(text("-300"));
            assertThat(set.encoding()).isEqualTo("intset");
            set.add(text(member));
            assertThat(set.encoding()).isEqualTo("hashtable");
            assertThat(content()).containsExactlyInAnyOrder(text("1"), text("-300"), text(member));
        }
    }

    @Test
    void the513thIntegerEndsTheIntset() {
        for (int i = 0; i < 512; i++) {
            set.add(Bytes.of(i));
        }
        set.add(Bytes.of(3));
        assertThat(set.encoding()).isEqualTo("intset");
        set.add(Bytes.of(512));
        assertThat(set.encoding()).isEqualTo("hashtable");
        assertThat(content()).hasSize(513);
        set.free();
        SetValue none = new SetValue(root, SETTINGS, 0);
        none.add(Bytes.of(1));
        assertThat(none.encoding()).isEqualTo("hashtable");
    }

    @Test
    void aSetThatIsEmptyAgainBeginsAnew() {
        set.add(text("x"));
        set.remove(text("x"));
        set.add(text("1"));
        assertThat(set.encoding()).isEqualTo("intset");
        set.remove(text("1"));
        set.add(text("x"));
        assertThat(set.encoding()).isEqualTo("hashtable");
    }

    @Test
    void randomMembersAreAllOfThem() {
        for (String prefix : new String[] {"", "m"}) {
            for (int size : new int[] {10, 100, 600}) {
                set.free();
                Map<Bytes, Integer> counts = new HashMap<>();
                SeededRandomness randomness = new SeededRandomness(Seed.SEED);
                for (int i = 0; i < size; i++) {
                    set.add(text(prefix + i));
                }
                for (int i = 0; i < size * 50; i++) {
                    set.random(randomness, (array, member, length, value, valueLength) -> {
                        counts.merge(Bytes.view(array, member, length).detached(), 1, Integer::sum);
                        return true;
                    });
                }
                assertThat(counts).as(Seed.text()).hasSize(size);
                assertThat(counts.values()).as(Seed.text()).allMatch(count -> count > 5 && count < 250);
            }
        }
    }

    @Test
    void samplesAreOfDifferentMembers() {
        SeededRandomness randomness = new SeededRandomness(Seed.SEED);
        for (String prefix : new String[] {"", "m"}) {
            for (int size : new int[] {2, 10, 100, 600, 5_000}) {
                set.free();
                for (int i = 0; i < size; i++) {
                    set.add(text(prefix + i));
                }
                Set<Bytes> all = new HashSet<>(content());
                for (int count : new int[] {1, size / 5, size / 3, size / 2, size - 1}) {
                    List<Bytes> sample = new ArrayList<>();
                    set.sample(randomness, count, (array, member, length, value, valueLength) -> {
                        sample.add(Bytes.view(array, member, length).detached());
                        return true;
                    });
                    assertThat(sample).as(Seed.text()).hasSize(count).doesNotHaveDuplicates();
                    assertThat(all).as(Seed.text()).containsAll(sample);
                }
            }
        }
    }

    @Test
    void takesOneAfterTheOther() {
        SeededRandomness randomness = new SeededRandomness(Seed.SEED);
        for (String prefix : new String[] {"", "m", "x".repeat(20_000)}) {
            for (int size : new int[] {1, 10, 100, 600}) {
                set.free();
                for (int i = 0; i < size; i++) {
                    set.add(text(prefix + i));
                }
                Set<Bytes> left = new HashSet<>(content());
                for (int i = size; i > 0; i--) {
                    assertThat(left.remove(set.take(randomness)))
                            .as(Seed.text())
                            .isTrue();
                    assertThat(set.size()).isEqualTo(i - 1);
                    if (i % 50 == 0) {
                        assertThat(content()).as(Seed.text()).containsExactlyInAnyOrderElementsOf(left);
                    }
                }
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void whatRunsOutOfMemoryHasChangedNothing() {
        for (int size : new int[] {0, 5, 127, 128, 512, 1024}) {
            for (String next : new String[] {"100000", "x", "x".repeat(100), "x".repeat(50_000)}) {
                for (int left = 0; left < 4; left++) {
                    set.free();
                    for (int i = 0; i < size; i++) {
                        set.add(Bytes.of(i));
                    }
                    Set<Bytes> before = new HashSet<>(content());
                    arena.allocationsLeft = left;
                    try {
                        set.add(text(next));
                        before.add(text(next));
                    } catch (CommandError full) {
                        assertThat(full).hasMessageStartingWith("OOM");
                    }
                    arena.allocationsLeft = Integer.MAX_VALUE;
                    assertThat(content()).containsExactlyInAnyOrderElementsOf(before);
                }
            }
        }
    }

    @Test
    void randomOperationsAsOnASet() {
        Random random = new Random(Seed.SEED);
        RefusingArena other = new RefusingArena();
        for (int round = 0; round < 30 * Seed.SCALE; round++) {
            set.free();
            Set<Bytes> model = new HashSet<>();
            int top = 1 << 4 + random.nextInt(8);
            int words = random.nextBoolean() ? 0 : 1 + random.nextInt(top);
            long spread = 1L << random.nextInt(50);
            for (int step = 0; step < 3_000; step++) {
                int number = random.nextInt(top);
                Bytes member = number < words ? text("m" + number) : Bytes.of((number - top / 2) * spread);
                if (random.nextInt(100) < (step / 1_000 % 2 == 0 ? 70 : 30)) {
                    assertThat(set.add(member)).as(Seed.text()).isEqualTo(model.add(member));
                } else {
                    assertThat(set.remove(member)).as(Seed.text()).isEqualTo(model.remove(member));
                }
                assertThat(set.has(member)).as(Seed.text()).isEqualTo(model.contains(member));
                assertThat(set.size()).as(Seed.text()).isEqualTo(model.size());
            }
            arena.compact();
            for (long cursor = set.pack(0, 4); cursor != 0; ) {
                cursor = set.pack(cursor, 4);
            }
            assertThat(content()).as(Seed.text()).containsExactlyInAnyOrderElementsOf(model);
            assertThat(scanned()).as(Seed.text()).isEqualTo(model);
            assertThat(set.bytes()).as(Seed.text()).isEqualTo(arena.bytesUsed() - atStart);
            SetValue copy = new SetValue(other.newRoot(), SETTINGS, 512);
            set.copyTo(copy);
            assertThat(copy.encoding()).as(Seed.text()).isEqualTo(set.encoding());
            assertThat(content(copy)).as(Seed.text()).containsExactlyInAnyOrderElementsOf(model);
            copy.free();
        }
        other.close();
    }

    @Test
    void aCopyKeepsItsFormWhateverTheLimitsAreNow() {
        RefusingArena other = new RefusingArena();
        for (String member : new String[] {"70000", "word"}) {
            set.add(Bytes.of("1"));
            set.add(text(member));
            SetValue copy = new SetValue(other.newRoot(), new ListpackSettings(1, 1, SETTINGS.hash()), 1);
            set.copyTo(copy);
            assertThat(copy.encoding()).isEqualTo(set.encoding());
            assertThat(content(copy)).containsExactlyInAnyOrderElementsOf(content());
            copy.free();
        }
        other.close();
    }

    private Set<Bytes> scanned() {
        Set<Bytes> seen = new HashSet<>();
        long cursor = 0;
        do {
            cursor = set.scan(cursor, 10, (array, member, length, value, valueLength) -> {
                seen.add(Bytes.view(array, member, length).detached());
                return true;
            });
        } while (cursor != 0);
        return seen;
    }

    private List<Bytes> content() {
        return content(set);
    }

    private static List<Bytes> content(SetValue set) {
        List<Bytes> content = new ArrayList<>();
        set.forEach((array, member, length, value, valueLength) -> {
            content.add(Bytes.view(array, member, length).detached());
            return true;
        });
        return content;
    }

    private static Bytes text(String text) {
        return Bytes.of(text);
    }
}
