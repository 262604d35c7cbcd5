package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * When members of a hash, a set or a sorted set expire: a sorted set of those that do, with the time in ms as the score.
 * It has a root of its own in the arena of the key, which the root of the collection leads to; a collection without such
 * members has none.
 */
final class Expiries {
    /** No time of expiry. */
    static final long NONE = -1;

    private final Root root;
    private final ListpackSettings settings;

    Expiries(Root root, ListpackSettings settings) {
        this.root = root;
        this.settings = settings;
    }

    boolean isEmpty() {
        return root.expiries() == 0;
    }

    private @Nullable SortedSet times() {
        return isEmpty() ? null : new SortedSet(root.expiriesRoot(), settings);
    }

    /** When a member expires, in ms since 1970; {@link #NONE}. */
    long at(Bytes member) {
        SortedSet times = times();
        double time = times == null ? Double.NaN : times.score(member);
        return Double.isNaN(time) ? NONE : (long) time;
    }

    /** Gives a member, which must be there, a time of expiry. */
    void put(Bytes member, long atMs) {
        boolean first = isEmpty();
        if (first) {
            root.makeExpiries();
        }
        try {
            new SortedSet(root.expiriesRoot(), settings).put(member, atMs);
        } catch (CommandError full) {
            if (first) {
                root.dropExpiries();
            }
            throw full;
        }
    }

    /** Takes the time of expiry of a member away. Returns whether there was one. */
    boolean remove(Bytes member) {
        SortedSet times = times();
        if (times == null || !times.remove(member)) {
            return false;
        }
        if (times.size() == 0) {
            root.dropExpiries();
        }
        return true;
    }

    /** The first time of expiry; {@link #NONE} when there is none. */
    long earliest() {
        SortedSet times = times();
        if (times == null) {
            return NONE;
        }
        long[] first = {NONE};
        times.range(0, 0, false, (array, offset, length, time) -> {
            first[0] = (long) time;
            return false;
        });
        return first[0];
    }

    /** Shows all, the earliest first. */
    void forEach(SortedSet.Visitor visitor) {
        SortedSet times = times();
        if (times != null) {
            times.range(0, times.size() - 1, false, visitor);
        }
    }

    /** Members whose time has come, the first at most {@code limit} of them. */
    Bytes[] due(long nowMs, int limit) {
        SortedSet times = times();
        int count = times == null ? 0 : (int) Math.min(times.countBelow(nowMs, false), limit);
        Bytes[] due = new Bytes[count];
        if (times != null) {
            int[] next = {0};
            times.range(0, count - 1L, false, (array, offset, length, time) -> {
                due[next[0]++] = Bytes.view(array, offset, length).detached();
                return true;
            });
        }
        return due;
    }

    /** Gives those members of another collection that {@code isThere} names the same times. */
    void copyTo(Expiries other, Predicate<Bytes> isThere) {
        SortedSet times = times();
        if (times != null) {
            times.range(0, times.size() - 1, false, (array, offset, length, time) -> {
                Bytes member = Bytes.view(array, offset, length);
                if (isThere.test(member)) {
                    other.put(member, (long) time);
                }
                return true;
            });
        }
    }

    long bytes() {
        SortedSet times = times();
        return times == null ? 0 : root.home().capacity(root.expiries()) + times.bytes();
    }

    void free() {
        SortedSet times = times();
        if (times != null) {
            times.free();
            root.dropExpiries();
        }
    }
}
