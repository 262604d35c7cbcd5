package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.Root;
import dev.sluice.broker.data.SubArenas;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The entries of one database: where they are found, whether their time has come, and how they go. What stands in an entry
 * is for {@link Values}; the methods here are what all that keys can do is made of.
 */
final class Entries {
    private static final int DUE_MEMBERS_STEP = 64;
    private static final double TTL_SAMPLES = 1000; // over how many keys the mean goes

    private final Database database;
    private final Keyspace keyspace;
    private final KeyHash hash;
    private final Supplier<Arena> arenas;
    private final SubArenas.Owner subArenas;
    private Arena arena;
    private Table table;
    private Values values;
    private MemberExpiry memberExpiry;
    private int[] unlinked = new int[8];
    private int unlinkedCount;
    private double averageTtlMs;

    Entries(Database database, Keyspace keyspace, KeyHash hash, Supplier<Arena> arenas, SubArenas.Owner subArenas) {
        this.database = database;
        this.keyspace = keyspace;
        this.hash = hash;
        this.arenas = arenas;
        this.subArenas = subArenas;
        this.arena = arenas.get();
        this.table = new Table(arena);
        this.values = new Values(arena, subArenas, keyspace.collections());
        this.memberExpiry = new MemberExpiry(arena, keyspace.collections().sortedSets());
    }

    Arena arena() {
        return arena;
    }

    Table table() {
        return table;
    }

    Values values() {
        return values;
    }

    SubArenas.Owner subArenas() {
        return subArenas;
    }

    /** Number of keys that have members with a time to live. */
    long withMemberExpiry() {
        return memberExpiry.size();
    }

    /** As {@link Database#averageTtlMs}. */
    double averageTtlMs() {
        return averageTtlMs;
    }

    /** Unlinked values that are yet to be given back. */
    int unlinkedPending() {
        return unlinkedCount;
    }

    // ---- finding

    long hashOf(Bytes key) {
        return hash.of(key.array(), key.offset(), key.length());
    }

    /** The entry of a key that is accessed, or 0: counts as a hit or a miss. */
    int look(Bytes key) {
        int entry = live(key, hashOf(key));
        if (entry == 0) {
            keyspace.miss(database, key);
        } else {
            keyspace.hit();
            touch(entry, Entry.header(arena, entry));
        }
        return entry;
    }

    void touch(int entry, long header) {
        Entry.touch(arena, entry, header, keyspace.accesses().accessed(Entry.clock(header)));
    }

    /** The entry of a key whose time has not come, or 0. */
    int live(Bytes key, long hash) {
        int entry = table.find(hash, key.array(), key.offset(), key.length());
        return entry == 0 || isGone(entry) ? 0 : entry;
    }

    /** Whether there is an entry of this key whose own time has come. */
    boolean isOver(Bytes key, long hash) {
        int entry = table.find(hash, key.array(), key.offset(), key.length());
        return entry != 0 && isOver(entry, Entry.header(arena, entry));
    }

    /** As {@link #live}, before a write: also what is kept only because expiry is paused has to go. */
    int present(Bytes key, long hash) {
        int entry = table.find(hash, key.array(), key.offset(), key.length());
        if (entry == 0 || !isGone(entry)) {
            return entry;
        }
        if (keyspace.expiryPaused()) {
            remove(hash, entry);
        }
        return 0;
    }

    /** The header of an entry of this type. Throws {@link CommandError#wrongType}. */
    long require(int entry, Value.Type type) {
        long header = Entry.header(arena, entry);
        if (Entry.type(header) != type) {
            throw CommandError.wrongType();
        }
        return header;
    }

    Root rootAt(int entry) {
        return values.root(entry, Entry.header(arena, entry));
    }

    /** Epoch and access mark of what is new. */
    long birth() {
        return Entry.birth(keyspace.epoch(), keyspace.accesses().born());
    }

