package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Seeds;
import dev.sluice.broker.data.CheckingArena;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TableTest {
    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final CheckingArena arena = new CheckingArena();
    private final Table table = new Table(arena);
    private final Map<Bytes, Element> model = new HashMap<>();
    private final List<Bytes> keys = new ArrayList<>();

    private record Element(long hash, int entry, boolean expires) {}

    @AfterEach
    void close() {
        arena.detach();
    }

    @Test
    void anEmptyTableHasNoSegment() {
        assertThat(table.segments()).isZero();
        assertThat(table.find(random.nextLong(), new byte[1], 0, 1)).isZero();
        assertThat(table.gather(0, 10, false)).isZero();
        assertThat(table.next()).isEqualTo(Table.END);
    }

    @Test
    void growsSegmentBySegmentAndShrinksBack() {
        grow(40_000, random::nextLong);
        assertThat(table.segments()).isGreaterThan(30);
        assertThat((double) table.size() / table.slots()).isBetween(0.4, 0.85);
        assertHolds();
        removeAllBut(100);
        shrinkEverything();
        assertHolds();
        assertThat(table.segments()).isEqualTo(1);
        assertThat(table.bytesUsed()).isLessThan(10_000);
        removeAllBut(0);
        shrinkEverything();
        assertThat(table.bytesUsed()).isLessThan(100);
        assertThat(arena.bytesUsed()).isLessThan(100);
    }

    @Test
    void segmentsWrapAtTheirEnd() {
        grow(5_000, () -> random.nextInt(3) == 0 ? random.nextLong() : ~(random.nextLong() >>> 14));
        assertHolds();
        removeAllBut(2_500);
        assertHolds();
        shrinkEverything();
        assertHolds();
    }

    @Test
    void smallSegmentsWrapToo() {
        for (int i = 0; i < 2000; i++) {
            grow(random.nextInt(1, 6), () -> random.nextLong() | 0xff00000000000000L);
            assertHolds();
            removeAllBut(random.nextInt(3));
            assertHolds();
        }
    }

    @Test
    void equalHashesAllFindRoom() {
        grow(1_400, () -> 0x123456789abcdef0L);
        grow(1_000, random::nextLong);
        assertHolds();
        assertThat(table.gather(0x12345678L, 1, false)).isEqualTo(1_400);
        removeAllBut(10);
        shrinkEverything();
        assertHolds();
    }

    @Test
    void behavesAsAMap() {
        for (int i = 0; i < 20 * Seeds.scale(); i++) {
            grow(random.nextInt(2000), random.nextBoolean() ? random::nextLong : () -> random.nextLong() >>> 3);
            removeAllBut(random.nextInt(model.size() + 1));
            for (int j = 0; j < 50; j++) {
                table.tidy(random.nextLong() >>> 32);
            }
            changeSome();
            assertHolds();
        }
    }

    @Test
    void aSplitOrMergeLosesNoPosition() {
        grow(3_000, random::nextLong);
        long position = 0;
        List<Integer> seen = new ArrayList<>();
        List<Bytes> stay = List.copyOf(model.keySet());
        while (position < Table.END) {
            int found = table.gather(position, random.nextInt(1, 100), false);
            position = table.next();
            for (int i = 0; i < found; i++) {
                seen.add(table.gathered(i));
            }
            if (random.nextBoolean()) {
                grow(200, random::nextLong);
            } else {
                keys.removeAll(Set.copyOf(stay));
                removeAllBut(0);
                stay.forEach(keys::add);
                shrinkEverything();
            }
        }
        seen.retainAll(
                Set.copyOf(stay.stream().map(key -> model.get(key).entry()).toList()));
        assertThat(seen).as("seed %d", seed).hasSize(stay.size()); // each once: none left out, none twice
        assertThat(Set.copyOf(seen)).hasSize(stay.size());
    }

    @Test
    void drawsEverySlotAlike() {
        grow(1_000, () -> random.nextLong() >>> random.nextInt(12)); // so that segments are of several depths
        grow(1_000, random::nextLong);
        Map<Integer, Integer> drawn = new HashMap<>();
        for (int i = 0; i < 1_000_000; i++) {
            drawn.merge(table.at(random.nextInt(), random.nextInt()), 1, Integer::sum);
        }
        drawn.remove(0);
        double expected =
                drawn.values().stream().mapToInt(Integer::intValue).average().orElseThrow();
        assertThat(drawn).hasSize(2_000);
        assertThat(drawn.values())
                .as("seed %d", seed)
                .allMatch(times -> Math.abs(times - expected) < 7 * Math.sqrt(expected));
    }

    private interface Hashes {
        long next();
    }

    private void grow(int count, Hashes hashes) {
        for (int i = 0; i < count; i++) {
            Bytes key = Bytes.of(random.nextLong());
            Element element = new Element(
                    hashes.next(), Entry.string(arena, key, Bytes.EMPTY, Entry.NO_EXPIRY, 0), random.nextBoolean());
            table.reserve(element.hash());
            table.add(element.hash(), element.entry(), element.expires());
            model.put(key, element);
            keys.add(key);
        }
    }

    private void removeAllBut(int count) {
        while (keys.size() > count) {
            int last = keys.size() - 1;
            int index = random.nextInt(keys.size());
            Bytes key = keys.set(index, keys.get(last));
            keys.remove(last);
            Element element = model.remove(key);
            table.remove(element.hash(), element.entry());
            arena.free(element.entry());
        }
    }

    private void changeSome() {
        for (int i = 0; i < keys.size() / 10; i++) {
            Bytes key = keys.get(random.nextInt(keys.size()));
            Element old = model.get(key);
            int entry = Entry.string(arena, key, Bytes.of("other"), Entry.NO_EXPIRY, 0);
            Element changed = new Element(old.hash(), entry, random.nextBoolean());
            table.replace(old.hash(), old.entry(), entry, changed.expires());
            arena.free(old.entry());
            model.put(key, changed);
        }
    }

    private void shrinkEverything() {
        long before;
        do {
            before = table.bytesUsed();
            for (long position = 0; position < Table.END; ) {
                table.gather(position, 1500, false);
                long next = table.next();
                table.tidy(position);
                position = next;
            }
        } while (table.bytesUsed() < before);
    }

    private void assertHolds() {
        assertThat(table.size()).as("seed %d", seed).isEqualTo(model.size());
        assertThat(table.expiring())
                .isEqualTo(model.values().stream().filter(Element::expires).count());
        model.forEach((key, element) -> {
            byte[] array = key.toArray();
            if (table.find(element.hash(), array, 0, array.length) != element.entry()) {
                throw new AssertionError("lost " + key + ", seed " + seed);
            }
            if (table.find(~element.hash(), array, 0, array.length) != 0) {
                throw new AssertionError("found under a wrong hash, seed " + seed);
            }
        });
        assertWalks(false, model.size());
        assertWalks(true, (int) table.expiring());
    }

    private void assertWalks(boolean expiringOnly, int count) {
        Map<Integer, Element> byEntry = new HashMap<>();
        model.values().forEach(element -> byEntry.put(element.entry(), element));
        int walked = 0;
        long last = -1;
        for (long position = 0; position < Table.END; ) {
            int found = table.gather(position, 50, expiringOnly);
            assertThat(table.next()).isGreaterThan(position);
            for (int i = 0; i < found; i++) {
                Element element = byEntry.get(table.gathered(i));
                long at = element.hash() >>> 33 << 1;
                assertThat(at >= last && at >= position && at < table.next())
                        .as("in order, seed %d", seed)
                        .isTrue();
                assertThat(!expiringOnly || element.expires()).isTrue();
                last = at;
                walked++;
            }
            position = table.next();
        }
        assertThat(walked).as("seed %d", seed).isEqualTo(count);
    }
}
