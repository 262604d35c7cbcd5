package dev.sluice.broker.data;

import dev.sluice.streams.message.CommandError;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The extents of one arena, and which of their pages are free. A handle is an extent's index and a granule in it, so an
 * arena names at most 32767 extents: 32 GiB, and more where blocks fill extents of their own.
 *
 * <p>An arena begins with extents of 64 KiB, for there may be many arenas, and takes larger ones as it grows: each about
 * an eighth of what it has, up to 1 MiB.
 */
final class Extents {
    static final int SHIFT = 17; // granules: 1 MiB
    static final int MASK = (1 << SHIFT) - 1;
    static final int PAGE_SHIFT = 9;
    static final int COUNT_MAX = 1 << (32 - SHIFT);
    static final int PAGES_MIN = 16;
    private static final int ROOMS = 9; // by the binary logarithm of the longest free span, 1 to 256 pages
    private static final int TRIES = 4;
    private static final int USE_STEPS = 16;
    private static final int[] NO_PAGES = {};
    private static final MemorySegment[] NO_MEMORY = {};

    /** By index; a closed segment of length 0 where there is no extent. The array is replaced as it grows. */
    MemorySegment[] memory;
    /** The same array, unless something is frozen: then one with null for each extent to be copied before it is written. */
    @Nullable
    MemorySegment[] writable;

    /** By index and page: the run that the page belongs to, 0 where it is free. */
    int[][] runOfPage;

    final ExtentPool pool;
    private final int firstIndex;
    private final boolean isFrozen; // what it takes is beyond the limit
    private final BitSet indices = new BitSet();
    private final @Nullable Extent[] rooms = new @Nullable Extent[ROOMS];
    private final List<Extent> leaving = new ArrayList<>();
    private @Nullable Extent[] extents;
    private int count;
    private int end; // above every index in use
    private long reservedBytes;

    Extents(ExtentPool pool, int firstIndex) {
        this(pool, firstIndex, false);
    }

    private Extents(ExtentPool pool, int firstIndex, boolean isFrozen) {
        this.pool = pool;
        this.firstIndex = firstIndex;
        this.isFrozen = isFrozen;
        int capacity = Math.min(firstIndex + 2, COUNT_MAX);
        memory = new MemorySegment[capacity];
        runOfPage = new int[capacity][];
        extents = new @Nullable Extent[capacity];
        Arrays.fill(memory, MemorySegment.NULL);
        Arrays.fill(runOfPage, NO_PAGES);
        writable = memory;
    }

    /**
     * Others with the same memory, or the part of it that {@code which} names, which they hold too: whoever writes to it
     * first, {@link #unshared}, gets a copy. What runs there are in it is not known here; new ones of their own are beyond
     * the limit.
     */
    Extents frozen(BitSet which) {
        Extents frozen = new Extents(pool, firstIndex, true);
        frozen.growTo(Math.max(which.length(), firstIndex + 2));
        frozen.writable = new @Nullable MemorySegment[frozen.memory.length];
        if (writable == memory) {
            writable = memory.clone();
        }
        for (int i = which.nextSetBit(0); i >= 0; i = which.nextSetBit(i + 1)) {
            Piece piece = Objects.requireNonNull(extents[i]).piece;
            piece.holders++;
            frozen.extents[i] = new Extent(i, piece);
            frozen.memory[i] = piece.memory;
            writable[i] = null;
        }
        frozen.indices.or(which);
        frozen.end = which.length();
        return frozen;
    }

    /** The indices of all. */
    BitSet indices() {
        return indices;
    }

    /** Makes an extent's memory one that may be written to, with the same in it. */
    MemorySegment unshared(int index) {
        Extent extent = Objects.requireNonNull(extents[index]);
        Piece shared = extent.piece;
        if (shared.holders > 1) {
            extent.piece = pool.takeBeyondLimit(extent.pages);
            extent.piece.memory.copyFrom(shared.memory);
            give(shared);
            memory[index] = extent.piece.memory;
        }
        writable[index] = extent.piece.memory;
        return extent.piece.memory;
    }

