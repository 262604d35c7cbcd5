package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.SeededRandomness;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.data.CheckingArena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemberExpiryTest {
    private static final long START_MS = 1_000_000;

    private final long seed = Seeds.next();
    private final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private final Losses losses = new Losses();
    private final Keyspace keyspace = new Keyspace(
            2, seed, new SeededRandomness(seed), () -> new CheckingArena(pool), CheckingArena.subArenas(pool), losses);
    private final Database database = keyspace.database(0);
    private final long atStart = database.bytesUsed();

    MemberExpiryTest() {
        keyspace.now(START_MS);
    }

    @AfterEach
    void nothingIsLeft() {
        for (Database each : keyspace.databases()) {
            List<Bytes> keys = new java.util.ArrayList<>();
            each.forEachKey((array, offset, length, type) ->
                    keys.add(Bytes.view(array, offset, length).detached()));
            keys.forEach(each::delete);
            while (each.entries().freeUnlinked()) {
                assertThat(each).isNotNull();
            }
            assertThat(each.keysWithMemberExpiry()).isZero();
            assertThat(each.bytesUsed()).isLessThanOrEqualTo(atStart + 4000); // the table keeps a segment
        }
        pool.close();
    }

    private Members make(Value.Type type, String key, int members) {
        for (int i = 0; i < members; i++) {
            Bytes member = text("m" + i);
            switch (type) {
                case HASH -> database.hashOrNew(text(key)).put(member, text("v" + i));
                case SET -> database.setOrNew(text(key)).add(member);
                case SORTED_SET -> database.sortedSetOrNew(text(key)).put(member, i);
                case STRING, LIST, STREAM -> throw new IllegalArgumentException();
            }
        }
        return view(key);
    }

    private Members view(String key) {
        return (Members) Objects.requireNonNull(database.value(text(key)));
    }

    private void expire(String key, String member, long atMs) {
        Members members = view(key);
        members.expireMemberAt(text(member), atMs);
        database.membersExpire(text(key), members);
    }

    @ParameterizedTest
    @EnumSource(
            value = Value.Type.class,
            names = {"HASH", "SET", "SORTED_SET"})
    void aMemberGoesWhenItsTimeIsOver(Value.Type type) {
        for (int size : new int[] {3, 2_000}) {
            Members members = make(type, "k" + size, size);
            expire("k" + size, "m1", START_MS + 10);
            assertThat(members.memberExpireAt(text("m1"))).isEqualTo(START_MS + 10);
            assertThat(members.memberExpireAt(text("m0"))).isEqualTo(Members.NO_EXPIRY);
            keyspace.now(START_MS + 10);
            assertThat(view("k" + size).has(text("m1"))).isTrue();
            keyspace.now(START_MS + 11);
            assertThat(view("k" + size).has(text("m1"))).isFalse();
            assertThat(view("k" + size).size()).isEqualTo(size - 1);
            assertThat(view("k" + size).earliestExpiry()).isEqualTo(Members.NO_EXPIRY);
            keyspace.now(START_MS);
        }
        assertThat(losses.members).containsExactly(type.text() + " k3 m1", type.text() + " k2000 m1");
        assertThat(keyspace.expiredMembers()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Value.Type.class,
            names = {"HASH", "SET", "SORTED_SET"})
    void aCollectionWithoutMembersGoes(Value.Type type) {
        make(type, "k", 2);
        expire("k", "m0", START_MS);
        expire("k", "m1", START_MS);
        keyspace.now(START_MS + 1);
        assertThat(database.exists(text("k"))).isFalse();
        assertThat(losses.members).containsExactly(type.text() + " k m0", type.text() + " k m1", "emptied k");
        assertThat(make(type, "k", 1).size()).isEqualTo(1);
    }

    @Test
    void whatIsRemovedOrWrittenAnewHasNoTime() {
        HashValue hash = (HashValue) make(Value.Type.HASH, "h", 3);
        expire("h", "m0", START_MS + 10);
        expire("h", "m1", START_MS + 10);
        expire("h", "m2", START_MS + 10);
        hash.put(text("m0"), text("new"));
        hash.putKeepTtl(text("m1"), text("new"));
        hash.remove(text("m2"));
        hash.put(text("m2"), text("again"));
        assertThat(hash.memberExpireAt(text("m0"))).isEqualTo(Members.NO_EXPIRY);
        assertThat(hash.memberExpireAt(text("m1"))).isEqualTo(START_MS + 10);
        assertThat(hash.memberExpireAt(text("m2"))).isEqualTo(Members.NO_EXPIRY);
        SortedSet sorted = (SortedSet) make(Value.Type.SORTED_SET, "z", 3);
        expire("z", "m0", START_MS + 10);
        expire("z", "m1", START_MS + 10);
        sorted.put(text("m1"), 7);
        sorted.removeRange(0, 0);
        sorted.put(text("m0"), 1);
        assertThat(sorted.memberExpireAt(text("m0"))).isEqualTo(Members.NO_EXPIRY);
        assertThat(sorted.memberExpireAt(text("m1"))).isEqualTo(START_MS + 10);
        assertThat(sorted.persistMember(text("m1"))).isTrue();
        assertThat(sorted.persistMember(text("m1"))).isFalse();
        SetValue set = (SetValue) make(Value.Type.SET, "s", 3);
        expire("s", "m0", START_MS + 10);
        set.add(text("m0"));
        assertThat(set.memberExpireAt(text("m0"))).isEqualTo(START_MS + 10);
    }

    @ParameterizedTest
    @EnumSource(
            value = Value.Type.class,
            names = {"HASH", "SET", "SORTED_SET"})
    void timesGoAlongWithTheKey(Value.Type type) {
        for (int size : new int[] {2, 1_500}) {
            make(type, "k", size);
            expire("k", "m0", START_MS + 10);
            database.rename(text("k"), text("renamed"));
            database.copy(text("renamed"), database, text("copy"));
            database.move(text("renamed"), keyspace.database(1));
            assertThat(database.keysWithMemberExpiry()).isEqualTo(1);
            assertThat(keyspace.database(1).keysWithMemberExpiry()).isEqualTo(1);
            keyspace.now(START_MS + 11);
            while (database.entries().dropDueMembers()
                    || keyspace.database(1).entries().dropDueMembers()) {
                assertThat(losses.keys).isEmpty();
            }
            assertThat(losses.members).containsExactlyInAnyOrder(type.text() + " copy m0", type.text() + " renamed m0");
            losses.members.clear();
            keyspace.now(START_MS);
            database.delete(text("copy"));
            keyspace.database(1).unlink(text("renamed"));
        }
    }

    @Test
    void housekeepingFindsWhatNobodyLooksAt() {
        Random random = new Random(seed);
        Map<String, Integer> left = new HashMap<>();
        Value.Type[] types = {Value.Type.HASH, Value.Type.SET, Value.Type.SORTED_SET};
        for (int i = 0; i < 60; i++) {
            String key = "k" + i;
            int size = 1 + random.nextInt(300);
            make(types[i % 3], key, size);
            int gone = 0;
            for (int m = 0; m < size; m++) {
                if (random.nextBoolean()) {
                    long at = START_MS + random.nextInt(200);
                    expire(key, "m" + m, at);
                    gone += at < START_MS + 100 ? 1 : 0;
                }
            }
            left.put(key, size - gone);
        }
        keyspace.now(START_MS + 100);
        while (database.entries().dropDueMembers()) {
            assertThat(losses.keys).isEmpty();
        }
        assertThat(keyspace.expiredMembers())
                .as("seed %d", seed)
                .isEqualTo(losses.members.stream()
                        .filter(line -> !line.startsWith("emptied"))
                        .count());
        left.forEach((key, size) -> {
            Members members = (Members) database.value(text(key));
            assertThat(members == null ? 0 : members.size())
                    .as("seed %d %s", seed, key)
                    .isEqualTo((long) size);
        });
    }

    private static Bytes text(String text) {
        return Bytes.of(text);
    }
}
