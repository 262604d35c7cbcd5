package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.SeededRandomness;
import dev.sluice.broker.data.CheckingArena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FreshTest {
    private static final Bytes KEY = Bytes.of("k");

    private final ExtentPool pool = ExtentPool.standalone(64 << 20);
    private final List<CheckingArena> arenas = new ArrayList<>();
    private final Keyspace keyspace =
            new Keyspace(1, 1, new SeededRandomness(1), this::newArena, CheckingArena.subArenas(pool), new Losses());
    private final Database database = keyspace.database(0);

    private CheckingArena newArena() {
        CheckingArena arena = new CheckingArena(pool);
        arenas.add(arena);
        return arena;
    }

    @AfterEach
    void nothingLeaks() {
        database.delete(KEY);
        assertThat(arenas.getFirst().liveBlocks())
                .isEqualTo(database.entries().table().segments());
        pool.close();
    }

    private static void fill(Fresh<SetValue> fresh, int members) {
        for (int i = 0; i < members; i++) {
            fresh.value().add(Bytes.of("m" + i));
        }
    }

    @Test
    void whatIsNotStoredIsGivenBack() {
        for (int members : new int[] {0, 3, 5_000}) {
            try (Fresh<SetValue> fresh = database.freshSet(KEY)) {
                fill(fresh, members);
                assertThat(database.exists(KEY)).isFalse();
            }
            assertThat(database.size()).isZero();
        }
    }

    @Test
    void whatIsStoredReplacesWhateverWasThere() {
        for (int members : new int[] {3, 5_000, 2}) {
            try (Fresh<SetValue> fresh = database.freshSet(KEY)) {
                fill(fresh, members);
                fresh.store();
            }
            assertThat(Objects.requireNonNull(database.set(KEY)).size()).isEqualTo(members);
        }
        database.setString(KEY, Bytes.of("text"), 1_000);
        try (Fresh<SetValue> fresh = database.freshSet(KEY)) {
            fill(fresh, 7);
            fresh.store();
        }
        assertThat(database.type(KEY)).isEqualTo(Value.Type.SET);
        assertThat(database.expireAt(KEY)).isEqualTo(Database.NO_EXPIRY);
    }

    @Test
    void aRefilledKeyKeepsItsTimeToLive() {
        database.setOrNew(KEY).add(Bytes.of("old"));
        database.setExpireAt(KEY, 1_000);
        for (int members : new int[] {3, 5_000, 2}) {
            try (Fresh<SetValue> fresh = database.freshSet(KEY)) {
                fill(fresh, members);
                Objects.requireNonNull(database.set(KEY)).free();
                fresh.refill();
            }
            assertThat(Objects.requireNonNull(database.set(KEY)).size()).isEqualTo(members);
            assertThat(database.expireAt(KEY)).isEqualTo(1_000);
        }
    }

    @Test
    void whereMemoryEndsNothingHasChanged() {
        database.setString(KEY, Bytes.of("text"), Database.NO_EXPIRY);
        assertThatThrownBy(() -> {
                    try (Fresh<SetValue> fresh = database.freshSet(KEY)) {
                        fill(fresh, Integer.MAX_VALUE);
                        fresh.store();
                    }
                })
                .isInstanceOf(CommandError.class)
                .hasMessageStartingWith("OOM");
        assertThat(database.type(KEY)).isEqualTo(Value.Type.STRING);
    }
}
