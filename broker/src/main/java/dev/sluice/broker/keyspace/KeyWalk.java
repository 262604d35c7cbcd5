package dev.sluice.broker.keyspace;

import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import org.jspecify.annotations.Nullable;

/** Goes through the keys of a database in the order of its table; those whose time has come are not shown. */
final class KeyWalk {
    private static final int RANDOM_KEY_TRIES = 400;
    private static final int STEP_ENTRIES = 64;
    private static final int KEY_BYTES_KEPT_MAX = 1 << 16;

    private final Entries entries;
    private byte[] keyCopy = new byte[64];

    KeyWalk(Entries entries) {
        this.entries = entries;
    }

    /** See {@link Database#scan}. */
    long scan(long cursor, long count, KeyVisitor visitor) {
        long position = cursor < 0 ? Table.END : Math.min(cursor, Table.END);
        long rest = count;
        // a segment without keys counts as one, so that a step is bounded where the table is empty
        while (position < Table.END && rest > 0) {
            Table table = entries.table();
            int found = table.gather(position, (int) Math.min(rest, STEP_ENTRIES), false);
            position = table.next();
            show(found, true, visitor);
            rest -= Math.max(1, found);
        }
        return position == Table.END ? 0 : position;
    }

    void forEachKey(KeyVisitor visitor) {
        for (long position = 0; position < Table.END; ) {
            Table table = entries.table();
            int found = table.gather(position, STEP_ENTRIES, false);
            position = table.next();
            show(found, false, visitor);
        }
    }

    @Nullable
    Bytes randomKey(Randomness randomness) {
        Table table = entries.table();
        for (int i = 0; i < RANDOM_KEY_TRIES && table.size() > 0; i++) {
            int entry = table.at((int) randomness.nextLong(), (int) randomness.nextLong());
            if (entry != 0 && !entries.isGone(entry)) {
                return Entry.key(entries.arena(), entry);
            }
        }
        long from = randomness.nextLong() >>> Integer.SIZE;
        Bytes key = firstKey(from, Table.END);
        return key == null ? firstKey(0, from) : key;
    }

    private @Nullable Bytes firstKey(long from, long to) {
        Table table = entries.table();
        for (long position = from; position < to; ) {
            int found = table.gather(position, 1, false);
            position = table.next();
            for (int i = 0; i < found; i++) {
                if (!entries.isGone(table.gathered(i))) {
                    return Entry.key(entries.arena(), table.gathered(i));
                }
            }
        }
        return null;
    }

    /** {@code removes}: keys whose time has come. */
    private void show(int found, boolean removes, KeyVisitor visitor) {
        for (int i = 0; i < found; i++) {
            int entry = entries.table().gathered(i);
            if (!(removes ? entries.isGone(entry) : entries.isDead(entry))) {
                long header = Entry.header(entries.arena(), entry);
                int length = Entry.keyLength(entries.arena(), entry, header);
                byte[] copy = roomForKey(length);
                Entry.copyKey(entries.arena(), entry, header, copy);
                visitor.key(copy, 0, length, Entry.type(header));
            }
        }
    }

    /** Larger than the key, so that whoever detaches it gets a copy. */
    private byte[] roomForKey(int length) {
        if (length < keyCopy.length) {
            return keyCopy;
        }
        byte[] room = new byte[length + 1];
        if (length <= KEY_BYTES_KEPT_MAX) {
            keyCopy = room;
        }
        return room;
    }
}
