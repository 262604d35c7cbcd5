package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;

/** A sorted set: members by score, then by bytes; rank in O(log n). A view, made at look-up. */
public final class SortedSet implements Value {
    private final Root root;

    public SortedSet(Root root) {
        this.root = root;
    }

    public long size() {
        return root.getInt(0);
    }

    /** Score of a member; NaN when it is not there (a stored score is never NaN). */
    public double score(Bytes member) {
        throw new IllegalStateException();
    }

    /** Adds a member or changes its score. Returns whether it was added. */
    public boolean put(Bytes member, double score) {
        throw new IllegalStateException();
    }

    public boolean remove(Bytes member) {
        throw new IllegalStateException();
    }

    /** Number of members before this one in ascending order; -1 when it is not there. */
    public long rank(Bytes member) {
        throw new IllegalStateException();
    }

    /** Adds ranks {@code start} to {@code stop}, both included and within bounds, counted from the end if reversed. */
    public void range(long start, long stop, boolean reverse, Visitor visitor) {
        throw new IllegalStateException();
    }

    /** Sees one member; {@code array} is valid only during the call. Returns whether to go on. */
    public interface Visitor {
        boolean member(byte[] array, int offset, int length, double score);
    }

    /** Gives all memory back; the view is dead afterwards. */
    public void free() {
        throw new IllegalStateException();
    }

    @Override
    public Type type() {
        return Type.SORTED_SET;
    }

    @Override
    public String encoding() {
        return "skiplist";
    }
}
