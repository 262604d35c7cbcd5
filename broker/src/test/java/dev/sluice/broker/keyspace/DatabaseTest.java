package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.Seeds;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
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

class DatabaseTest {
    private static final long NONE = Database.NO_EXPIRY;

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final CheckedKeyspace checked = new CheckedKeyspace(seed, random);
    private final List<Bytes> lost = checked.losses.keys;
    private final Keyspace keyspace = checked.keyspace;
    private final Database database = keyspace.database(0);

    @AfterEach
    void nothingLeaks() {
        checked.close();
    }

    @Test
    void storesAndFinds() {
        database.setString(bytes("k"), bytes("v"), NONE);
        assertThat(text("k")).isEqualTo("v");
        assertThat(database.type(bytes("k"))).isEqualTo(Value.Type.STRING);
        assertThat(database.exists(bytes("x"))).isFalse();
        assertThat(database.size()).isEqualTo(1);
        assertThat(database.delete(bytes("k"))).isTrue();
        assertThat(database.delete(bytes("k"))).isFalse();
        assertThat(database.size()).isZero();
    }

    @Test
    void keysAndValuesMayBeEmptyOrBinary() {
        database.setString(Bytes.EMPTY, Bytes.of(new byte[] {0, 1, (byte) 255}), NONE);
        database.setString(Bytes.of(new byte[] {0}), Bytes.EMPTY, NONE);
        assertThat(database.string(Bytes.EMPTY).bytes().toArray()).containsExactly(0, 1, 255);
        assertThat(database.string(Bytes.of(new byte[] {0})).length()).isZero();
    }

    @Test
    void keysThatAreShownCanBeKept() {
        List<Bytes> made =
                List.of(randomBytes(63), randomBytes(64), randomBytes(65), randomBytes(200), randomBytes(200));
        made.forEach(key -> database.setString(key, Bytes.EMPTY, NONE));
        List<Bytes> shown = new ArrayList<>();
        database.forEachKey((array, offset, length, type) ->
                shown.add(Bytes.view(array, offset, length).detached()));
        assertThat(shown).containsExactlyInAnyOrderElementsOf(made);
    }

    @Test
    void keysMayBeLongerThanABlock() {
        for (int length : new int[] {65_534, 65_535, 65_536, 1_500_000}) {
            Bytes key = randomBytes(length);
            database.setString(key, bytes("long"), NONE);
            database.setExpireAt(key, 5);
            assertThat(database.string(key).bytes()).isEqualTo(bytes("long"));
            assertThat(keys()).containsExactly(key);
            Bytes other = randomBytes(length);
            assertThat(database.exists(other)).isFalse();
            database.rename(key, other);
            assertThat(database.expireAt(other)).isEqualTo(5);
            assertThat(database.delete(other)).isTrue();
        }
        assertThat(database.bytesUsed()).isLessThan(200);
    }

    @Test
    void timeToLiveFollowsTheRules() {
        database.setString(bytes("k"), bytes("v"), 100);
        assertThat(database.expireAt(bytes("k"))).isEqualTo(100);
        database.setStringKeepTtl(bytes("k"), bytes("another value, a longer one"));
        assertThat(database.expireAt(bytes("k"))).isEqualTo(100);
        database.setString(bytes("k"), bytes("w"), NONE);
        assertThat(database.expireAt(bytes("k"))).isEqualTo(NONE);
        assertThat(database.keysWithExpiry()).isZero();
        database.setExpireAt(bytes("k"), 200);
        assertThat(database.keysWithExpiry()).isEqualTo(1);
        assertThat(database.persist(bytes("k"))).isTrue();
        assertThat(database.persist(bytes("k"))).isFalse();
        assertThat(database.expireAt(bytes("none"))).isEqualTo(Database.NO_KEY);
        assertThat(text("k")).isEqualTo("w");
    }

