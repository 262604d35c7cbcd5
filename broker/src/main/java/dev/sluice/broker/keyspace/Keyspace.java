package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.ListpackSettings;
import dev.sluice.broker.data.SubArenas;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All databases, and what they share: the time of the current call, and what is counted. */
public final class Keyspace {
    /** Is told of what happens to keys beside what commands say of them. */
    public interface Listener {
        /** The time of a key has come; just before it is removed. {@code key} is valid only during the call. */
        void expired(Database database, Bytes key);

        /** A key that goes to make room, as {@link #expired}. */
        void evicted(Database database, Bytes key);

        /** A key that was not there, is; before whatever is told of what it is. Only while {@link #tellOfNew} was asked for. */
        void added(Database database, Bytes key);

        /** A read did not find a key. Only while {@link #tellOfMisses} was asked for. */
        void missed(Database database, Bytes key);

        /** A member of a collection of this type, which is gone already. */
        void memberExpired(Database database, Bytes key, Value.Type type, Bytes member);

        /** The last member of a collection expired. */
        void emptied(Database database, Bytes key);
    }

    private static final int EPOCHS = 256;
    private static final int UNFINISHED_MAX = EPOCHS - 2;

    private final List<Database> databases;
    private final Listener listener;
    private final Randomness randomness;
    private final AccessClock accesses;
    private long lastToken;
    private final CollectionViews collections;
    private @Nullable Snapshot snapshot;
    private int epoch; // of what is made now: rises with each snapshot's cut, and comes round
    private int unfinished; // snapshots given up since the last that was not: so many epochs are in use
    private long now;
    private long dueMs; // what expires before this is over
    private boolean loading;
    private boolean countsHits;
    private boolean expiryPaused;
    private int wantNew;
    private int wantMisses;
    private long hits;
    private long misses;
    private long expired;
    private long expiredMembers;
    private long evicted;
    private long unlinkedFreed;

    /**
     * @param databases how many
     * @param seed the secret of the key hash; random
     * @param randomness for what is random within: RANDOMKEY, the counters of accesses
     * @param arenas makes the arena of a database, also after it was cleared
     * @param subArenas has those of large collections
     */
    public Keyspace(
            int databases,
            long seed,
            Randomness randomness,
            Supplier<Arena> arenas,
            SubArenas subArenas,
            Listener listener) {
        this.listener = listener;
        this.randomness = randomness;
        this.accesses = new AccessClock(randomness);
        this.collections = new CollectionViews(ListpackSettings.hash(seed, ~seed));
        this.databases = new ArrayList<>(databases);
        KeyHash hash = new KeyHash(seed);
        for (int i = 0; i < databases; i++) {
            this.databases.add(new Database(this, i, hash, arenas, subArenas.owner()));
        }
    }

    public Database database(int index) {
        return databases.get(index);
    }

    /** By index. */
    public List<Database> databases() {
        return Collections.unmodifiableList(databases);
    }

    /**
     * A number larger than any before it: the microseconds since 1970, or more if so many were asked for. So it grows over
     * restarts too, as long as the clock does not go back by more than the broker was down.
     */
    public long nextToken() {
        lastToken = Math.max(lastToken + 1, now * 1000);
        return lastToken;
    }

    /** The last number that {@link #nextToken} gave, 0 at first. */
    public long lastToken() {
        return lastToken;
    }

    /** All numbers to come are larger than this one, which was given before. */
    public void tokenGiven(long token) {
        lastToken = Math.max(lastToken, token);
    }

    /** Exchanges two databases: each has the other's keys and index afterwards. */
    public void swap(int a, int b) {
        Collections.swap(databases, a, b);
        databases.get(a).setIndex(a);
        databases.get(b).setIndex(b);
    }

    /**
     * Cuts between two calls: what there is now is shown to {@code sink} by and by, see {@link Snapshot}.
     *
     * @throws IllegalStateException the snapshot before has not ended
     */
    public Snapshot cut(Snapshot.Sink sink) {
        if (snapshot != null) {
            throw new IllegalStateException("a snapshot is being made");
        }
        epoch = (epoch + 1) % EPOCHS;
        Snapshot made = new Snapshot(this, epoch, sink);
        snapshot = made;
        return made;
    }

    /** The one that is being made, which is to be told of keys before they change; null most of the time. */
    public @Nullable Snapshot snapshot() {
        return snapshot;
    }

    /** Birth epoch of what is made now. */
    int epoch() {
        return epoch;
    }

