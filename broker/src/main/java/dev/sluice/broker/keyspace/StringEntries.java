package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Pieces;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;

/** Strings of one database: stored whole, or changed in part. */
final class StringEntries {
    private final Entries entries;

    StringEntries(Entries entries) {
        this.entries = entries;
    }

    /** Stores a string in place of whatever was there, with its own time of expiry or {@link #Database.NO_EXPIRY}. */
    void setString(Bytes key, Bytes value, long expireAtMs) {
        long hash = entries.hashOf(key);
        store(key, hash, entries.present(key, hash), value, expireAtMs);
    }

    /** Stores a string in place of whatever was there, which leaves its time of expiry. */
    void setStringKeepTtl(Bytes key, Bytes value) {
        long hash = entries.hashOf(key);
        int entry = entries.present(key, hash);
        long expireAt = entry == 0
                ? Database.NO_EXPIRY
                : Entry.expireAt(entries.arena(), entry, Entry.header(entries.arena(), entry));
        store(key, hash, entry, value, expireAt);
    }

    /** As {@link #setStringKeepTtl}, for what Redis does not show as a number although it looks like one. */
    void setTextKeepTtl(Bytes key, Bytes value) {
        setStringKeepTtl(key, value);
        Entry.setText(
                entries.arena(), entries.table().find(entries.hashOf(key), key.array(), key.offset(), key.length()));
    }

    /** Adds to the end of a string, which may be missing. Throws {@link CommandError#wrongType}. */
    void append(Bytes key, Bytes tail) {
        long hash = entries.hashOf(key);
        int entry = entries.present(key, hash);
        if (entry == 0) {
            store(key, hash, 0, tail, Database.NO_EXPIRY);
            return;
        }
        long header = entries.require(entry, Value.Type.STRING);
        write(key, hash, entry, Entry.stringLength(entries.arena(), entry, header), tail);
    }

    /**
     * Overwrites a part of a string from index {@code at} on; where the string ends before, or is missing, zeros are put
     * in between. Throws {@link CommandError#wrongType}.
     */
    void writeString(Bytes key, int at, Bytes part) {
        long hash = entries.hashOf(key);
        int entry = entries.present(key, hash);
        if (entry == 0) {
            entries.table().reserve(hash);
            entries.add(key, hash, Entry.zerosWith(entries.arena(), key, at, part, entries.birth()), false);
        } else {
            entries.require(entry, Value.Type.STRING);
            write(key, hash, entry, at, part);
        }
    }

    /**
     * A string to be changed in place: raw, and of at least {@code lengthMin} bytes, if need be with zeros at its end;
     * created if it is missing. Throws {@link CommandError#wrongType}.
     */
    StringValue rawString(Bytes key, int lengthMin) {
        long hash = entries.hashOf(key);
        int entry = entries.present(key, hash);
        if (entry == 0) {
            entries.table().reserve(hash);
            entry = Entry.zerosWith(entries.arena(), key, lengthMin, Bytes.EMPTY, entries.birth());
            entries.add(key, hash, entry, false);
        } else {
            int length = Entry.stringLength(entries.arena(), entry, entries.require(entry, Value.Type.STRING));
            entry = write(key, hash, entry, Math.max(length, lengthMin), Bytes.EMPTY);
        }
        return entries.values().string(entry, Entry.header(entries.arena(), entry));
    }

    /**
     * Stores a raw string that is made piece by piece in place of whatever was there, which may be what it is made from.
     */
    void setString(Bytes key, int length, Pieces pieces) {
        long hash = entries.hashOf(key);
        int old = entries.present(key, hash);
        if (old == 0) {
            entries.table().reserve(hash);
        }
        int stored = Entry.string(entries.arena(), key, length, pieces, entries.birth());
        if (old == 0) {
            entries.add(key, hash, stored, false);
        } else {
            entries.table().replace(hash, old, stored, false);
            entries.values().free(old);
        }
    }

    private int write(Bytes key, long hash, int entry, int at, Bytes part) {
        int written = Entry.write(entries.arena(), entry, key, at, part, entries.birth());
        if (written != entry) {
            entries.table().replace(hash, entry, written, entries.hasTimeToLive(written));
            Entry.freeShell(entries.arena(), entry);
        }
        return written;
    }

    private void store(Bytes key, long hash, int entry, Bytes value, long expireAt) {
        boolean expires = expireAt != Database.NO_EXPIRY;
        if (entry == 0) {
            entries.table().reserve(hash);
            entries.add(key, hash, Entry.string(entries.arena(), key, value, expireAt, entries.birth()), expires);
        } else if (!overwrite(hash, entry, value, expireAt)) {
            int stored = Entry.string(entries.arena(), key, value, expireAt, entries.birth());
            entries.table().replace(hash, entry, stored, expires);
            entries.free(entry);
        }
    }

    /** Stores a string into the block of the one before. Returns whether it fitted. */
    private boolean overwrite(long hash, int entry, Bytes value, long expireAt) {
        long header = Entry.header(entries.arena(), entry);
        boolean inPlace = Entry.type(header) == Value.Type.STRING
                && !Entry.isRope(header)
                && (expireAt == Database.NO_EXPIRY || Entry.hasExpiryField(header))
                && Entry.fits(entries.arena(), entry, header, value.length());
        if (inPlace) {
            Entry.putString(entries.arena(), entry, header, value);
            Entry.setPlain(entries.arena(), entry);
            entries.touch(entry, Entry.header(entries.arena(), entry));
            entries.putExpiryField(hash, entry, header, expireAt);
        }
        return inPlace;
    }
}
