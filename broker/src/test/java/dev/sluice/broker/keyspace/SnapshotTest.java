package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.SeededRandomness;
import dev.sluice.broker.data.CheckingArena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.data.Frozen;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private static final long NONE = Database.NO_EXPIRY;
    private static final int MANY = 5000;

    private final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private final Keyspace keyspace = new Keyspace(
            3, 7, new SeededRandomness(7), () -> new CheckingArena(pool), CheckingArena.subArenas(pool), new Losses());
    private final Database database = keyspace.database(0);
    private final Seen seen = new Seen();

    @AfterEach
    void nothingLeaks() {
        assertThat(keyspace.snapshot()).isNull();
        keyspace.databases().forEach(Database::clear);
        pool.purge();
        assertThat(pool.bytesUsed()).isZero();
        assertThat(pool.bytesReserved()).isZero();
        pool.close();
    }

    /** What was shown: strings as they are, of collections the number of elements. */
    private static final class Seen implements Snapshot.Sink {
        private final Map<String, String> values = new TreeMap<>();
        private final Map<String, Long> times = new HashMap<>();
        private final Map<String, Frozen> frozen = new HashMap<>();

        @Override
        public void entry(int database, Bytes key, Value value, long expireAtMs, int accessMark) {
            put(
                    database,
                    key,
                    value instanceof StringValue string ? string.bytes().toString() : "a collection");
            times.put(database + key.toString(), expireAtMs);
        }

        @Override
        public void frozen(int database, Bytes key, Frozen value, long expireAtMs, int accessMark) {
            put(database, key, "frozen");
            frozen.put(database + key.toString(), value);
        }

        private void put(int database, Bytes key, String value) {
            assertThat(values.put(database + key.toString(), value))
                    .as("shown once")
                    .isNull();
        }
    }

    private static Bytes bytes(String text) {
        return Bytes.of(text);
    }

    private void set(Database where, String key, String value) {
        where.aboutToChange(bytes(key));
        where.setString(bytes(key), bytes(value), NONE);
    }

    private void fill(Database where) {
        for (int i = 0; i < MANY; i++) {
            set(where, "k" + i, "v" + i);
        }
    }

    private static void finish(Snapshot snapshot) {
        assertThat(snapshot.bite(() -> false)).isTrue();
        assertThat(snapshot.isFinished()).isTrue();
    }

    /** One bite after another, each as short as can be. */
    private static void few(Snapshot snapshot, int bites) {
        for (int i = 0; i < bites; i++) {
            assertThat(snapshot.bite(() -> true)).isFalse();
        }
    }

    private void isFilled(int index) {
        for (int i = 0; i < MANY; i++) {
            assertThat(seen.values).containsEntry(index + "k" + i, "v" + i);
        }
    }

    @Test
    void anEmptyKeyspaceIsDoneAtOnce() {
        Snapshot snapshot = keyspace.cut(seen);
        assertThat(keyspace.snapshot()).isSameAs(snapshot);
        assertThat(snapshot.keysTotal()).isZero();
        finish(snapshot);
        assertThat(seen.values).isEmpty();
        assertThat(keyspace.snapshot()).isNull();
    }

    @Test
    void showsEveryKeyWithItsTime() {
        keyspace.now(1);
        set(database, "a", "1");
        database.setString(bytes("b"), bytes("2"), 99);
        keyspace.database(2).listOrNew(bytes("l")).pushRight(bytes("x"));
        Snapshot snapshot = keyspace.cut(seen);
        assertThat(snapshot.keysTotal()).isEqualTo(3);
        finish(snapshot);
        assertThat(snapshot.keysDone()).isEqualTo(3);
        assertThat(seen.values).isEqualTo(Map.of("0a", "1", "0b", "2", "2l", "a collection"));
        assertThat(seen.times).isEqualTo(Map.of("0a", NONE, "0b", 99L, "2l", NONE));
    }

    @Test
    void whatChangesBeforeItWasShownIsShownAsItWas() {
        fill(database);
        Snapshot snapshot = keyspace.cut(seen);
        for (int i = 0; i < MANY; i++) {
            if (i % 3 == 0) {
                snapshot.bite(() -> true);
            }
            if (i % 2 == 0) {
                set(database, "k" + i, "changed");
                set(database, "new" + i, "new");
            } else {
                database.aboutToChange(bytes("k" + i));
                database.delete(bytes("k" + i));
            }
        }
        finish(snapshot);
        isFilled(0);
        assertThat(seen.values).hasSize(MANY);
        assertThat(snapshot.keysDone()).isEqualTo(MANY);
    }

    @Test
    void whatWasMadeSinceIsShownTheNextTime() {
        set(database, "old", "1");
        Snapshot snapshot = keyspace.cut(seen);
        set(database, "new", "2");
        finish(snapshot);
        assertThat(seen.values).isEqualTo(Map.of("0old", "1"));
        seen.values.clear();
        finish(keyspace.cut(seen));
        assertThat(seen.values).isEqualTo(Map.of("0old", "1", "0new", "2"));
    }

    @Test
    void whatIsClearedStaysUntilItWasShown() {
        fill(database);
        fill(keyspace.database(1));
        fill(keyspace.database(2));
        Snapshot snapshot = keyspace.cut(seen);
        few(snapshot, 100);
        database.clear();
        keyspace.database(1).clear();
        fill(database);
        set(keyspace.database(1), "k1", "new");
        few(snapshot, 10);
        database.clear();
        finish(snapshot);
        isFilled(0);
        isFilled(1);
        isFilled(2);
        assertThat(seen.values).hasSize(3 * MANY);
        pool.purge();
        assertThat(pool.bytesUsed())
                .as("what was cleared is given back")
                .isEqualTo(keyspace.databases().stream()
                        .mapToLong(each -> each.bytesUsed() - each.directoryBytes())
                        .sum());
    }

    @Test
    void databasesKeepTheNumberTheyHadAtTheCut() {
        fill(database);
        set(keyspace.database(1), "one", "1");
        Snapshot snapshot = keyspace.cut(seen);
        few(snapshot, 10);
        keyspace.swap(0, 1);
        set(keyspace.database(0), "one", "changed");
        set(keyspace.database(1), "k77", "changed");
        keyspace.database(1).clear();
        few(snapshot, 10);
        keyspace.swap(1, 2);
        finish(snapshot);
        isFilled(0);
        assertThat(seen.values).containsEntry("1one", "1").hasSize(MANY + 1);
    }

    @Test
    void whatMovesTakesItsStateAtTheCutAlong() {
        set(database, "a", "1");
        set(database, "b", "2");
        set(database, "c", "3");
        set(keyspace.database(1), "x", "4");
        Snapshot snapshot = keyspace.cut(seen);
        for (String key : new String[] {"a", "b", "c"}) {
            database.aboutToChange(bytes(key));
        }
        database.rename(bytes("a"), bytes("b"));
        database.move(bytes("c"), keyspace.database(2));
        database.copy(bytes("b"), keyspace.database(1), bytes("x"));
        finish(snapshot);
        assertThat(seen.values).isEqualTo(Map.of("0a", "1", "0b", "2", "0c", "3", "1x", "4"));
    }

    @Test
    void whatIsGivenUpShowsNothingMoreAndEndsAtOnce() {
        fill(database);
        for (int i = 0; i < 600; i++) {
            Snapshot snapshot = keyspace.cut(seen);
            set(database, "k1", "v1");
            few(snapshot, 3);
            if (i % 2 == 0) {
                database.clear();
                fill(database);
            }
            seen.values.clear();
            snapshot.abort();
            if (!snapshot.isFinished()) { // there are no more epochs
                finish(snapshot);
            }
            assertThat(seen.values).isEmpty();
        }
        finish(keyspace.cut(seen));
        isFilled(0);
        assertThat(seen.values).hasSize(MANY);
    }

    @Test
    void thereIsOneAtATime() {
        Snapshot snapshot = keyspace.cut(seen);
        assertThatThrownBy(() -> keyspace.cut(seen)).isInstanceOf(IllegalStateException.class);
        finish(snapshot);
        snapshot.abort();
        assertThat(snapshot.isFinished()).isTrue();
    }

    @Test
    void housekeepingMovesEntriesThatAreStillToBeShown() {
        for (int i = 0; i < 200_000; i++) {
            set(database, "k" + i, "v".repeat(60));
        }
        for (int i = 0; i < 200_000; i++) {
            if (i % 20 != 0) {
                database.delete(bytes("k" + i));
            }
        }
        Snapshot snapshot = keyspace.cut(seen);
        few(snapshot, 50);
        assertThat(database.packing().begins()).isTrue();
        int moved = 0;
        for (int i = 0; i < 200_000; i += 20) {
            Bytes key = bytes("k" + i);
            int entry = database.entries().live(key, database.entries().hashOf(key));
            moved += database.packing().pack(entry) ? 1 : 0;
        }
        assertThat(moved).isPositive();
        finish(snapshot);
        assertThat(seen.values).hasSize(10_000);
    }

    @Test
    void largeCollectionsAreFrozen() {
        HashValue hash = database.hashOrNew(bytes("h"));
        for (int i = 0; i < MANY; i++) {
            hash.put(bytes("f" + i), bytes("v" + i));
        }
        Snapshot snapshot = keyspace.cut(seen);
        database.aboutToChange(bytes("h"));
        assertThat(seen.values).isEqualTo(Map.of("0h", "frozen"));
        for (int i = 0; i < MANY; i++) {
            database.hash(bytes("h")).put(bytes("f" + i), bytes("w"));
        }
        database.clear();
        finish(snapshot);
        HashValue frozen = (HashValue) seen.frozen.get("0h").value();
        assertThat(frozen.size()).isEqualTo(MANY);
        for (int i = 0; i < MANY; i++) {
            assertThat(frozen.get(bytes("f" + i))).isEqualTo(bytes("v" + i));
        }
        seen.frozen.get("0h").release();
    }

    @Test
    void largeValuesInTheArenaOfTheirKeyAreFrozenToo() {
        Bytes large = bytes("x".repeat(40_000));
        for (int i = 0; i < 5; i++) {
            database.append(bytes("string"), large);
            database.listOrNew(bytes("list")).pushRight(large);
            database.hashOrNew(bytes("hash")).put(bytes("f" + i), large);
            database.setOrNew(bytes("small")).add(bytes("m" + i));
        }
        set(database, "between", "v");
        Snapshot snapshot = keyspace.cut(seen);
        for (String key : new String[] {"string", "list", "hash", "small"}) {
            database.aboutToChange(bytes(key));
        }
        assertThat(seen.frozen.keySet()).containsExactlyInAnyOrder("0string", "0list", "0hash");
        assertThat(seen.frozen.get("0list").bytes()).isGreaterThan(200_000);
        database.writeString(bytes("string"), 0, bytes("y".repeat(300_000)));
        while (database.list(bytes("list")).popLeft() != null) {}
        database.delete(bytes("list"));
        database.hash(bytes("hash")).put(bytes("f1"), bytes("short"));
        set(database, "between", "w");
        StringValue string = (StringValue) seen.frozen.get("0string").value();
        assertThat(string.bytes()).isEqualTo(bytes("x".repeat(200_000)));
        ListValue list = (ListValue) seen.frozen.get("0list").value();
        assertThat(list.size()).isEqualTo(5);
        assertThat(list.at(4)).isEqualTo(large);
        assertThat(list.bytes()).isEqualTo(seen.frozen.get("0list").bytes());
        HashValue hash = (HashValue) seen.frozen.get("0hash").value();
        assertThat(hash.get(bytes("f1"))).isEqualTo(large);
        finish(snapshot);
        assertThat(seen.values).containsEntry("0between", "v").containsEntry("0small", "a collection");
        seen.frozen.values().forEach(Frozen::release);
        assertThat(database.string(bytes("string")).bytes()).isEqualTo(bytes("y".repeat(300_000)));
        assertThat(database.string(bytes("between")).bytes()).isEqualTo(bytes("w"));
    }
}
