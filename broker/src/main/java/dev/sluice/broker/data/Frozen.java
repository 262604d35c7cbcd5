package dev.sluice.broker.data;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A large collection as it was when it was frozen: another thread can read it, while the keyspace loop goes on changing
 * the collection itself. It costs a few words for each extent at first, and then a copy of each extent that is written to
 * before {@link #release}, counted as reserved.
 */
public final class Frozen {
    private final Value value;
    private final long bytes;
    private final Arena arena;
    private final @Nullable Arena expiries;

    private Frozen(Value value, long bytes, Arena arena, @Nullable Arena expiries) {
        this.value = value;
        this.bytes = bytes;
        this.arena = arena;
        this.expiries = expiries;
    }

    /**
     * Freezes a collection that has an arena of its own. On the keyspace loop.
     *
     * @param view makes the view of a collection of this type
     */
    public static Frozen of(Root root, ListpackSettings settings, Function<Root, Value> view) {
        Arena own = root.arena();
        long bytes = own.bytesUsed();
        Arena arena = own.freeze();
        Arena expiries = null;
        if (root.hasExpiries() && root.expiriesRoot().subArena() != 0) {
            expiries = root.expiriesRoot().arena().freeze();
        }
        Root copy = root.frozen(arena, expiries);
        if (root.hasExpiries() && expiries == null) {
            new Expiries(root, settings).copyTo(new Expiries(copy, settings), member -> true);
        }
        return new Frozen(view.apply(copy), bytes, arena, expiries);
    }

    /** To be read only, by one thread, until {@link #release}. It does not know how many bytes it takes. */
    public Value value() {
        return value;
    }

    /** Bytes of the collection when it was frozen. */
    public long bytes() {
        return bytes;
    }

    /** Gives back what only this holds. On the keyspace loop, when nobody reads any more. */
    public void release() {
        arena.detach();
        if (expiries != null) {
            expiries.detach();
        }
    }
}
