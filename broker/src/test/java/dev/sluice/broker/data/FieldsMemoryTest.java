package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hashes with arenas of their own, and in arenas that are packed. */
class FieldsMemoryTest {
    private static final ListpackSettings SETTINGS = new ListpackSettings(512, 64, ListpackSettings.hash(0, 0));

    private ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private CheckingArena home = new CheckingArena(pool);
    private SubArenas.@Nullable Owner owner = CheckingArena.subArenas(pool).owner();
    private Root root = newRoot();
    private HashValue hash = new HashValue(root, SETTINGS);
    private final Map<Bytes, Bytes> model = new HashMap<>();

    private Root newRoot() {
        int block = home.allocate(Root.BYTES);
        home.fill(block, 0, Root.BYTES, 0);
        return new Root(home, block, 0, owner);
    }

    @Test
    void aLargeHashOwnsAnArena() {
        long atStart = home.bytesUsed();
        for (int round = 0; round < 2; round++) {
            fill(Fields.OWN_ARENA_FIELDS);
            assertThat(root.subArena()).isZero();
            put("one more", "1");
            assertThat(root.subArena()).isNotZero();
            assertThat(home.bytesUsed()).isEqualTo(atStart);
            assertThat(hash.bytes()).isEqualTo(root.arena().bytesUsed());
            check();
            hash.free();
            model.clear();
            assertThat(root.subArena()).isZero();
            assertThat(home.bytesUsed()).isEqualTo(atStart);
        }
    }

    @Test
    void longValuesAreNotMoved() {
        String value = "v".repeat(10_000);
        for (int i = 0; i < 5 * Fields.OWN_ARENA_FIELDS; i++) {
            put("f" + i, value);
        }
        assertThat(root.subArena()).isZero();
        check();
    }

    @Test
    void aFullPoolLeavesTheHashAsItWas() {
        for (int limit = 2; limit < 12; limit++) {
            pool = ExtentPool.standalone(limit * (64L << 10));
            home = new CheckingArena(pool);
            owner = CheckingArena.subArenas(pool).owner();
            hash = new HashValue(newRoot(), SETTINGS);
            model.clear();
            putUntilRefused();
            check();
        }
    }

    private void putUntilRefused() {
        try {
            for (int i = 0; i < 50_000; i++) {
                put("field " + i * 7919 % 50_000, "value " + i);
            }
            throw new AssertionError("the pool should be full");
        } catch (CommandError full) {
            assertThat(full).hasMessageStartingWith("OOM");
        }
    }

    @Test
    void blocksMoveTogetherInTheArenaOfTheKey() {
        owner = null;
        root = newRoot();
        hash = new HashValue(root, SETTINGS);
        pack(home);
    }

    @Test
    void blocksMoveTogetherInAnArenaOfTheHash() {
        fill(Fields.OWN_ARENA_FIELDS + 1);
        pack(root.arena());
    }

    private void pack(Arena arena) {
        fill(60_000);
        put("long", "v".repeat(200_000));
        Random random = new Random(Seed.SEED);
        for (int i = 0; i < 60_000; i++) {
            if (random.nextInt(10) != 0) {
                hash.remove(Bytes.of("f" + i));
                model.remove(Bytes.of("f" + i));
            }
        }
        long idle = arena.bytesReserved() - arena.bytesUsed();
        for (int walk = 0; walk < 8; walk++) {
            home.compact();
            for (long cursor = 0; (cursor = hash.pack(cursor, 7)) != 0; ) {
                assertThat(cursor).isPositive();
            }
        }
        check();
        assertThat(arena.bytesReserved() - arena.bytesUsed()).as(Seed.text()).isLessThan(idle / 2);
    }

    private void fill(int size) {
        for (int i = 0; i < size; i++) {
            put("f" + i, "v" + i);
        }
    }

    private void put(String field, String value) {
        hash.put(Bytes.of(field), Bytes.of(value));
        model.put(Bytes.of(field), Bytes.of(value));
    }

    private void check() {
        Map<Bytes, Bytes> content = new HashMap<>();
        hash.forEach((array, field, fieldLength, value, valueLength) -> {
            content.put(
                    Bytes.view(array, field, fieldLength).detached(),
                    Bytes.view(array, value, valueLength).detached());
            return true;
        });
        assertThat(content).as(Seed.text()).isEqualTo(model);
        assertThat(hash.size()).as(Seed.text()).isEqualTo(model.size());
    }
}
