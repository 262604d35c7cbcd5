package dev.sluice.broker.data;

import java.util.Arrays;

/**
 * A long string in pages: a directory block of page handles, each page of {@link #PAGE_BYTES} but the last, which may be
 * shorter until something is appended. A view; the length is kept by the owner of the directory's handle.
 */
public final class Rope {
    /** Strings longer than this are ropes; up to it they lie in one block. */
    public static final int INLINE_BYTES_MAX = 1 << 16;

    static final int PAGE_SHIFT = 15;
    static final int PAGE_BYTES = 1 << PAGE_SHIFT;

    private final Arena arena;
    private final int directory;
    private final int length;

    public Rope(Arena arena, int directory, int length) {
        this.arena = arena;
        this.directory = directory;
        this.length = length;
    }

    /** Stores a string. Takes nothing when the arena is full. */
    public static Rope of(Arena arena, byte[] source, int offset, int length) {
        int directory = arena.allocate(Math.max(1, pages(length)) * Integer.BYTES);
        try {
            return new Rope(arena, directory, 0).grow(source, offset, length);
        } catch (RuntimeException full) {
            arena.free(directory);
            throw full;
        }
    }

    /** Stores zeros. Takes nothing when the arena is full. */
    public static Rope zeros(Arena arena, int length) {
        int directory = arena.allocate(Math.max(1, pages(length)) * Integer.BYTES);
        try {
            return new Rope(arena, directory, 0).extend(length);
        } catch (RuntimeException full) {
            arena.free(directory);
            throw full;
        }
    }

    /** A copy in another arena, or the same. Takes nothing when that is full. */
    public Rope copy(Arena target) {
        Rope copy = zeros(target, length);
        for (int i = 0; i < pages(length); i++) {
            long bytes = Math.min(length - (long) i * PAGE_BYTES, PAGE_BYTES);
            arena.copyTo(page(i), 0, target, copy.page(i), 0, bytes);
        }
        return copy;
    }

    /** Stores a string that is made page by page. Takes nothing when the arena is full, or a piece cannot be made. */
    public static Rope of(Arena arena, int length, Pieces pieces) {
        int directory = arena.allocate(Math.max(1, pages(length)) * Integer.BYTES);
        Rope rope = new Rope(arena, directory, 0);
        try {
            rope = rope.lengthened(length);
            for (int at = 0; at < length; ) {
                int part = Math.min(length - at, PAGE_BYTES);
                arena.put(rope.page(at >>> PAGE_SHIFT), 0, pieces.piece(at, part), 0, part);
                at += part;
            }
            return rope;
        } catch (RuntimeException fullOrNoMorePieces) {
            rope.free();
            throw fullOrNoMorePieces;
        }
    }

    public int directory() {
        return directory;
    }

    public int length() {
        return length;
    }

    /** The string with a tail; this view is dead afterwards. Changes nothing when the arena is full. */
    public Rope append(byte[] source, int offset, int tailLength) {
        return grow(source, offset, tailLength);
    }

    /** The string with zeros behind it; this view is dead afterwards. Changes nothing when the arena is full. */
    public Rope extend(int newLength) {
        Rope rope = lengthened(newLength);
        for (int at = length; at < newLength; ) {
            int part = Math.min(newLength - at, PAGE_BYTES - (at & PAGE_BYTES - 1));
            arena.fill(rope.page(at >>> PAGE_SHIFT), at & PAGE_BYTES - 1, part, 0);
            at += part;
        }
        return rope;
    }

    /** Overwrites {@code count} bytes from index {@code from}, which are within the string. */
    public void put(int from, byte[] source, int offset, int count) {
        for (int done = 0; done < count; ) {
            int at = from + done & PAGE_BYTES - 1;
            int part = Math.min(count - done, PAGE_BYTES - at);
            arena.put(page(from + done >>> PAGE_SHIFT), at, source, offset + done, part);
            done += part;
        }
    }

    /** Overwrites one byte, which is within the string. */
    public void putByte(int index, int value) {
        arena.putByte(page(index >>> PAGE_SHIFT), index & PAGE_BYTES - 1, value);
    }

    /** Copies {@code count} bytes from index {@code from}. */
    public void copyTo(int from, byte[] target, int to, int count) {
        for (int done = 0; done < count; ) {
            int at = from + done & PAGE_BYTES - 1;
            int part = Math.min(count - done, PAGE_BYTES - at);
            arena.get(page(from + done >>> PAGE_SHIFT), at, target, to + done, part);
            done += part;
        }
    }

