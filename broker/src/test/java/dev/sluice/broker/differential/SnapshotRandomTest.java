package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.data.Frozen;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Eviction;
import dev.sluice.broker.keyspace.Expiry;
import dev.sluice.broker.keyspace.Snapshot;
import dev.sluice.broker.persist.Dump;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Random commands of all families, on several databases, while snapshots are made in bites at random moments: each has
 * exactly what there was at its cut, however much is changed, moved, swapped or cleared meanwhile.
 */
class SnapshotRandomTest {
    private static final int COMMANDS = 8_000;
    private static final int MEMBERS_MAX = 3000;

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes");
    private final List<InMemoryBroker.Client> clients =
            List.of(broker.client(), broker.client(), broker.client(), broker.client());
    private final RandomCommands commands = new RandomCommands(
            random, Set.of("SLOWLOG", "LATENCY", "DEBUG"), EnumSet.allOf(RandomCommands.Family.class));
    private final Expiry housekeeping = new Expiry(broker.keyspace, broker.time);
    private boolean loses;
    private int made;
    private int read;
    private int lost;

    @Test
    void hasWhatThereWasAtTheCut() {
        makeSnapshots();
        assertThat(lost).isZero();
    }

    @Test
    void lacksOnlyWhatExpiredOrWasEvicted() {
        loses = true;
        makeSnapshots();
        assertThat(lost).isPositive();
    }

    private void makeSnapshots() {
        Check snapshot = null;
        for (int i = 0; i < COMMANDS * Seeds.scale(); i++) {
            if (snapshot == null && random.nextInt(50) == 0) {
                snapshot = new Check();
            }
            if (snapshot != null && random.nextInt(5) == 0) {
                if (random.nextInt(300) == 0) {
                    snapshot.giveUp();
                    snapshot = null;
                } else if (snapshot.bite()) {
                    snapshot.end();
                    snapshot = null;
                }
            }
            run();
        }
        if (snapshot != null) {
            while (!snapshot.bite()) {}
            snapshot.end();
        }
        assertThat(made).as("sluice.seed=%d", seed).isPositive();
        assertThat(read).as("sluice.seed=%d", seed).isPositive();
        broker.run("FLUSHALL");
        broker.extents.purge();
        assertThat(broker.extents.bytesUsed()).as("sluice.seed=%d", seed).isZero();
        assertThat(broker.extents.bytesReserved()).as("sluice.seed=%d", seed).isZero();
        assertThat(broker.extents.bytesFrozen()).as("sluice.seed=%d", seed).isZero();
    }

    private void run() {
        InMemoryBroker.Client client = clients.get(random.nextInt(clients.size()));
        try {
            switch (random.nextInt(400)) {
                case 0 -> client.run("SELECT", Integer.toString(random.nextInt(3)));
                case 1 ->
                    client.run("SWAPDB", Integer.toString(random.nextInt(3)), Integer.toString(random.nextInt(3)));
                case 2 -> client.run("FLUSHDB");
                case 3 -> client.run(random.nextInt(4) == 0 ? "FLUSHALL" : "DBSIZE");
                case 4, 5, 6, 7, 8, 9 -> client.run(large());
                case 10, 11, 12, 13 -> client.run("MOVE", key(), Integer.toString(random.nextInt(3)));
                case 14, 15, 16, 17 ->
                    client.run("COPY", key(), key(), "DB", Integer.toString(random.nextInt(3)), "REPLACE");
                case 18 -> broker.pass(loses ? random.nextInt(300) : 1);
                case 19, 20, 21 -> {
                    if (loses) {
                        shortLife(client);
                    }
                }
                case 22 -> keepHouse();
                default ->
                    client.run(new Request(
                            commands.next().words().stream().map(Bytes::of).toArray(Bytes[]::new)));
            }
        } catch (Throwable e) {
            throw new AssertionError("sluice.seed=" + seed, e);
        }
    }

    private void shortLife(InMemoryBroker.Client client) {
        String ms = Integer.toString(random.nextInt(1000));
        switch (random.nextInt(3)) {
            case 0 -> client.run("PEXPIRE", key(), ms);
            case 1 -> client.run("PEXPIRE", "bighash" + random.nextInt(2), ms);
            default -> client.run("HPEXPIRE", "bighash" + random.nextInt(2), ms, "FIELDS", "1", member().toLatin1());
        }
    }

    private void keepHouse() {
        broker.dispatcher.housekeeping(() -> housekeeping.bite(broker.time.epochMillis(), Long.MAX_VALUE));
        if (loses) {
            boolean limited = random.nextBoolean();
            long most = limited ? broker.extents.bytesUsed() * 9 / 10 : 0;
            broker.eviction.limit(most, Eviction.Policy.ALLKEYS_RANDOM, 5, 100);
        }
    }

