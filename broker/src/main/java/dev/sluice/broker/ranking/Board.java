package dev.sluice.broker.ranking;

import dev.sluice.broker.keyspace.Watches;
import dev.sluice.streams.message.Bytes;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A sorted set that is watched: what changed in it, and the views of it. Changes are gathered in {@code open}; a sweep
 * closes that and compares every view that somebody waits at with it, while the next changes are gathered.
 */
final class Board {
    final Watches.Key key;
    final Map<Window, View> views = new HashMap<>();
    /** Views that somebody waits at. What these show is right but for the changes in {@code open}, and in a sweep's. */
    final Set<View> attended = new LinkedHashSet<>();

    private Touched open = new Touched();
    private Touched swept = new Touched();
    private long changes;
    private long openSince;

    Board(Watches.Key key) {
        this.key = key;
    }

    void member(Bytes member, double before, double after) {
        open.member(member, before, after);
    }

    void everything() {
        open.everything();
    }

    /** Ends the telling of one change. */
    void changed() {
        changes++;
    }

    /** Number of the last change. */
    long changes() {
        return changes;
    }

    /** Number of the last change that is not in {@code open}. */
    long openSince() {
        return openSince;
    }

    boolean hasChanged() {
        return !open.isNothing();
    }

    /** Whether changes up to the last sweep may have changed what a view shows. */
    boolean hasTouched(Cut cut) {
        return swept.touches(cut);
    }

    void sweep() {
        swept = open;
        open = new Touched();
        openSince = changes;
    }
}
