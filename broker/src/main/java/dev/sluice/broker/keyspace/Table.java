package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Arena;
import dev.sluice.streams.message.CommandError;
import java.util.Arrays;

/**
 * Extendible hashing (Fagin, Nievergelt, Pippenger, Strong 1979) of entries by the highest bits of their keys' hash. A
 * directory in the heap leads to segments in the arena; one that is full splits into two by its next bit, alone, so that
 * no insert ever waits for a resize. An empty table has no segment, a small one a single small segment.
 *
 * <p>A segment is an open-addressing hash table that lies sorted by hash (Robin Hood hashing with linear probing; the
 * home of a hash rises with it), wrapping round at its end. So a miss is known as early as a hit, removal shifts back
 * and leaves no tombstone, splitting and merging copy in order, and the whole table has one order, that of the hashes,
 * which no split or merge changes: a position in it, {@code 0} to {@link #END}, is what SCAN, active expiry and
 * snapshots go by.
 *
 * <p>A slot is the entry's handle, 31 bits of hash, and a bit that says whether the entry has a time to live; 0 is an
 * empty slot.
 */
final class Table {
    /** The position behind the last hash. */
    static final long END = 1L << 32;

    /** With the header 12 KiB, which is a size class of the arena. */
    static final int SEGMENT_SLOTS = 1535;

    private static final int SMALLEST_SLOTS = 8;

    /** Deep enough for 900 million entries; beyond it, or where hashes are equal, a segment becomes larger instead. */
    static final int DEPTH_MAX = 20;

    private static final int HEADER_BYTES = 8; // entries, and entries with a time to live
    private static final int NOT_HASH = 1;

    private final Arena arena;
    private long[] directory = {0}; // handle (32), slots (24), depth (8)
    private int depth; // of the directory: it has 2^depth elements
    private final int[] segmentsAtDepth = new int[DEPTH_MAX + 1];
    private int segments;
    private long slots;
    private long size;
    private long expiring;

    private long[] sorted = new long[SMALLEST_SLOTS];
    private int[] gathered = new int[64];
    private long next;

    Table(Arena arena) {
        this.arena = arena;
    }

    long size() {
        return size;
    }

    /** Entries with a time to live. */
    long expiring() {
        return expiring;
    }

    long slots() {
        return slots;
    }

    int segments() {
        return segments;
    }

    /** Memory of segments and directory. */
    long bytesUsed() {
        return slots * Long.BYTES + (long) segments * HEADER_BYTES + directoryBytes();
    }

    /** Memory outside the arena. */
    long directoryBytes() {
        return directory.length * (long) Long.BYTES;
    }

    /** What lies where the search for a hash begins: most often its slot. */
    long likelySlot(long hash) {
        int fragment = fragment(hash);
        long segment = directory[index(fragment)];
        return segment == 0 ? 0 : slot(block(segment), home(fragment, depth(segment), slots(segment)));
    }

    /** The first bytes of a slot's entry. */
    long beginningOfEntry(long slot) {
        return slot == 0 ? 0 : arena.getLong(entry(slot), 0);
    }

    /** An entry whose key has this hash, as far as the table keeps it; 0 when there is none. */
    int find(long hash) {
        int fragment = fragment(hash);
        long segment = directory[index(fragment)];
        if (segment == 0) {
            return 0;
        }
        int slots = slots(segment);
        int depth = depth(segment);
        int at = home(fragment, depth, slots);
        for (int distance = 0; ; distance++) {
            long slot = slot(block(segment), at);
            int other = (int) slot & ~NOT_HASH;
            if (slot == 0 || other != fragment && distance(at, other, depth, slots) < distance) {
                return 0;
            }
            if (other == fragment) {
                return entry(slot);
            }
            at = at + 1 == slots ? 0 : at + 1;
        }
    }

