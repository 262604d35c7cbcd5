package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.SeededRandomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HashValueTest {
    private static final ListpackSettings SETTINGS = new ListpackSettings(512, 64, ListpackSettings.hash(0, 0));

    private final RefusingArena arena = new RefusingArena();
    private final Root root = arena.newRoot();
    private final long atStart = arena.bytesUsed();
    private final HashValue hash = new HashValue(root, SETTINGS);

    @AfterEach
    void memoryComesBack() {
        arena.allocationsLeft = Integer.MAX_VALUE;
        hash.free();
        assertThat(hash.size()).isZero();
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
        arena.close();
    }

    @Test
    void newHashIsEmpty() {
        assertThat(hash.size()).isZero();
        assertThat(hash.get(text("a"))).isNull();
        assertThat(hash.has(text("a"))).isFalse();
        assertThat(hash.valueLength(text("a"))).isEqualTo(-1);
        assertThat(hash.remove(text("a"))).isFalse();
        assertThat(hash.encoding()).isEqualTo("listpack");
        assertThat(hash.type()).isEqualTo(Value.Type.HASH);
        assertThat(hash.bytes()).isZero();
        assertThat(content()).isEmpty();
    }

    @Test
    void aSmallHashKeepsTheOrderInWhichFieldsCame() {
        hash.put(text("b"), text("1"));
        hash.put(text("a"), text(""));
        hash.put(text(""), text("3"));
        assertThat(hash.put(text("b"), text("a longer value"))).isFalse();
        assertThat(content().keySet()).containsExactly(text("b"), text("a"), text(""));
        assertThat(hash.get(text("b"))).isEqualTo(text("a longer value"));
        assertThat(hash.get(text(""))).isEqualTo(text("3"));
        assertThat(hash.valueLength(text("a"))).isZero();
    }

    @Test
    void anEntryChangesInPlaceWhateverTheLengths() {
        HashValue wide = new HashValue(root, new ListpackSettings(512, 1000, SETTINGS.hash()));
        int[] lengths = {0, 1, 127, 128, 300, 128, 127, 0, 300, 0};
        for (int length : lengths) {
            wide.put(text("first"), text("1"));
            wide.put(text("f".repeat(130)), text("v".repeat(length)));
            wide.put(text("last"), text("2"));
            assertThat(wide.get(text("f".repeat(130)))).isEqualTo(text("v".repeat(length)));
            assertThat(wide.get(text("first"))).isEqualTo(text("1"));
            assertThat(wide.get(text("last"))).isEqualTo(text("2"));
        }
        assertThat(wide.encoding()).isEqualTo("listpack");
    }

    @Test
    void the513thFieldEndsThePackedForm() {
        fill(512);
        assertThat(hash.encoding()).isEqualTo("listpack");
        hash.put(text("f5"), text("other"));
        assertThat(hash.encoding()).isEqualTo("listpack");
        hash.put(text("one more"), text("1"));
        assertThat(hash.encoding()).isEqualTo("hashtable");
        assertThat(hash.size()).isEqualTo(513);
        assertThat(hash.get(text("f5"))).isEqualTo(text("other"));
        for (int i = 0; i < 512; i++) {
            assertThat(hash.remove(text("f" + i))).isTrue();
        }
        assertThat(hash.encoding()).isEqualTo("hashtable");
        assertThat(content()).containsOnlyKeys(text("one more"));
        hash.remove(text("one more"));
        assertThat(hash.encoding()).isEqualTo("listpack");
    }

    @Test
    void aFieldOrValueOf65BytesEndsThePackedForm() {
        hash.put(text("a".repeat(64)), text("b".repeat(64)));
        assertThat(hash.encoding()).isEqualTo("listpack");
        hash.put(text("a".repeat(64)), text("b".repeat(65)));
        assertThat(hash.encoding()).isEqualTo("hashtable");
        assertThat(hash.get(text("a".repeat(64)))).isEqualTo(text("b".repeat(65)));
        hash.free();
        hash.put(text("a".repeat(65)), text(""));
        assertThat(hash.encoding()).isEqualTo("hashtable");
    }

    @Test
    void longFieldsAndValuesAreKept() {
        int[] lengths = {0, 1, 127, 128, FieldTable.INLINE_MAX - 1, FieldTable.INLINE_MAX, 100_000};
        for (int field : lengths) {
            for (int value : lengths) {
                Bytes name = text("f".repeat(field));
                hash.put(name, text("v".repeat(value)));
                assertThat(hash.get(name)).isEqualTo(text("v".repeat(value)));
                assertThat(hash.valueLength(name)).isEqualTo(value);
            }
        }
        assertThat(hash.size()).isEqualTo(lengths.length);
        assertThat(content().get(text("f".repeat(100_000)))).isEqualTo(text("v".repeat(100_000)));
    }

    @Test
    void scanShowsWhatIsThereAllTheTime() {
        fill(3_000);
        Set<Bytes> seen = new HashSet<>();
        long cursor = 0;
        int step = 0;
        do {
            cursor = hash.scan(cursor, 10, (array, field, fieldLength, value, valueLength) -> {
                seen.add(Bytes.view(array, field, fieldLength).detached());
                return true;
            });
            hash.remove(text("f" + step));
            hash.put(text("new" + step), text("1"));
            step++;
        } while (cursor != 0);
        assertThat(step).isBetween(200, 600);
        for (int i = step; i < 3_000; i++) {
            assertThat(seen).contains(text("f" + i));
        }
    }

    @Test
    void randomFieldsAreAllOfThem() {
        for (int size : new int[] {10, 2_000}) {
            fill(size);
            Map<Bytes, Integer> counts = new HashMap<>();
            SeededRandomness randomness = new SeededRandomness(Seed.SEED);
            for (int i = 0; i < size * 50; i++) {
                hash.random(randomness, (array, field, fieldLength, value, valueLength) -> {
                    counts.merge(Bytes.view(array, field, fieldLength).detached(), 1, Integer::sum);
                    return true;
                });
            }
            assertThat(counts).as(Seed.text()).hasSize(size);
            assertThat(counts.values()).as(Seed.text()).allMatch(count -> count > 5 && count < 250);
        }
    }

    @Test
    void whatRunsOutOfMemoryHasChangedNothing() {
        int[] sizes = {3, 511, 512, 1023, 1024, 3_000};
        for (int size : sizes) {
            hash.free();
            fill(size);
            Map<Bytes, Bytes> before = content();
            List<Bytes> names = List.of(text("new"), text("f1"), text("n".repeat(70)), text("f1"));
            List<Bytes> values = List.of(text("1"), text("v".repeat(300)), text("1"), text("v".repeat(50_000)));
            for (int i = 0; i < names.size(); i++) {
                Bytes name = names.get(i);
                Bytes value = values.get(i);
                for (int left = 0; left < 4; left++) {
                    arena.allocationsLeft = left;
                    try {
                        hash.put(name, value);
                        before.put(name, value);
                    } catch (CommandError full) {
                        assertThat(full).hasMessageStartingWith("OOM");
                    }
                    arena.allocationsLeft = Integer.MAX_VALUE;
                    assertThat(content()).containsExactlyInAnyOrderEntriesOf(before);
                }
            }
        }
    }

    @Test
    void aCopyIsTheSame() {
        RefusingArena other = new RefusingArena();
        for (int size : new int[] {3, 1_000}) {
            hash.free();
            fill(size);
            HashValue copy = new HashValue(other.newRoot(), SETTINGS);
            hash.copyTo(copy);
            assertThat(content(copy)).containsExactlyInAnyOrderEntriesOf(content());
            copy.free();
        }
        for (int i = 0; i < 999; i++) {
            hash.remove(text("f" + i));
        }
        HashValue copy = new HashValue(other.newRoot(), SETTINGS);
        hash.copyTo(copy);
        assertThat(copy.encoding()).isEqualTo("hashtable");
        copy.free();
        other.close();
    }

    @Test
    void aCopyKeepsItsFormWhateverTheLimitsAreNow() {
        fill(3);
        RefusingArena other = new RefusingArena();
        HashValue copy = new HashValue(other.newRoot(), new ListpackSettings(1, 1, SETTINGS.hash()));
        hash.copyTo(copy);
        assertThat(copy.encoding()).isEqualTo("listpack");
        assertThat(content(copy)).containsExactlyInAnyOrderEntriesOf(content());
        copy.free();
        other.close();
    }

    @Test
    void randomOperationsAsOnAMap() {
        Random random = new Random(Seed.SEED);
        Map<Bytes, Bytes> model = new LinkedHashMap<>();
        for (int round = 0; round < 4 * Seed.SCALE; round++) {
            int top = random.nextBoolean() ? 600 : 5_000;
            int longest = random.nextBoolean() ? 64 : 400;
            for (int step = 0; step < 20_000; step++) {
                Bytes name = text("f" + random.nextInt(top));
                if (random.nextInt(100) < (step / 5_000 % 2 == 0 ? 70 : 30)) {
                    Bytes value = text("v".repeat(random.nextInt(longest)) + step);
                    assertThat(hash.put(name, value)).as(Seed.text()).isEqualTo(model.put(name, value) == null);
                } else {
                    assertThat(hash.remove(name)).as(Seed.text()).isEqualTo(model.remove(name) != null);
                }
                assertThat(hash.get(name)).as(Seed.text()).isEqualTo(model.get(name));
                if (step % 2_000 == 0) {
                    assertThat(content()).as(Seed.text()).containsExactlyInAnyOrderEntriesOf(model);
                    pack();
                    assertThat(content()).as(Seed.text()).containsExactlyInAnyOrderEntriesOf(model);
                }
            }
            assertThat(hash.bytes()).as(Seed.text()).isEqualTo(arena.bytesUsed() - atStart);
        }
    }

    private void pack() {
        arena.compact();
        for (long cursor = hash.pack(0, 4); cursor != 0; ) {
            cursor = hash.pack(cursor, 4);
        }
    }

    private void fill(int size) {
        for (int i = 0; i < size; i++) {
            hash.put(text("f" + i), text("v" + i));
        }
    }

    private Map<Bytes, Bytes> content() {
        return content(hash);
    }

    private static Map<Bytes, Bytes> content(HashValue hash) {
        Map<Bytes, Bytes> content = new LinkedHashMap<>();
        hash.forEach((array, field, fieldLength, value, valueLength) -> {
            content.put(
                    Bytes.view(array, field, fieldLength).detached(),
                    Bytes.view(array, value, valueLength).detached());
            return true;
        });
        assertThat(content).hasSize((int) hash.size());
        return content;
    }

    private static Bytes text(String text) {
        return Bytes.of(text);
    }
}