    @Test
    void aKeyIsGoneAfterItsTimeAndTheListenerIsToldFirst() {
        database.setString(bytes("k"), bytes("v"), 100);
        keyspace.now(100);
        assertThat(database.exists(bytes("k"))).isTrue();
        keyspace.now(101);
        assertThat(database.size()).isEqualTo(1);
        assertThat(database.exists(bytes("k"))).isFalse();
        assertThat(lost).containsExactly(bytes("k"));
        assertThat(database.size()).isZero();
        assertThat(keyspace.expired()).isEqualTo(1);
    }

    @Test
    void pausedExpiryHidesButKeeps() {
        database.setString(bytes("k"), bytes("v"), 100);
        keyspace.now(101);
        keyspace.pauseExpiry(true);
        assertThat(database.exists(bytes("k"))).isFalse();
        assertThat(keys()).isEmpty();
        assertThat(database.randomKey()).isNull();
        assertThat(database.size()).isEqualTo(1);
        assertThat(lost).isEmpty();
        database.append(bytes("k"), bytes("new"));
        assertThat(text("k")).isEqualTo("new");
        assertThat(database.expireAt(bytes("k"))).isEqualTo(NONE);
        assertThat(database.size()).isEqualTo(1);
    }

    @Test
    void countsHitsOnlyForCallsThatCount() {
        database.setString(bytes("k"), bytes("v"), NONE);
        keyspace.begin(0, true);
        assertThat(database.exists(bytes("k"))).isTrue();
        assertThat(database.string(bytes("x"))).isNull();
        keyspace.begin(0, false);
        assertThat(database.exists(bytes("k"))).isTrue();
        assertThat(keyspace.hits()).isEqualTo(1);
        assertThat(keyspace.misses()).isEqualTo(1);
    }

    @Test
    void collectionsMoveWithTheirRoot() {
        for (int i = 0; i < 1000; i++) {
            database.listOrNew(bytes("l")).pushRight(bytes("element " + i));
            database.sortedSetOrNew(bytes("z")).put(bytes("member " + i), i);
        }
        database.setString(bytes("target"), bytes("v"), 7);
        database.setExpireAt(bytes("l"), 100);
        database.rename(bytes("l"), bytes("target"));
        database.rename(bytes("z"), bytes("a much longer name than before"));
        assertThat(database.list(bytes("target")).size()).isEqualTo(1000);
        assertThat(database.list(bytes("target")).at(999)).isEqualTo(bytes("element 999"));
        assertThat(database.expireAt(bytes("target"))).isEqualTo(100);
        assertThat(database.sortedSet(bytes("a much longer name than before")).rank(bytes("member 500")))
                .isEqualTo(500);
        database.rename(bytes("target"), bytes("a much longer name than before"));
        assertThat(database.size()).isEqualTo(1);
    }

    @Test
    void emptyCollectionsGo() {
        database.listOrNew(bytes("l"));
        database.sortedSetOrNew(bytes("z")).put(bytes("m"), 1);
        database.setString(bytes("s"), Bytes.EMPTY, NONE);
        List.of("l", "z", "s", "none").forEach(key -> database.deleteIfEmpty(bytes(key)));
        assertThat(keys()).containsExactlyInAnyOrder(bytes("z"), bytes("s"));
        database.sortedSet(bytes("z")).remove(bytes("m"));
        database.deleteIfEmpty(bytes("z"));
        assertThat(keys()).containsExactly(bytes("s"));
    }

    @Test
    void aStringReplacesACollection() {
        database.listOrNew(bytes("k")).pushLeft(bytes("x"));
        database.setExpireAt(bytes("k"), 50);
        database.setStringKeepTtl(bytes("k"), bytes("v"));
        assertThat(text("k")).isEqualTo("v");
        assertThat(database.expireAt(bytes("k"))).isEqualTo(50);
    }

    @Test
    void wrongTypesAreRefused() {
        database.setString(bytes("s"), bytes("v"), NONE);
        assertThatThrownBy(() -> database.list(bytes("s"))).isInstanceOf(CommandError.class);
        assertThatThrownBy(() -> database.sortedSetOrNew(bytes("s"))).isInstanceOf(CommandError.class);
        database.listOrNew(bytes("l"));
        assertThatThrownBy(() -> database.string(bytes("l"))).isInstanceOf(CommandError.class);
        assertThatThrownBy(() -> database.append(bytes("l"), bytes("x"))).isInstanceOf(CommandError.class);
        assertThat(database.value(bytes("l")).type()).isEqualTo(Value.Type.LIST);
    }