    /** The entry of a key; 0 when there is none. */
    int find(long hash, byte[] key, int from, int length) {
        int fragment = fragment(hash);
        long segment = directory[index(fragment)];
        if (segment == 0) {
            return 0;
        }
        int block = block(segment);
        int slots = slots(segment);
        int depth = depth(segment);
        int at = home(fragment, depth, slots);
        for (int distance = 0; ; distance++) {
            long slot = slot(block, at);
            int other = (int) slot & ~NOT_HASH;
            if (other == fragment && slot != 0) {
                if (Entry.keyIs(arena, entry(slot), key, from, length)) {
                    return entry(slot);
                }
            } else if (slot == 0 || distance(at, other, depth, slots) < distance) {
                return 0;
            }
            at = at + 1 == slots ? 0 : at + 1;
        }
    }

    /** Makes sure that {@link #add} needs no memory. Changes nothing that is seen when the arena is full. */
    void reserve(long hash) {
        int fragment = fragment(hash);
        for (; ; ) {
            long segment = directory[index(fragment)];
            if (segment == 0) {
                first();
            } else if (!isFull(count(block(segment)), slots(segment))) {
                return;
            } else if (slots(segment) < SEGMENT_SLOTS) {
                resize(index(fragment), Math.min(SEGMENT_SLOTS, slots(segment) * 2));
            } else if (depth(segment) == DEPTH_MAX) {
                resize(index(fragment), slots(segment) * 2);
            } else {
                split(fragment);
            }
        }
    }

    /** Adds an entry whose key is not there, after {@link #reserve}. */
    void add(long hash, int entry, boolean expires) {
        int fragment = fragment(hash);
        long segment = directory[index(fragment)];
        insert(segment, slotOf(entry, fragment, expires));
        count(block(segment), 1, expires ? 1 : 0);
    }

    /** Puts another entry, or the same with or without a time to live, into the slot of one. */
    void replace(long hash, int entry, int replacement, boolean expires) {
        int fragment = fragment(hash);
        long segment = directory[index(fragment)];
        int at = locate(segment, fragment, entry);
        boolean expired = expires(slot(block(segment), at));
        putSlot(block(segment), at, slotOf(replacement, fragment, expires));
        if (expired != expires) {
            count(block(segment), 0, expires ? 1 : -1);
        }
    }

    void remove(long hash, int entry) {
        int fragment = fragment(hash);
        long segment = directory[index(fragment)];
        int block = block(segment);
        int slots = slots(segment);
        int at = locate(segment, fragment, entry);
        count(block, -1, expires(slot(block, at)) ? -1 : 0);
        for (; ; ) {
            int following = at + 1 == slots ? 0 : at + 1;
            long slot = slot(block, following);
            if (slot == 0 || distance(following, (int) slot, depth(segment), slots) == 0) {
                putSlot(block, at, 0);
                return;
            }
            putSlot(block, at, slot);
            at = following;
        }
    }

    // ---- walking

    /**
     * Finds entries from a position on, in order: at least {@code limit} of them, or all that the segment there has.
     * Entries of one hash come together. {@link #gathered} has them and {@link #next} the position to go on from, both
     * until the table changes or this is called again.
     */
    int gather(long from, int limit, boolean expiringOnly) {
        int start = (int) from & ~NOT_HASH;
        int index = index(start);
        long segment = directory[index];
        next = end(index, segment);
        if (segment == 0 || (expiringOnly ? expiring(block(segment)) : count(block(segment))) == 0) {
            return 0;
        }
        int block = block(segment);
        int slots = slots(segment);
        int depth = depth(segment);
        int found = 0;
        int last = 0;
        for (int at = home(start, depth, slots); ; at++) {
            boolean wrapped = at >= slots;
            long slot = slot(block, wrapped ? at - slots : at);
            if (slot == 0) {
                if (wrapped) {
                    return found;
                }
                continue;
            }
            int fragment = (int) slot & ~NOT_HASH;
            if (wrapped != home(fragment, depth, slots) > (wrapped ? at - slots : at)) {
                if (wrapped) {
                    return found;
                }
                continue; // belongs behind the end
            }
            if (Integer.compareUnsigned(fragment, start) < 0) {
                continue;
            }
            if (found >= limit && fragment != last) {
                next = Integer.toUnsignedLong(last) + NOT_HASH + 1;
                return found;
            }
            if (!expiringOnly || expires(slot)) {
                found = addGathered(found, entry(slot));
                last = fragment;
            }
        }
    }