    /** Whether there are epochs left for what the current snapshot has not been to. */
    boolean mayGiveUp() {
        return unfinished < UNFINISHED_MAX;
    }

    /** The current snapshot has ended; {@code complete} if everything that was there has the current epoch. */
    void ended(boolean complete) {
        unfinished = complete ? 0 : unfinished + 1;
        snapshot = null;
    }

    /** Where the limits of the small forms of collections are set. */
    public CollectionViews collections() {
        return collections;
    }

    /**
     * Opens a call: freezes the time, and tells whether its look-ups count as hits and misses, as those of read commands
     * do.
     */
    public void begin(long nowMs, boolean countsHits) {
        now(nowMs);
        this.countsHits = countsHits;
    }

    /**
     * Whether look-ups from here on count as hits and misses: so that a call inside another counts as it would alone, and
     * a write that reads counts what it reads.
     */
    public void countHits(boolean counts) {
        countsHits = counts;
    }

    /** Freezes the time. */
    public void now(long ms) {
        if (ms != now) {
            now = ms;
            dueMs = loading ? Long.MIN_VALUE : ms;
            accesses.now(ms);
        }
    }

    /**
     * While what was journalled is run again, no time has come: what happened before keys expired, and that they did, is
     * in the journal.
     */
    public void loading(boolean on) {
        loading = on;
        dueMs = on ? Long.MIN_VALUE : now;
    }

    /** Whether a time has come by now, so that what is to expire then goes at once. */
    public boolean isPast(long atMs) {
        return atMs <= dueMs;
    }

    /** What expires before this time is over: the time of the call, unless nothing expires. */
    long dueMs() {
        return dueMs;
    }

    /** The time of the current call, in ms since 1970. */
    public long now() {
        return now;
    }

    /** While expiry is paused, keys whose time has come are missing to all who look but are not removed. */
    public void pauseExpiry(boolean paused) {
        expiryPaused = paused;
    }

    /** One more wants the listener to be told of keys that are new, or one fewer. */
    public void tellOfNew(boolean more) {
        wantNew += more ? 1 : -1;
    }

    /** One more wants the listener to be told of keys that reads did not find, or one fewer. */
    public void tellOfMisses(boolean more) {
        wantMisses += more ? 1 : -1;
    }

    public boolean expiryPaused() {
        return expiryPaused;
    }

    public long hits() {
        return hits;
    }

    public long misses() {
        return misses;
    }

    /** Keys removed because their time had come. */
    public long expired() {
        return expired;
    }

    /** Keys removed to make room. */
    public long evicted() {
        return evicted;
    }

    /** Unlinked values that are yet to be given back. */
    public long unlinkedPending() {
        long pending = 0;
        for (Database database : databases) {
            pending += database.unlinkedPending();
        }
        return pending;
    }

    /** Unlinked values that were given back later. */
    public long unlinkedFreed() {
        return unlinkedFreed;
    }

    /** Members of collections removed because their time had come. */
    public long expiredMembers() {
        return expiredMembers;
    }

    /** Sets hits, misses, what expired, was evicted or freed later to 0. */
    public void resetStatistics() {
        unlinkedFreed = 0;
        hits = 0;
        misses = 0;
        expired = 0;
        expiredMembers = 0;
        evicted = 0;
    }

    /** Memory of all keys and values and of the tables that lead to them. */
    public long bytesUsed() {
        long bytes = 0;
        for (Database database : databases) {
            bytes += database.bytesUsed();
        }
        return bytes;
    }

    /** What keys remember of their last access. */
    public AccessClock accesses() {
        return accesses;
    }

    /** For what is random: which key, which member. */
    public Randomness randomness() {
        return randomness;
    }

    void countUnlinkedFreed() {
        unlinkedFreed++;
    }

    void hit() {
        if (countsHits) {
            hits++;
        }
    }

    void miss(Database database, Bytes key) {
        if (countsHits) {
            misses++;
            if (wantMisses > 0) {
                listener.missed(database, key);
            }
        }
    }

    void add(Database database, Bytes key) {
        if (wantNew > 0) {
            listener.added(database, key);
        }
    }

    void loseMember(Database database, Bytes key, Value.Type type, Bytes member) {
        expiredMembers++;
        listener.memberExpired(database, key, type, member);
    }

    void loseEmptied(Database database, Bytes key) {
        listener.emptied(database, key);
    }

    void lose(Database database, Bytes key) {
        expired++;
        listener.expired(database, key);
    }

    void evict(Database database, Bytes key) {
        evicted++;
        listener.evicted(database, key);
    }
}
