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

    /**
     * One watcher of one key. A key whose time was over when it came to be watched is missing already, although it is
     * still there: that it goes is no change.
     */
    public static final class Watch {
        private final Watcher watcher;
        private boolean over;

        private Watch(Watcher watcher, boolean over) {
            this.watcher = watcher;
            this.over = over;
        }

        /** Whether the key's time was over from the beginning, and it has not gone since. */
        public boolean isOver() {
            return over;
        }

        private void changed(Event event) {
            boolean went = over && (event == Event.EXPIRED || event == Event.EVICTED);
            over = false;
            if (!went) {
                watcher.keyChanged();
            }
        }

        private void emptied(boolean there) {
            if (there && !over) {
                watcher.keyChanged();
            }
            over = false;
        }

        private void swapped(boolean wasThere, boolean comesLive, boolean comesOver) {
            if (comesLive || wasThere && !over) {
                watcher.keyChanged();
            } else {
                over = comesOver;
            }
        }
    }

    private final Map<Key, List<Watch>> watches = new HashMap<>();

    public boolean isEmpty() {
        return watches.isEmpty();
    }

    /** The key's name must be one that can be kept, and the watcher one that does not watch it yet. */
    public Watch watch(Watcher watcher, Key key, boolean over) {
        Watch watch = new Watch(watcher, over);
        watches.computeIfAbsent(key, k -> new ArrayList<>(1)).add(watch);
        return watch;
    }

    public void unwatch(Watch watch, Key key) {
        List<Watch> list = watches.get(key);
        if (list != null && list.remove(watch) && list.isEmpty()) {
            watches.remove(key);
        }
    }

    void changed(int database, Bytes key, Event event) {
        List<Watch> list = watches.get(new Key(database, key));
        if (list != null) {
            list.forEach(watch -> watch.changed(event));
        }
    }

    /** FLUSHDB is about to come: the keys that are there change; watching a missing key stays clean. */
    void changedAll(Database database) {
        watches.forEach((key, list) -> {
            if (key.database() == database.index()) {
                boolean there = isThere(database, key.name());
                list.forEach(watch -> watch.emptied(there));
            }
        });
    }

    /** SWAPDB is about to come: a key of either changes if it is there before or after. */
    void swapping(Database a, Database b) {
        watches.forEach((key, list) -> {
            if (key.database() == a.index()) {
                swapping(list, key.name(), a, b);
            } else if (key.database() == b.index()) {
                swapping(list, key.name(), b, a);
            }
        });
    }

    private static void swapping(List<Watch> list, Bytes key, Database before, Database after) {
        boolean wasThere = isThere(before, key);
        boolean comesOver = after.isOver(key);
        boolean comesLive = !comesOver && after.holds(key);
        list.forEach(watch -> watch.swapped(wasThere, comesLive, comesOver));
    }

    /** Whether a key has an entry, be its time over or not. */
    private static boolean isThere(Database database, Bytes key) {
        return database.isOver(key) || database.holds(key);
    }
}
