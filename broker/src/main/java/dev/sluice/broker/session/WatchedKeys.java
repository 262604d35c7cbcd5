package dev.sluice.broker.session;

import dev.sluice.broker.keyspace.Watches;
import java.util.LinkedHashSet;
import java.util.Set;

/** The keys a connection watches, and whether one of them has changed since. */
public final class WatchedKeys implements Watches.Watcher {
    private static final int KEY_BYTES = 200; // here and in the table of who watches what, about

    private final Set<Watches.Key> keys = new LinkedHashSet<>(0);
    private boolean changed;
    private long bytes;

    public Set<Watches.Key> keys() {
        return keys;
    }

    /** Memory that they take, about. */
    long bytes() {
        return bytes;
    }

    public boolean isChanged() {
        return changed;
    }

    @Override
    public void keyChanged() {
        changed = true;
    }

    /** Watches one more key. */
    public void add(Watches watches, Watches.Key key) {
        if (keys.add(key)) {
            watches.watch(this, key);
            bytes += KEY_BYTES + key.name().length();
        }
    }

    /** Forgets all of them. */
    public void clear(Watches watches) {
        for (Watches.Key key : keys) {
            watches.unwatch(this, key);
        }
        keys.clear();
        bytes = 0;
        changed = false;
    }
}
