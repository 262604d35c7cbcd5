package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.Frozen;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.Root;
import dev.sluice.broker.data.Rope;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.SubArenas;
import dev.sluice.broker.data.Value;
import java.util.BitSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the entries of one database hold, by type: the one place that a new type is entered in. */
final class Values {
    private static final int NODES_A_STEP = 256; // tens of microseconds
    static final long FREED_AT_ONCE_MAX = 100_000; // elements, half a thousand nodes if they are short

    /** A value of so many bytes that is in the arena of its key is frozen too: making a record of it would take long. */
    static final long FROZEN_BYTES_MIN = 128 << 10;

    private final Arena arena;
    private final SubArenas.Owner subArenas;
    private final CollectionViews collections;
    private final BitSet extents = new BitSet();

    Values(Arena arena, SubArenas.Owner subArenas, CollectionViews collections) {
        this.arena = arena;
        this.subArenas = subArenas;
        this.collections = collections;
    }

    Value of(int entry) {
        long header = Entry.header(arena, entry);
        return switch (Entry.type(header)) {
            case STRING -> string(entry, header);
            case LIST -> list(entry, header);
            case SET -> set(entry, header);
            case SORTED_SET -> sortedSet(entry, header);
            case HASH -> hash(entry, header);
            case STREAM -> throw new IllegalStateException();
        };
    }

    StringValue string(int entry, long header) {
        return new StringValue(
                arena,
                entry,
                Entry.stringAt(header),
                Entry.stringLength(arena, entry, header),
                Entry.isRaw(header),
                Entry.isText(header),
                Entry.isRope(header));
    }

    ListValue list(int entry, long header) {
        return collections.list(root(entry, header));
    }

    SortedSet sortedSet(int entry, long header) {
        return collections.sortedSet(root(entry, header));
    }

    SetValue set(int entry, long header) {
        return collections.set(root(entry, header));
    }

    HashValue hash(int entry, long header) {
        return collections.hash(root(entry, header));
    }

    /** A collection whose members expire; null if it has none, or is of another type. */
    @Nullable
    Members expiring(int entry, long header) {
        Value.Type type = Entry.type(header);
        if (type == Value.Type.STRING || type == Value.Type.LIST || type == Value.Type.STREAM) {
            return null;
        }
        return root(entry, header).hasExpiries() ? (Members) of(entry) : null;
    }

    Root root(int entry, long header) {
        return Entry.root(arena, entry, header, subArenas);
    }

    /** A large value, frozen, so that it need not be read at once; null if it is none. */
    @Nullable
    Frozen frozen(int entry, long header) {
        if (Entry.type(header) == Value.Type.STRING) {
            return Entry.isRope(header) ? frozenString(entry, header) : null;
        }
        Root root = root(entry, header);
        Function<Root, Value> view = copy -> view(Entry.type(header), copy);
        if (root.subArena() != 0) {
            return Frozen.of(root, collections.sortedSets(), view);
        }
        long bytes = traced(() -> collectionBytes(entry, header));
        return bytes < FROZEN_BYTES_MIN ? null : Frozen.of(root, collections.sortedSets(), view, bytes, extents);
    }

    private @Nullable Frozen frozenString(int entry, long header) {
        Rope rope = Entry.rope(arena, entry, header);
        if (rope.length() < FROZEN_BYTES_MIN) {
            return null;
        }
        long bytes = traced(rope::bytesUsed);
        return Frozen.of(arena, rope, Entry.isRaw(header), Entry.isText(header), bytes, extents);
    }

    /** The bytes of a value, whose extents are in {@link #extents} then. */
    private long traced(LongSupplier bytes) {
        extents.clear();
        arena.trace(extents);
        try {
            return bytes.getAsLong();
        } finally {
            arena.trace(null);
        }
    }

    private Value view(Value.Type type, Root root) {
        return switch (type) {
            case LIST -> collections.list(root);
            case SET -> collections.set(root);
            case SORTED_SET -> collections.sortedSet(root);
            case HASH -> collections.hash(root);
            case STRING, STREAM -> throw new IllegalStateException();
        };
    }

    /** Memory of key and value. */
    long bytes(int entry) {
        long header = Entry.header(arena, entry);
        return Entry.bytesUsed(arena, entry) + collectionBytes(entry, header);
    }

    private long collectionBytes(int entry, long header) {
        return switch (Entry.type(header)) {
            case STRING -> 0;
            case LIST -> list(entry, header).bytes();
            case SET -> set(entry, header).bytes();
            case SORTED_SET -> sortedSet(entry, header).bytes();
            case HASH -> hash(entry, header).bytes();
            case STREAM -> throw new IllegalStateException();
        };
    }

    boolean isEmptyCollection(int entry) {
        long header = Entry.header(arena, entry);
        return switch (Entry.type(header)) {
            case STRING -> false;
            case LIST -> list(entry, header).size() == 0;
            case SET -> set(entry, header).size() == 0;
            case SORTED_SET -> sortedSet(entry, header).size() == 0;
            case HASH -> hash(entry, header).size() == 0;
            case STREAM -> throw new IllegalStateException();
        };
    }

    /** Copies a collection to an empty one of the same type, in any database. */
    void copyTo(int entry, long header, Root target) {
        switch (Entry.type(header)) {
            case LIST -> list(entry, header).copyTo(collections.list(target));
            case SET -> set(entry, header).copyTo(collections.set(target));
            case SORTED_SET -> sortedSet(entry, header).copyTo(collections.sortedSet(target));
            case HASH -> hash(entry, header).copyTo(collections.hash(target));
            case STRING, STREAM -> throw new IllegalStateException();
        }
    }

    /** Gives back key and value. */
    void free(int entry) {
        long header = Entry.header(arena, entry);
        switch (Entry.type(header)) {
            case STRING -> {
                if (Entry.isRope(header)) {
                    Entry.rope(arena, entry, header).free();
                }
            }
            case LIST -> list(entry, header).free();
            case SET -> set(entry, header).free();
            case SORTED_SET -> sortedSet(entry, header).free();
            case HASH -> hash(entry, header).free();
            case STREAM -> throw new IllegalStateException();
        }
        Entry.freeShell(arena, entry);
    }

    /** Whether giving it back takes so long that it is better done in steps. */
    boolean isLong(int entry) {
        long header = Entry.header(arena, entry);
        return Entry.type(header) == Value.Type.LIST && list(entry, header).size() > FREED_AT_ONCE_MAX;
    }

    /** Gives back a part of key and value, which are under no key any more. Returns whether that was the last. */
    boolean freeSome(int entry) {
        long header = Entry.header(arena, entry);
        if (Entry.type(header) == Value.Type.LIST && !list(entry, header).free(NODES_A_STEP)) {
            return false;
        }
        free(entry);
        return true;
    }

    /** Moves some of the blocks of a value, from a cursor on that is 0 at first. Returns the next, 0 at the end. */
    long pack(int entry, long cursor, int steps) {
        long header = Entry.header(arena, entry);
        return switch (Entry.type(header)) {
            case SET -> set(entry, header).pack(cursor, steps);
            case SORTED_SET -> sortedSet(entry, header).pack(cursor, steps);
            case HASH -> hash(entry, header).pack(cursor, steps);
            case STRING, LIST, STREAM -> 0;
        };
    }
}
