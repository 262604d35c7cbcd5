package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.Pieces;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.SubArenas;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one database. Values are views of what lies in the arena: valid until the key is next written other than
 * through the view, and never beyond the call. Keys and values handed in are copied. A key whose time has come is missing
 * to every method except {@link #size}, and is removed by the first that comes across it, except {@link #forEachKey}.
 *
 * <p>Methods that store throw {@link CommandError#outOfMemory} before they have changed anything.
 */
public final class Database {
    /** In place of a time of expiry: none. */
    public static final long NO_EXPIRY = -1;

    /** From {@link #expireAt}: there is no such key. */
    public static final long NO_KEY = -2;

    private static final int FETCHED_MAX = 32;
    private static final int FETCHED_FROM_KEYS = 10_000; // fewer are in the processor's cache anyway
    private static final int OVERHEAD_BYTES = 64; // of an argument when it is stored
    private static final int SLACK_BYTES = 512 << 10; // a string moves, a node and a segment split

    private final Keyspace keyspace;
    private final Entries entries;
    private final StringEntries strings;
    private final Transfers transfers;
    private final EntryPacking packing;
    private int index;
    private int section; // of the snapshot
    private final KeyWalk walk;
    private final long[] fetchedSlots = new long[FETCHED_MAX];
    private long fetched; // so that the reading is not optimized away

    Database(Keyspace keyspace, int index, KeyHash hash, Supplier<Arena> arenas, SubArenas.Owner subArenas) {
        this.keyspace = keyspace;
        this.index = index;
        this.entries = new Entries(this, keyspace, hash, arenas, subArenas);
        this.strings = new StringEntries(entries);
        this.transfers = new Transfers(entries);
        this.packing = new EntryPacking(entries);
        this.walk = new KeyWalk(entries);
    }

    /** For what belongs to the keyspace itself. */
    Entries entries() {
        return entries;
    }

    EntryPacking packing() {
        return packing;
    }

    public int index() {
        return index;
    }

    void setIndex(int index) {
        this.index = index;
    }

    /** The index that it had at the last cut. */
    int section() {
        return section;
    }

    void section(int index) {
        section = index;
    }

    /** Number of keys, those included whose time has come but that nobody came across yet. */
    public long size() {
        return entries.table().size();
    }

    // ---- looking up

    public @Nullable Value value(Bytes key) {
        int entry = entries.look(key);
        return entry == 0 ? null : entries.values().of(entry);
    }

    public @Nullable StringValue string(Bytes key) {
        int entry = entries.look(key);
        if (entry == 0) {
            return null;
        }
        return entries.values().string(entry, entries.require(entry, Value.Type.STRING));
    }

    public @Nullable ListValue list(Bytes key) {
        int entry = entries.look(key);
        return entry == 0 ? null : entries.values().list(entry, entries.require(entry, Value.Type.LIST));
    }

    public @Nullable SortedSet sortedSet(Bytes key) {
        int entry = entries.look(key);
        return entry == 0 ? null : entries.values().sortedSet(entry, entries.require(entry, Value.Type.SORTED_SET));
    }

    public @Nullable SetValue set(Bytes key) {
        int entry = entries.look(key);
        return entry == 0 ? null : entries.values().set(entry, entries.require(entry, Value.Type.SET));
    }

    public @Nullable HashValue hash(Bytes key) {
        int entry = entries.look(key);
        return entry == 0 ? null : entries.values().hash(entry, entries.require(entry, Value.Type.HASH));
    }

    public Value.@Nullable Type type(Bytes key) {
        int entry = entries.look(key);
        return entry == 0 ? null : Entry.type(Entry.header(entries.arena(), entry));
    }

    public boolean exists(Bytes key) {
        return entries.look(key) != 0;
    }

    /** As {@link #exists}, for who looks without an access: it is no hit and no miss. */
    public boolean holds(Bytes key) {
        return entries.live(key, entries.hashOf(key)) != 0;
    }

    /** Whether the time of a key has come, but it is there still. Leaves it there. */
    public boolean isOver(Bytes key) {
        return entries.isOver(key, entries.hashOf(key));
    }

    /** In ms since 1970; {@link #NO_EXPIRY}, or {@link #NO_KEY}. */
    public long expireAt(Bytes key) {
        int entry = entries.look(key);
        return entry == 0 ? NO_KEY : Entry.expireAt(entries.arena(), entry, Entry.header(entries.arena(), entry));
    }

    /**
     * Reads where these keys probably are. One look-up after the other waits for memory twice; here the processor waits
     * for all of them at once, and finds them in its cache when their commands come. Sees and changes nothing else.
     */
    public void fetch(Bytes[] keys, int count) {
        if (entries.table().size() < FETCHED_FROM_KEYS) {
            return;
        }
        for (int i = 0; i < count; i++) {
            fetchedSlots[i] = entries.table().likelySlot(entries.hashOf(keys[i]));
        }
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += entries.table().beginningOfEntry(fetchedSlots[i]);
        }
        fetched = sum;
    }

    /** What is there, for who inspects it: without an access, a hit or a miss. */
    public @Nullable Value inspect(Bytes key) {
        int entry = entries.live(key, entries.hashOf(key));
        return entry == 0 ? null : entries.values().of(entry);
    }

    /** The mark of a key's last access, see {@link AccessClock}; -1 when it is not there. */
    public int accessMark(Bytes key) {
        int entry = entries.live(key, entries.hashOf(key));
        return entry == 0 ? -1 : Entry.clock(Entry.header(entries.arena(), entry));
    }

    /** Sets the mark of a key that is there. */
    public void putAccessMark(Bytes key, int mark) {
        int entry = entries.live(key, entries.hashOf(key));
        Entry.touch(entries.arena(), entry, Entry.header(entries.arena(), entry), mark);
    }

    /** As {@link #expireAt}, for who inspects it. */
    public long inspectExpireAt(Bytes key) {
        int entry = entries.live(key, entries.hashOf(key));
        return entry == 0 ? NO_KEY : Entry.expireAt(entries.arena(), entry, Entry.header(entries.arena(), entry));
    }

    /** Where a key's block is: a number that stays the same while the block does, and says nothing else. */
    public long place(Bytes key) {
        return Integer.toUnsignedLong(entries.live(key, entries.hashOf(key)));
    }

    // ---- storing

    /**
     * Reserves memory before a call's first change: for values of together {@code bytes} bytes in {@code count} arguments,
     * and what structures add to them. What is stored after this, up to its next call, is not refused.
     *
     * @throws CommandError out of memory
     */
    public void reserve(int count, long bytes) {
        long all = SLACK_BYTES + count * (long) OVERHEAD_BYTES + bytes;
        try {
            entries.arena().ensure(all);
        } catch (CommandError full) {
            if (!entries.freeAllUnlinked()) {
                throw full;
            }
            entries.arena().ensure(all);
        }
    }

    /** Stores a string in place of whatever was there, with its own time of expiry or {@link #NO_EXPIRY}. */
    public void setString(Bytes key, Bytes value, long expireAtMs) {
        strings.setString(key, value, expireAtMs);
    }

    /** Stores a string in place of whatever was there, which leaves its time of expiry. */
    public void setStringKeepTtl(Bytes key, Bytes value) {
        strings.setStringKeepTtl(key, value);
    }

    /** As {@link #setStringKeepTtl}, for what Redis does not show as a number although it looks like one. */
    public void setTextKeepTtl(Bytes key, Bytes value) {
        strings.setTextKeepTtl(key, value);
    }

    /** Adds to the end of a string, which may be missing. Throws {@link CommandError#wrongType}. */
    public void append(Bytes key, Bytes tail) {
        strings.append(key, tail);
    }

    /**
     * Overwrites a part of a string from index {@code at} on; where the string ends before, or is missing, zeros are put
     * in between. Throws {@link CommandError#wrongType}.
     */
    public void writeString(Bytes key, int at, Bytes part) {
        strings.writeString(key, at, part);
    }

    /**
     * A string to be changed in place: raw, and of at least {@code lengthMin} bytes, if need be with zeros at its end;
     * created if it is missing. Throws {@link CommandError#wrongType}.
     */
    public StringValue rawString(Bytes key, int lengthMin) {
        return strings.rawString(key, lengthMin);
    }

    /**
     * Stores a raw string that is made piece by piece in place of whatever was there, which may be what it is made from.
     */
    public void setString(Bytes key, int length, Pieces pieces) {
        strings.setString(key, length, pieces);
    }

    /** The list under a key, an empty one if there was nothing; see {@link #deleteIfEmpty}. */
    public ListValue listOrNew(Bytes key) {
        int entry = entries.collectionOrNew(key, Value.Type.LIST);
        return entries.values().list(entry, Entry.header(entries.arena(), entry));
    }

    /** The sorted set under a key, an empty one if there was nothing; see {@link #deleteIfEmpty}. */
    public SortedSet sortedSetOrNew(Bytes key) {
        int entry = entries.collectionOrNew(key, Value.Type.SORTED_SET);
        return entries.values().sortedSet(entry, Entry.header(entries.arena(), entry));
    }

    /** The set under a key, an empty one if there was nothing; see {@link #deleteIfEmpty}. */
    public SetValue setOrNew(Bytes key) {
        int entry = entries.collectionOrNew(key, Value.Type.SET);
        return entries.values().set(entry, Entry.header(entries.arena(), entry));
    }

    /** The hash under a key, an empty one if there was nothing; see {@link #deleteIfEmpty}. */
    public HashValue hashOrNew(Bytes key) {
        int entry = entries.collectionOrNew(key, Value.Type.HASH);
        return entries.values().hash(entry, Entry.header(entries.arena(), entry));
    }

    /** A string that is to come under a key; see {@link Fresh}. */
    public Fresh<StringValue> freshString(Bytes key, Bytes value) {
        int entry = Entry.string(entries.arena(), key, value, NO_EXPIRY, entries.birth());
        return new Fresh<>(entries, key, entry, entries.values().string(entry, Entry.header(entries.arena(), entry)));
    }

    /** An empty list that is to come under a key; see {@link Fresh}. */
    public Fresh<ListValue> freshList(Bytes key) {
        int entry = Entry.collection(entries.arena(), key, Value.Type.LIST, entries.birth());
        return new Fresh<>(entries, key, entry, entries.values().list(entry, Entry.header(entries.arena(), entry)));
    }

    /** An empty set that is to come under a key; see {@link Fresh}. */
    public Fresh<SetValue> freshSet(Bytes key) {
        int entry = Entry.collection(entries.arena(), key, Value.Type.SET, entries.birth());
        return new Fresh<>(entries, key, entry, entries.values().set(entry, Entry.header(entries.arena(), entry)));
    }

    /** An empty sorted set that is to come under a key; see {@link Fresh}. */
    public Fresh<SortedSet> freshSortedSet(Bytes key) {
        int entry = Entry.collection(entries.arena(), key, Value.Type.SORTED_SET, entries.birth());
        return new Fresh<>(
                entries, key, entry, entries.values().sortedSet(entry, Entry.header(entries.arena(), entry)));
    }

    /** An empty hash that is to come under a key; see {@link Fresh}. */
    public Fresh<HashValue> freshHash(Bytes key) {
        int entry = Entry.collection(entries.arena(), key, Value.Type.HASH, entries.birth());
        return new Fresh<>(entries, key, entry, entries.values().hash(entry, Entry.header(entries.arena(), entry)));
    }

    /** Sets the time of expiry of a key that is there; {@link #NO_EXPIRY} takes it away. */
    public void setExpireAt(Bytes key, long atMs) {
        long hash = entries.hashOf(key);
        int entry = entries.present(key, hash);
        if (entry != 0) {
            entries.putExpiry(key, hash, entry, atMs);
        }
    }

    /** To be called when times of expiry of members were changed, of a collection that is there. */
    public void membersExpire(Bytes key, Members members) {
        entries.membersExpire(key, members);
    }

    /** Takes the time of expiry away. Returns whether there was one. */
    public boolean persist(Bytes key) {
        long hash = entries.hashOf(key);
        int entry = entries.present(key, hash);
        if (entry == 0 || Entry.expireAt(entries.arena(), entry, Entry.header(entries.arena(), entry)) == NO_EXPIRY) {
            return false;
        }
        entries.putExpiry(key, hash, entry, NO_EXPIRY);
        return true;
    }

    /**
     * Moves value and time of expiry to another key, in place of whatever was there. Throws {@link CommandError#noSuchKey}.
     */
    public void rename(Bytes from, Bytes to) {
        transfers.rename(from, to);
    }

    /**
     * Moves value and time of expiry to the same key of another database, which must not have it. What has an arena of its
     * own only changes hands; anything else is copied. Throws {@link CommandError#noSuchKey}.
     */
    public void move(Bytes key, Database target) {
        transfers.move(key, target);
    }

    /**
     * Copies value and time of expiry to a key of any database, in place of whatever was there. Takes nothing when the
     * arena is full. Throws {@link CommandError#noSuchKey}.
     */
    public void copy(Bytes from, Database target, Bytes to) {
        transfers.copy(from, target, to);
    }

    /** Shows a key to the snapshot that is being made, if there is one; see {@link Snapshot#before}. */
    public void aboutToChange(Bytes key) {
        Snapshot snapshot = keyspace.snapshot();
        if (snapshot != null) {
            snapshot.before(this, key);
        }
    }

    // ---- removing

    /** Returns whether the key was there. */
    public boolean delete(Bytes key) {
        long hash = entries.hashOf(key);
        int entry = entries.live(key, hash);
        if (entry == 0) {
            return false;
        }
        entries.remove(hash, entry);
        return true;
    }

    /** As {@link #delete}; a big value is given back later, in housekeeping. */
    public boolean unlink(Bytes key) {
        long hash = entries.hashOf(key);
        int entry = entries.live(key, hash);
        if (entry == 0) {
            return false;
        }
        entries.table().remove(hash, entry);
        entries.forgetMembers(entry);
        long header = Entry.header(entries.arena(), entry);
        if (Entry.type(header) == Value.Type.STRING && !Entry.isRope(header)) {
            entries.values().free(entry);
        } else {
            entries.freeLater(entry);
        }
        return true;
    }

    /** Keeps elements {@code start} to {@code stop} of a list, both included and there. Many others are given back later. */
    public void trim(ListValue list, long start, long stop) {
        if (list.size() - (stop - start + 1) <= Values.FREED_AT_ONCE_MAX) {
            list.trim(start, stop);
            return;
        }
        int rest;
        try {
            rest = Entry.collection(entries.arena(), Bytes.EMPTY, Value.Type.LIST, entries.birth());
        } catch (CommandError full) {
            list.trim(start, stop); // which frees, and so must not be refused
            return;
        }
        list.trim(start, stop, entries.values().list(rest, Entry.header(entries.arena(), rest)));
        entries.freeLater(rest);
    }

    /** Removes a collection that has nothing in it. Returns whether it did. */
    public boolean deleteIfEmpty(Bytes key) {
        long hash = entries.hashOf(key);
        int entry = entries.live(key, hash);
        if (entry == 0 || !entries.values().isEmptyCollection(entry)) {
            return false;
        }
        entries.remove(hash, entry);
        return true;
    }

    /** Removes all keys at once; their memory is given back elsewhere. */
    public void clear() {
        entries.clear();
    }

    // ---- walking

    /**
     * One step of a walk over all keys: shows about {@code count} keys, and returns the cursor for the next step; 0 begins
     * and, returned, ends it. A key that is there from beginning to end is shown at least once. Any cursor is safe.
     */
    public long scan(long cursor, long count, KeyVisitor visitor) {
        return walk.scan(cursor, count, visitor);
    }

    /** Shows every key. */
    public void forEachKey(KeyVisitor visitor) {
        walk.forEachKey(visitor);
    }

    /** Any of the keys, each with the same chance; null when there is none. */
    public @Nullable Bytes randomKey() {
        return walk.randomKey(keyspace.randomness());
    }

    // ---- figures

    /** Number of keys that have a time to live. */
    public long keysWithExpiry() {
        return entries.table().expiring();
    }

    /** Number of keys that have members with a time to live. */
    public long keysWithMemberExpiry() {
        return entries.withMemberExpiry();
    }

    /** Mean time to live of the keys that have one, in ms: an estimate from what active expiry sees on its way. */
    public long averageTtlMs() {
        return entries.table().expiring() == 0 ? 0 : (long) entries.averageTtlMs();
    }

    /** Unlinked values that are yet to be given back. */
    int unlinkedPending() {
        return entries.unlinkedPending();
    }

    /** Memory of keys, values and the table. */
    public long bytesUsed() {
        return entries.arena().bytesUsed()
                + entries.subArenas().bytesUsed()
                + entries.table().directoryBytes();
    }

    /** Memory that was taken from the pool for them. */
    public long bytesReserved() {
        return entries.arena().bytesReserved() + entries.subArenas().bytesReserved();
    }

    /**
     * How full the table is.
     *
     * @param entries keys, of which {@code expiring} have a time to live
     */
    public record TableUse(long entries, long expiring, long slots, int segments, long bytes) {}

    public TableUse tableUse() {
        return new TableUse(
                entries.table().size(),
                entries.table().expiring(),
                entries.table().slots(),
                entries.table().segments(),
                entries.table().bytesUsed());
    }

    /** Memory of the table alone. */
    public long tableBytes() {
        return entries.table().bytesUsed();
    }

    /** Memory of the table outside the arena. */
    public long directoryBytes() {
        return entries.table().directoryBytes();
    }

    /** Memory of one key, its value and its place in the table; 0 when it is not there. Asking is no access. */
    public long bytesUsed(Bytes key) {
        int entry = entries.live(key, entries.hashOf(key));
        if (entry == 0) {
            return 0;
        }
        return Long.BYTES + entries.values().bytes(entry);
    }
}
