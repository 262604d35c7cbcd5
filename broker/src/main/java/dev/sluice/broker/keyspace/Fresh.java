package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;

/**
 * A value that is under no key yet: a result is built in it, so that where there is no memory for it nothing has changed.
 * It lives within one call; what was not stored is given back when it is closed.
 */
public final class Fresh<V extends Value> implements AutoCloseable {
    private final Entries entries;
    private final Bytes key;
    private final V value;
    private int entry;
    private boolean stored;

    Fresh(Entries entries, Bytes key, int entry, V value) {
        this.entries = entries;
        this.key = key;
        this.value = value;
        this.entry = entry;
    }

    /** Valid until it is stored. */
    public V value() {
        return value;
    }

    /** It is to have a time to live. The value is not valid any more. */
    public void expireAt(long atMs) {
        entry = entries.expiring(key, entry, atMs);
    }

    /** Puts it under its key, in place of whatever was there. */
    public void store() {
        entries.adopt(key, entry);
        stored = true;
    }

    /** Puts its content into the collection under its key, which must be empty and of its type, and keeps its time to live. */
    public void refill() {
        entries.refill(key, entry);
        stored = true;
    }

    @Override
    public void close() {
        if (!stored) {
            entries.values().free(entry);
        }
    }
}
