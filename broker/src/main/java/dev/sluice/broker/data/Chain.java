package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;

/** A byte string that is too long for where others like it are: a chain of blocks, each the handle of the next (4) and bytes. */
final class Chain {
    /** Longer strings are cut into pieces of this size, so that no single block is long. */
    static final int CHUNK_BYTES = 32 * 1024 - 16;

    private static final int HEAD = 4;

    private Chain() {}

    /** Stores a string of at least one byte; returns the handle of its first block. */
    static int allocate(Arena arena, byte[] array, int offset, int length) {
        return allocate(arena, Bytes.view(array, offset, length), Bytes.EMPTY);
    }

    /** As above, of two strings in one, which nobody has to put together before. */
    static int allocate(Arena arena, Bytes first, Bytes second) {
        int length = Math.addExact(first.length(), second.length());
        int next = 0;
        try {
            for (int at = (length - 1) / CHUNK_BYTES * CHUNK_BYTES; at >= 0; at -= CHUNK_BYTES) {
                int bytes = Math.min(CHUNK_BYTES, length - at);
                int block = arena.allocate(HEAD + bytes);
                arena.putInt(block, 0, next);
                put(arena, block, at, bytes, first, second);
                next = block;
            }
        } catch (CommandError full) {
            free(arena, next);
            throw full;
        }
        return next;
    }

    /** Fills a block with {@code count} bytes of the two strings from index {@code at}. */
    private static void put(Arena arena, int block, int at, int count, Bytes first, Bytes second) {
        int ofFirst = Math.clamp(first.length() - at, 0, count);
        if (ofFirst > 0) {
            arena.put(block, HEAD, first.array(), first.offset() + at, ofFirst);
        }
        if (ofFirst < count) {
            int from = second.offset() + at + ofFirst - first.length();
            arena.put(block, HEAD + (long) ofFirst, second.array(), from, count - ofFirst);
        }
    }

    static void free(Arena arena, int block) {
        for (int at = block; at != 0; ) {
            int next = arena.getInt(at, 0);
            arena.free(at);
            at = next;
        }
    }

    /** Moves blocks behind the first if that leaves less memory idle. */
    static void pack(Arena arena, int block) {
        for (int at = block, next; (next = arena.getInt(at, 0)) != 0; at = next) {
            if (arena.shouldMove(next)) {
                next = Packing.move(arena, next);
                arena.putInt(at, 0, next);
            }
        }
    }

    /** Bytes of the blocks of a chain. */
    static long bytes(Arena arena, int block) {
        long sum = 0;
        for (int at = block; at != 0; at = arena.getInt(at, 0)) {
            sum += arena.capacity(at);
        }
        return sum;
    }

    static byte[] copy(Arena arena, int block, int length) {
        byte[] bytes = new byte[length];
        for (int at = 0, from = block; at < length; at += CHUNK_BYTES) {
            arena.get(from, HEAD, bytes, at, Math.min(CHUNK_BYTES, length - at));
            from = arena.getInt(from, 0);
        }
        return bytes;
    }

    /** As {@link Arena#compare}. */
    static int compare(Arena arena, int block, int length, byte[] other, int from, int otherLength) {
        int at = 0;
        for (int chunk = block; at < length && at < otherLength; at += CHUNK_BYTES) {
            int mine = Math.min(CHUNK_BYTES, length - at);
            int others = Math.min(CHUNK_BYTES, otherLength - at);
            int order = arena.compare(chunk, HEAD, mine, other, from + at, others);
            if (order != 0) {
                return order;
            }
            chunk = arena.getInt(chunk, 0);
        }
        return length - otherLength;
    }
}