    /** All that there is, each value in the form of DUMP. */
    private Map<Key, Kept> everything() {
        Map<Key, Kept> all = new HashMap<>();
        for (Database database : broker.keyspace.databases()) {
            database.forEachKey((array, offset, length, type) -> {
                Bytes key = Bytes.view(array, offset, length).detached();
                Value value = Objects.requireNonNull(database.inspect(key));
                all.put(new Key(database.index(), key), new Kept(Dump.of(value, false), database.inspectExpireAt(key)));
            });
        }
        return all;
    }

    private String key() {
        return new RandomWords(random).key();
    }

    /** Makes a value large, so that it is frozen: it gets an arena of its own, or is in many extents of another's. */
    private Request large() {
        return switch (random.nextInt(8)) {
            case 0 -> many("SADD bigset", MEMBERS_MAX, () -> List.of(member()));
            case 1 -> many("HSET bighash", MEMBERS_MAX, () -> List.of(member(), Bytes.of(random.nextLong())));
            case 2 -> many("ZADD bigzset", MEMBERS_MAX, () -> List.of(Bytes.of(random.nextInt(1000)), member()));
            case 3 -> many("RPUSH biglist", MEMBERS_MAX, () -> List.of(member()));
            case 4 -> many("RPUSH longlist", 100, () -> List.of(bytes(20_000)));
            case 5 -> many("HSET longhash", 100, () -> List.of(Bytes.of("f" + random.nextInt(200)), bytes(20_000)));
            case 6 -> many("SET bigstring", 1, () -> List.of(bytes(400_000)));
            default -> many("SETRANGE bigstring", 1, () -> List.of(Bytes.of(random.nextInt(300_000)), bytes(100_000)));
        };
    }

    private Request many(String nameAndKey, int times, Supplier<List<Bytes>> arguments) {
        List<Bytes> words = new ArrayList<>();
        for (String word : (nameAndKey + random.nextInt(2)).split(" ")) {
            words.add(Bytes.of(word));
        }
        for (int left = 1 + random.nextInt(times); left > 0; left--) {
            words.addAll(arguments.get());
        }
        return new Request(words.toArray(Bytes[]::new));
    }

    private Bytes member() {
        return Bytes.of("member" + random.nextInt(2 * MEMBERS_MAX));
    }

    private Bytes bytes(int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }

    private record Key(int database, Bytes name) {}

    private record Kept(Bytes dump, long expireAtMs) {}

    private record Large(Key key, Frozen value, long expireAtMs) {}

    /** A snapshot and what it has shown, of what it has to show. */
    private final class Check implements Snapshot.Sink, Changes.Observer {
        private final long cutMs = broker.time.epochMillis();
        private final List<Database> databases = List.copyOf(broker.keyspace.databases());
        private final Set<Key> gone = new HashSet<>();
        private final List<Large> frozen = new ArrayList<>();
        private final Map<Key, Kept> missing = everything();
        private final Snapshot snapshot = broker.keyspace.cut(this);

        Check() {
            broker.changes.observe(this);
        }

        @Override
        public void changed(Database database, Bytes key, Event event) {
            switch (event) {
                case EXPIRED, EVICTED, HEXPIRED, SEXPIRED, ZEXPIRED ->
                    gone.add(new Key(databases.indexOf(database), key.detached()));
                default -> {}
            }
        }

        boolean bite() {
            int[] left = {1 + random.nextInt(20)};
            return snapshot.bite(() -> --left[0] <= 0);
        }

        void giveUp() {
            snapshot.abort();
            broker.changes.leave(this);
            assertThat(snapshot.isFinished()).isTrue();
            frozen.forEach(large -> large.value.release());
        }

        void end() {
            frozen.forEach(this::read);
            broker.changes.leave(this);
            lost += gone.size();
            missing.keySet().removeAll(gone);
            assertThat(missing).as("sluice.seed=%d, snapshot %d", seed, made).isEmpty();
            assertThat(loses || snapshot.keysDone() == snapshot.keysTotal()).isTrue();
            made++;
        }

        @Override
        public void entry(int database, Bytes key, Value value, long expireAtMs, int accessMark) {
            check(new Key(database, key.detached()), new Kept(Dump.of(value, false), expireAtMs));
        }

        @Override
        public void frozen(int database, Bytes key, Frozen value, long expireAtMs, int accessMark) {
            frozen.add(new Large(new Key(database, key.detached()), value, expireAtMs));
            if (frozen.size() > 3) {
                read(frozen.remove(random.nextInt(frozen.size())));
            }
        }

        /** By another thread, which the loop does not wait for elsewhere. */
        private void read(Large large) {
            Bytes dump = CompletableFuture.supplyAsync(() -> Dump.of(large.value.value(), false))
                    .join();
            large.value.release();
            check(large.key, new Kept(dump, large.expireAtMs));
            read++;
        }

        private void check(Key key, Kept shown) {
            Kept expected = missing.remove(key);
            boolean wasOver = shown.expireAtMs != Database.NO_EXPIRY && shown.expireAtMs < cutMs;
            if (!wasOver && !gone.contains(key)) {
                assertThat(shown)
                        .as("sluice.seed=%d, snapshot %d: %s", seed, made, key)
                        .isEqualTo(expected);
            }
        }
    }
}
