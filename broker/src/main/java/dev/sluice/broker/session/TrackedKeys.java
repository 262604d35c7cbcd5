package dev.sluice.broker.session;

import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which connections may hold which keys. Connections are kept as numbers, which stay when a connection has gone until
 * the key changes: taking them out at once would be a walk over all keys.
 */
final class TrackedKeys {
    private static final int ENTRY_BYTES = 136; // the entry, its name, its place in the map and in the list
    private static final int FIRST_IDS = 2;

    /** A key, and the numbers of the connections that have read it, in order. */
    static final class Entry {
        private final Bytes key;
        private int place;
        private long[] ids = new long[FIRST_IDS];
        private int count;

        private Entry(Bytes key, int place) {
            this.key = key;
            this.place = place;
        }

        Bytes key() {
            return key;
        }

        int count() {
            return count;
        }

        long id(int index) {
            return ids[index];
        }

        private boolean add(long id) {
            int at = Arrays.binarySearch(ids, 0, count, id);
            if (at >= 0) {
                return false;
            }
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, count * 2);
            }
            System.arraycopy(ids, ~at, ids, ~at + 1, count - ~at);
            ids[~at] = id;
            count++;
            return true;
        }

        private long bytes() {
            return ENTRY_BYTES + key.length() + (long) ids.length * Long.BYTES;
        }
    }

    private final Map<Bytes, Entry> byKey = new HashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private long items;
    private long bytes;

    int size() {
        return entries.size();
    }

    /** Connections of all keys together. */
    long items() {
        return items;
    }

    /** What all of this takes, about. */
    long bytes() {
        return bytes;
    }

    void add(Bytes key, long id) {
        Entry entry = byKey.get(key);
        if (entry == null) {
            entry = new Entry(Bytes.of(key.toArray()), entries.size());
            byKey.put(entry.key, entry);
            entries.add(entry);
        } else {
            bytes -= entry.bytes();
        }
        if (entry.add(id)) {
            items++;
        }
        bytes += entry.bytes();
    }

    @Nullable
    Entry remove(Bytes key) {
        Entry entry = byKey.remove(key);
        if (entry != null) {
            forget(entry);
        }
        return entry;
    }

    /** Any of the keys, of which there must be one. */
    Entry removeAny(Randomness randomness) {
        Entry entry = entries.get(randomness.nextInt(entries.size()));
        byKey.remove(entry.key);
        forget(entry);
        return entry;
    }

    private void forget(Entry entry) {
        Entry last = entries.removeLast();
        if (last != entry) {
            entries.set(entry.place, last);
            last.place = entry.place;
        }
        items -= entry.count;
        bytes -= entry.bytes();
    }

    void clear() {
        byKey.clear();
        entries.clear();
        items = 0;
        bytes = 0;
    }
}