    int gathered(int index) {
        return gathered[index];
    }

    /** The position behind what {@link #gather} found; {@link #END} behind the last. */
    long next() {
        return next;
    }

    /** The entry in one slot of all that there are, drawn by two numbers of 32 random bits; 0 when it is empty. */
    int at(int randomSegment, int randomSlot) {
        int index = (int) (Integer.toUnsignedLong(randomSegment) * directory.length >>> 32);
        long segment = directory[index];
        boolean leads = (index & (1 << this.depth - depth(segment)) - 1) == 0; // each segment has one chance
        if (segment == 0 || !leads) {
            return 0;
        }
        int at = (int) (Integer.toUnsignedLong(randomSlot) * slots(segment) >>> 32);
        return entry(slot(block(segment), at));
    }

    private int addGathered(int found, int entry) {
        if (found == gathered.length) {
            gathered = Arrays.copyOf(gathered, found * 2);
        }
        gathered[found] = entry;
        return found + 1;
    }

    // ---- growing and shrinking

    /** Looks after the segment at a position: merges it with its buddy, makes it smaller or moves it, if that saves memory. */
    void tidy(long position) {
        int index = index((int) position);
        long segment = directory[index];
        if (segment == 0) {
            return;
        }
        if (depth(segment) == 0 && slots(segment) > SMALLEST_SLOTS && count(block(segment)) < slots(segment) / 6) {
            move(index, Math.max(SMALLEST_SLOTS, slots(segment) / 2));
        } else if (arena.shouldMove(block(segment))) {
            move(index, slots(segment));
        } else if (depth(segment) > 0) {
            merge(index, segment);
        }
    }

    private void move(int index, int newSlots) {
        try {
            resize(index, newSlots);
        } catch (CommandError full) {
            return; // it can stay as it is
        }
    }

    private void first() {
        directory[0] = newSegment(SMALLEST_SLOTS, 0);
        fill(directory[0], 0, 0, 0);
    }

    private void split(int fragment) {
        if (depth(directory[index(fragment)]) == depth) {
            doubleDirectory();
        }
        int index = index(fragment);
        long segment = directory[index];
        int newDepth = depth(segment) + 1;
        long upper = newSegment(slots(segment), newDepth);
        long lower = segment(block(segment), slots(segment), newDepth);
        segmentsAtDepth[newDepth - 1]--;
        segmentsAtDepth[newDepth]++;
        int count = sort(segment, 0);
        int middle = firstAbove(count, newDepth);
        int expiring = expiring(block(segment));
        int expiringBelow = expiring == 0 ? 0 : countExpiring(middle);
        fill(lower, 0, middle, expiringBelow);
        fill(upper, middle, count, expiring - expiringBelow);
        int width = 1 << depth - newDepth;
        int from = index & -(width * 2);
        Arrays.fill(directory, from, from + width, lower);
        Arrays.fill(directory, from + width, from + 2 * width, upper);
    }

    private void doubleDirectory() {
        long[] doubled = new long[directory.length * 2];
        for (int i = 0; i < doubled.length; i++) {
            doubled[i] = directory[i >>> 1];
        }
        directory = doubled;
        depth++;
    }