    @Test
    void databasesSwap() {
        database.setString(bytes("k"), bytes("v"), NONE);
        keyspace.swap(0, 1);
        assertThat(keyspace.database(1)).isSameAs(database);
        assertThat(database.index()).isEqualTo(1);
        assertThat(keyspace.database(0).size()).isZero();
    }

    @Test
    void clearGivesAllMemoryBackAtOnce() {
        for (int i = 0; i < 1000; i++) {
            database.setString(bytes("k" + i), bytes("v"), 5);
            database.listOrNew(bytes("l" + i)).pushLeft(bytes("x"));
        }
        database.unlink(bytes("l1"));
        checked.clear();
        assertThat(database.size()).isZero();
        assertThat(database.keysWithExpiry()).isZero();
        assertThat(database.exists(bytes("k1"))).isFalse();
        assertThat(database.entries().freeUnlinked()).isFalse();
        assertThat(database.bytesUsed()).isLessThan(100);
        while (checked.pool.sweep(10)) {
            assertThat(database.size()).isZero();
        }
        assertThat(checked.pool.bytesReserved()).isZero();
    }

    @Test
    void anEmptyKeyspaceCostsNextToNothing() {
        assertThat(keyspace.bytesUsed()).isLessThan(100);
    }

    @Test
    void aSmallKeyCostsWhatWasPlanned() {
        int count = 100_000;
        byte[] value = new byte[64];
        for (int i = 0; i < count; i++) {
            database.setString(bytes("key:%012d".formatted(i)), Bytes.of(value), NONE);
        }
        assertThat((double) database.tableBytes() / count).isBetween(9.0, 19.5);
        assertThat((double) (database.bytesUsed() - database.tableBytes()) / count)
                .isLessThan(97);
    }

    @Test
    void behavesAsAMap() {
        Map<Bytes, Bytes> values = new HashMap<>();
        Map<Bytes, Long> expiries = new HashMap<>();
        for (int i = 0; i < 60_000 * Seeds.scale(); i++) {
            step(values, expiries, Bytes.of("k" + random.nextInt(i % 20_000 < 10_000 ? 4000 : 50)));
        }
        keyspace.pauseExpiry(true);
        assertHolds(values);
        for (Bytes key : values.keySet()) {
            assertThat(database.expireAt(key)).isEqualTo(expiries.getOrDefault(key, NONE));
        }
        assertThat(database.keysWithExpiry()).isEqualTo(expiries.size());
    }

