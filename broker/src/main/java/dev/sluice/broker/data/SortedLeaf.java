package dev.sluice.broker.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The leaves of a {@link SortedTree}: blocks of {@link #BYTES} with slots from the front, in the order of the set, and
 * the members' records from the back, in any order and without gaps.
 *
 * <pre>
 *  0  number of entries (2)     2  offset of the lowest record (2)
 *  4  parent (4)                8  next leaf (4)              12  leaf before (4)
 * 16  slots of 10 bytes: score (8), offset of the record (10 bits) and 6 bits of the member's hash
 *     record: length (1) and the member; or LONG (1), block of the member (4), its length (4), its hash (4)
 * </pre>
 *
 * The bits of the hash let a search by member skip 63 of 64 entries without touching their records.
 */
final class SortedLeaf {
    static final int BYTES = 1016;
    /** Members above this have a block of their own, so that any two leaves can share their entries about evenly. */
    static final int INLINE_MAX = 200;

    static final int SLOT_BYTES = 10;
    static final int ENTRY_BYTES_MAX = SLOT_BYTES + 1 + INLINE_MAX;
    private static final int HEAD = 16;
    static final int ROOM = BYTES - HEAD;

    private static final int LONG = 0xff;
    private static final int LONG_RECORD_BYTES = 13;
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle SCORE =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.nativeOrder());

    private final Arena arena;
    private byte @Nullable [] image;

    SortedLeaf(Arena arena) {
        this.arena = arena;
    }

    /** A new leaf without entries, parent and neighbours. */
    int allocate() {
        int leaf = arena.allocate(BYTES);
        arena.putShort(leaf, 0, 0);
        arena.putShort(leaf, 2, BYTES);
        arena.putInt(leaf, 4, 0);
        arena.putInt(leaf, 8, 0);
        arena.putInt(leaf, 12, 0);
        return leaf;
    }

    int size(int leaf) {
        return arena.getShort(leaf, 0);
    }

    int parent(int leaf) {
        return arena.getInt(leaf, 4);
    }

    void parent(int leaf, int parent) {
        arena.putInt(leaf, 4, parent);
    }

    int next(int leaf) {
        return arena.getInt(leaf, 8);
    }

    int before(int leaf) {
        return arena.getInt(leaf, 12);
    }

    /** Puts a new leaf behind another in the chain of leaves. */
    void link(int leaf, int fresh) {
        int next = next(leaf);
        arena.putInt(fresh, 8, next);
        arena.putInt(fresh, 12, leaf);
        arena.putInt(leaf, 8, fresh);
        if (next != 0) {
            arena.putInt(next, 12, fresh);
        }
    }

    /** Tells the neighbours of a leaf's copy where it is now. */
    void relink(int moved) {
        int next = next(moved);
        int before = before(moved);
        if (next != 0) {
            arena.putInt(next, 12, moved);
        }
        if (before != 0) {
            arena.putInt(before, 8, moved);
        }
    }

    void unlink(int leaf) {
        int next = next(leaf);
        int before = before(leaf);
        if (next != 0) {
            arena.putInt(next, 12, before);
        }
        if (before != 0) {
            arena.putInt(before, 8, next);
        }
    }

    double score(int leaf, int slot) {
        return Double.longBitsToDouble(arena.getLong(leaf, at(slot)));
    }

    void score(int leaf, int slot, double score) {
        arena.putLong(leaf, at(slot), Double.doubleToRawLongBits(score));
    }

    /** Bytes that slots and records take, of {@link #ROOM}. */
    int used(int leaf) {
        return size(leaf) * SLOT_BYTES + BYTES - arena.getShort(leaf, 2);
    }

    /** Bytes that an entry with a member of this length takes. */
    static int entryBytes(int memberLength) {
        return SLOT_BYTES + (memberLength > INLINE_MAX ? LONG_RECORD_BYTES : 1 + memberLength);
    }

    int entryBytes(int leaf, int slot) {
        return SLOT_BYTES + recordBytes(arena.getByte(leaf, offset(tag(leaf, slot))) & 0xff);
    }

    /** Negative if the entry is before the key, positive if after it. */
    int compare(int leaf, int slot, SortedKey key) {
        int order = key.compareScore(score(leaf, slot));
        if (order != 0) {
            return order;
        }
        return key.byMember() ? key.orTie(compareMember(leaf, slot, key)) : key.tie();
    }

    private int compareMember(int leaf, int slot, SortedKey key) {
        int record = offset(tag(leaf, slot));
        int length = arena.getByte(leaf, record) & 0xff;
        return length == LONG
                ? compareLong(leaf, record, key.array(), key.offset(), key.length())
                : arena.compare(leaf, record + 1, length, key.array(), key.offset(), key.length());
    }

    private int compareLong(int leaf, int record, byte[] array, int from, int length) {
        int block = arena.getInt(leaf, record + 1);
        return Chain.compare(arena, block, arena.getInt(leaf, record + 5), array, from, length);
    }

    /** Number of entries before the key. */
    int countBelow(int leaf, SortedKey key) {
        int low = 0;
        int high = size(leaf);
        while (low < high) {
            int middle = low + high >>> 1;
            if (compare(leaf, middle, key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Slot of a member; -1 when it is not in this leaf. */
    int find(int leaf, int hash, byte[] array, int from, int length) {
        int size = size(leaf);
        int wanted = hash & 63;
        for (int slot = 0, at = HEAD + 8; slot < size; slot++, at += SLOT_BYTES) {
            int tag = arena.getShort(leaf, at);
            if (tag >>> 10 == wanted && isMember(leaf, offset(tag), array, from, length)) {
                return slot;
            }
        }
        return -1;
    }

    private boolean isMember(int leaf, int record, byte[] array, int from, int length) {
        int stored = arena.getByte(leaf, record) & 0xff;
        if (stored != LONG) {
            return stored == length && arena.compare(leaf, record + 1, length, array, from, length) == 0;
        }
        return arena.getInt(leaf, record + 5) == length && compareLong(leaf, record, array, from, length) == 0;
    }

    /** Adds an entry, for which there must be room. {@code block} holds the member if it is a long one, and is 0 else. */
    void insert(int leaf, int slot, SortedKey entry, int hash, int block) {
        int bytes = block != 0 ? LONG_RECORD_BYTES : 1 + entry.length();
        int record = openSlots(leaf, slot, 1, bytes);
        putSlot(leaf, slot, entry.score(), record, hash);
        if (block == 0) {
            arena.putByte(leaf, record, entry.length());
            arena.put(leaf, record + 1, entry.array(), entry.offset(), entry.length());
        } else {
            arena.putByte(leaf, record, LONG);
            arena.putInt(leaf, record + 1, block);
            arena.putInt(leaf, record + 5, entry.length());
            arena.putInt(leaf, record + 9, hash);
        }
    }

    /** Makes place for slots and for bytes of records; returns the offset of the latter. */
    private int openSlots(int leaf, int slot, int count, int bytes) {
        int size = size(leaf);
        int record = arena.getShort(leaf, 2) - bytes;
        arena.copy(leaf, at(slot), leaf, at(slot + count), (long) (size - slot) * SLOT_BYTES);
        arena.putShort(leaf, 0, size + count);
        arena.putShort(leaf, 2, record);
        return record;
    }

    private void putSlot(int leaf, int slot, double score, int record, int hash) {
        score(leaf, slot, score);
        arena.putShort(leaf, at(slot) + 8L, record | (hash & 63) << 10);
    }

    /** Block of a long member; 0 for others. */
    int block(int leaf, int slot) {
        int record = offset(tag(leaf, slot));
        return (arena.getByte(leaf, record) & 0xff) == LONG ? arena.getInt(leaf, record + 1) : 0;
    }

    /** Says where the block of a long member is now. */
    void block(int leaf, int slot, int block) {
        arena.putInt(leaf, offset(tag(leaf, slot)) + 1, block);
    }

    /** Drops an entry; the block of a long member stays. */
    void remove(int leaf, int slot) {
        int size = size(leaf);
        int record = offset(tag(leaf, slot));
        int bytes = recordBytes(arena.getByte(leaf, record) & 0xff);
        int lowest = arena.getShort(leaf, 2);
        arena.copy(leaf, lowest, leaf, lowest + bytes, record - lowest);
        arena.copy(leaf, at(slot + 1), leaf, at(slot), (long) (size - slot - 1) * SLOT_BYTES);
        arena.putShort(leaf, 0, size - 1);
        arena.putShort(leaf, 2, lowest + bytes);
        for (int i = 0, at = HEAD + 8; i < size - 1; i++, at += SLOT_BYTES) {
            int tag = arena.getShort(leaf, at);
            if (offset(tag) < record) {
                arena.putShort(leaf, at, tag + bytes);
            }
        }
    }

    /** Gives an entry another score and place: slot {@code to} once it has left slot {@code from}. */
    void shift(int leaf, int from, int to, double score) {
        int tag = tag(leaf, from);
        if (from < to) {
            arena.copy(leaf, at(from + 1), leaf, at(from), (long) (to - from) * SLOT_BYTES);
        } else if (to < from) {
            arena.copy(leaf, at(to), leaf, at(to + 1), (long) (from - to) * SLOT_BYTES);
        }
        score(leaf, to, score);
        arena.putShort(leaf, at(to) + 8L, tag);
    }

    /**
     * A copy of a leaf on the heap, on which the {@code image} methods work; valid until the next call. Where many
     * entries are read this is much faster than access to each.
     */
    byte[] image(int leaf) {
        byte[] bytes = image;
        if (bytes == null) {
            bytes = new byte[BYTES];
            image = bytes;
        }
        arena.get(leaf, 0, bytes, 0, BYTES);
        return bytes;
    }

    static double imageScore(byte[] image, int slot) {
        return (double) SCORE.get(image, at(slot));
    }

    private static int imageTag(byte[] image, int slot) {
        return (short) SHORT.get(image, at(slot) + 8) & 0xffff;
    }

    static boolean imageIsLong(byte[] image, int slot) {
        return (image[offset(imageTag(image, slot))] & 0xff) == LONG;
    }

    /** Offset of a member that is not long. */
    static int imageMember(byte[] image, int slot) {
        return offset(imageTag(image, slot)) + 1;
    }

    static int imageLength(byte[] image, int slot) {
        int record = offset(imageTag(image, slot));
        return isLong(image, record) ? (int) INT.get(image, record + 5) : image[record] & 0xff;
    }

    static int imageBlock(byte[] image, int slot) {
        return (int) INT.get(image, offset(imageTag(image, slot)) + 1);
    }

    /** The six bits of the member's hash that the slot holds. */
    static int imageHashBits(byte[] image, int slot) {
        return imageTag(image, slot) >>> 10;
    }

    static int imageHash(byte[] image, int slot, MemberHash hash) {
        int record = offset(imageTag(image, slot));
        return isLong(image, record)
                ? (int) INT.get(image, record + 9)
                : hash.of(image, record + 1, image[record] & 0xff);
    }

    private static boolean isLong(byte[] image, int record) {
        return (image[record] & 0xff) == LONG;
    }

    /** Adds entries of another leaf's image, from slot {@code from} on, at slot {@code to}. There must be room. */
    void insert(int leaf, int to, byte[] image, int from, int count) {
        int bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += recordBytes(image[offset(imageTag(image, from + i))] & 0xff);
        }
        int record = openSlots(leaf, to, count, bytes);
        for (int i = 0; i < count; i++) {
            int tag = imageTag(image, from + i);
            int length = recordBytes(image[offset(tag)] & 0xff);
            arena.put(leaf, record, image, offset(tag), length);
            putSlot(leaf, to + i, imageScore(image, from + i), record, tag >>> 10);
            record += length;
        }
    }

    /** Drops {@code count} entries from slot {@code from} on; {@code image} is the leaf as it is. */
    void remove(int leaf, byte[] image, int from, int count) {
        int size = size(leaf);
        int record = BYTES;
        for (int i = 0; i < size; i++) {
            if (i >= from && i < from + count) {
                continue;
            }
            int tag = imageTag(image, i);
            int bytes = recordBytes(image[offset(tag)] & 0xff);
            record -= bytes;
            arena.put(leaf, record, image, offset(tag), bytes);
            putSlot(leaf, i < from ? i : i - count, imageScore(image, i), record, tag >>> 10);
        }
        arena.putShort(leaf, 0, size - count);
        arena.putShort(leaf, 2, record);
    }

    private int tag(int leaf, int slot) {
        return arena.getShort(leaf, at(slot) + 8L);
    }

    private static int at(int slot) {
        return HEAD + slot * SLOT_BYTES;
    }

    private static int offset(int tag) {
        return tag & 1023;
    }

    private static int recordBytes(int length) {
        return length == LONG ? LONG_RECORD_BYTES : 1 + length;
    }
}
