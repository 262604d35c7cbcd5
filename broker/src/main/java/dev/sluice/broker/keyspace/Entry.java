package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.Pieces;
import dev.sluice.broker.data.Root;
import dev.sluice.broker.data.Rope;
import dev.sluice.broker.data.SubArenas;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What a key is in the arena, and the only place that knows: one block with
 *
 * <pre>
 *   8  header: from bit 0: type (3), flags (5), birth epoch (8), access clock (24), spare (8), key length (16)
 *   8  time of expiry in ms since 1970, or -1; only with the flag EXPIRY
 *   n  key; a key of 65 535 bytes or more: its length (4) and a rope's directory (4)
 *      a string: its length (4) and its bytes, or with the flag ROPE a rope's directory (4)
 *      a collection: {@link Root#BYTES} bytes for its root
 * </pre>
 *
 * Methods take the block's handle and, where they have just read it, its header.
 */
final class Entry {
    static final long NO_EXPIRY = -1;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final Value.Type[] TYPES = Value.Type.values();

    private static final int TYPE_MASK = 7;
    private static final int EXPIRY = 1 << 3;
    private static final int RAW = 1 << 4;
    private static final int ROPE = 1 << 5;
    private static final int TEXT = 1 << 6;
    private static final int EPOCH_SHIFT = 8;
    private static final int CLOCK_SHIFT = 16;
    private static final long CLOCK_MASK = 0xffffffL;
    private static final int KEY_LENGTH_SHIFT = 48;

    private static final int HEADER_BYTES = 8;
    private static final int LONG_KEY = 0xffff;
    private static final int LONG_KEY_BYTES = 8;

    /** A block whose string would leave more than a quarter unused is given up for a smaller one, above this size. */
    private static final int SMALL_BLOCK_BYTES = 48;

    private Entry() {}

    // ---- reading

    static long header(Arena arena, int entry) {
        return arena.getLong(entry, 0);
    }

    static Value.Type type(long header) {
        return TYPES[(int) header & TYPE_MASK];
    }

    static boolean isRaw(long header) {
        return (header & RAW) != 0;
    }

    /** Whether a string that looks like a number is not shown as one. */
    static boolean isText(long header) {
        return (header & TEXT) != 0;
    }

    static boolean isRope(long header) {
        return (header & ROPE) != 0;
    }

    /** Whether it is a short string that begins so. */
    static boolean stringStartsWith(Arena arena, int entry, long header, Bytes prefix) {
        return type(header) == Value.Type.STRING
                && !isRope(header)
                && stringLength(arena, entry, header) >= prefix.length()
                && arena.equal(entry, stringAt(header), prefix.array(), prefix.offset(), prefix.length());
    }

    static int clock(long header) {
        return (int) (header >>> CLOCK_SHIFT & CLOCK_MASK);
    }

    static int birthEpoch(long header) {
        return (int) (header >>> EPOCH_SHIFT) & 0xff;
    }

    /** When the key expires, in ms; {@link #NO_EXPIRY} when it does not. */
    static long expireAt(Arena arena, int entry, long header) {
        return (header & EXPIRY) == 0 ? NO_EXPIRY : arena.getLong(entry, HEADER_BYTES);
    }

    static int keyLength(Arena arena, int entry, long header) {
        int length = shortKeyLength(header);
        return length == LONG_KEY ? arena.getInt(entry, keyAt(header)) : length;
    }

    static void copyKey(Arena arena, int entry, long header, byte[] target) {
        int length = shortKeyLength(header);
        if (length == LONG_KEY) {
            Rope rope = keyRope(arena, entry, header);
            rope.copyTo(0, target, 0, rope.length());
        } else {
            arena.get(entry, keyAt(header), target, 0, length);
        }
    }

    static Bytes key(Arena arena, int entry) {
        long header = header(arena, entry);
        byte[] copy = new byte[keyLength(arena, entry, header)];
        copyKey(arena, entry, header, copy);
        return Bytes.of(copy);
    }

    /** Whether this is the key, compared in words: that is faster than a call for keys as short as they are. */
    static boolean keyIs(Arena arena, int entry, byte[] key, int from, int length) {
        long header = header(arena, entry);
        int own = shortKeyLength(header);
        if (own == LONG_KEY) {
            return length >= LONG_KEY && keyRope(arena, entry, header).contentEquals(key, from, length);
        }
        if (own != length) {
            return false;
        }
        int at = keyAt(header);
        int done = 0;
        for (; done + Long.BYTES <= length; done += Long.BYTES) {
            if (arena.getLong(entry, at + done) != (long) LONGS.get(key, from + done)) {
                return false;
            }
        }
        for (; done < length; done++) {
            if (arena.getByte(entry, at + done) != key[from + done]) {
                return false;
            }
        }
        return true;
    }

    /** Where the value begins inside the block. */
    static int valueAt(long header) {
        int length = shortKeyLength(header);
        return keyAt(header) + (length == LONG_KEY ? LONG_KEY_BYTES : length);
    }

    static int stringLength(Arena arena, int entry, long header) {
        return arena.getInt(entry, valueAt(header));
    }

    /** Where the bytes of a string, or its rope's directory, begin. */
    static int stringAt(long header) {
        return valueAt(header) + Integer.BYTES;
    }

    static Rope rope(Arena arena, int entry, long header) {
        int at = valueAt(header);
        return new Rope(arena, arena.getInt(entry, at + Integer.BYTES), arena.getInt(entry, at));
    }

    static Root root(Arena arena, int entry, long header, SubArenas.Owner owner) {
        return new Root(arena, entry, valueAt(header), owner);
    }

    /** Whether a string of this length can replace the one in the block without wasting it. */
    static boolean fits(Arena arena, int entry, long header, int length) {
        if (length > Rope.INLINE_BYTES_MAX) {
            return false;
        }
        int needed = stringAt(header) + length;
        int capacity = arena.capacity(entry);
        return needed <= capacity && (capacity <= SMALL_BLOCK_BYTES || needed >= capacity - (capacity >>> 2));
    }

    // ---- making

    /** A new string. Takes nothing when the arena is full. */
    static int string(Arena arena, Bytes key, Bytes value, long expireAt, long birth) {
        return string(arena, key, value, value.length(), expireAt, birth);
    }

    /** A new string in a block with room for {@code room} bytes, unless it is long enough for a rope. */
    static int string(Arena arena, Bytes key, Bytes value, int room, long expireAt, long birth) {
        if (value.length() <= Rope.INLINE_BYTES_MAX) {
            int entry = block(arena, key, Value.Type.STRING, Integer.BYTES + room, expireAt, birth);
            putString(arena, entry, header(arena, entry), value);
            return entry;
        }
        Rope rope = Rope.of(arena, value.array(), value.offset(), value.length());
        return ropeOrFree(arena, key, rope, expireAt, birth);
    }

    /** A new raw string without time to live, which is made piece by piece. Takes nothing when the arena is full. */
    static int string(Arena arena, Bytes key, int length, Pieces pieces, long birth) {
        int entry;
        if (length > Rope.INLINE_BYTES_MAX) {
            entry = ropeOrFree(arena, key, Rope.of(arena, length, pieces), NO_EXPIRY, birth);
        } else {
            entry = string(arena, key, Bytes.view(pieces.piece(0, length), 0, length), NO_EXPIRY, birth);
        }
        setFlag(arena, entry, RAW);
        return entry;
    }

    /** An entry for a rope, which is given back if there is no room for that. */
    private static int ropeOrFree(Arena arena, Bytes key, Rope rope, long expireAt, long birth) {
        int entry;
        try {
            entry = block(arena, key, Value.Type.STRING, 2 * Integer.BYTES, expireAt, birth);
        } catch (RuntimeException full) {
            rope.free();
            throw full;
        }
        setFlag(arena, entry, ROPE);
        putRope(arena, entry, header(arena, entry), rope);
        return entry;
    }

    /** A string of another arena, or of this one, in the same form under another key. Takes nothing when this is full. */
    static int copyOfString(Arena arena, Bytes key, Arena source, int entry, long expireAt, long birth) {
        long header = header(source, entry);
        int copy;
        if (isRope(header)) {
            copy = ropeOrFree(arena, key, rope(source, entry, header).copy(arena), expireAt, birth);
        } else {
            int bytes = valueBytes(source, entry, header);
            copy = block(arena, key, Value.Type.STRING, bytes, expireAt, birth);
            source.copyTo(entry, valueAt(header), arena, copy, valueAt(header(arena, copy)), bytes);
        }
        setFlag(arena, copy, (int) header & (RAW | TEXT));
        return copy;
    }

    /** A new, empty collection: zeros where its root is. */
    static int collection(Arena arena, Bytes key, Value.Type type, long birth) {
        int entry = block(arena, key, type, Root.BYTES, NO_EXPIRY, birth);
        int at = valueAt(header(arena, entry));
        arena.fill(entry, at, Root.BYTES, 0);
        return entry;
    }

    /**
     * The same value under another key, with another field for expiry or with room for {@code room} bytes of value, in a
     * new block: what the value owns elsewhere moves along, so give the old block back with {@link #freeShell}.
     */
    static int moved(Arena arena, int entry, Bytes key, long expireAt, int room, long birth) {
        long header = header(arena, entry);
        int bytes = valueBytes(arena, entry, header);
        int target = block(arena, key, type(header), Math.max(bytes, room), expireAt, birth);
        setFlag(arena, target, (int) header & (RAW | ROPE | TEXT));
        arena.copy(entry, valueAt(header), target, valueAt(header(arena, target)), bytes);
        return target;
    }

    /** Birth epoch and access clock for new blocks, as {@code birth} of the methods here. */
    static long birth(int epoch, int clock) {
        return (long) (epoch & 0xff) << EPOCH_SHIFT | (clock & CLOCK_MASK) << CLOCK_SHIFT;
    }

    private static int block(Arena arena, Bytes key, Value.Type type, int valueBytes, long expireAt, long birth) {
        boolean longKey = key.length() >= LONG_KEY;
        int expiryBytes = expireAt == NO_EXPIRY ? 0 : Long.BYTES;
        int keyBytes = longKey ? LONG_KEY_BYTES : key.length();
        int entry = arena.allocate(HEADER_BYTES + expiryBytes + keyBytes + valueBytes);
        long header = type.ordinal()
                | (expiryBytes == 0 ? 0 : EXPIRY)
                | birth & (0xffL << EPOCH_SHIFT | CLOCK_MASK << CLOCK_SHIFT)
                | (long) (longKey ? LONG_KEY : key.length()) << KEY_LENGTH_SHIFT;
        arena.putLong(entry, 0, header);
        if (expiryBytes != 0) {
            arena.putLong(entry, HEADER_BYTES, expireAt);
        }
        if (longKey) {
            putLongKey(arena, entry, header, key);
        } else {
            arena.put(entry, keyAt(header), key.array(), key.offset(), key.length());
        }
        return entry;
    }

    private static void putLongKey(Arena arena, int entry, long header, Bytes key) {
        try {
            Rope rope = Rope.of(arena, key.array(), key.offset(), key.length());
            arena.putInt(entry, keyAt(header), rope.length());
            arena.putInt(entry, keyAt(header) + Integer.BYTES, rope.directory());
        } catch (RuntimeException full) {
            arena.free(entry);
            throw full;
        }
    }

    // ---- changing

    /** Writes the length and the bytes; they must fit. */
    static void putString(Arena arena, int entry, long header, Bytes value) {
        int at = valueAt(header);
        arena.putInt(entry, at, value.length());
        arena.put(entry, at + Integer.BYTES, value.array(), value.offset(), value.length());
    }

    /** A new raw string of zeros with a part of it overwritten. Takes nothing when the arena is full. */
    static int zerosWith(Arena arena, Bytes key, int at, Bytes part, long birth) {
        int length = Math.addExact(at, part.length());
        int entry;
        if (length > Rope.INLINE_BYTES_MAX) {
            entry = ropeOrFree(arena, key, Rope.zeros(arena, length), NO_EXPIRY, birth);
            rope(arena, entry, header(arena, entry)).put(at, part.array(), part.offset(), part.length());
        } else {
            entry = block(arena, key, Value.Type.STRING, Integer.BYTES + length, NO_EXPIRY, birth);
            long header = header(arena, entry);
            arena.putInt(entry, valueAt(header), 0);
            putPart(arena, entry, header, at, part);
        }
        setFlag(arena, entry, RAW);
        return entry;
    }

    /**
     * Overwrites a part of a string, which grows if it ends before, with zeros in between; it is raw afterwards. Returns
     * the entry, or if the block is too small another one: then give the old block back with {@link #freeShell}. Changes
     * nothing when the arena is full.
     */
    static int write(Arena arena, int entry, Bytes key, int at, Bytes part, long birth) {
        long header = header(arena, entry);
        int newLength = Math.max(stringLength(arena, entry, header), Math.addExact(at, part.length()));
        int written = entry;
        if (isRope(header)) {
            putRope(arena, entry, header, written(rope(arena, entry, header), at, part));
        } else if (stringAt(header) + (long) newLength <= arena.capacity(entry)) {
            putPart(arena, entry, header, at, part);
        } else if (newLength > Rope.INLINE_BYTES_MAX) {
            written = becomeRope(arena, entry, key, at, part, birth);
        } else {
            int room = Math.min(newLength + (newLength >>> 1), Rope.INLINE_BYTES_MAX);
            written = moved(arena, entry, key, expireAt(arena, entry, header), Integer.BYTES + room, birth);
            putPart(arena, written, header(arena, written), at, part);
        }
        setForm(arena, written, RAW);
        return written;
    }

    private static Rope written(Rope rope, int at, Bytes part) {
        if (at == rope.length()) {
            return rope.append(part.array(), part.offset(), part.length());
        }
        int end = at + part.length();
        Rope longEnough = end > rope.length() ? rope.extend(end) : rope;
        longEnough.put(at, part.array(), part.offset(), part.length());
        return longEnough;
    }

    /** Into a string that lies in the block and has room for it. */
    private static void putPart(Arena arena, int entry, long header, int at, Bytes part) {
        int length = stringLength(arena, entry, header);
        if (at > length) {
            arena.fill(entry, stringAt(header) + (long) length, at - length, 0);
        }
        arena.put(entry, stringAt(header) + (long) at, part.array(), part.offset(), part.length());
        arena.putInt(entry, valueAt(header), Math.max(length, at + part.length()));
    }

    private static int becomeRope(Arena arena, int entry, Bytes key, int at, Bytes part, long birth) {
        long header = header(arena, entry);
        byte[] copy = new byte[stringLength(arena, entry, header)];
        arena.get(entry, stringAt(header), copy, 0, copy.length);
        Rope rope = Rope.of(arena, copy, 0, copy.length);
        try {
            rope = written(rope, at, part);
        } catch (RuntimeException full) {
            rope.free();
            throw full;
        }
        return ropeOrFree(arena, key, rope, expireAt(arena, entry, header), birth);
    }

    static void putRope(Arena arena, int entry, long header, Rope rope) {
        int at = valueAt(header);
        arena.putInt(entry, at, rope.length());
        arena.putInt(entry, at + Integer.BYTES, rope.directory());
    }

    /** A string that was stored as a whole: its encoding follows from its bytes. */
    static void setPlain(Arena arena, int entry) {
        setForm(arena, entry, 0);
    }

    /** A string that is not shown as a number, although it may look like one. */
    static void setText(Arena arena, int entry) {
        setForm(arena, entry, TEXT);
    }

    private static void setForm(Arena arena, int entry, int form) {
        long header = header(arena, entry);
        if ((header & (RAW | TEXT)) != form) {
            arena.putLong(entry, 0, header & ~(RAW | TEXT) | form);
        }
    }

    static void putBirthEpoch(Arena arena, int entry, long header, int epoch) {
        arena.putLong(entry, 0, header & ~(0xffL << EPOCH_SHIFT) | (epoch & 0xffL) << EPOCH_SHIFT);
    }

    static boolean hasExpiryField(long header) {
        return (header & EXPIRY) != 0;
    }

    /** Only where there is a field for it. */
    static void putExpiry(Arena arena, int entry, long expireAt) {
        arena.putLong(entry, HEADER_BYTES, expireAt);
    }

    /** Makes room for the field by moving key and value up inside the block. Returns whether there was space. */
    static boolean addExpiryField(Arena arena, int entry, long header, long expireAt) {
        int end = valueAt(header) + valueBytes(arena, entry, header);
        if (end + Long.BYTES > arena.capacity(entry)) {
            return false;
        }
        int at = keyAt(header);
        arena.copy(entry, at, entry, at + Long.BYTES, end - at);
        arena.putLong(entry, 0, header | EXPIRY);
        putExpiry(arena, entry, expireAt);
        return true;
    }

    /** Notes an access; writes only when the clock has moved on. */
    static void touch(Arena arena, int entry, long header, int clock) {
        if (clock(header) != clock) {
            arena.putLong(entry, 0, header & ~(CLOCK_MASK << CLOCK_SHIFT) | (clock & CLOCK_MASK) << CLOCK_SHIFT);
        }
    }

    /** Memory of the block, and of the ropes of key and string. */
    static long bytesUsed(Arena arena, int entry) {
        long header = header(arena, entry);
        long bytes = arena.capacity(entry);
        if (shortKeyLength(header) == LONG_KEY) {
            bytes += keyRope(arena, entry, header).bytesUsed();
        }
        return isRope(header) ? bytes + rope(arena, entry, header).bytesUsed() : bytes;
    }

    // ---- giving back

    /** Gives back the block and the key, but nothing of what a value owns elsewhere. */
    static void freeShell(Arena arena, int entry) {
        long header = header(arena, entry);
        if (shortKeyLength(header) == LONG_KEY) {
            keyRope(arena, entry, header).free();
        }
        arena.free(entry);
    }

    // ----

    private static int valueBytes(Arena arena, int entry, long header) {
        if (type(header) != Value.Type.STRING) {
            return Root.BYTES;
        }
        return Integer.BYTES + (isRope(header) ? Integer.BYTES : stringLength(arena, entry, header));
    }

    private static int shortKeyLength(long header) {
        return (int) (header >>> KEY_LENGTH_SHIFT);
    }

    private static int keyAt(long header) {
        return HEADER_BYTES + ((int) header & EXPIRY); // EXPIRY is 8, the size of the field
    }

    private static Rope keyRope(Arena arena, int entry, long header) {
        int at = keyAt(header);
        return new Rope(arena, arena.getInt(entry, at + Integer.BYTES), arena.getInt(entry, at));
    }

    private static void setFlag(Arena arena, int entry, int flag) {
        arena.putLong(entry, 0, header(arena, entry) | flag);
    }
}