    private void merge(int index, long segment) {
        int width = 1 << depth - depth(segment);
        int from = index & -(width * 2);
        long lower = directory[from];
        long upper = directory[from + width];
        int count = count(block(lower)) + count(block(upper));
        if (depth(lower) != depth(upper) || slots(lower) != SEGMENT_SLOTS || count > SEGMENT_SLOTS * 3 / 8) {
            return;
        }
        int expiring = expiring(block(lower)) + expiring(block(upper));
        sort(upper, sort(lower, 0));
        long merged = segment(block(lower), slots(lower), depth(lower) - 1);
        fill(merged, 0, count, expiring);
        freeSegment(upper);
        segmentsAtDepth[depth(lower)]--;
        segmentsAtDepth[depth(merged)]++;
        Arrays.fill(directory, from, from + 2 * width, merged);
        while (depth > 0 && segmentsAtDepth[depth] == 0) {
            halveDirectory();
        }
    }

    private void halveDirectory() {
        long[] halved = new long[directory.length / 2];
        for (int i = 0; i < halved.length; i++) {
            halved[i] = directory[i * 2];
        }
        directory = halved;
        depth--;
    }

    /** Moves a segment to another block, perhaps one of another size. */
    private void resize(int index, int newSlots) {
        long segment = directory[index];
        long resized = newSegment(newSlots, depth(segment));
        int count = sort(segment, 0);
        fill(resized, 0, count, expiring(block(segment)));
        freeSegment(segment);
        int width = 1 << depth - depth(segment);
        int from = index & -width;
        Arrays.fill(directory, from, from + width, resized);
    }

    private long newSegment(int slots, int depth) {
        int block = arena.allocate(HEADER_BYTES + slots * Long.BYTES);
        segments++;
        segmentsAtDepth[depth]++;
        this.slots += slots;
        return segment(block, slots, depth);
    }

    private void freeSegment(long segment) {
        arena.free(block(segment));
        segments--;
        segmentsAtDepth[depth(segment)]--;
        slots -= slots(segment);
    }

    /** Copies a segment's slots in order to {@link #sorted} from an index on; returns the index behind the last. */
    private int sort(long segment, int from) {
        int block = block(segment);
        int slots = slots(segment);
        int end = from + count(block);
        if (sorted.length < end) {
            sorted = Arrays.copyOf(sorted, Math.max(end, SEGMENT_SLOTS));
        }
        int wrapped = 0;
        for (long slot = slot(block, 0); slot != 0 && home((int) slot & ~NOT_HASH, depth(segment), slots) > wrapped; ) {
            wrapped++;
            slot = slot(block, wrapped);
        }
        int to = from;
        for (int at = wrapped; at < slots; at++) {
            long slot = slot(block, at);
            if (slot != 0) {
                sorted[to++] = slot;
            }
        }
        for (int at = 0; at < wrapped; at++) {
            sorted[to++] = slot(block, at);
        }
        return end;
    }

