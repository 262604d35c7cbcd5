package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;

/**
 * A collection that is under no key yet: a result is built in it, so that where there is no memory for it nothing has
 * changed. It lives within one call; what was not stored is given back when it is closed.
 */
public final class Fresh<V extends Value> implements AutoCloseable {
    private final Database database;
    private final Bytes key;
    private final int entry;
    private final V value;
    private boolean stored;

    Fresh(Database database, Bytes key, int entry, V value) {
        this.database = database;
        this.key = key;
        this.entry = entry;
        this.value = value;
    }

    /** Valid until it is stored. */
    public V value() {
        return value;
    }

    /** Puts it under its key, in place of whatever was there. */
    public void store() {
        database.adopt(key, entry);
        stored = true;
    }

    /** Puts its content into the collection under its key, which must be empty and of its type, and keeps its time to live. */
    public void refill() {
        database.refill(key, entry);
        stored = true;
    }

    @Override
    public void close() {
        if (!stored) {
            database.drop(entry);
        }
    }
}
