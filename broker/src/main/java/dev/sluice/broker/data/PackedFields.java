package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;

/**
 * The small form of hashes and sets: one block with all fields, with their values if they are a hash's, in the order in
 * which they were added. A search reads from the front. Entries are named by where they begin.
 *
 * <pre>
 * entry: length of the field (1 below 128, else 2 with the highest bit set)   length of the value (the same; not in sets)
 *        field   value
 * root:  0  number of fields (4)   4  block, 0 while there is none (4)   8  bytes used of it (4)   12  form (1) 0 (3)
 * </pre>
 */
final class PackedFields {
    /**
     * However large Redis's limits are set, a block is not larger: each change moves half of it. By their defaults, 512
     * fields of 64 bytes with values of 64, it never is.
     */
    static final int BYTES_MAX = 68 << 10;

    private static final int BLOCK_AT = 4;
    private static final int USED_AT = 8;
    private static final int GROWTH_BYTES_MIN = 16;
    private static final int LENGTH_MAX = (1 << 15) - 1;

    private final Root root;
    private final Arena arena;
    private final boolean valued;

    // of the entry that was last read
    private int fieldLength;
    private int valueLength;
    private int contentAt;

    PackedFields(Root root, boolean valued) {
        this.root = root;
        this.arena = root.home();
        this.valued = valued;
    }

    private int block() {
        return root.getInt(BLOCK_AT);
    }

    private int used() {
        return root.getInt(USED_AT);
    }

    int size() {
        return root.getInt(0);
    }

    private void size(int size, int used) {
        root.putInt(0, size);
        root.putInt(USED_AT, used);
    }

    private static int lengthBytes(int length) {
        return length < 128 ? 1 : 2;
    }

    private int entryBytes(int field, int value) {
        return lengthBytes(field) + field + (valued ? lengthBytes(value) + value : 0);
    }

    /** Whether there is place for another field of this length, with a value of this length. */
    boolean fits(int field, int value) {
        return fits(used(), field, value);
    }

    /** The same where so many bytes are used. */
    boolean fits(int used, int field, int value) {
        return field <= LENGTH_MAX && value <= LENGTH_MAX && used + entryBytes(field, value) <= BYTES_MAX;
    }

    /** Stores all fields of an image, where there is none yet. */
    void take(PackedImage image) {
        int block = arena.allocate(image.used());
        arena.put(block, 0, image.array(), 0, image.used());
        root.putInt(BLOCK_AT, block);
        size(image.count(), image.used());
    }

    /** Whether there is place for a value of this length in the place of an entry's. */
    boolean fitsValue(int at, int value) {
        read(block(), at);
        return value <= LENGTH_MAX
                && used() - entryBytes(fieldLength, valueLength) + entryBytes(fieldLength, value) <= BYTES_MAX;
    }

    /** Reads an entry's lengths. Returns where the next begins. */
    private int read(int block, int entry) {
        int at = entry;
        int field = arena.getByte(block, at++);
        fieldLength = field >= 0 ? field : (field & 127) << 8 | arena.getByte(block, at++) & 0xff;
        valueLength = 0;
        if (valued) {
            int value = arena.getByte(block, at++);
            valueLength = value >= 0 ? value : (value & 127) << 8 | arena.getByte(block, at++) & 0xff;
        }
        contentAt = at;
        return at + fieldLength + valueLength;
    }

    /** Where the entry of a field begins; -1 when it is not there. */
    int find(Bytes field) {
        int block = block();
        int length = field.length();
        for (int at = 0, used = used(); at < used; ) {
            int next = read(block, at);
            if (fieldLength == length && isAt(block, contentAt, field)) {
                return at;
            }
            at = next;
        }
        return -1;
    }

    private boolean isAt(int block, int at, Bytes field) {
        int length = field.length();
        return length == 0
                || arena.getByte(block, at) == field.at(0)
                        && arena.equal(block, at, field.array(), field.offset(), length);
    }

    Bytes value(int entry) {
        read(block(), entry);
        byte[] copy = new byte[valueLength];
        arena.get(block(), contentAt + (long) fieldLength, copy, 0, valueLength);
        return Bytes.of(copy);
    }

    int valueLength(int entry) {
        read(block(), entry);
        return valueLength;
    }