    /** The extent with this index, the same as long as it is held. */
    @Nullable
    Extent at(int index) {
        return extents[index];
    }

    long reservedBytes() {
        return reservedBytes;
    }

    /** Takes consecutive pages for a run from an extent that has them; 0 if there is none. */
    int take(int pages, int run) {
        Extent extent = tightest(pages);
        return extent == null ? 0 : take(extent, pages, run);
    }

    /**
     * Takes consecutive pages from an extent that is new.
     *
     * @throws CommandError out of memory; nothing has changed
     */
    int takeFromNew(int pages, int run) {
        int eighth = Integer.highestOneBit((int) Math.min(reservedBytes >> 15, ExtentPool.EXTENT_PAGES_MAX));
        Extent extent = add(Math.max(pages, Math.max(PAGES_MIN, eighth)));
        extent.spans = new Spans(extent.pages);
        return take(extent, pages, run);
    }

    /**
     * Takes an extent for a run that fills it.
     *
     * @throws CommandError out of memory; nothing has changed
     */
    int takeWhole(int pages, int run) {
        Extent extent = add(pages);
        runOfPage[extent.index] = new int[] {run};
        return extent.index << SHIFT;
    }

    void give(int first, int pages) {
        int index = first >>> SHIFT;
        Extent extent = Objects.requireNonNull(extents[index]);
        if (extent.spans == null) {
            remove(extent);
            return;
        }
        int page = (first & MASK) >>> PAGE_SHIFT;
        Arrays.fill(runOfPage[index], page, page + pages, 0);
        extent.spans.give(page, pages);
        if (extent.spans.allFree()) {
            remove(extent);
        } else {
            sort(extent, extent.spans);
        }
    }

    /** Gives extents back without a look at what is in them. Returns the number of steps done, at most {@code steps}. */
    int dismantle(int steps) {
        int done = 0;
        for (int i; done < steps && (i = indices.previousSetBit(end)) >= 0; done++) {
            give(Objects.requireNonNull(extents[i]).piece);
            extents[i] = null;
            indices.clear(i);
            end = i;
        }
        if (done < steps) {
            reservedBytes = 0;
            memory = NO_MEMORY;
            writable = NO_MEMORY;
        }
        return done;
    }

    /** Bytes for which there are handles, at the least. */
    long room() {
        return (long) (COUNT_MAX - firstIndex - count) * (ExtentPool.EXTENT_PAGES_MAX / 2) * ExtentPool.PAGE_BYTES;
    }

    /** Extents that were to leave and are still here: they serve again. */
    List<Extent> readmitted() {
        List<Extent> left = new ArrayList<>(leaving.size());
        for (Extent extent : leaving) {
            if (extents[extent.index] == extent && extent.spans != null) {
                extent.leaving = false;
                sort(extent, extent.spans);
                left.add(extent);
            }
        }
        leaving.clear();
        return left;
    }

    /**
     * Chooses extents that get no new runs, the least used first, as many as have their used pages in three quarters of
     * what is free in the others, so that these can take over.
     */
    List<Extent> chooseLeaving(int most) {
        List<List<Extent>> byUse = new ArrayList<>();
        for (int i = 0; i <= USE_STEPS; i++) {
            byUse.add(new ArrayList<>());
        }
        long free = 0;
        for (int i = firstIndex; i < end; i++) {
            Extent extent = extents[i];
            if (extent != null && extent.spans != null) {
                free += extent.spans.free();
                byUse.get(extent.spans.used() * USE_STEPS / extent.pages).add(extent);
            }
        }
        long used = 0;
        for (List<Extent> extents : byUse) {
            for (Extent extent : extents) {
                Spans spans = Objects.requireNonNull(extent.spans);
                used += spans.used();
                free -= spans.free();
                if (used * 4 > free * 3 || leaving.size() == most) {
                    return leaving;
                }
                unlink(extent);
                extent.leaving = true;
                leaving.add(extent);
            }
        }
        return leaving;
    }

