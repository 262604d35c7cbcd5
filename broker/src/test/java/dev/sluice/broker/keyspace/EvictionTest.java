package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.ManualTime;
import dev.sluice.broker.SeededRandomness;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.data.CheckingArena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.keyspace.Eviction.Outcome;
import dev.sluice.broker.keyspace.Eviction.Policy;
import dev.sluice.streams.message.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EvictionTest {
    private static final int KEYS = 5_000;
    private static final int FOR_AS_LONG_AS_IT_TAKES = 100;

    private final long seed = Seeds.next();
    private final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private final Losses losses = new Losses();
    private final Keyspace keyspace = new Keyspace(
            4, seed, new SeededRandomness(seed), () -> new CheckingArena(pool), CheckingArena.subArenas(pool), losses);
    private final Database database = keyspace.database(1);
    private final ManualTime time = new ManualTime(1_700_000_000_000L);
    private final Eviction eviction =
            new Eviction(keyspace, time, keyspace::bytesUsed, () -> pool.sweep(Integer.MAX_VALUE));

    private void begin() {
        keyspace.begin(time.epochMillis(), false);
    }

    private static Bytes key(int i) {
        return Bytes.of("key" + i);
    }

    /** Keys of which every second one has a time to live: the higher the number, the longer. */
    private void fill() {
        begin();
        for (int i = 0; i < KEYS; i++) {
            long expireAt = i % 2 == 0 ? Database.NO_EXPIRY : time.epochMillis() + 100_000 + i;
            database.setString(key(i), Bytes.of("value" + i), expireAt);
        }
    }

    private void limit(double share, Policy policy) {
        eviction.limit((long) (keyspace.bytesUsed() * share), policy, 5, FOR_AS_LONG_AS_IT_TAKES);
    }

    /** How many of the keys from a number on, with a step, are still there. */
    private int there(int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += database.inspect(key(i)) == null ? 0 : 1;
        }
        return count;
    }

    @ParameterizedTest
    @EnumSource(Policy.class)
    void onlyKeysThatMayGoDo(Policy policy) {
        fill();
        limit(0.3, policy);
        assertThat(eviction.isOver()).isTrue();
        Outcome outcome = eviction.makeRoom();
        long left = database.size();
        boolean volatileOnly = policy.name().startsWith("VOLATILE");
        if (policy == Policy.NOEVICTION) {
            assertThat(outcome).isEqualTo(Outcome.NONE);
            assertThat(left).isEqualTo(KEYS);
        } else if (volatileOnly) {
            assertThat(outcome).isEqualTo(Outcome.NONE); // those with a time to live were not enough
            assertThat(left).isEqualTo(KEYS / 2);
            assertThat(database.keysWithExpiry()).isZero();
        } else {
            assertThat(outcome).isEqualTo(Outcome.ROOM);
            assertThat(left).isBetween(KEYS / 10L, KEYS / 2L);
            assertThat(keyspace.bytesUsed()).isLessThanOrEqualTo((long) (KEYS * 1000.0));
        }
        assertThat(keyspace.evicted()).isEqualTo(KEYS - left);
        assertThat(losses.evicted).hasSize((int) (KEYS - left)).doesNotHaveDuplicates();
    }

    @Test
    void whatWasNotAccessedForLongestGoes() {
        fill();
        time.pass(100_000);
        begin();
        for (int i = 0; i < KEYS; i += 4) {
            database.string(key(i));
        }
        time.pass(10_000);
        begin();
        int accessed = KEYS / 4;
        limit(0.7, Policy.ALLKEYS_LRU);
        assertThat(eviction.makeRoom()).isEqualTo(Outcome.ROOM);
        int kept = 0;
        for (int i = 0; i < KEYS; i += 4) {
            kept += database.inspect(key(i)) == null ? 0 : 1;
        }
        assertThat(kept).as("seed %d", seed).isGreaterThan(accessed * 99 / 100);
    }

    @Test
    void whatIsSeldomUsedGoes() {
        keyspace.accesses().policy(true, 0, 1);
        fill();
        for (int i = 0; i < KEYS / 4; i++) {
            for (int times = 0; times < 10; times++) {
                database.string(key(i));
            }
        }
        limit(0.7, Policy.ALLKEYS_LFU);
        assertThat(eviction.makeRoom()).isEqualTo(Outcome.ROOM);
        assertThat(there(0, KEYS / 4)).as("seed %d", seed).isGreaterThan(KEYS / 4 * 99 / 100);
    }

    @Test
    void whatWouldExpireFirstGoes() {
        fill();
        limit(0.9, Policy.VOLATILE_TTL);
        assertThat(eviction.makeRoom()).isEqualTo(Outcome.ROOM);
        long gone = keyspace.evicted();
        assertThat(there(0, KEYS / 2)).as("seed %d", seed).isLessThan(KEYS / 2 - (int) gone * 9 / 10);
        assertThat(there(KEYS / 2, KEYS)).as("seed %d", seed).isGreaterThan(KEYS / 2 - (int) gone / 10);
    }

    @Test
    void whatIsUnlinkedOrClearedAlreadyIsCountedFirst() {
        fill();
        begin();
        Database other = keyspace.database(0);
        for (int i = 0; i < KEYS; i++) {
            other.listOrNew(Bytes.of("list")).pushRight(Bytes.of("element" + i));
        }
        limit(0.99, Policy.ALLKEYS_LRU);
        other.unlink(Bytes.of("list"));
        assertThat(eviction.makeRoom()).isEqualTo(Outcome.ROOM);
        assertThat(keyspace.evicted()).isZero();
    }

    @Test
    void aBiteWithoutTimeIsShort() {
        fill();
        eviction.limit(1, Policy.ALLKEYS_RANDOM, 5, 0);
        assertThat(eviction.makeRoom()).isEqualTo(Outcome.BUSY);
        assertThat(keyspace.evicted()).isBetween(1L, 10L);
        long before = 0;
        while (eviction.makeRoom() == Outcome.BUSY) {
            assertThat(keyspace.evicted()).isGreaterThan(before);
            before = keyspace.evicted();
        }
        assertThat(database.size()).isZero();
    }

    @Test
    void tellsForHowLongMemoryWasShort() {
        fill();
        limit(0.5, Policy.NOEVICTION);
        eviction.makeRoom();
        time.pass(300);
        assertThat(eviction.exceededMillis()).isEqualTo(300);
        limit(2, Policy.NOEVICTION);
        assertThat(eviction.makeRoom()).isEqualTo(Outcome.ROOM);
        time.pass(50);
        assertThat(eviction.exceededMillis()).isZero();
        assertThat(eviction.exceededMillisTotal()).isEqualTo(300);
        eviction.resetStatistics();
        assertThat(eviction.exceededMillisTotal()).isZero();
    }
}
