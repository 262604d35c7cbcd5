package dev.sluice.broker.keyspace;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;

/** Moves blocks of one database together, where much memory lies idle between them. */
final class EntryPacking {
    private static final long IDLE_BYTES_TOLERATED = 8 << 20;

    private final Entries entries;

    EntryPacking(Entries entries) {
        this.entries = entries;
    }

    /** Decides what {@link #pack} moves; before a walk over all entries. Returns whether it is worth it. */
    boolean begins() {
        if (idleBytes() < IDLE_BYTES_TOLERATED || idleBytes() < bytesReserved() >>> 3) {
            return false;
        }
        entries.arena().compact();
        return true;
    }

    /** Whether so much memory lies idle between blocks that packing should not wait. */
    boolean isBadlyFragmented() {
        return idleBytes() >= IDLE_BYTES_TOLERATED && idleBytes() > bytesReserved() >>> 2;
    }

    private long idleBytes() {
        return bytesReserved()
                - entries.arena().bytesUsed()
                - entries.subArenas().bytesUsed();
    }

    private long bytesReserved() {
        return entries.arena().bytesReserved() + entries.subArenas().bytesReserved();
    }

    /** Moves an entry's block where it leaves less memory idle. Returns whether that was worth it. */
    boolean pack(int entry) {
        if (!entries.arena().shouldMove(entry)) {
            return false;
        }
        Bytes key = Entry.key(entries.arena(), entry);
        long header = Entry.header(entries.arena(), entry);
        long expireAt = Entry.expireAt(entries.arena(), entry, header);
        int moved;
        try {
            long birth = Entry.birth(Entry.birthEpoch(header), Entry.clock(header)); // it is still the same entry
            moved = Entry.moved(entries.arena(), entry, key, expireAt, 0, birth);
        } catch (CommandError full) {
            return false; // it can stay where it is
        }
        entries.table().replace(entries.hashOf(key), entry, moved, expireAt != Database.NO_EXPIRY);
        Entry.freeShell(entries.arena(), entry);
        return true;
    }

    /** Moves some of the blocks of a value, from a cursor on that is 0 at first. Returns the next, 0 at the end. */
    long packValue(int entry, long cursor, int steps) {
        return entries.values().pack(entry, cursor, steps);
    }
}
