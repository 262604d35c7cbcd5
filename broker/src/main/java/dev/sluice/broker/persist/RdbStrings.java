package dev.sluice.broker.persist;

import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Short strings of one database that were read and are yet to be stored, some at a time: so that their places in the table,
 * each of which would be waited for, are fetched together.
 */
final class RdbStrings {
    private static final int AT_ONCE = 32;

    private final Bytes[] keys = new Bytes[AT_ONCE];
    private final Bytes[] values = new Bytes[AT_ONCE];
    private final long[] expireAtMs = new long[AT_ONCE];
    private int count;

    boolean isFull() {
        return count == AT_ONCE;
    }

    void add(Bytes key, Bytes value, long expireAt) {
        keys[count] = key;
        values[count] = value;
        expireAtMs[count++] = expireAt;
    }

    /** Stores them all, and has none then. Returns a key that was there already; null if there is none. */
    @Nullable
    Bytes store(Database database) {
        Bytes duplicated = null;
        database.fetch(keys, count);
        for (int i = 0; i < count; i++) {
            long before = database.size();
            database.setString(keys[i], values[i], expireAtMs[i]);
            duplicated = database.size() == before ? keys[i] : duplicated;
        }
        count = 0;
        return duplicated;
    }

    int count() {
        return count;
    }

    Bytes key(int index) {
        return keys[index];
    }
}
