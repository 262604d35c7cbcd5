package dev.sluice.broker.keyspace;

import org.jspecify.annotations.Nullable;

/** The best candidates of the last draws, of all databases, in the order in which they deserve to go. */
final class EvictionPool {
    /** The hash of a key, which may be long, with the index of its database. */
    record Candidate(int database, long hash, long score) {}

    private static final int SIZE_MAX = 16;

    /** The best stands last. */
    private final @Nullable Candidate[] candidates = new Candidate[SIZE_MAX];

    private int size;

    void clear() {
        size = 0;
    }

    /** Whether one with this score would stay. */
    boolean accepts(long score) {
        return size < SIZE_MAX || scoreAt(0) < score;
    }

    /** Adds one that {@link #accepts} vouched for, unless it is there already with the same score. */
    void add(int database, long hash, long score) {
        int at = size;
        while (at > 0 && scoreAt(at - 1) >= score) {
            at--;
            Candidate other = candidates[at];
            if (other != null && other.database == database && other.hash == hash) {
                return;
            }
        }
        if (size == SIZE_MAX) {
            at--; // the worst one goes
            System.arraycopy(candidates, 1, candidates, 0, at);
        } else {
            System.arraycopy(candidates, at, candidates, at + 1, size - at);
            size++;
        }
        candidates[at] = new Candidate(database, hash, score);
    }

    private long scoreAt(int index) {
        Candidate candidate = candidates[index];
        return candidate == null ? 0 : candidate.score;
    }

    /** Null when there is none. */
    @Nullable
    Candidate takeBest() {
        return size == 0 ? null : candidates[--size];
    }
}
