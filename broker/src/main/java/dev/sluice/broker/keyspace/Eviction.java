package dev.sluice.broker.keyspace;

import dev.sluice.broker.seam.Time;
import dev.sluice.streams.message.Bytes;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Removes keys when memory is short, by one of Redis's policies. The order of accesses is not kept: a few keys are drawn,
 * and the best of them and of the best of earlier draws goes ({@link EvictionPool}), which comes close to it. See "Key
 * eviction" in Redis's documentation.
 */
public final class Eviction {
    /** {@code maxmemory-policy}: which keys may go, and which of them goes first. */
    public enum Policy {
        VOLATILE_LRU(true, Order.ACCESS),
        VOLATILE_LFU(true, Order.ACCESS),
        VOLATILE_RANDOM(true, Order.NONE),
        VOLATILE_TTL(true, Order.EXPIRY),
        ALLKEYS_LRU(false, Order.ACCESS),
        ALLKEYS_LFU(false, Order.ACCESS),
        ALLKEYS_RANDOM(false, Order.NONE),
        NOEVICTION(false, Order.NONE);

        private final boolean expiringOnly;
        private final Order order;

        Policy(boolean expiringOnly, Order order) {
            this.expiringOnly = expiringOnly;
            this.order = order;
        }

        /** As the setting names it. */
        public static Policy named(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    private enum Order {
        NONE,
        ACCESS,
        EXPIRY
    }

    /** What came of it. */
    public enum Outcome {
        /** Memory is within its limit. */
        ROOM,
        /** Not yet, but there is more that can go: it is to be called again soon. */
        BUSY,
        /** It is not, and nothing can go. */
        NONE
    }

    private static final int STEPS_A_LOOK_AT_THE_CLOCK = 8;
    private static final int TENACITY_LINEAR_MAX = 10;
    private static final long LINEAR_NANOS = 50_000;
    private static final long TENACITY_MAX = 100;
    private static final long NANOS_A_MS = 1_000_000;
    private static final double GROWTH = 1.15;
    private static final int FREQUENCY_MAX = 255;
    private static final long NOT_BITING = -1;

    private final Keyspace keyspace;
    private final Time time;
    private final LongSupplier bytesUsed;
    private final BooleanSupplier sweep;
    private final EvictionPool pool = new EvictionPool();
    private long bytesMax;
    private Policy policy = Policy.NOEVICTION;
    private int samples = 5;
    private long biteNanosMax;
    private LongConsumer onBite = nanos -> {};
    private LongSupplier bytesOfClients = () -> 0;
    private long clientsAtBite = NOT_BITING;
    private int nextDatabase;
    private boolean exceeded;
    private long exceededFromNanos;
    private long exceededNanos;

    /**
     * @param bytesUsed what counts against the limit, but for what clients hold
     * @param sweep gives back some of what was cleared but still counts; whether there is more
     */
    public Eviction(Keyspace keyspace, Time time, LongSupplier bytesUsed, BooleanSupplier sweep) {
        this.keyspace = keyspace;
        this.time = time;
        this.bytesUsed = bytesUsed;
        this.sweep = sweep;
    }

    /**
     * The settings {@code maxmemory} (0: no limit), {@code maxmemory-policy}, {@code maxmemory-samples} and {@code
     * maxmemory-eviction-tenacity}: how long a bite may take, from 0 (nothing) over 10 (half a millisecond) to 100 (as long
     * as it needs).
     */
    public void limit(long bytesMax, Policy policy, int samples, int tenacity) {
        this.bytesMax = bytesMax;
        this.policy = policy;
        this.samples = samples;
        this.biteNanosMax = biteNanos(tenacity);
        pool.clear();
    }

    private static long biteNanos(int tenacity) {
        if (tenacity <= TENACITY_LINEAR_MAX) {
            return LINEAR_NANOS * tenacity;
        }
        return tenacity == TENACITY_MAX
                ? Long.MAX_VALUE
                : (long) (LINEAR_NANOS * TENACITY_LINEAR_MAX * Math.pow(GROWTH, tenacity - TENACITY_LINEAR_MAX));
    }

    /**
     * What clients hold counts against the limit too, but not what is added within a bite: otherwise what clients are told
     * of the keys that go would make more keys go.
     */
    public void countClients(LongSupplier bytes) {
        bytesOfClients = bytes;
    }

    /** Tells how long each bite took, in nanoseconds. */
    public void onBite(LongConsumer what) {
        onBite = what;
    }

    /** For how long memory has been beyond its limit without being below in between, in ms; 0 when it is not. */
    public long exceededMillis() {
        return exceeded ? (time.nanos() - exceededFromNanos) / NANOS_A_MS : 0;
    }

    /** For how long memory was beyond its limit altogether, in ms. */
    public long exceededMillisTotal() {
        return exceededNanos / NANOS_A_MS + exceededMillis();
    }

    public void resetStatistics() {
        exceededNanos = 0;
        exceededFromNanos = time.nanos();
    }

    /** Whether more memory is in use than there may be. */
    public boolean isOver() {
        return bytesMax != 0 && bytesUsed.getAsLong() + clients() > bytesMax;
    }

    private long clients() {
        return clientsAtBite == NOT_BITING ? bytesOfClients.getAsLong() : clientsAtBite;
    }

    /** A bite: gives back what is unused already, then removes keys, until memory is within its limit or the time is up. */
    public Outcome makeRoom() {
        if (!exceeded && !isOver()) {
            return Outcome.ROOM;
        }
        long start = time.nanos();
        clientsAtBite = clients();
        Outcome outcome = bite(start);
        clientsAtBite = NOT_BITING;
        long end = time.nanos();
        onBite.accept(end - start);
        note(outcome == Outcome.ROOM, end);
        return outcome;
    }

    private void note(boolean room, long nanos) {
        if (room && exceeded) {
            exceededNanos += nanos - exceededFromNanos;
        } else if (!room && !exceeded) {
            exceededFromNanos = nanos;
        }
        exceeded = !room;
    }

    private Outcome bite(long start) {
        for (int step = 1; isOver(); step++) {
            if (!freePending() && !evictOne()) {
                return isOver() ? Outcome.NONE : Outcome.ROOM;
            }
            if (step % STEPS_A_LOOK_AT_THE_CLOCK == 0 && time.nanos() - start >= biteNanosMax) {
                return isOver() ? Outcome.BUSY : Outcome.ROOM;
            }
        }
        return Outcome.ROOM;
    }

    /** Returns whether there was something. */
    private boolean freePending() {
        if (sweep.getAsBoolean()) {
            return true;
        }
        for (Database database : keyspace.databases()) {
            if (database.entries().freeUnlinked()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether there was a key that may go. */
    private boolean evictOne() {
        return switch (policy.order) {
            case ACCESS, EXPIRY -> evictBest();
            case NONE -> policy != Policy.NOEVICTION && evictAny();
        };
    }

    private boolean evictAny() {
        int databases = keyspace.databases().size();
        for (int i = 0; i < databases; i++) {
            Database database = keyspace.database(nextDatabase);
            nextDatabase = (nextDatabase + 1) % databases;
            if (evictAny(database)) {
                return true;
            }
        }
        return false;
    }

    private boolean evictAny(Database database) {
        Table table = database.entries().table();
        for (Draw draw = new Draw(table); draw.hasMore(); ) {
            int found = draw.next(1);
            for (int i = 0; i < found; i++) {
                if (!isLock(database.entries(), table.gathered(i))) {
                    evict(database, table.gathered(i));
                    return true;
                }
            }
        }
        return false;
    }

    private boolean evictBest() {
        boolean any = false;
        for (Database database : keyspace.databases()) {
            any |= offer(database);
        }
        if (!any) {
            return false;
        }
        for (EvictionPool.Candidate best; (best = pool.takeBest()) != null; ) {
            Database database = keyspace.database(best.database());
            int entry = candidate(database.entries(), best.hash());
            if (entry != 0) {
                evict(database, entry);
                return true;
            }
        }
        return true; // what was drawn had gone meanwhile; there are others
    }

    /** The entry of a key that was drawn, if it may still go; else 0. Where two keys collide, either may be the one. */
    private int candidate(Entries entries, long hash) {
        int entry = entries.table().find(hash);
        boolean stays = entry == 0 || policy.expiringOnly && !entries.hasTimeToLive(entry) || isLock(entries, entry);
        return stays ? 0 : entry;
    }

    /** Who holds it must not lose it for want of memory. */
    private static boolean isLock(Entries entries, int entry) {
        return Entry.stringStartsWith(entries.arena(), entry, Entry.header(entries.arena(), entry), Lock.PREFIX);
    }

    /** Offers a few keys of a database, from a random place on, to the pool. Returns whether it has any that may go. */
    private boolean offer(Database database) {
        Entries entries = database.entries();
        Table table = entries.table();
        int drawn = 0;
        for (Draw draw = new Draw(table); drawn < samples && draw.hasMore(); ) {
            int found = draw.next(samples - drawn);
            for (int i = 0; i < found; i++) {
                int entry = table.gathered(i);
                if (isLock(entries, entry)) {
                    continue;
                }
                drawn++;
                long score = score(entries, entry);
                if (pool.accepts(score)) {
                    pool.add(database.index(), entries.hashOf(Entry.key(entries.arena(), entry)), score);
                }
            }
        }
        return drawn > 0;
    }

    /** How much a key deserves to go: the more the sooner. */
    private long score(Entries entries, int entry) {
        long header = Entry.header(entries.arena(), entry);
        if (policy.order == Order.EXPIRY) {
            return Long.MAX_VALUE - Entry.expireAt(entries.arena(), entry, header);
        }
        AccessClock accesses = keyspace.accesses();
        int mark = Entry.clock(header);
        return accesses.countsFrequency() ? FREQUENCY_MAX - accesses.frequency(mark) : accesses.idleSeconds(mark);
    }

    /** A walk over the entries that may go, from a random place once round the table. */
    private final class Draw {
        private final Table table;
        private long position = keyspace.randomness().nextLong() >>> Integer.SIZE;
        private long left = Table.END;

        Draw(Table table) {
            this.table = table;
        }

        boolean hasMore() {
            return left > 0 && (policy.expiringOnly ? table.expiring() : table.size()) > 0;
        }

        /** Gathers about {@code count} more, often fewer. Returns how many. */
        int next(int count) {
            int found = table.gather(position, count, policy.expiringOnly);
            left -= table.next() - position;
            position = table.next() == Table.END ? 0 : table.next();
            return found;
        }
    }

    private void evict(Database database, int entry) {
        Entries entries = database.entries();
        Bytes key = Entry.key(entries.arena(), entry);
        keyspace.evict(database, key);
        entries.remove(entries.hashOf(key), entry);
    }
}
