package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.SeededRandomness;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.data.CheckingArena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.seam.Time;
import dev.sluice.streams.message.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExpiryTest {
    private static final int STEP_NANOS = 6_000; // what 32 keys that are not in the cache take

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private final Map<Bytes, Long> model = new HashMap<>();
    private final Keyspace keyspace = new Keyspace(
            4,
            seed,
            new SeededRandomness(seed),
            () -> new CheckingArena(pool),
            CheckingArena.subArenas(pool),
            new Losses() {
                @Override
                public void expired(Database database, Bytes key) {
                    lost(database, key);
                }
            });
    private final Ticking time = new Ticking();
    private final Expiry expiry = new Expiry(keyspace, time);

    /** A clock that goes on by a step whenever it is read. */
    private static final class Ticking implements Time {
        private long nanos = Long.MAX_VALUE - 1_000_000; // overflows soon

        @Override
        public long epochMillis() {
            throw new IllegalStateException();
        }

        @Override
        public long nanos() {
            return nanos += STEP_NANOS;
        }
    }

    private void lost(Database database, Bytes key) {
        assertThat(database.size()).isPositive();
        assertThat(model.remove(key)).as("time of %s, seed %d", key, seed).isLessThan(keyspace.now());
    }

    private boolean bite(long nowMs) {
        return expiry.bite(nowMs, time.nanos + Expiry.BITE_NANOS);
    }

    @Test
    void oneBiteCleansSmallDatabases() {
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 50; j++) {
                set(keyspace.database(i), "k" + i + "." + j, j < 25 ? 10 : 20);
            }
        }
        assertThat(bite(10)).isFalse();
        assertThat(keyspace.expired()).isZero();
        assertThat(bite(11)).isFalse();
        assertThat(keyspace.expired()).isEqualTo(100);
        assertThat(keyspace.database(3).averageTtlMs()).isBetween(5L, 10L);
        bite(21);
        assertThat(keyspace.database(0).size()).isZero();
    }

    @Test
    void whatIsSwitchedOffIsTheRemovalOfKeysAlone() {
        Database database = keyspace.database(0);
        set(database, "k", 10);
        set(database, "l", 10_000);
        database.listOrNew(Bytes.of("l2")).pushRight(Bytes.of("x"));
        expiry.active(false);
        database.unlink(Bytes.of("l2"));
        bite(11);
        assertThat(keyspace.unlinkedPending()).isZero();
        assertThat(keyspace.unlinkedFreed()).isEqualTo(1);
        assertThat(database.size()).isEqualTo(2);
        assertThat(database.exists(Bytes.of("k"))).isFalse();
        assertThat(database.size()).isEqualTo(1);
        set(database, "k", 20);
        expiry.active(true);
        bite(21);
        assertThat(database.size()).isEqualTo(1);
    }

    @Test
    void pausedExpiryRemovesNothing() {
        set(keyspace.database(0), "k", 10);
        keyspace.pauseExpiry(true);
        bite(11);
        assertThat(keyspace.database(0).size()).isEqualTo(1);
        keyspace.pauseExpiry(false);
        bite(11);
        assertThat(keyspace.database(0).size()).isZero();
    }

    @Test
    void aBiteKeepsToItsTimeAndAsksForMore() {
        for (int i = 0; i < 20_000; i++) {
            set(keyspace.database(2), "k" + i, 10);
        }
        long before = time.nanos;
        assertThat(bite(11)).isTrue();
        assertThat(time.nanos - before).isLessThanOrEqualTo(Expiry.BITE_NANOS + STEP_NANOS);
        assertThat(keyspace.expired()).isBetween(500L, 2_000L);
        int bites = 1;
        while (bite(11)) {
            bites++;
        }
        assertThat(bites).isLessThan(50);
        assertThat(keyspace.database(2).size()).isZero();
    }

    /** 20 000 keys a second, each living for 0 to 10 seconds, and bites when they are due or wanted. */
    @Test
    void fewAreDeadUnderLoad() {
        Database database = keyspace.database(1);
        boolean behind = false;
        double worst = 0;
        for (long ms = 0; ms < 8_000; ms++) {
            keyspace.begin(ms, false);
            for (int i = 0; i < 20; i++) {
                set(database, "k" + random.nextInt(1_000_000), ms + random.nextInt(10_000));
            }
            if (behind || ms % 100 == 0) {
                behind = bite(ms);
            }
            if (ms > 1000 && ms % 100 == 99) {
                long now = ms;
                long dead = model.values().stream().filter(at -> at < now).count();
                worst = Math.max(worst, (double) dead / database.size());
            }
        }
        assertThat(database.size()).isEqualTo(model.size()).isGreaterThan(50_000);
        assertThat(worst).as("share of dead keys, seed %d", seed).isLessThan(0.1);
    }

    @Test
    void unlinkedValuesAreFreedInBites() {
        Database database = keyspace.database(0);
        for (int i = 0; i < 100; i++) {
            database.setString(Bytes.of(i), Bytes.of(new byte[100_000]), Database.NO_EXPIRY);
            database.unlink(Bytes.of(i));
        }
        assertThat(database.bytesUsed()).isGreaterThan(10_000_000);
        while (bite(1)) {
            assertThat(database.size()).isZero();
        }
        assertThat(database.bytesUsed()).isLessThan(200);
    }

    @Test
    void aVeryLongListIsFreedInBitsAndPieces() {
        Database database = keyspace.database(0);
        keyspace.collections().listLimit(1); // elements a node
        ListValue list = database.listOrNew(Bytes.of("l"));
        for (int i = 0; i < 200_000; i++) {
            list.pushRight(Bytes.of(i));
        }
        database.delete(Bytes.of("l"));
        int bites = 0;
        for (long before = database.bytesUsed(); bite(1); before = database.bytesUsed()) {
            assertThat(before - database.bytesUsed()).isPositive();
            bites++;
        }
        assertThat(bites).isBetween(10, 100);
        assertThat(keyspace.unlinkedFreed()).isEqualTo(1);
        assertThat(database.bytesUsed()).isLessThan(200);
    }

    @Test
    void sparseTablesShrink() {
        Database database = keyspace.database(0);
        for (int i = 0; i < 50_000; i++) {
            database.setString(Bytes.of(i), Bytes.EMPTY, Database.NO_EXPIRY);
        }
        for (int i = 100; i < 50_000; i++) {
            database.delete(Bytes.of(i));
        }
        assertThat(database.tableBytes()).isGreaterThan(400_000);
        for (int i = 0; i < 100; i++) {
            bite(1);
        }
        assertThat(database.tableBytes()).isLessThan(5_000);
        for (int i = 0; i < 100; i++) {
            assertThat(database.exists(Bytes.of(i))).isTrue();
        }
    }

    @Test
    void fragmentedArenasArePacked() {
        Database database = keyspace.database(0);
        for (int i = 0; i < 100_000; i++) {
            database.setString(Bytes.of(i), Bytes.of(new byte[200]), i % 2 == 0 ? 1_000_000 : Database.NO_EXPIRY);
        }
        for (int i = 0; i < 100_000; i++) {
            if (i % 10 != 0) {
                database.delete(Bytes.of(i));
            }
        }
        long reserved = pool.bytesReserved();
        for (int i = 0; i < 3_000 && pool.bytesReserved() > reserved / 2; i++) {
            bite(1);
        }
        assertThat(pool.bytesReserved()).isLessThanOrEqualTo(reserved / 2);
        for (int i = 0; i < 100_000; i += 10) {
            assertThat(database.string(Bytes.of(i)).length()).isEqualTo(200);
            assertThat(database.expireAt(Bytes.of(i))).isEqualTo(1_000_000);
        }
    }

    @Test
    void fragmentedSortedSetsArePacked() {
        Database database = keyspace.database(0);
        SortedSet set = database.sortedSetOrNew(Bytes.of("z"));
        for (int i = 0; i < 300_000; i++) {
            set.put(Bytes.of("member with a long name " + i), i);
        }
        SortedSet small = database.sortedSetOrNew(Bytes.of("small"));
        small.put(Bytes.of("m"), 1);
        for (int i = 0; i < 300_000; i++) {
            if (i % 20 != 0) {
                set.remove(Bytes.of("member with a long name " + i));
            }
        }
        long reserved = database.bytesReserved();
        for (int i = 0; i < 3_000 && database.bytesReserved() > reserved * 0.6; i++) {
            bite(1);
        }
        assertThat(database.bytesReserved()).isLessThanOrEqualTo((long) (reserved * 0.6));
        for (int i = 0; i < 300_000; i += 20) {
            SortedSet found = database.sortedSet(Bytes.of("z")); // its entry may have moved
            assertThat(found.score(Bytes.of("member with a long name " + i))).isEqualTo(i);
        }
    }

    private void set(Database database, String key, long expireAt) {
        database.setString(Bytes.of(key), Bytes.EMPTY, expireAt);
        model.put(Bytes.of(key), expireAt);
    }
}
