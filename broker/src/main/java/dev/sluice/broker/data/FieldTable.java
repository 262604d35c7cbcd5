package dev.sluice.broker.data;

import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;

/**
 * The large form of hashes and sets: each field, with its value if it is a hash's, in a block of its own, to which a {@link
 * MemberIndex} leads. An operation that runs out of memory has changed nothing.
 *
 * <pre>
 * block: length of the field (1 below 128, else 128 and 4 bytes)   length of the value (the same; not in sets)
 *        field and value, or the handle of a {@link Chain} of both if they are long (4)
 * root:  0  number of fields (4)   4  0 (4)   8  directory of the index (4)
 *       12  what form the collection has (1)   0 (1)   depth of the index (1)   0 (1)
 * </pre>
 */
final class FieldTable {
    /** Field and value of together more than this are in a chain. */
    static final int INLINE_MAX = 16 << 10;

    private static final int SCRATCH_BYTES = 256;
    private static final byte[] NONE = {};

    private final Root root;
    private final Arena arena;
    private final MemberHash hash;
    private final boolean valued;
    private final MemberIndex index;

    // of the block that was last read
    private int fieldLength;
    private int valueLength;
    private int contentAt;

    private byte[] scratch = NONE; // most calls need none

    /** {@code valued}: whether fields have values. */
    FieldTable(Root root, MemberHash hash, boolean valued) {
        this.root = root;
        this.arena = root.arena();
        this.hash = hash;
        this.valued = valued;
        this.index = new MemberIndex(root);
    }

    /** Makes an empty table of a root of zeros. */
    void create() {
        index.create();
    }

    long size() {
        return root.getInt(0) & 0xffff_ffffL;
    }

    int hash(Bytes field) {
        return hash.of(field.array(), field.offset(), field.length());
    }

    // ---- one block

    private void read(int block) {
        int at = 0;
        fieldLength = arena.getByte(block, at++);
        if (fieldLength < 0) {
            fieldLength = arena.getInt(block, at);
            at += Integer.BYTES;
        }
        valueLength = 0;
        if (valued) {
            valueLength = arena.getByte(block, at++);
            if (valueLength < 0) {
                valueLength = arena.getInt(block, at);
                at += Integer.BYTES;
            }
        }
        contentAt = at;
    }

    /** Whether the block that was read leads to a chain. */
    private boolean isChained() {
        return isLong(fieldLength, valueLength);
    }

    private static boolean isLong(int fieldLength, int valueLength) {
        return fieldLength + (long) valueLength > INLINE_MAX;
    }

    private static int lengthBytes(int length) {
        return length < 128 ? 1 : 1 + Integer.BYTES;
    }

    private int headBytes(int fieldLength, int valueLength) {
        return lengthBytes(fieldLength) + (valued ? lengthBytes(valueLength) : 0);
    }

    private int blockBytes(Bytes field, Bytes value) {
        int content = isLong(field.length(), value.length()) ? Integer.BYTES : field.length() + value.length();
        return headBytes(field.length(), value.length()) + content;
    }

    private int allocate(Bytes field, Bytes value) {
        if (!isLong(field.length(), value.length())) {
            int block = arena.allocate(blockBytes(field, value));
            write(block, field, value);
            return block;
        }
        int chain = Chain.allocate(arena, field, value);
        try {
            int block = arena.allocate(blockBytes(field, value));
            arena.putInt(block, writeHead(block, field, value), chain);
            return block;
        } catch (RuntimeException full) {
            Chain.free(arena, chain);
            throw full;
        }
    }

    private int writeHead(int block, Bytes field, Bytes value) {
        int at = writeLength(block, 0, field.length());
        return valued ? writeLength(block, at, value.length()) : at;
    }

    private int writeLength(int block, int at, int length) {
        if (length < 128) {
            arena.putByte(block, at, length);
        } else {
            arena.putByte(block, at, 128);
            arena.putInt(block, at + 1L, length);
        }
        return at + lengthBytes(length);
    }

    private void write(int block, Bytes field, Bytes value) {
        int at = writeHead(block, field, value);
        arena.put(block, at, field.array(), field.offset(), field.length());
        arena.put(block, at + (long) field.length(), value.array(), value.offset(), value.length());
    }

    private boolean isField(int block, Bytes field) {
        read(block);
        if (fieldLength != field.length()) {
            return false;
        }
        if (!isChained()) {
            return arena.equal(block, contentAt, field.array(), field.offset(), fieldLength);
        }
        int chain = arena.getInt(block, contentAt);
        return fieldLength == 0
                || Chain.compare(arena, chain, fieldLength, field.array(), field.offset(), fieldLength) == 0;
    }

    private void free(int block) {
        read(block);
        if (isChained()) {
            Chain.free(arena, arena.getInt(block, contentAt));
        }
        arena.free(block);
    }

    private int move(int block) {
        read(block);
        int moved = arena.shouldMove(block) ? Packing.move(arena, block) : block;
        if (isChained()) {
            int chain = arena.getInt(moved, contentAt);
            Chain.pack(arena, chain);
            if (arena.shouldMove(chain)) {
                arena.putInt(moved, contentAt, Packing.move(arena, chain));
            }
        }
        return moved;
    }

    // ---- all of them

