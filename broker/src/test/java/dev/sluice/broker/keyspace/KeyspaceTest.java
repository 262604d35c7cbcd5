package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.SeededRandomness;
import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.data.SubArenas;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyspaceTest {
    private static final Bytes KEY = Bytes.of("k");

    private final ExtentPool pool = ExtentPool.standalone(4 << 20);
    private final Keyspace keyspace =
            new Keyspace(16, 1, new SeededRandomness(1), () -> new Arena(pool), new SubArenas(pool), new Losses());

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void databasesKeepTheirIndex() {
        assertThat(keyspace.databases())
                .extracting(Database::index)
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }

    @Test
    void swapMovesKeysNotIndices() {
        keyspace.database(3).setString(KEY, KEY, Database.NO_EXPIRY);
        keyspace.swap(3, 15);
        assertThat(keyspace.database(15).exists(KEY)).isTrue();
        assertThat(keyspace.database(15).index()).isEqualTo(15);
        assertThat(keyspace.database(3).exists(KEY)).isFalse();
        assertThat(keyspace.database(3).index()).isEqualTo(3);
    }

    @Test
    void statisticsStartAgain() {
        keyspace.begin(5, true);
        assertThat(keyspace.now()).isEqualTo(5);
        keyspace.database(0).setString(KEY, KEY, 1);
        assertThat(keyspace.database(0).exists(KEY)).isFalse();
        assertThat(keyspace.misses()).isEqualTo(1);
        assertThat(keyspace.expired()).isEqualTo(1);
        keyspace.resetStatistics();
        assertThat(keyspace.hits() + keyspace.misses() + keyspace.expired()).isZero();
    }

    @Test
    void emptyDatabasesTakeNoMemory() {
        assertThat(pool.bytesReserved()).isZero();
        assertThat(keyspace.bytesUsed()).isLessThan(200);
    }

    @Test
    void aRefusalForMemoryChangesNothing() {
        Database database = keyspace.database(0);
        Bytes large = Bytes.of(new byte[1_000_000]);
        int stored = 0;
        try {
            while (stored < 100) {
                database.setString(Bytes.of(stored), large, 1_000);
                stored++;
            }
        } catch (CommandError full) {
            assertThat(stored).isPositive();
        }
        assertThat(stored).isBetween(1, 5);
        assertThat(database.size()).isEqualTo(stored);
        Bytes last = Bytes.of(stored - 1);
        assertThatThrownBy(() -> database.append(last, Bytes.of(new byte[5_000_000])))
                .isInstanceOf(CommandError.class);
        assertThatThrownBy(() -> database.setString(last, Bytes.of(new byte[5_000_000]), Database.NO_EXPIRY))
                .isInstanceOf(CommandError.class);
        assertThat(database.string(last).bytes()).isEqualTo(large);
        assertThat(database.expireAt(last)).isEqualTo(1_000);
        database.clear();
        while (pool.sweep(100)) {
            assertThat(database.size()).isZero();
        }
        database.setString(KEY, large, Database.NO_EXPIRY);
        assertThat(database.string(KEY).bytes()).isEqualTo(large);
    }
}
