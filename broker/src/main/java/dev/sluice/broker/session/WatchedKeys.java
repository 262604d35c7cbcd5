package dev.sluice.broker.session;

import dev.sluice.broker.keyspace.Watches;
import java.util.LinkedHashMap;
import java.util.Map;

/** The keys a connection watches, and whether one of them has changed since. */
public final class WatchedKeys implements Watches.Watcher {
    private static final int KEY_BYTES = 200; // here and in the table of who watches what, about

    private final Map<Watches.Key, Watches.Watch> keys = new LinkedHashMap<>(0);
    private boolean changed;
    private long bytes;

    public Map<Watches.Key, Watches.Watch> keys() {
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

    /** Watches one more key; {@code over} if it is there but its time is over. */
    public void add(Watches watches, Watches.Key key, boolean over) {
        if (!keys.containsKey(key)) {
            keys.put(key, watches.watch(this, key, over));
            bytes += KEY_BYTES + key.name().length();
        }
    }

    /** Forgets all of them. */
    public void clear(Watches watches) {
        keys.forEach((key, watch) -> watches.unwatch(watch, key));
        keys.clear();
        bytes = 0;
        changed = false;
    }
}
