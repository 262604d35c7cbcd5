package dev.sluice.broker.keyspace;

import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who wants to know whether a key changed before EXEC. */
public final class Watches {
    /** Told of a change to a key that it watches; every time, from within the call that changes. */
    public interface Watcher {
        void keyChanged();
    }

    /** A key in a database. */
    public record Key(int database, Bytes name) {}

    private final Map<Key, List<Watcher>> watchers = new HashMap<>();

    public boolean isEmpty() {
        return watchers.isEmpty();
    }

    /** The key's name must be one that can be kept. */
    public void watch(Watcher watcher, Key key) {
        List<Watcher> list = watchers.computeIfAbsent(key, k -> new ArrayList<>(1));
        if (!list.contains(watcher)) {
            list.add(watcher);
        }
    }

    public void unwatch(Watcher watcher, Key key) {
        List<Watcher> list = watchers.get(key);
        if (list != null && list.remove(watcher) && list.isEmpty()) {
            watchers.remove(key);
        }
    }

    void changed(int database, Bytes key) {
        List<Watcher> list = watchers.get(new Key(database, key));
        if (list != null) {
            list.forEach(Watcher::keyChanged);
        }
    }

    /** FLUSHDB, SWAPDB: the keys that are there change; watching a missing key stays clean. */
    void changedAll(Database database) {
        watchers.forEach((key, list) -> {
            if (key.database() == database.index() && database.holds(key.name())) {
                list.forEach(Watcher::keyChanged);
            }
        });
    }

    /**
     * SWAPDB is about to come: a key of either changes if it is there before or after. A dead one goes now, under the
     * name it had, else its removal would be a change to who watches the same name in the other.
     */
    void swapping(Database a, Database b) {
        watchers.forEach((key, list) -> {
            boolean ofEither = key.database() == a.index() || key.database() == b.index();
            if (ofEither && (a.holds(key.name()) | b.holds(key.name()))) {
                list.forEach(Watcher::keyChanged);
            }
        });
    }
}