    /** Adds a field that is not there; {@link #fits} must have agreed. */
    void add(Bytes field, Bytes value) {
        int used = used();
        int bytes = entryBytes(field.length(), value.length());
        reserve(used + bytes);
        int at = writeLength(used, field.length());
        at = valued ? writeLength(at, value.length()) : at;
        arena.put(block(), at, field.array(), field.offset(), field.length());
        if (valued) {
            arena.put(block(), at + (long) field.length(), value.array(), value.offset(), value.length());
        }
        size(size() + 1, used + bytes);
    }

    private int writeLength(int at, int length) {
        if (length < 128) {
            arena.putByte(block(), at, length);
            return at + 1;
        }
        arena.putByte(block(), at, length >>> 8 | 128);
        arena.putByte(block(), at + 1L, length);
        return at + 2;
    }

    /** Makes room for so many bytes in all; gives some back where far too much is taken. */
    private void reserve(int needed) {
        int block = block();
        int capacity = block == 0 ? 0 : arena.capacity(block);
        if (needed <= capacity && needed >= capacity / 4) {
            return;
        }
        int larger = arena.allocate(needed + Math.max(GROWTH_BYTES_MIN, needed / 8));
        if (block != 0) {
            arena.copy(block, 0, larger, 0, used());
            arena.free(block);
        }
        root.putInt(BLOCK_AT, larger);
    }

    /** Gives an entry's field another value; {@link #fitsValue} must have agreed. */
    void replace(int entry, Bytes value) {
        int end = read(block(), entry);
        int field = fieldLength;
        int fieldAt = contentAt;
        int used = used();
        int growth = entryBytes(field, value.length()) - entryBytes(field, valueLength);
        reserve(used + Math.max(0, growth));
        int block = block();
        int newFieldAt = fieldAt - lengthBytes(valueLength) + lengthBytes(value.length());
        // Whichever way, nothing is overwritten before it has moved.
        if (newFieldAt < fieldAt) {
            arena.copy(block, fieldAt, block, newFieldAt, field);
        }
        if (growth != 0) {
            arena.copy(block, end, block, end + growth, used - end);
        }
        if (newFieldAt > fieldAt) {
            arena.copy(block, fieldAt, block, newFieldAt, field);
        }
        writeLength(newFieldAt - lengthBytes(value.length()), value.length());
        arena.put(block, newFieldAt + (long) field, value.array(), value.offset(), value.length());
        size(size(), used + growth);
    }

    void remove(int entry) {
        int end = read(block(), entry);
        int used = used();
        arena.copy(block(), end, block(), entry, used - end);
        size(size() - 1, used - (end - entry));
    }

    /** Shows all fields in order, until the visitor has seen enough. */
    void forEach(FieldVisitor visitor) {
        if (block() == 0) {
            return;
        }
        byte[] image = new byte[used()];
        arena.get(block(), 0, image, 0, image.length);
        for (int at = 0; at < image.length; ) {
            int next = read(block(), at);
            if (!visitor.field(image, contentAt, fieldLength, contentAt + fieldLength, valueLength)) {
                return;
            }
            at = next;
        }
    }

    /** The entry with a number, in their order from 0. */
    private int entry(int number) {
        int block = block();
        int at = 0;
        for (int i = 0; i < number; i++) {
            at = read(block, at);
        }
        return at;
    }

    /** Removes the field with a number, and returns it. */
    Bytes take(int number) {
        int entry = entry(number);
        read(block(), entry);
        byte[] field = new byte[fieldLength];
        arena.get(block(), contentAt, field, 0, field.length);
        remove(entry);
        return Bytes.of(field);
    }

    /** Shows the field with a number, in their order from 0. */
    void show(int number, FieldVisitor visitor) {
        int block = block();
        read(block, entry(number));
        byte[] image = new byte[fieldLength + valueLength];
        arena.get(block, contentAt, image, 0, image.length);
        visitor.field(image, 0, fieldLength, fieldLength, valueLength);
    }

    /** Moves the block if that leaves less memory idle. */
    void pack() {
        if (block() != 0 && arena.shouldMove(block())) {
            root.putInt(BLOCK_AT, Packing.move(arena, block()));
        }
    }

    /** Bytes of the block. */
    long bytes() {
        return block() == 0 ? 0 : arena.capacity(block());
    }

    void free() {
        if (block() != 0) {
            arena.free(block());
        }
    }
}
