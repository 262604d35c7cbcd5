package dev.sluice.broker.data;

import static dev.sluice.broker.data.SizeClasses.RUN_PAGES_MAX;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.sluice.streams.message.CommandError;
import java.util.Arrays;

/**
 * The allocator of an arena. A run is a few consecutive pages that hold blocks of one size class: what is known of a
 * run is kept once, so a block has no header. Blocks that were freed are chained through their first four bytes; behind
 * the last that was ever used a run is untouched. Runs of a class that have room form a list; blocks come from its
 * head. A run whose blocks are all free gives its pages back, and they may serve another class; an extent whose pages
 * are all free goes back to the pool.
 *
 * <p>A block above 32 KiB is a run by itself, and above half an extent an extent by itself.
 */
final class Blocks {
    static final int BYTES_MAX = 1 << 30;
    private static final int WHOLE_EXTENT_PAGES = ExtentPool.EXTENT_PAGES_MAX / 2;

    // A run: a row of ints. Run 0 does not exist.
    private static final int ROW_SHIFT = 3;
    private static final int SIZE = 0; // granules of a block
    private static final int FREE = 1; // the block freed last, 0 if there is none
    private static final int FRESH = 2; // the first block that was never used
    private static final int END = 3; // where fresh blocks end
    private static final int USED = 4; // blocks
    private static final int START = 5; // the first block, at the beginning of the first page
    private static final int PREVIOUS = 6; // in the class's list of runs with room
    private static final int NEXT = 7; // the same; or in the list of rows that no run uses

    // A size class: a row of ints.
    private static final int KIND_SHIFT = 2;
    private static final int HEAD = 0; // the first run with room
    private static final int LIVE = 1; // blocks in use
    private static final int FULL = 2; // those of them in runs without room
    private static final int ROOM = 3; // blocks that the runs with room can hold

    final Extents extents;
    private int[] runs = new int[4 << ROW_SHIFT];
    private int[] kinds = new int[32 << KIND_SHIFT];
    private int runCount = 1;
    private int unusedRow;
    private int idleRun; // without blocks, kept so that one block coming and going does not make a run each time
    private long usedBytes;

    Blocks(Extents extents) {
        this.extents = extents;
    }

    long usedBytes() {
        return usedBytes;
    }

    /** @throws CommandError out of memory; nothing has changed */
    int allocate(int bytes) {
        int wanted = bytes + 7 >>> 3;
        if (wanted > SizeClasses.LARGEST_GRANULES) {
            return allocatePages(bytes);
        }
        int kind = SizeClasses.kind(Math.max(1, wanted));
        int row = rowOf(kind);
        int run = kinds[row + HEAD];
        if (run == 0) {
            run = addRun(kind);
        }
        int[] runs = this.runs;
        int at = run << ROW_SHIFT;
        int size = runs[at + SIZE];
        int handle = runs[at + FREE];
        int fresh = runs[at + FRESH];
        int next = 0;
        if (handle != 0) {
            next = link(handle);
            runs[at + FREE] = next;
        } else {
            handle = fresh;
            fresh += size;
            runs[at + FRESH] = fresh;
        }
        runs[at + USED]++;
        kinds[row + LIVE]++;
        usedBytes += (long) size << 3;
        if (next == 0 && fresh == runs[at + END]) {
            closeRun(run, row);
        }
        return handle;
    }

    void free(int handle) {
        int run = runOf(handle);
        int[] runs = this.runs;
        int at = run << ROW_SHIFT;
        int size = runs[at + SIZE];
        usedBytes -= (long) size << 3;
        if (size > SizeClasses.LARGEST_GRANULES) {
            removeRun(run);
            return;
        }
        int row = SizeClasses.kind(size) << KIND_SHIFT;
        int next = runs[at + FREE];
        link(handle, next);
        runs[at + FREE] = handle;
        kinds[row + LIVE]--;
        int used = --runs[at + USED];
        if (next == 0 && runs[at + FRESH] == runs[at + END]) {
            kinds[row + FULL] -= blocks(at);
            openRun(run, row);
        }
        if (used == 0) {
            retire(run);
        }
    }

    int capacity(int handle) {
        return runs[(runOf(handle) << ROW_SHIFT) + SIZE] << 3;
    }

    /**
     * Whether the block had better be moved: its run is less full than the class's runs with room are on average, other
     * than the one that gets new blocks, and the others have room for all its blocks.
     */
    boolean shouldMove(int handle) {
        int run = runOf(handle);
        int at = run << ROW_SHIFT;
        int size = runs[at + SIZE];
        if (size > SizeClasses.LARGEST_GRANULES || isFull(at)) {
            return false;
        }
        int row = SizeClasses.kind(size) << KIND_SHIFT;
        if (run == kinds[row + HEAD]) {
            return false;
        }
        long blocks = blocks(at);
        long room = kinds[row + ROOM];
        long used = kinds[row + LIVE] - kinds[row + FULL];
        // Runs that are all equally full are moved too, or they would stay as they are: hence an eighth on top.
        return room - used >= blocks && runs[at + USED] * room * 8 <= used * blocks * 9;
    }

    private int rowOf(int kind) {
        int row = kind << KIND_SHIFT;
        if (row >= kinds.length) {
            kinds = Arrays.copyOf(kinds, Math.max(row + (1 << KIND_SHIFT), kinds.length * 2));
        }
        return row;
    }

