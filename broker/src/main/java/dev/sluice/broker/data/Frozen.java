package dev.sluice.broker.data;

import dev.sluice.streams.message.CommandError;
import java.util.BitSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A large value as it was when it was frozen: another thread can read it, while the keyspace loop goes on changing the
 * value itself. It costs a few words for each extent at first, and then a copy of each extent that is written to before
 * {@link #release}, counted as reserved.
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
        return of(root, settings, view, own.bytesUsed(), own.freeze());
    }

    /**
     * The same of one that shares the arena of its key.
     *
     * @param bytes what it takes
     * @param extents what all its blocks are in, see {@link Arena#trace}
     */
    public static Frozen of(
            Root root, ListpackSettings settings, Function<Root, Value> view, long bytes, BitSet extents) {
        return of(root, settings, view, bytes, root.home().freeze(extents));
    }

    private static Frozen of(
            Root root, ListpackSettings settings, Function<Root, Value> view, long bytes, Arena arena) {
        Arena expiries = null;
        try {
            if (root.hasExpiries() && root.expiriesRoot().subArena() != 0) {
                expiries = root.expiriesRoot().arena().freeze();
            }
            Root copy = root.frozen(arena, expiries);
            if (root.hasExpiries() && expiries == null) {
                new Expiries(root, settings).copyTo(new Expiries(copy, settings), member -> true);
            }
            return new Frozen(view.apply(copy), bytes, arena, expiries);
        } catch (CommandError noMemory) { // the machine has none
            giveBack(arena, expiries);
            throw noMemory;
        }
    }

    /** The same of a string, {@code raw} or {@code text} as {@link StringValue} has it. */
    public static Frozen of(Arena home, Rope rope, boolean raw, boolean text, long bytes, BitSet extents) {
        Arena arena = home.freeze(extents);
        int block;
        try {
            block = arena.allocate(Integer.BYTES);
        } catch (CommandError noMemory) { // the machine has none
            giveBack(arena, null);
            throw noMemory;
        }
        arena.putInt(block, 0, rope.directory());
        return new Frozen(new StringValue(arena, block, 0, rope.length(), raw, text, true), bytes, arena, null);
    }

    /** To be read only, by one thread, until {@link #release}. */
    public Value value() {
        return value;
    }

    /** Bytes of the value when it was frozen. */
    public long bytes() {
        return bytes;
    }

    /** Gives back what only this holds. On the keyspace loop, when nobody reads any more. */
    public void release() {
        giveBack(arena, expiries);
    }

    private static void giveBack(Arena arena, @Nullable Arena expiries) {
        arena.detach();
        if (expiries != null) {
            expiries.detach();
        }
    }
}
