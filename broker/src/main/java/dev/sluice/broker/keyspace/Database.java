package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.Pieces;
import dev.sluice.broker.data.Root;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.SubArenas;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one database. Values are views of what lies in the arena: valid until the key is next written other than
 * through the view, and never beyond the call. Keys and values handed in are copied. A key whose time has come is missing
 * to every method except {@link #size}, and is removed by the first that comes across it.
 *
 * <p>Methods that store throw {@link CommandError#outOfMemory} before they have changed anything.
 */
public final class Database {
    /** In place of a time of expiry: none. */
    public static final long NO_EXPIRY = -1;

    /** From {@link #expireAt}: there is no such key. */
    public static final long NO_KEY = -2;

    private static final int DUE_MEMBERS_STEP = 64;
    private static final int FETCHED_MAX = 32;
    private static final int FETCHED_FROM_KEYS = 10_000; // fewer are in the processor's cache anyway
    private static final int OVERHEAD_BYTES = 64; // of an argument when it is stored
    private static final int SLACK_BYTES = 512 << 10; // a string moves, a node and a segment split
    private static final long IDLE_BYTES_TOLERATED = 8 << 20;
    private static final double TTL_SAMPLES = 1000; // over how many keys the mean goes

    private final Keyspace keyspace;
    private final KeyHash hash;
    private final Supplier<Arena> arenas;
    private final SubArenas.Owner subArenas;
    private int index;
    private Arena arena;
    private Table table;
    private Values values;
    private MemberExpiry memberExpiry;
    private final int epoch = 0; // rises with each snapshot's cut
    private final KeyWalk walk = new KeyWalk(this);
    private int[] unlinked = new int[8];
    private int unlinkedCount;
    private double averageTtlMs;
    private final long[] fetchedSlots = new long[FETCHED_MAX];
    private long fetched; // so that the reading is not optimized away

    Database(Keyspace keyspace, int index, KeyHash hash, Supplier<Arena> arenas, SubArenas.Owner subArenas) {
        this.keyspace = keyspace;
        this.index = index;
        this.hash = hash;
        this.arenas = arenas;
        this.subArenas = subArenas;
        this.arena = arenas.get();
        this.table = new Table(arena);
        this.values = new Values(arena, subArenas, keyspace.collections());
        this.memberExpiry = new MemberExpiry(arena, keyspace.collections().sortedSets());
    }

    public int index() {
        return index;
    }

    void setIndex(int index) {
        this.index = index;
    }

    /** Number of keys, those included whose time has come but that nobody came across yet. */
    public long size() {
        return table.size();
    }

    // ---- looking up

    public @Nullable Value value(Bytes key) {
        int entry = look(key);
        return entry == 0 ? null : values.of(entry);
    }

    public @Nullable StringValue string(Bytes key) {
        int entry = look(key);
        if (entry == 0) {
            return null;
        }
        return values.string(entry, require(entry, Value.Type.STRING));
    }

    public @Nullable ListValue list(Bytes key) {
        int entry = look(key);
        return entry == 0 ? null : values.list(entry, require(entry, Value.Type.LIST));
    }

    public @Nullable SortedSet sortedSet(Bytes key) {
        int entry = look(key);
        return entry == 0 ? null : values.sortedSet(entry, require(entry, Value.Type.SORTED_SET));
    }

    public @Nullable SetValue set(Bytes key) {
        int entry = look(key);
        return entry == 0 ? null : values.set(entry, require(entry, Value.Type.SET));
    }

    public @Nullable HashValue hash(Bytes key) {
        int entry = look(key);
        return entry == 0 ? null : values.hash(entry, require(entry, Value.Type.HASH));
    }

    public Value.@Nullable Type type(Bytes key) {
        int entry = look(key);
        return entry == 0 ? null : Entry.type(Entry.header(arena, entry));
    }

    public boolean exists(Bytes key) {
        return look(key) != 0;
    }

    /** In ms since 1970; {@link #NO_EXPIRY}, or {@link #NO_KEY}. */
    public long expireAt(Bytes key) {
        int entry = look(key);
        return entry == 0 ? NO_KEY : Entry.expireAt(arena, entry, Entry.header(arena, entry));
    }

    /**
     * Reads where these keys probably are. One look-up after the other waits for memory twice; here the processor waits
     * for all of them at once, and finds them in its cache when their commands come. Sees and changes nothing else.
     */
    public void fetch(Bytes[] keys, int count) {
        if (table.size() < FETCHED_FROM_KEYS) {
            return;
        }
        for (int i = 0; i < count; i++) {
            fetchedSlots[i] = table.likelySlot(hashOf(keys[i]));
        }
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += table.beginningOfEntry(fetchedSlots[i]);
        }
        fetched = sum;
    }

    /** What is there, for who inspects it: without an access, a hit or a miss. */
    public @Nullable Value inspect(Bytes key) {
        int entry = live(key, hashOf(key));
        return entry == 0 ? null : values.of(entry);
    }

    /** The mark of a key's last access, see {@link AccessClock}; -1 when it is not there. */
    public int accessMark(Bytes key) {
        int entry = live(key, hashOf(key));
        return entry == 0 ? -1 : Entry.clock(Entry.header(arena, entry));
    }

    /** Sets the mark of a key that is there. */
    public void putAccessMark(Bytes key, int mark) {
        int entry = live(key, hashOf(key));
        Entry.touch(arena, entry, Entry.header(arena, entry), mark);
    }

    /** As {@link #expireAt}, for who inspects it. */
    public long inspectExpireAt(Bytes key) {
        int entry = live(key, hashOf(key));
        return entry == 0 ? NO_KEY : Entry.expireAt(arena, entry, Entry.header(arena, entry));
    }

    /** Where a key's block is: a number that stays the same while the block does, and says nothing else. */
    public long place(Bytes key) {
        return Integer.toUnsignedLong(live(key, hashOf(key)));
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
            arena.ensure(all);
        } catch (CommandError full) {
            if (!freeAllUnlinked()) {
                throw full;
            }
            arena.ensure(all);
        }
    }

    /** Stores a string in place of whatever was there, with its own time of expiry or {@link #NO_EXPIRY}. */
    public void setString(Bytes key, Bytes value, long expireAtMs) {
        long hash = hashOf(key);
        store(key, hash, present(key, hash), value, expireAtMs);
    }

    /** Stores a string in place of whatever was there, which leaves its time of expiry. */
    public void setStringKeepTtl(Bytes key, Bytes value) {
        long hash = hashOf(key);
        int entry = present(key, hash);
        long expireAt = entry == 0 ? NO_EXPIRY : Entry.expireAt(arena, entry, Entry.header(arena, entry));
        store(key, hash, entry, value, expireAt);
    }

    /** As {@link #setStringKeepTtl}, for what Redis does not show as a number although it looks like one. */
    public void setTextKeepTtl(Bytes key, Bytes value) {
        setStringKeepTtl(key, value);
        Entry.setText(arena, table.find(hashOf(key), key.array(), key.offset(), key.length()));
    }

    /** Adds to the end of a string, which may be missing. Throws {@link CommandError#wrongType}. */
    public void append(Bytes key, Bytes tail) {
        long hash = hashOf(key);
        int entry = present(key, hash);
        if (entry == 0) {
            store(key, hash, 0, tail, NO_EXPIRY);
            return;
        }
        long header = require(entry, Value.Type.STRING);
        write(key, hash, entry, Entry.stringLength(arena, entry, header), tail);
    }

    /**
     * Overwrites a part of a string from index {@code at} on; where the string ends before, or is missing, zeros are put
     * in between. Throws {@link CommandError#wrongType}.
     */
    public void writeString(Bytes key, int at, Bytes part) {
        long hash = hashOf(key);
        int entry = present(key, hash);
        if (entry == 0) {
            table.reserve(hash);
            table.add(hash, Entry.zerosWith(arena, key, at, part, birth()), false);
        } else {
            require(entry, Value.Type.STRING);
            write(key, hash, entry, at, part);
        }
    }

    private int write(Bytes key, long hash, int entry, int at, Bytes part) {
        int written = Entry.write(arena, entry, key, at, part, birth());
        if (written != entry) {
            table.replace(hash, entry, written, hasTimeToLive(written));
            Entry.freeShell(arena, entry);
        }
        return written;
    }

    /**
     * A string to be changed in place: raw, and of at least {@code lengthMin} bytes, if need be with zeros at its end;
     * created if it is missing. Throws {@link CommandError#wrongType}.
     */
    public StringValue rawString(Bytes key, int lengthMin) {
        long hash = hashOf(key);
        int entry = present(key, hash);
        if (entry == 0) {
            table.reserve(hash);
            entry = Entry.zerosWith(arena, key, lengthMin, Bytes.EMPTY, birth());
            table.add(hash, entry, false);
        } else {
            int length = Entry.stringLength(arena, entry, require(entry, Value.Type.STRING));
            entry = write(key, hash, entry, Math.max(length, lengthMin), Bytes.EMPTY);
        }
        return values.string(entry, Entry.header(arena, entry));
    }

    /**
     * Stores a raw string that is made piece by piece in place of whatever was there, which may be what it is made from.
     */
    public void setString(Bytes key, int length, Pieces pieces) {
        long hash = hashOf(key);
        int old = present(key, hash);
        if (old == 0) {
            table.reserve(hash);
        }
        int stored = Entry.string(arena, key, length, pieces, birth());
        if (old == 0) {
            table.add(hash, stored, false);
        } else {
            table.replace(hash, old, stored, false);
            values.free(old);
        }
    }

    /** The list under a key, an empty one if there was nothing; see {@link #deleteIfEmpty}. */
    public ListValue listOrNew(Bytes key) {
        int entry = collectionOrNew(key, Value.Type.LIST);
        return values.list(entry, Entry.header(arena, entry));
    }

    /** The sorted set under a key, an empty one if there was nothing; see {@link #deleteIfEmpty}. */
    public SortedSet sortedSetOrNew(Bytes key) {
        int entry = collectionOrNew(key, Value.Type.SORTED_SET);
        return values.sortedSet(entry, Entry.header(arena, entry));
    }

    /** The set under a key, an empty one if there was nothing; see {@link #deleteIfEmpty}. */
    public SetValue setOrNew(Bytes key) {
        int entry = collectionOrNew(key, Value.Type.SET);
        return values.set(entry, Entry.header(arena, entry));
    }

    /** The hash under a key, an empty one if there was nothing; see {@link #deleteIfEmpty}. */
    public HashValue hashOrNew(Bytes key) {
        int entry = collectionOrNew(key, Value.Type.HASH);
        return values.hash(entry, Entry.header(arena, entry));
    }

    /** A string that is to come under a key; see {@link Fresh}. */
    public Fresh<StringValue> freshString(Bytes key, Bytes value) {
        int entry = Entry.string(arena, key, value, NO_EXPIRY, birth());
        return new Fresh<>(this, key, entry, values.string(entry, Entry.header(arena, entry)));
    }

    /** An empty list that is to come under a key; see {@link Fresh}. */
    public Fresh<ListValue> freshList(Bytes key) {
        int entry = Entry.collection(arena, key, Value.Type.LIST, birth());
        return new Fresh<>(this, key, entry, values.list(entry, Entry.header(arena, entry)));
    }

    /** An empty set that is to come under a key; see {@link Fresh}. */
    public Fresh<SetValue> freshSet(Bytes key) {
        int entry = Entry.collection(arena, key, Value.Type.SET, birth());
        return new Fresh<>(this, key, entry, values.set(entry, Entry.header(arena, entry)));
    }

    /** An empty sorted set that is to come under a key; see {@link Fresh}. */
    public Fresh<SortedSet> freshSortedSet(Bytes key) {
        int entry = Entry.collection(arena, key, Value.Type.SORTED_SET, birth());
        return new Fresh<>(this, key, entry, values.sortedSet(entry, Entry.header(arena, entry)));
    }

    /** An empty hash that is to come under a key; see {@link Fresh}. */
    public Fresh<HashValue> freshHash(Bytes key) {
        int entry = Entry.collection(arena, key, Value.Type.HASH, birth());
        return new Fresh<>(this, key, entry, values.hash(entry, Entry.header(arena, entry)));
    }

    /** Gives an entry that is under no key yet a time of expiry. Returns the entry, which may be another then. */
    int expiring(Bytes key, int made, long atMs) {
        long header = Entry.header(arena, made);
        if (Entry.addExpiryField(arena, made, header, atMs)) {
            return made;
        }
        int moved = Entry.moved(arena, made, key, atMs, 0, Entry.birth(epoch, Entry.clock(header)));
        Entry.freeShell(arena, made);
        return moved;
    }

    /** Puts an entry that was made for a key under it, in place of whatever was there. */
    void adopt(Bytes key, int made) {
        long hash = hashOf(key);
        int entry = present(key, hash);
        boolean expires = hasTimeToLive(made);
        if (entry == 0) {
            table.reserve(hash);
            table.add(hash, made, expires);
        } else {
            table.replace(hash, entry, made, expires);
            free(entry);
        }
        noteMembers(key, made);
    }

    /** Moves the content of an entry into the empty collection of its type that is under a key. */
    void refill(Bytes key, int made) {
        Root.moveTo(rootAt(made), rootAt(live(key, hashOf(key))));
        Entry.freeShell(arena, made);
    }

    /** Gives back an entry that is under no key. */
    void drop(int made) {
        values.free(made);
    }

    /** Sets the time of expiry of a key that is there; {@link #NO_EXPIRY} takes it away. */
    public void setExpireAt(Bytes key, long atMs) {
        long hash = hashOf(key);
        int entry = present(key, hash);
        if (entry != 0) {
            putExpiry(key, hash, entry, atMs);
        }
    }

    /** To be called when times of expiry of members were changed, of a collection that is there. */
    public void membersExpire(Bytes key, Members members) {
        memberExpiry.note(key, members.earliestExpiry());
    }

    /** Takes the time of expiry away. Returns whether there was one. */
    public boolean persist(Bytes key) {
        long hash = hashOf(key);
        int entry = present(key, hash);
        if (entry == 0 || Entry.expireAt(arena, entry, Entry.header(arena, entry)) == NO_EXPIRY) {
            return false;
        }
        putExpiry(key, hash, entry, NO_EXPIRY);
        return true;
    }

    /**
     * Moves value and time of expiry to another key, in place of whatever was there. Throws {@link CommandError#noSuchKey}.
     */
    public void rename(Bytes from, Bytes to) {
        long fromHash = hashOf(from);
        int entry = present(from, fromHash);
        if (entry == 0) {
            throw CommandError.noSuchKey();
        }
        if (from.equals(to)) {
            return;
        }
        long toHash = hashOf(to);
        int replaced = present(to, toHash);
        if (replaced == 0) {
            table.reserve(toHash);
        }
        long header = Entry.header(arena, entry);
        long expireAt = Entry.expireAt(arena, entry, header);
        int moved = Entry.moved(arena, entry, to, expireAt, 0, Entry.birth(epoch, Entry.clock(header)));
        table.remove(fromHash, entry);
        forgetMembers(entry);
        Entry.freeShell(arena, entry);
        if (replaced == 0) {
            table.add(toHash, moved, expireAt != NO_EXPIRY);
        } else {
            table.replace(toHash, replaced, moved, expireAt != NO_EXPIRY);
            free(replaced);
        }
        noteMembers(to, moved);
    }

    /** Notes the members of a key that is new. */
    private void noteMembers(Bytes key, int entry) {
        Members members = values.expiring(entry, Entry.header(arena, entry));
        if (members != null) {
            membersExpire(key, members);
        }
    }

    /**
     * Moves value and time of expiry to the same key of another database, which must not have it. What has an arena of its
     * own only changes hands; anything else is copied. Throws {@link CommandError#noSuchKey}.
     */
    public void move(Bytes key, Database target) {
        long hash = hashOf(key);
        int entry = present(key, hash);
        if (entry == 0) {
            throw CommandError.noSuchKey();
        }
        long header = Entry.header(arena, entry);
        if (Entry.type(header) == Value.Type.STRING
                || values.root(entry, header).subArena() == 0
                || values.root(entry, header).hasExpiries()) {
            copy(key, target, key);
            remove(hash, entry);
            return;
        }
        int made = target.collectionLike(key, this, entry, header);
        Root.handOver(values.root(entry, header), target.rootAt(made));
        table.remove(hash, entry);
        Entry.freeShell(arena, entry);
    }

    /**
     * Copies value and time of expiry to a key of any database, in place of whatever was there. Takes nothing when the
     * arena is full. Throws {@link CommandError#noSuchKey}.
     */
    public void copy(Bytes from, Database target, Bytes to) {
        int entry = present(from, hashOf(from));
        if (entry == 0) {
            throw CommandError.noSuchKey();
        }
        target.reserve(1, to.length() + 2 * bytesUsed(from)); // blocks are rounded up, nodes are filled otherwise
        target.delete(to);
        long header = Entry.header(arena, entry);
        if (Entry.type(header) == Value.Type.STRING) {
            target.copyString(to, this, entry, header);
        } else {
            int made = target.collectionLike(to, this, entry, header);
            values.copyTo(entry, header, target.rootAt(made));
            target.noteMembers(to, made);
        }
    }

    private void copyString(Bytes key, Database source, int entry, long header) {
        long hash = hashOf(key);
        long expireAt = Entry.expireAt(source.arena, entry, header);
        table.reserve(hash);
        table.add(hash, Entry.copyOfString(arena, key, source.arena, entry, expireAt, birth()), expireAt != NO_EXPIRY);
    }

    /** A new, empty collection of the type and time of expiry that an entry of another database has. */
    private int collectionLike(Bytes key, Database source, int entry, long header) {
        long hash = hashOf(key);
        table.reserve(hash);
        int made = Entry.collection(arena, key, Entry.type(header), birth());
        table.add(hash, made, false);
        long expireAt = Entry.expireAt(source.arena, entry, header);
        if (expireAt != NO_EXPIRY) {
            setExpireAt(key, expireAt);
            made = present(key, hash);
        }
        return made;
    }

    private Root rootAt(int entry) {
        return values.root(entry, Entry.header(arena, entry));
    }

    // ---- removing

    /** Returns whether the key was there. */
    public boolean delete(Bytes key) {
        long hash = hashOf(key);
        int entry = live(key, hash);
        if (entry == 0) {
            return false;
        }
        remove(hash, entry);
        return true;
    }

    /** As {@link #delete}; a big value is given back later, in housekeeping. */
    public boolean unlink(Bytes key) {
        long hash = hashOf(key);
        int entry = live(key, hash);
        if (entry == 0) {
            return false;
        }
        table.remove(hash, entry);
        forgetMembers(entry);
        long header = Entry.header(arena, entry);
        if (Entry.type(header) == Value.Type.STRING && !Entry.isRope(header)) {
            values.free(entry);
        } else {
            freeLater(entry);
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
            rest = Entry.collection(arena, Bytes.EMPTY, Value.Type.LIST, birth());
        } catch (CommandError full) {
            list.trim(start, stop); // which frees, and so must not be refused
            return;
        }
        list.trim(start, stop, values.list(rest, Entry.header(arena, rest)));
        freeLater(rest);
    }

    /** Removes a collection that has nothing in it. */
    public void deleteIfEmpty(Bytes key) {
        long hash = hashOf(key);
        int entry = live(key, hash);
        if (entry != 0 && values.isEmptyCollection(entry)) {
            remove(hash, entry);
        }
    }

    /** Removes all keys at once; their memory is given back elsewhere. */
    public void clear() {
        if (table.segments() == 0) {
            return;
        }
        Arena old = arena;
        arena = arenas.get();
        table = new Table(arena);
        values = new Values(arena, subArenas, keyspace.collections());
        memberExpiry = new MemberExpiry(arena, keyspace.collections().sortedSets());
        unlinkedCount = 0;
        averageTtlMs = 0;
        subArenas.detachAll();
        old.detach();
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
        return table.expiring();
    }

    /** Number of keys that have members with a time to live. */
    public long keysWithMemberExpiry() {
        return memberExpiry.size();
    }

    /** Mean time to live of the keys that have one, in ms: an estimate from what active expiry sees on its way. */
    public long averageTtlMs() {
        return table.expiring() == 0 ? 0 : (long) averageTtlMs;
    }

    /** Unlinked values that are yet to be given back. */
    int unlinkedPending() {
        return unlinkedCount;
    }

    /** Memory of keys, values and the table. */
    public long bytesUsed() {
        return arena.bytesUsed() + subArenas.bytesUsed() + table.directoryBytes();
    }

    /** Memory that was taken from the pool for them. */
    public long bytesReserved() {
        return arena.bytesReserved() + subArenas.bytesReserved();
    }

    /**
     * How full the table is.
     *
     * @param entries keys, of which {@code expiring} have a time to live
     */
    public record TableUse(long entries, long expiring, long slots, int segments, long bytes) {}

    public TableUse tableUse() {
        return new TableUse(table.size(), table.expiring(), table.slots(), table.segments(), table.bytesUsed());
    }

    /** Memory of the table alone. */
    public long tableBytes() {
        return table.bytesUsed();
    }

    /** Memory of the table outside the arena. */
    public long directoryBytes() {
        return table.directoryBytes();
    }

    /** Memory of one key, its value and its place in the table; 0 when it is not there. Asking is no access. */
    public long bytesUsed(Bytes key) {
        int entry = live(key, hashOf(key));
        if (entry == 0) {
            return 0;
        }
        return Long.BYTES + values.bytes(entry);
    }

    // ---- for housekeeping

    Table table() {
        return table;
    }

    Arena arena() {
        return arena;
    }

    boolean hasTimeToLive(int entry) {
        return Entry.expireAt(arena, entry, Entry.header(arena, entry)) != NO_EXPIRY;
    }

    /** Removes an entry that has a time to live, if it is over. Returns whether it was. */
    boolean expireIfDue(int entry) {
        long ttl = Entry.expireAt(arena, entry, Entry.header(arena, entry)) - keyspace.now();
        if (ttl >= 0) {
            averageTtlMs = averageTtlMs == 0 ? ttl : averageTtlMs + (ttl - averageTtlMs) / TTL_SAMPLES;
            return false;
        }
        expire(entry);
        return true;
    }

    /** Decides what {@link #pack} moves; before a walk over all entries. Returns whether it is worth it. */
    boolean beginsPacking() {
        if (idleBytes() < IDLE_BYTES_TOLERATED || idleBytes() < bytesReserved() >>> 3) {
            return false;
        }
        arena.compact();
        return true;
    }

    /** Whether so much memory lies idle between blocks that packing should not wait. */
    boolean isBadlyFragmented() {
        return idleBytes() >= IDLE_BYTES_TOLERATED && idleBytes() > bytesReserved() >>> 2;
    }

    private long idleBytes() {
        return bytesReserved() - arena.bytesUsed() - subArenas.bytesUsed();
    }

    /** Moves an entry's block where it leaves less memory idle. Returns whether that was worth it. */
    boolean pack(int entry) {
        if (!arena.shouldMove(entry)) {
            return false;
        }
        Bytes key = Entry.key(arena, entry);
        long header = Entry.header(arena, entry);
        long expireAt = Entry.expireAt(arena, entry, header);
        int moved;
        try {
            moved = Entry.moved(arena, entry, key, expireAt, 0, Entry.birth(epoch, Entry.clock(header)));
        } catch (CommandError full) {
            return false; // it can stay where it is
        }
        table.replace(hashOf(key), entry, moved, expireAt != NO_EXPIRY);
        Entry.freeShell(arena, entry);
        return true;
    }

    /** Moves some of the blocks of a value, from a cursor on that is 0 at first. Returns the next, 0 at the end. */
    long packValue(int entry, long cursor, int steps) {
        return values.pack(entry, cursor, steps);
    }

    /** Where the entry is in the table's order. */
    long position(int entry) {
        return Table.position(hashOf(Entry.key(arena, entry)));
    }

    /** Removes some members whose time has come. Returns whether there may be more. */
    boolean dropDueMembers() {
        Bytes key = memberExpiry.due(keyspace.now());
        if (key == null) {
            return false;
        }
        long hash = hashOf(key);
        int entry = table.find(hash, key.array(), key.offset(), key.length());
        Members members = entry == 0 ? null : values.expiring(entry, Entry.header(arena, entry));
        if (members == null) {
            memberExpiry.forget(key);
        } else if (members.earliestExpiry() >= keyspace.now()) {
            membersExpire(key, members);
        } else {
            dropDue(entry, members, DUE_MEMBERS_STEP);
        }
        return true;
    }

    /** Gives an unlinked value back, or a part of it. Returns whether there was one. */
    boolean freeUnlinked() {
        if (unlinkedCount == 0) {
            return false;
        }
        if (values.freeSome(unlinked[unlinkedCount - 1])) {
            unlinkedCount--;
            keyspace.countUnlinkedFreed();
        }
        return true;
    }

    /** Gives all unlinked values back at once, whatever it takes. Returns whether there was any. */
    private boolean freeAllUnlinked() {
        boolean any = unlinkedCount > 0;
        while (unlinkedCount > 0) {
            freeUnlinked();
        }
        return any;
    }

    // ---- one entry

    private int look(Bytes key) {
        int entry = live(key, hashOf(key));
        keyspace.countLookup(entry != 0);
        if (entry != 0) {
            touch(entry, Entry.header(arena, entry));
        }
        return entry;
    }

    private void touch(int entry, long header) {
        Entry.touch(arena, entry, header, keyspace.accesses().accessed(Entry.clock(header)));
    }

    /** The entry of a key whose time has not come, or 0. */
    private int live(Bytes key, long hash) {
        int entry = table.find(hash, key.array(), key.offset(), key.length());
        return entry == 0 || isGone(entry) ? 0 : entry;
    }

    /** As {@link #live}, before a write: also what is kept only because expiry is paused has to go. */
    private int present(Bytes key, long hash) {
        int entry = table.find(hash, key.array(), key.offset(), key.length());
        if (entry == 0 || !isGone(entry)) {
            return entry;
        }
        if (keyspace.expiryPaused()) {
            remove(hash, entry);
        }
        return 0;
    }

    /** Whether the time of a key, or of all its members, has come; then it is removed, unless expiry is paused. */
    boolean isGone(int entry) {
        long header = Entry.header(arena, entry);
        if (Entry.hasExpiryField(header)) {
            long expireAt = Entry.expireAt(arena, entry, header);
            if (expireAt != NO_EXPIRY && keyspace.now() > expireAt) {
                if (!keyspace.expiryPaused()) {
                    expire(entry);
                }
                return true;
            }
        }
        Members members = keyspace.expiryPaused() ? null : values.expiring(entry, header);
        return members != null && dropDue(entry, members, Integer.MAX_VALUE);
    }

    /** Removes members whose time has come, at most {@code limit}. Returns whether none is left, and so the key is gone. */
    private boolean dropDue(int entry, Members members, int limit) {
        long earliest = members.earliestExpiry();
        if (earliest >= keyspace.now()) {
            return false;
        }
        Bytes key = Entry.key(arena, entry);
        int left = limit;
        for (Bytes[] due;
                left > 0 && (due = members.dueMembers(keyspace.now(), Math.min(left, DUE_MEMBERS_STEP))).length > 0; ) {
            for (Bytes member : due) {
                members.remove(member);
                keyspace.loseMember(this, key, members.type(), member);
            }
            left -= due.length;
        }
        if (members.size() > 0) {
            noteLater(key, members);
            return false;
        }
        keyspace.loseEmptied(this, key);
        remove(hashOf(key), entry);
        return true;
    }

    private void noteLater(Bytes key, Members members) {
        try {
            membersExpire(key, members);
        } catch (CommandError full) {
            // then the time noted before stays, which is too early and does no harm
        }
    }

    private void expire(int entry) {
        Bytes key = Entry.key(arena, entry);
        keyspace.lose(this, key);
        remove(hashOf(key), entry);
    }

    private long require(int entry, Value.Type type) {
        long header = Entry.header(arena, entry);
        if (Entry.type(header) != type) {
            throw CommandError.wrongType();
        }
        return header;
    }

    private void store(Bytes key, long hash, int entry, Bytes value, long expireAt) {
        boolean expires = expireAt != NO_EXPIRY;
        if (entry == 0) {
            table.reserve(hash);
            table.add(hash, Entry.string(arena, key, value, expireAt, birth()), expires);
        } else if (!overwrite(hash, entry, value, expireAt)) {
            int stored = Entry.string(arena, key, value, expireAt, birth());
            table.replace(hash, entry, stored, expires);
            free(entry);
        }
    }

    /** Stores a string into the block of the one before. Returns whether it fitted. */
    private boolean overwrite(long hash, int entry, Bytes value, long expireAt) {
        long header = Entry.header(arena, entry);
        boolean inPlace = Entry.type(header) == Value.Type.STRING
                && !Entry.isRope(header)
                && (expireAt == NO_EXPIRY || Entry.hasExpiryField(header))
                && Entry.fits(arena, entry, header, value.length());
        if (inPlace) {
            Entry.putString(arena, entry, header, value);
            Entry.setPlain(arena, entry);
            touch(entry, Entry.header(arena, entry));
            putExpiryField(hash, entry, header, expireAt);
        }
        return inPlace;
    }

    private int collectionOrNew(Bytes key, Value.Type type) {
        long hash = hashOf(key);
        int entry = present(key, hash);
        if (entry != 0) {
            touch(entry, require(entry, type));
            return entry;
        }
        table.reserve(hash);
        entry = Entry.collection(arena, key, type, birth());
        table.add(hash, entry, false);
        return entry;
    }

    private void putExpiry(Bytes key, long hash, int entry, long expireAt) {
        long header = Entry.header(arena, entry);
        if (Entry.hasExpiryField(header)) {
            putExpiryField(hash, entry, header, expireAt);
        } else if (expireAt != NO_EXPIRY) {
            if (Entry.addExpiryField(arena, entry, header, expireAt)) {
                table.replace(hash, entry, entry, true);
            } else {
                int moved = Entry.moved(arena, entry, key, expireAt, 0, Entry.birth(epoch, Entry.clock(header)));
                table.replace(hash, entry, moved, true);
                Entry.freeShell(arena, entry);
            }
        }
    }

    /** Where there is a field for it, or nothing to put into it. */
    private void putExpiryField(long hash, int entry, long header, long expireAt) {
        if (!Entry.hasExpiryField(header)) {
            return;
        }
        boolean expired = Entry.expireAt(arena, entry, header) != NO_EXPIRY;
        boolean expires = expireAt != NO_EXPIRY;
        Entry.putExpiry(arena, entry, expireAt);
        if (expired != expires) {
            table.replace(hash, entry, entry, expires);
        }
    }

    private void remove(long hash, int entry) {
        table.remove(hash, entry);
        free(entry);
    }

    private void free(int entry) {
        forgetMembers(entry);
        if (values.isLong(entry)) {
            freeLater(entry);
        } else {
            values.free(entry);
        }
    }

    private void forgetMembers(int entry) {
        if (memberExpiry.size() > 0 && Entry.type(Entry.header(arena, entry)) != Value.Type.STRING) {
            memberExpiry.forget(Entry.key(arena, entry));
        }
    }

    private void freeLater(int entry) {
        if (unlinkedCount == unlinked.length) {
            unlinked = Arrays.copyOf(unlinked, unlinkedCount * 2);
        }
        unlinked[unlinkedCount++] = entry;
    }

    private long birth() {
        return Entry.birth(epoch, keyspace.accesses().born());
    }

    private long hashOf(Bytes key) {
        return hash.of(key.array(), key.offset(), key.length());
    }
}