    private @Nullable Extent tightest(int pages) {
        int floor = log2(pages);
        Extent extent = rooms[floor];
        for (int i = 0; i < TRIES && extent != null; i++) {
            if (extent.spans != null && extent.spans.longest() >= pages) {
                return extent;
            }
            extent = extent.next;
        }
        for (int room = floor + 1; room < ROOMS; room++) {
            if (rooms[room] != null) {
                return rooms[room];
            }
        }
        return null;
    }

    private int take(Extent extent, int pages, int run) {
        Spans spans = Objects.requireNonNull(extent.spans);
        int page = spans.take(pages);
        sort(extent, spans);
        Arrays.fill(runOfPage[extent.index], page, page + pages, run);
        return extent.index << SHIFT | page << PAGE_SHIFT;
    }

    private Extent add(int pages) {
        int index = indices.nextClearBit(firstIndex);
        if (index >= COUNT_MAX) {
            throw CommandError.outOfMemory();
        }
        Extent extent = new Extent(index, taken(pages));
        if (index >= extents.length) {
            growTo(Math.min(COUNT_MAX, index + (index >> 1) + 2));
        }
        indices.set(index);
        end = Math.max(end, index + 1);
        extents[index] = extent;
        memory[index] = extent.piece.memory;
        writable[index] = extent.piece.memory;
        runOfPage[index] = new int[extent.pages];
        count++;
        reservedBytes += extent.bytes();
        return extent;
    }

    private Piece taken(int pages) {
        if (!isFrozen) {
            return pool.take(pages);
        }
        Piece piece = pool.takeBeyondLimit(pages);
        pool.leave(piece);
        return piece;
    }

    private void give(Piece piece) {
        if (!isFrozen && piece.holders > 1) {
            pool.leave(piece);
        }
        pool.give(piece);
    }

    private void growTo(int capacity) {
        int before = extents.length;
        boolean same = writable == memory;
        extents = Arrays.copyOf(extents, capacity);
        memory = Arrays.copyOf(memory, capacity);
        runOfPage = Arrays.copyOf(runOfPage, capacity);
        Arrays.fill(memory, before, capacity, MemorySegment.NULL);
        writable = same ? memory : Arrays.copyOf(writable, capacity);
        Arrays.fill(runOfPage, before, capacity, NO_PAGES);
    }

    private void remove(Extent extent) {
        unlink(extent);
        indices.clear(extent.index);
        extents[extent.index] = null;
        memory[extent.index] = MemorySegment.NULL;
        writable[extent.index] = MemorySegment.NULL;
        runOfPage[extent.index] = NO_PAGES;
        count--;
        reservedBytes -= extent.bytes();
        give(extent.piece);
    }

    private void sort(Extent extent, Spans spans) {
        int room = spans.longest() == 0 || extent.leaving ? -1 : log2(spans.longest());
        if (room == extent.room) {
            return;
        }
        unlink(extent);
        extent.room = room;
        if (room >= 0) {
            Extent next = rooms[room];
            extent.next = next;
            if (next != null) {
                next.previous = extent;
            }
            rooms[room] = extent;
        }
    }

    private void unlink(Extent extent) {
        if (extent.room < 0) {
            return;
        }
        if (extent.next != null) {
            extent.next.previous = extent.previous;
        }
        if (extent.previous == null) {
            rooms[extent.room] = extent.next;
        } else {
            extent.previous.next = extent.next;
        }
        extent.previous = null;
        extent.next = null;
        extent.room = -1;
    }

    private static int log2(int pages) {
        return 31 - Integer.numberOfLeadingZeros(pages);
    }
}