    public int byteAt(int index) {
        return arena.getByte(page(index >>> PAGE_SHIFT), index & PAGE_BYTES - 1) & 0xff;
    }

    /** Number of one bits in {@code count} bytes from index {@code from}. */
    public long bitCount(int from, int count) {
        long bits = 0;
        for (int done = 0; done < count; ) {
            int at = from + done & PAGE_BYTES - 1;
            int part = Math.min(count - done, PAGE_BYTES - at);
            bits += arena.bitCount(page(from + done >>> PAGE_SHIFT), at, part);
            done += part;
        }
        return bits;
    }

    /** How many of {@code count} bytes from index {@code from} are {@code value} before one that is not. */
    public int indexOfOther(int from, int count, byte value) {
        for (int done = 0; done < count; ) {
            int at = from + done & PAGE_BYTES - 1;
            int part = Math.min(count - done, PAGE_BYTES - at);
            int found = arena.indexOfOther(page(from + done >>> PAGE_SHIFT), at, part, value);
            if (found < part) {
                return done + found;
            }
            done += part;
        }
        return count;
    }

    public boolean contentEquals(byte[] other, int offset, int otherLength) {
        if (otherLength != length) {
            return false;
        }
        for (int done = 0; done < length; done += PAGE_BYTES) {
            int part = Math.min(length - done, PAGE_BYTES);
            if (arena.compare(page(done >>> PAGE_SHIFT), 0, part, other, offset + done, part) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Bytes of the blocks that hold the string. */
    public long bytesUsed() {
        long bytes = arena.capacity(directory);
        for (int i = 0; i < pages(length); i++) {
            bytes += arena.capacity(page(i));
        }
        return bytes;
    }

    public void free() {
        for (int i = 0; i < pages(length); i++) {
            arena.free(page(i));
        }
        arena.free(directory);
    }

    private Rope grow(byte[] source, int offset, int tailLength) {
        Rope rope = lengthened(Math.addExact(length, tailLength));
        rope.put(length, source, offset, tailLength);
        return rope;
    }

    /** With room for more, whose content is yet to be written. */
    private Rope lengthened(int newLength) {
        int kept = wholePages(newLength);
        int[] fresh = takePages(kept, newLength);
        int grown = directory;
        if (arena.capacity(directory) < pages(newLength) * Integer.BYTES) {
            grown = takeDirectory(fresh, pages(newLength));
        }
        for (int i = 0; i < fresh.length; i++) {
            if (kept + i < pages(length)) { // the short last page moves to a longer one
                int old = page(kept + i);
                arena.copy(old, 0, fresh[i], 0, length - (kept + i) * (long) PAGE_BYTES);
                arena.free(old);
            }
            arena.putInt(grown, (kept + i) * (long) Integer.BYTES, fresh[i]);
        }
        if (grown != directory) {
            arena.copy(directory, 0, grown, 0, kept * (long) Integer.BYTES);
            arena.free(directory);
        }
        return new Rope(arena, grown, newLength);
    }

    /** Number of leading pages that stay as they are when the string grows to {@code newLength}. */
    private int wholePages(int newLength) {
        int pages = pages(length);
        if (pages == 0) {
            return 0;
        }
        int needed = Math.min(PAGE_BYTES, newLength - (pages - 1) * PAGE_BYTES);
        return arena.capacity(page(pages - 1)) >= needed ? pages : pages - 1;
    }

    /** Pages from index {@code from} to the end of a string of {@code newLength}; all of them or none. */
    private int[] takePages(int from, int newLength) {
        int[] fresh = new int[pages(newLength) - from];
        try {
            for (int i = 0; i < fresh.length; i++) {
                int rest = newLength - (from + i) * PAGE_BYTES;
                boolean exact = length == 0 && rest < PAGE_BYTES;
                fresh[i] = arena.allocate(exact ? rest : PAGE_BYTES);
            }
        } catch (RuntimeException full) {
            giveBack(fresh);
            throw full;
        }
        return fresh;
    }

    private int takeDirectory(int[] fresh, int pages) {
        try {
            return arena.allocate((pages + (pages >>> 1)) * Integer.BYTES);
        } catch (RuntimeException full) {
            giveBack(fresh);
            throw full;
        }
    }

    private void giveBack(int[] fresh) {
        Arrays.stream(fresh).filter(page -> page != 0).forEach(arena::free);
    }

    private int page(int index) {
        return arena.getInt(directory, index * (long) Integer.BYTES);
    }

    private static int pages(int length) {
        return (int) (length + (long) PAGE_BYTES - 1 >>> PAGE_SHIFT);
    }
}
