package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import org.jspecify.annotations.Nullable;

/** A list: packed nodes in the arena. A view, made at look-up. */
public final class ListValue implements Value {
    private final Root root;

    public ListValue(Root root) {
        this.root = root;
    }

    public long size() {
        return root.getInt(0);
    }

    public void pushLeft(Bytes element) {
        throw new IllegalStateException();
    }

    public void pushRight(Bytes element) {
        throw new IllegalStateException();
    }

    /** Takes the first element; null when the list is empty. */
    public @Nullable Bytes popLeft() {
        throw new IllegalStateException();
    }

    public @Nullable Bytes popRight() {
        throw new IllegalStateException();
    }

    /** Element at an index from 0; null beyond the end. */
    public @Nullable Bytes at(long index) {
        throw new IllegalStateException();
    }

    /** Adds elements {@code start} to {@code stop}, both included and within bounds, to the reply. */
    public void range(long start, long stop, Packed reply) {
        throw new IllegalStateException();
    }

    /** Gives all memory back; the view is dead afterwards. */
    public void free() {
        throw new IllegalStateException();
    }

    @Override
    public Type type() {
        return Type.LIST;
    }

    @Override
    public String encoding() {
        return "quicklist";
    }
}
