package dev.sluice.broker.data;

import dev.sluice.streams.message.CommandError;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a collection keeps its root: {@link #BYTES} bytes inside the block of its key. All that a collection is lies
 * in arenas; the value that commands see is a view made at look-up and dropped after the call.
 *
 * <p>A small collection shares the arena of its key. A large one may own a sub-arena, which moves with the bytes of the
 * root and is given back at once.
 */
public final class Root {
    /** What a collection may use: offsets 0 to 15. */
    public static final int STATE_BYTES = 16;

    /** What a root takes in the block of its key; zeros when the key is new. */
    public static final int BYTES = 24;

    private static final int SUB_ARENA = STATE_BYTES;
    private static final int EXPIRIES = STATE_BYTES + Integer.BYTES;

    private final Arena arena;
    private final int block;
    private final int offset;
    private final SubArenas.@Nullable Owner owner;

    /** Without sub-arenas. */
    public Root(Arena arena, int block, int offset) {
        this(arena, block, offset, null);
    }

    /** {@code owner} is that of the key's database. */
    public Root(Arena arena, int block, int offset, SubArenas.@Nullable Owner owner) {
        this.arena = arena;
        this.block = block;
        this.offset = offset;
        this.owner = owner;
    }

    /** The arena that holds the key. */
    public Arena home() {
        return arena;
    }

    /** The arena that the collection's blocks are in: its own, or that of the key. */
    public Arena arena() {
        int id = subArena();
        return id == 0 || owner == null ? arena : owner.arena(id);
    }

    /** Id of the collection's own arena; 0 if it has none. */
    public int subArena() {
        return getInt(SUB_ARENA);
    }

    /** Whether the collection may have an arena of its own and has none so far. */
    public boolean mayOwnArena() {
        return owner != null && subArena() == 0;
    }

    /** Gives the collection an empty arena of its own: from now on {@link #arena}; its blocks are for it to move. */
    public Arena ownArena() {
        if (owner == null || subArena() != 0) {
            throw new IllegalStateException();
        }
        int id = owner.create();
        putInt(SUB_ARENA, id);
        return owner.arena(id);
    }

    /** Gives the collection's own arena back with all blocks in it, in O(1). */
    public void dropArena() {
        int id = subArena();
        if (owner == null || id == 0) {
            throw new IllegalStateException();
        }
        putInt(SUB_ARENA, 0);
        owner.detach(id);
    }

    /** Block with the root of {@link Expiries}, in the arena of the key; 0 if there are none. */
    int expiries() {
        return getInt(EXPIRIES);
    }

    /** Whether members expire. */
    public boolean hasExpiries() {
        return expiries() != 0;
    }

    Root expiriesRoot() {
        return new Root(arena, expiries(), 0, owner);
    }

    void makeExpiries() {
        int block = arena.allocate(BYTES);
        arena.fill(block, 0, BYTES, 0);
        putInt(EXPIRIES, block);
    }

    /** They must be empty. */
    void dropExpiries() {
        arena.free(expiries());
        putInt(EXPIRIES, 0);
    }

    /**
     * Builds a collection anew from what is there, in an arena of its own or where it is. {@code build} fills this root,
     * which holds nothing but zeros by then, from the old one, which it frees at the end. When it throws, having freed
     * what it made, all is as before.
     */
    void rebuild(boolean inOwnArena, Consumer<Root> build) {
        int block = arena.allocate(BYTES);
        try {
            Root old = new Root(arena, block, 0);
            old.putInt(SUB_ARENA, 0);
            old.putInt(EXPIRIES, 0);
            moveState(this, old);
            try {
                if (inOwnArena) {
                    ownArena();
                }
                build.accept(old);
            } catch (CommandError full) {
                if (inOwnArena && subArena() != 0) {
                    dropArena();
                }
                moveState(old, this);
                throw full;
            }
        } finally {
            arena.free(block);
        }
    }

    private static void moveState(Root from, Root to) {
        for (int at = 0; at < STATE_BYTES; at += Integer.BYTES) {
            to.putInt(at, from.getInt(at));
            from.putInt(at, 0);
        }
    }

    /**
     * A root with the same state, in an arena that was frozen from the collection's own; {@code expiries}: the one frozen
     * from that of its expiries, if they have one. Expiries that have none are left out.
     */
    Root frozen(Arena frozen, @Nullable Arena expiries) {
        SubArenas.Owner alone = expiries == null ? null : new SubArenas(expiries.pool()).owner();
        Root copy = copyState(frozen, alone);
        if (alone != null && expiries != null) {
            Root times = expiriesRoot().copyState(frozen, alone);
            times.putInt(SUB_ARENA, alone.add(expiries));
            copy.putInt(EXPIRIES, times.block);
        }
        return copy;
    }

    private Root copyState(Arena target, SubArenas.@Nullable Owner targetOwner) {
        Root copy = new Root(target, target.allocate(BYTES), 0, targetOwner);
        target.fill(copy.block, 0, BYTES, 0);
        for (int at = 0; at < STATE_BYTES; at += Integer.BYTES) {
            copy.putInt(at, getInt(at));
        }
        return copy;
    }

    /** Sets the state to zeros: an empty collection. */
    void clear() {
        for (int at = 0; at < STATE_BYTES; at += Integer.BYTES) {
            putInt(at, 0);
        }
    }

    /** Makes what {@code from} leads to, which has an arena of its own and no expiries, that of {@code to}, which is empty. */
    public static void handOver(Root from, Root to) {
        if (from.owner == null
                || to.owner == null
                || from.subArena() == 0
                || to.subArena() != 0
                || from.hasExpiries()) {
            throw new IllegalStateException();
        }
        to.owner.adopt(from.subArena(), from.owner);
        from.moveAllTo(to);
    }

    /** Makes what {@code from} leads to that of {@code to}, which is empty and of the same database. */
    public static void moveTo(Root from, Root to) {
        if (from.arena != to.arena || to.subArena() != 0) {
            throw new IllegalStateException();
        }
        from.moveAllTo(to);
    }

    private void moveAllTo(Root to) {
        for (int at = 0; at < BYTES; at += Integer.BYTES) {
            to.putInt(at, getInt(at));
            putInt(at, 0);
        }
    }

    public int getInt(int at) {
        return arena.getInt(block, offset + at);
    }

    public void putInt(int at, int value) {
        arena.putInt(block, offset + at, value);
    }
}
