package dev.sluice.broker.data;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The arenas that collections own, for all databases of a keyspace: a collection that moves to another key or database
 * keeps its id. An id is never 0; one that was detached is used again once its memory has been given back.
 *
 * <p>A sub-arena costs about 2 KiB of heap and takes at least 64 KiB from the pool: it is for collections above that.
 */
public final class SubArenas {
    private final ExtentPool pool;
    private final Supplier<? extends Arena> factory;
    private @Nullable Arena[] arenas = new @Nullable Arena[8]; // by id
    private int[] unused = new int[8]; // ids that came back
    private int unusedCount;
    private int end = 1; // above every id in use

    public SubArenas(ExtentPool pool) {
        this(pool, () -> new Arena(pool));
    }

    /** With arenas of another making, for tests. They must be of this pool. */
    SubArenas(ExtentPool pool, Supplier<? extends Arena> factory) {
        this.pool = pool;
        this.factory = factory;
    }

    /** For a database: what hangs on it can be detached at once, and databases change places by changing owners. */
    public Owner owner() {
        return new Owner();
    }

    public Arena arena(int id) {
        return Objects.requireNonNull(arenas[id]);
    }

    /** Takes an id back; called when the memory of the arena, which was detached, has been given back. */
    void forget(int id) {
        arenas[id] = null;
        if (unusedCount == unused.length) {
            unused = Arrays.copyOf(unused, unusedCount * 2);
        }
        unused[unusedCount++] = id;
    }

    private int nextId() {
        if (unusedCount > 0) {
            return unused[--unusedCount];
        }
        if (end == arenas.length) {
            arenas = Arrays.copyOf(arenas, end * 2);
        }
        return end++;
    }

    /** One chain of sub-arenas. */
    public final class Owner {
        private @Nullable Arena first;
        private @Nullable Arena last;

        private Owner() {}

        /** A new sub-arena, without memory so far. Returns its id. */
        public int create() {
            return add(factory.get());
        }

        /** Takes over an arena that has no owner. Returns its id. */
        int add(Arena arena) {
            int id = nextId();
            arenas[id] = arena;
            arena.family = SubArenas.this;
            arena.id = id;
            append(arena);
            return id;
        }

        public Arena arena(int id) {
            return SubArenas.this.arena(id);
        }

        /** Takes a sub-arena over from another owner: MOVE, or RENAME with COPY's kind of target. */
        public void adopt(int id, Owner from) {
            Arena arena = arena(id);
            from.unlink(arena);
            append(arena);
        }

        /** Gives all blocks of a sub-arena back in O(1); its id is dead. */
        public void detach(int id) {
            Arena arena = arena(id);
            unlink(arena);
            arena.detach();
        }

        /** Makes another owner have all sub-arenas of this one, in O(1). */
        public Owner handOver() {
            Owner other = new Owner();
            other.first = first;
            other.last = last;
            first = null;
            last = null;
            return other;
        }

        /** Gives all sub-arenas of this owner back in O(1). */
        public void detachAll() {
            if (first != null && last != null) {
                pool.detach(first, last);
            }
            first = null;
            last = null;
        }

        /** Bytes of the blocks in use in all of them. Visits each. */
        public long bytesUsed() {
            long bytes = 0;
            for (Arena arena = first; arena != null; arena = arena.next) {
                bytes += arena.bytesUsed();
            }
            return bytes;
        }

        /** Bytes that all of them took from the pool. Visits each. */
        public long bytesReserved() {
            long bytes = 0;
            for (Arena arena = first; arena != null; arena = arena.next) {
                bytes += arena.bytesReserved();
            }
            return bytes;
        }

        private void append(Arena arena) {
            arena.previous = last;
            arena.next = null;
            if (last == null) {
                first = arena;
            } else {
                last.next = arena;
            }
            last = arena;
        }

        private void unlink(Arena arena) {
            if (arena.previous == null) {
                first = arena.next;
            } else {
                arena.previous.next = arena.next;
            }
            if (arena.next == null) {
                last = arena.previous;
            } else {
                arena.next.previous = arena.previous;
            }
        }
    }
}
