package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Root;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;

/** Values that go from one key to another, also of another database. */
final class Transfers {
    private final Entries entries;

    /** From the keys of one database. */
    Transfers(Entries entries) {
        this.entries = entries;
    }

    /**
     * Moves value and time of expiry to another key, in place of whatever was there. Throws {@link CommandError#noSuchKey}.
     */
    void rename(Bytes from, Bytes to) {
        long fromHash = entries.hashOf(from);
        int entry = entries.present(from, fromHash);
        if (entry == 0) {
            throw CommandError.noSuchKey();
        }
        if (from.equals(to)) {
            return;
        }
        long toHash = entries.hashOf(to);
        int replaced = entries.present(to, toHash);
        if (replaced == 0) {
            entries.table().reserve(toHash);
        }
        long header = Entry.header(entries.arena(), entry);
        long expireAt = Entry.expireAt(entries.arena(), entry, header);
        int moved = Entry.moved(entries.arena(), entry, to, expireAt, 0, entries.birthOf(header));
        entries.table().remove(fromHash, entry);
        entries.forgetMembers(entry);
        Entry.freeShell(entries.arena(), entry);
        if (replaced == 0) {
            entries.add(to, toHash, moved, expireAt != Database.NO_EXPIRY);
        } else {
            entries.table().replace(toHash, replaced, moved, expireAt != Database.NO_EXPIRY);
            entries.free(replaced);
            entries.tellOfNew(to);
        }
        entries.noteMembers(to, moved);
    }

    /**
     * Moves value and time of expiry to the same key of another database, which must not have it. What has an arena of its
     * own only changes hands; anything else is copied. Throws {@link CommandError#noSuchKey}.
     */
    void move(Bytes key, Database target) {
        long hash = entries.hashOf(key);
        int entry = entries.present(key, hash);
        if (entry == 0) {
            throw CommandError.noSuchKey();
        }
        long header = Entry.header(entries.arena(), entry);
        if (Entry.type(header) == Value.Type.STRING
                || entries.values().root(entry, header).subArena() == 0
                || entries.values().root(entry, header).hasExpiries()) {
            copy(key, target, key);
            entries.remove(hash, entry);
            return;
        }
        int made = collectionLike(entry, header, target.entries(), key);
        Root.handOver(entries.values().root(entry, header), target.entries().rootAt(made));
        entries.table().remove(hash, entry);
        Entry.freeShell(entries.arena(), entry);
    }

    /**
     * Copies value and time of expiry to a key of any database, in place of whatever was there. Takes nothing when the
     * arena is full. Throws {@link CommandError#noSuchKey}.
     */
    void copy(Bytes from, Database target, Bytes to) {
        int entry = entries.present(from, entries.hashOf(from));
        if (entry == 0) {
            throw CommandError.noSuchKey();
        }
        // Blocks are rounded up, nodes are filled otherwise.
        target.reserve(1, to.length() + 2 * entries.values().bytes(entry));
        target.aboutToChange(to);
        target.delete(to);
        long header = Entry.header(entries.arena(), entry);
        if (Entry.type(header) == Value.Type.STRING) {
            copyString(entry, header, target.entries(), to);
        } else {
            int made = collectionLike(entry, header, target.entries(), to);
            entries.values().copyTo(entry, header, target.entries().rootAt(made));
            target.entries().noteMembers(to, made);
        }
    }

    private void copyString(int entry, long header, Entries target, Bytes key) {
        long hash = target.hashOf(key);
        long expireAt = Entry.expireAt(entries.arena(), entry, header);
        target.table().reserve(hash);
        int copy = Entry.copyOfString(target.arena(), key, entries.arena(), entry, expireAt, target.birth());
        target.add(key, hash, copy, expireAt != Database.NO_EXPIRY);
    }

    /** A new, empty collection under a key, of the type and time of expiry that an entry of another one has. */
    private int collectionLike(int entry, long header, Entries target, Bytes key) {
        long hash = target.hashOf(key);
        target.table().reserve(hash);
        int made = Entry.collection(target.arena(), key, Entry.type(header), target.birth());
        long expireAt = Entry.expireAt(entries.arena(), entry, header);
        if (expireAt != Database.NO_EXPIRY) {
            made = target.expiring(key, made, expireAt);
        }
        target.add(key, hash, made, expireAt != Database.NO_EXPIRY);
        return made;
    }
}