    /** Index in {@link #sorted} of the first slot whose hash has the last of the first {@code bits} bits set. */
    private int firstAbove(int count, int bits) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = low + high >>> 1;
            if (((int) sorted[middle] << bits - 1) < 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private int countExpiring(int to) {
        int count = 0;
        for (int i = 0; i < to; i++) {
            count += (int) sorted[i] & NOT_HASH;
        }
        return count;
    }

    /** Writes a whole segment from a range of {@link #sorted}. */
    private void fill(long segment, int from, int to, int expiring) {
        int block = block(segment);
        int slots = slots(segment);
        int at = 0;
        int index = from;
        for (; index < to; index++) {
            int home = home((int) sorted[index] & ~NOT_HASH, depth(segment), slots);
            if (Math.max(home, at) >= slots) {
                break;
            }
            for (; at < home; at++) {
                putSlot(block, at, 0);
            }
            putSlot(block, at++, sorted[index]);
        }
        for (; at < slots; at++) {
            putSlot(block, at, 0);
        }
        for (; index < to; index++) {
            insert(segment, sorted[index]);
        }
        arena.putInt(block, 0, to - from);
        arena.putInt(block, Integer.BYTES, expiring);
    }

    // ---- one segment

    private void insert(long segment, long inserted) {
        int block = block(segment);
        int slots = slots(segment);
        int depth = depth(segment);
        int fragment = (int) inserted & ~NOT_HASH;
        int at = home(fragment, depth, slots);
        int distance = 0;
        long slot = slot(block, at);
        while (slot != 0
                && !comesBefore(fragment, distance, (int) slot & ~NOT_HASH, distance(at, (int) slot, depth, slots))) {
            at = at + 1 == slots ? 0 : at + 1;
            distance++;
            slot = slot(block, at);
        }
        putSlot(block, at, inserted);
        while (slot != 0) { // shift the rest up to the next gap
            at = at + 1 == slots ? 0 : at + 1;
            long displaced = slot(block, at);
            putSlot(block, at, slot);
            slot = displaced;
        }
    }

    private static boolean comesBefore(int fragment, int distance, int other, int otherDistance) {
        return otherDistance < distance || otherDistance == distance && Integer.compareUnsigned(fragment, other) < 0;
    }

    private int locate(long segment, int fragment, int entry) {
        int block = block(segment);
        int slots = slots(segment);
        int at = home(fragment, depth(segment), slots);
        while (entry(slot(block, at)) != entry) {
            at = at + 1 == slots ? 0 : at + 1;
        }
        return at;
    }

    private void count(int block, int more, int moreExpiring) {
        arena.putInt(block, 0, count(block) + more);
        size += more;
        if (moreExpiring != 0) {
            arena.putInt(block, Integer.BYTES, expiring(block) + moreExpiring);
            expiring += moreExpiring;
        }
    }

    private int count(int block) {
        return arena.getInt(block, 0);
    }

    private int expiring(int block) {
        return arena.getInt(block, Integer.BYTES);
    }

    private static boolean isFull(int count, int slots) {
        return count >= slots * 27L >>> 5; // 84 %
    }

    /** How far a slot's content is from where it would best be. */
    private static int distance(int at, int content, int depth, int slots) {
        int distance = at - home(content & ~NOT_HASH, depth, slots);
        return distance < 0 ? distance + slots : distance;
    }

    /** Rises with the hash, from 0 to the segment's number of slots. */
    private static int home(int fragment, int depth, int slots) {
        return (int) (Integer.toUnsignedLong(fragment << depth) * slots >>> 32);
    }

    // ---- bits

    private long slot(int block, int at) {
        return arena.getLong(block, HEADER_BYTES + (long) at * Long.BYTES);
    }

    private void putSlot(int block, int at, long slot) {
        arena.putLong(block, HEADER_BYTES + (long) at * Long.BYTES, slot);
    }

    private static long slotOf(int entry, int fragment, boolean expires) {
        return (long) entry << 32 | Integer.toUnsignedLong(fragment) | (expires ? NOT_HASH : 0);
    }

    private static int entry(long slot) {
        return (int) (slot >>> 32);
    }

    private static boolean expires(long slot) {
        return (slot & NOT_HASH) != 0;
    }

    /** Where a hash is in the table's order. */
    static long position(long hash) {
        return Integer.toUnsignedLong(fragment(hash));
    }

    private static int fragment(long hash) {
        return (int) (hash >>> 32) & ~NOT_HASH;
    }

    private int index(int fragment) {
        return (int) (Integer.toUnsignedLong(fragment) >>> 32 - depth);
    }

    /** Position behind the segment that the directory has at an index. */
    private long end(int index, long segment) {
        long first = index & -(1L << depth - depth(segment));
        return first + (1L << depth - depth(segment)) << 32 - depth;
    }

    private static long segment(int block, int slots, int depth) {
        return (long) block << 32 | (long) slots << 8 | depth;
    }

    private static int block(long segment) {
        return (int) (segment >>> 32);
    }

    private static int slots(long segment) {
        return (int) (segment >>> 8) & 0xffffff;
    }

    private static int depth(long segment) {
        return (int) segment & 0xff;
    }
}