    private void step(Map<Bytes, Bytes> values, Map<Bytes, Long> expiries, Bytes key) {
        Bytes value = randomBytes(random.nextInt(random.nextInt(100) == 0 ? 100_000 : 100));
        Bytes other = Bytes.of("k" + random.nextInt(4000));
        long expireAt = random.nextInt(1, 1000);
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
                database.setString(key, value, NONE);
                values.put(key, value);
                expiries.remove(key);
            }
            case 3 -> {
                database.setString(key, value, expireAt);
                values.put(key, value);
                expiries.put(key, expireAt);
            }
            case 4 -> {
                database.setStringKeepTtl(key, value);
                values.put(key, value);
            }
            case 5 -> {
                database.append(key, value);
                values.merge(key, value, StringEntriesTest::joined);
            }
            case 6 -> {
                database.setExpireAt(key, expireAt);
                values.computeIfPresent(key, (k, v) -> {
                    expiries.put(k, expireAt);
                    return v;
                });
            }
            case 7 -> assertThat(database.persist(key)).isEqualTo(expiries.remove(key) != null);
            case 8 -> {
                expiries.remove(key);
                assertThat(random.nextBoolean() ? database.delete(key) : database.unlink(key))
                        .isEqualTo(values.remove(key) != null);
                database.entries().freeUnlinked();
                database.entries().table().tidy(random.nextLong() >>> 32);
            }
            default -> rename(values, expiries, key, other);
        }
        StringValue stored = database.string(key);
        assertThat(stored == null ? null : stored.bytes()).as("seed %d", seed).isEqualTo(values.get(key));
    }

    private void rename(Map<Bytes, Bytes> values, Map<Bytes, Long> expiries, Bytes from, Bytes to) {
        if (!values.containsKey(from)) {
            assertThatThrownBy(() -> database.rename(from, to)).isInstanceOf(CommandError.class);
            return;
        }
        database.rename(from, to);
        values.put(to, values.remove(from));
        Long expiry = expiries.remove(from);
        if (expiry == null) {
            expiries.remove(to);
        } else {
            expiries.put(to, expiry);
        }
    }

    @Test
    void randomKeysAreDrawnEvenly() {
        for (int i = 0; i < 50; i++) {
            database.setString(bytes("k" + i), bytes("v"), NONE);
        }
        Map<Bytes, Integer> drawn = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            drawn.merge(database.randomKey(), 1, Integer::sum);
        }
        assertThat(drawn).hasSize(50);
        assertThat(drawn.values()).as("seed %d", seed).allMatch(times -> times > 700 && times < 1300);
    }

    @Test
    void scanShowsEveryKeyThatStays() {
        for (int round = 0; round < 4; round++) {
            int stay = random.nextInt(1, 20_000);
            for (int i = 0; i < stay; i++) {
                database.setString(bytes("stay" + i), Bytes.EMPTY, NONE);
            }
            Set<Bytes> seen = new HashSet<>();
            long cursor = 0;
            do {
                cursor = database.scan(
                        cursor,
                        random.nextInt(1, 300),
                        (array, from, length, type) ->
                                seen.add(Bytes.of(java.util.Arrays.copyOfRange(array, from, from + length))));
                disturb();
            } while (cursor != 0);
            int seenAtAll = seen.size();
            for (int i = 0; i < stay; i++) {
                seen.remove(bytes("stay" + i));
            }
            assertThat(seen)
                    .as("seed %d", seed)
                    .noneMatch(key -> key.toString().startsWith("stay"))
                    .size()
                    .isEqualTo(seenAtAll - stay);
            checked.clear();
        }
    }

    /** Grows the table, or empties it but for the keys that stay, and merges. */
    private void disturb() {
        boolean grow = random.nextInt(4) != 0;
        for (int i = 0; i < 300; i++) {
            Bytes key = bytes("come and go" + random.nextInt(20_000));
            if (grow) {
                database.setString(key, Bytes.EMPTY, NONE);
            } else {
                database.delete(key);
                database.entries().table().tidy(random.nextLong() >>> 32);
            }
        }
    }

    @Test
    void scanTakesAnyCursor() {
        for (int i = 0; i < 5000; i++) {
            database.setString(bytes("k" + i), Bytes.EMPTY, NONE);
        }
        for (long cursor : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1, 0xffffffffL, 1L << 32, 0x80000001L}) {
            assertThat(database.scan(cursor, 10, (array, from, length, type) -> {}))
                    .isBetween(0L, 0xffffffffL);
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(database.scan(random.nextLong(), 10, (array, from, length, type) -> {}))
                    .isBetween(0L, 0xffffffffL);
        }
    }

    @Test
    void scanOfAnEmptyDatabaseEndsAtOnce() {
        assertThat(database.scan(0, 10, (array, from, length, type) -> {})).isZero();
    }

    private void assertHolds(Map<Bytes, Bytes> model) {
        assertThat(database.size()).isEqualTo(model.size());
        assertThat(keys()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(model.keySet());
        model.forEach((key, value) ->
                assertThat(database.string(key).bytes()).as("seed %d", seed).isEqualTo(value));
    }

    private List<Bytes> keys() {
        return CheckedKeyspace.keys(database);
    }

    private String text(String key) {
        return database.string(bytes(key)).bytes().toString();
    }

    private Bytes randomBytes(int length) {
        byte[] array = new byte[length];
        random.nextBytes(array);
        return Bytes.of(array);
    }

    private static Bytes bytes(String text) {
        return Bytes.of(text);
    }
}