    /** Epoch of now and access mark of an entry, for the block that it moves to. */
    long birthOf(long header) {
        return Entry.birth(keyspace.epoch(), Entry.clock(header));
    }

    // ---- placing

    /** The collection under a key, an empty one if there was nothing. */
    int collectionOrNew(Bytes key, Value.Type type) {
        long hash = hashOf(key);
        int entry = present(key, hash);
        if (entry != 0) {
            touch(entry, require(entry, type));
            return entry;
        }
        table.reserve(hash);
        entry = Entry.collection(arena, key, type, birth());
        add(key, hash, entry, false);
        return entry;
    }

    /** Puts an entry under a key that is not there, after {@link Table#reserve}. */
    void add(Bytes key, long hash, int entry, boolean expires) {
        table.add(hash, entry, expires);
        tellOfNew(key);
    }

    void tellOfNew(Bytes key) {
        keyspace.add(database, key);
    }

    /** Gives an entry that is under no key yet a time of expiry. Returns the entry, which may be another then. */
    int expiring(Bytes key, int made, long atMs) {
        long header = Entry.header(arena, made);
        if (Entry.addExpiryField(arena, made, header, atMs)) {
            return made;
        }
        int moved = Entry.moved(arena, made, key, atMs, 0, birthOf(header));
        Entry.freeShell(arena, made);
        return moved;
    }