    /** Block of a field; 0 when it is not there. Valid until the next change. */
    int find(Bytes field, int hash) {
        int segment = index.segment(hash);
        for (int probe = -1; (probe = index.probe(segment, hash, probe)) >= 0; ) {
            int block = index.leaf(segment, probe);
            if (isField(block, field)) {
                return block;
            }
        }
        return 0;
    }

    Bytes value(int block) {
        read(block);
        byte[] copy = new byte[valueLength];
        if (!isChained()) {
            arena.get(block, contentAt + (long) fieldLength, copy, 0, valueLength);
            return Bytes.of(copy);
        }
        byte[] content = Chain.copy(arena, arena.getInt(block, contentAt), fieldLength + valueLength);
        return Bytes.view(content, fieldLength, valueLength);
    }

    int valueLength(int block) {
        read(block);
        return valueLength;
    }

    /** Adds a field that is not there. */
    void add(Bytes field, Bytes value, int hash) {
        index.reserve(hash);
        int block = allocate(field, value);
        index.add(hash, block);
        root.putInt(0, root.getInt(0) + 1);
    }

    /** Gives the field of a block another value. */
    void replace(int block, Bytes field, Bytes value, int hash) {
        read(block);
        if (!isChained() && !isLong(field.length(), value.length())) {
            int needed = blockBytes(field, value);
            int capacity = arena.capacity(block);
            if (needed <= capacity && needed >= capacity - (capacity >>> 2)) {
                write(block, field, value);
                return;
            }
        }
        int other = allocate(field, value);
        index.move(hash, block, other);
        free(block);
    }

    void remove(int block, int hash) {
        index.remove(hash, block);
        free(block);
        root.putInt(0, root.getInt(0) - 1);
    }

    /** Shows every field, until the visitor has seen enough. */
    void forEach(FieldVisitor visitor) {
        boolean[] going = {true};
        for (long from = 0; from < MemberIndex.HASHES && going[0]; ) {
            long to = index.segmentEnd(from);
            index.visit(from, to, (fieldHash, block) -> going[0] = going[0] && show(block, visitor));
            from = to;
        }
    }

    /** As {@link MemberIndex#scan}. */
    long scan(long cursor, long count, FieldVisitor visitor) {
        return index.scan(cursor, count, size(), (fieldHash, block) -> show(block, visitor));
    }

    /** Shows any field; there must be one. */
    void random(Randomness randomness, FieldVisitor visitor) {
        show(index.random(randomness), visitor);
    }

    /** Shows {@code count} different fields, far fewer than there are. */
    void sample(Randomness randomness, int count, FieldVisitor visitor) {
        DistinctInts shown = new DistinctInts(count);
        for (int left = count; left > 0; ) {
            int block = index.random(randomness);
            if (shown.add(block)) {
                show(block, visitor);
                left--;
            }
        }
    }

    /** Removes any field, and returns it; there must be one. */
    Bytes take(Randomness randomness) {
        long entry = index.randomEntry(randomness);
        int block = (int) entry;
        Bytes field = field(block);
        remove(block, (int) (entry >>> 32));
        return field;
    }

    private Bytes field(int block) {
        read(block);
        if (isChained()) {
            byte[] content = Chain.copy(arena, arena.getInt(block, contentAt), fieldLength + valueLength);
            return Bytes.view(content, 0, fieldLength);
        }
        byte[] copy = new byte[fieldLength];
        arena.get(block, contentAt, copy, 0, fieldLength);
        return Bytes.of(copy);
    }

    private boolean show(int block, FieldVisitor visitor) {
        read(block);
        int field = fieldLength;
        int value = valueLength;
        if (isChained()) {
            byte[] content = Chain.copy(arena, arena.getInt(block, contentAt), field + value);
            return visitor.field(content, 0, field, field, value);
        }
        if (scratch.length < field + value) {
            scratch = new byte[field + value <= SCRATCH_BYTES ? SCRATCH_BYTES : INLINE_MAX];
        }
        arena.get(block, contentAt, scratch, 0, field + value);
        return visitor.field(scratch, 0, field, field, value);
    }

    /**
     * Moves blocks where that leaves less memory idle: those of {@code steps} segments of the index, from a cursor on that
     * is 0 at first. Returns the next cursor, 0 at the end.
     */
    long pack(long cursor, int steps) {
        long at = cursor;
        for (int i = 0; i < steps && at < MemberIndex.HASHES; i++) {
            index.replaceLeaves((int) at, this::move);
            index.pack((int) at);
            at = index.segmentEnd(at);
        }
        if (at < MemberIndex.HASHES) {
            return at;
        }
        index.packDirectory();
        return 0;
    }

    /** Bytes of all blocks. */
    long bytes() {
        long[] sum = {index.bytes()};
        for (long from = 0; from < MemberIndex.HASHES; from = index.segmentEnd(from)) {
            index.visit(from, index.segmentEnd(from), (fieldHash, block) -> sum[0] += bytes(block));
        }
        return sum[0];
    }

    private long bytes(int block) {
        read(block);
        return arena.capacity(block) + (isChained() ? Chain.bytes(arena, arena.getInt(block, contentAt)) : 0);
    }

    /** Frees all blocks. */
    void free() {
        for (long from = 0; from < MemberIndex.HASHES; from = index.segmentEnd(from)) {
            index.visit(from, index.segmentEnd(from), (fieldHash, block) -> free(block));
        }
        index.free();
    }
}