    private int runOf(int handle) {
        return extents.runOfPage[handle >>> Extents.SHIFT][(handle & Extents.MASK) >>> Extents.PAGE_SHIFT];
    }

    private int link(int handle) {
        return extents.memory[handle >>> Extents.SHIFT].get(JAVA_INT_UNALIGNED, (long) (handle & Extents.MASK) << 3);
    }

    private void link(int handle, int next) {
        extents.memory[handle >>> Extents.SHIFT].set(JAVA_INT_UNALIGNED, (long) (handle & Extents.MASK) << 3, next);
    }

    private boolean isFull(int at) {
        return runs[at + FREE] == 0 && runs[at + FRESH] == runs[at + END];
    }

    /** Blocks that a run can hold. */
    private int blocks(int at) {
        return (runs[at + END] - runs[at + START]) / runs[at + SIZE];
    }

    private int allocatePages(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes " + bytes);
        }
        if (bytes > BYTES_MAX) {
            throw CommandError.outOfMemory();
        }
        int pages = SizeClasses.pages(bytes + 7 >>> 3);
        int run = unusedRow();
        int start = pages > WHOLE_EXTENT_PAGES ? extents.takeWhole(pages, run) : extents.take(pages, run);
        if (start == 0) {
            start = extents.takeFromNew(pages, run);
        }
        fillRow(run, start, pages * SizeClasses.PAGE_GRANULES, 1);
        runs[(run << ROW_SHIFT) + USED] = 1;
        usedBytes += (long) pages * ExtentPool.PAGE_BYTES;
        return start;
    }

    /** A new run at the head of its class's list: an eighth of what the class has, or what there is room for. */
    private int addRun(int kind) {
        int size = SizeClasses.granules(kind);
        int row = kind << KIND_SHIFT;
        int eighth = (int) Math.min((long) kinds[row + LIVE] * size / (8 * SizeClasses.PAGE_GRANULES), RUN_PAGES_MAX);
        int wanted = SizeClasses.runPages(size, eighth, RUN_PAGES_MAX);
        int least = SizeClasses.pages(size);
        int run = unusedRow();
        int pages = wanted;
        int start = extents.take(pages, run);
        while (start == 0 && pages > least) {
            pages = SizeClasses.runPages(size, pages >> 1, pages - 1);
            start = extents.take(pages, run);
        }
        if (start == 0) {
            pages = wanted;
            start = extents.takeFromNew(pages, run);
        }
        fillRow(run, start, size, pages * SizeClasses.PAGE_GRANULES / size);
        openRun(run, row);
        return run;
    }

    /** A row for a run; it is taken when it is filled. */
    private int unusedRow() {
        if (unusedRow != 0) {
            return unusedRow;
        }
        if (runCount << ROW_SHIFT == runs.length) {
            runs = Arrays.copyOf(runs, runs.length * 2);
        }
        return runCount;
    }

    private void fillRow(int run, int start, int size, int blocks) {
        int at = run << ROW_SHIFT;
        if (run == unusedRow) {
            unusedRow = runs[at + NEXT];
        } else {
            runCount++;
        }
        runs[at + SIZE] = size;
        runs[at + FREE] = 0;
        runs[at + FRESH] = start;
        runs[at + END] = start + blocks * size;
        runs[at + USED] = 0;
        runs[at + START] = start;
        runs[at + PREVIOUS] = 0;
        runs[at + NEXT] = 0;
    }

    /** The run has room: at the head, for those that were full a moment ago are the fullest of all. */
    private void openRun(int run, int row) {
        int at = run << ROW_SHIFT;
        int head = kinds[row + HEAD];
        runs[at + PREVIOUS] = 0;
        runs[at + NEXT] = head;
        if (head != 0) {
            runs[(head << ROW_SHIFT) + PREVIOUS] = run;
        }
        kinds[row + HEAD] = run;
        kinds[row + ROOM] += blocks(at);
    }

    /** The run, which is the head, is full. */
    private void closeRun(int run, int row) {
        int at = run << ROW_SHIFT;
        unlink(at, row);
        kinds[row + FULL] += blocks(at);
    }

    private void unlink(int at, int row) {
        int previous = runs[at + PREVIOUS];
        int next = runs[at + NEXT];
        if (next != 0) {
            runs[(next << ROW_SHIFT) + PREVIOUS] = previous;
        }
        if (previous == 0) {
            kinds[row + HEAD] = next;
        } else {
            runs[(previous << ROW_SHIFT) + NEXT] = next;
        }
        kinds[row + ROOM] -= blocks(at);
    }

    /** The run has no blocks any more: it goes when the next one has none either. */
    private void retire(int run) {
        int at = run << ROW_SHIFT;
        runs[at + FREE] = 0;
        runs[at + FRESH] = runs[at + START];
        int idle = idleRun;
        idleRun = run;
        if (idle != 0 && idle != run && runs[(idle << ROW_SHIFT) + USED] == 0) {
            unlink(idle << ROW_SHIFT, SizeClasses.kind(runs[(idle << ROW_SHIFT) + SIZE]) << KIND_SHIFT);
            removeRun(idle);
        }
    }

    private void removeRun(int run) {
        int at = run << ROW_SHIFT;
        int start = runs[at + START];
        extents.give(start, SizeClasses.pages(runs[at + END] - start));
        runs[at + SIZE] = 0;
        runs[at + NEXT] = unusedRow;
        unusedRow = run;
    }
}