    /** Puts an entry that was made for a key under it, in place of whatever was there. */
    void adopt(Bytes key, int made) {
        database.aboutToChange(key);
        long hash = hashOf(key);
        int entry = present(key, hash);
        boolean expires = hasTimeToLive(made);
        if (entry == 0) {
            table.reserve(hash);
            add(key, hash, made, expires);
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

    // ---- removing

    void remove(long hash, int entry) {
        table.remove(hash, entry);
        free(entry);
    }

    void free(int entry) {
        forgetMembers(entry);
        if (values.isLong(entry)) {
            freeLater(entry);
        } else {
            values.free(entry);
        }
    }

    void freeLater(int entry) {
        if (unlinkedCount == unlinked.length) {
            unlinked = Arrays.copyOf(unlinked, unlinkedCount * 2);
        }
        unlinked[unlinkedCount++] = entry;
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
    boolean freeAllUnlinked() {
        boolean any = unlinkedCount > 0;
        while (unlinkedCount > 0) {
            freeUnlinked();
        }
        return any;
    }

    /** Removes all keys at once; their memory is given back elsewhere. */
    void clear() {
        if (table.segments() == 0) {
            return;
        }
        Contents old = new Contents(arena, table, values, subArenas.handOver());
        arena = arenas.get();
        table = new Table(arena);
        values = new Values(arena, subArenas, keyspace.collections());
        memberExpiry = new MemberExpiry(arena, keyspace.collections().sortedSets());
        unlinkedCount = 0;
        averageTtlMs = 0;
        Snapshot snapshot = keyspace.snapshot();
        if (snapshot == null || !snapshot.keeps(database, old)) {
            old.detach();
        }
    }

    /** What there is now. */
    Contents contents() {
        return new Contents(arena, table, values, subArenas);
    }

    // ---- time to live

    boolean hasTimeToLive(int entry) {
        return Entry.expireAt(arena, entry, Entry.header(arena, entry)) != Database.NO_EXPIRY;
    }

    void putExpiry(Bytes key, long hash, int entry, long expireAt) {
        long header = Entry.header(arena, entry);
        if (Entry.hasExpiryField(header)) {
            putExpiryField(hash, entry, header, expireAt);
        } else if (expireAt != Database.NO_EXPIRY) {
            if (Entry.addExpiryField(arena, entry, header, expireAt)) {
                table.replace(hash, entry, entry, true);
            } else {
                int moved = Entry.moved(arena, entry, key, expireAt, 0, birthOf(header));
                table.replace(hash, entry, moved, true);
                Entry.freeShell(arena, entry);
            }
        }
    }

    /** Where there is a field for it, or nothing to put into it. */
    void putExpiryField(long hash, int entry, long header, long expireAt) {
        if (!Entry.hasExpiryField(header)) {
            return;
        }
        boolean expired = Entry.expireAt(arena, entry, header) != Database.NO_EXPIRY;
        boolean expires = expireAt != Database.NO_EXPIRY;
        Entry.putExpiry(arena, entry, expireAt);
        if (expired != expires) {
            table.replace(hash, entry, entry, expires);
        }
    }

    /** Whether the time of a key, or of all its members, has come; then it is removed, unless expiry is paused. */
    boolean isGone(int entry) {
        long header = Entry.header(arena, entry);
        if (isOver(entry, header)) {
            if (!keyspace.expiryPaused()) {
                expire(entry);
            }
            return true;
        }
        Members members = keyspace.expiryPaused() ? null : values.expiring(entry, header);
        return members != null && dropDue(entry, members, Integer.MAX_VALUE);
    }

    /** As {@link #isGone}, but a key whose time has come stays. */
    boolean isDead(int entry) {
        return isOver(entry, Entry.header(arena, entry)) || isGone(entry);
    }

    private boolean isOver(int entry, long header) {
        if (!Entry.hasExpiryField(header)) {
            return false;
        }
        long expireAt = Entry.expireAt(arena, entry, header);
        return expireAt != Database.NO_EXPIRY && keyspace.dueMs() > expireAt;
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

    private void expire(int entry) {
        Bytes key = Entry.key(arena, entry);
        keyspace.lose(database, key);
        remove(hashOf(key), entry);
    }

    /** Where the entry is in the table's order. */
    long position(int entry) {
        return Table.position(hashOf(Entry.key(arena, entry)));
    }

    // ---- members with a time to live

    /** To be called when times of expiry of members were changed, of a collection that is there. */
    void membersExpire(Bytes key, Members members) {
        memberExpiry.note(key, members.earliestExpiry());
    }

    /** Notes the members of a key that is new. */
    void noteMembers(Bytes key, int entry) {
        Members members = values.expiring(entry, Entry.header(arena, entry));
        if (members != null) {
            membersExpire(key, members);
        }
    }

    void forgetMembers(int entry) {
        if (memberExpiry.size() > 0 && Entry.type(Entry.header(arena, entry)) != Value.Type.STRING) {
            memberExpiry.forget(Entry.key(arena, entry));
        }
    }

    /** Removes some members whose time has come. Returns whether there may be more. */
    boolean dropDueMembers() {
        Bytes key = memberExpiry.due(keyspace.dueMs());
        if (key == null) {
            return false;
        }
        long hash = hashOf(key);
        int entry = table.find(hash, key.array(), key.offset(), key.length());
        Members members = entry == 0 ? null : values.expiring(entry, Entry.header(arena, entry));
        if (members == null) {
            memberExpiry.forget(key);
        } else if (members.earliestExpiry() >= keyspace.dueMs()) {
            membersExpire(key, members);
        } else {
            dropDue(entry, members, DUE_MEMBERS_STEP);
        }
        return true;
    }

    /** Removes members whose time has come, at most {@code limit}. Returns whether none is left, and so the key is gone. */
    private boolean dropDue(int entry, Members members, int limit) {
        long earliest = members.earliestExpiry();
        if (earliest >= keyspace.dueMs()) {
            return false;
        }
        Bytes key = Entry.key(arena, entry);
        int left = limit;
        for (Bytes[] due;
                left > 0
                        && (due = members.dueMembers(keyspace.dueMs(), Math.min(left, DUE_MEMBERS_STEP))).length
                                > 0; ) {
            for (Bytes member : due) {
                members.remove(member);
                keyspace.loseMember(database, key, members.type(), member);
            }
            left -= due.length;
        }
        if (members.size() > 0) {
            noteLater(key, members);
            return false;
        }
        keyspace.loseEmptied(database, key);
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
}
