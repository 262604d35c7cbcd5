package dev.sluice.broker.data;

import static dev.sluice.broker.data.SizeClasses.RUN_PAGES_MAX;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.sluice.streams.message.CommandError;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

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
    private static final int PREVIOUS = 6; // in the class's list of runs with room; LEAVING when it is to be emptied
    private static final int NEXT = 7; // the same; or in the list of rows that no run uses

    private static final int LEAVING = -1;

    // A size class: a row of ints.
    private static final int KIND_SHIFT = 2;
    private static final int HEAD = 0; // the first run with room
    private static final int PAGES = 1; // of all runs
    private static final int SPARSE = 2; // runs filled to this are to be emptied, in 1/1024 of their blocks
    private static final int SAMPLE = 1024;
    private static final int LEAVING_EXTENTS_MAX = 256;

    final Extents extents;
    private final ExtentPool pool;
    private int[] runs = new int[4 << ROW_SHIFT];
    private int[] kinds = new int[32 << KIND_SHIFT];
    private int runCount = 1;
    private int unusedRow;
    private int idleRun; // without blocks, kept so that one block coming and going does not make a run each time
    private long usedBytes;

    Blocks(Extents extents) {
        this.extents = extents;
        this.pool = extents.pool;
    }

    long usedBytes() {
        return usedBytes;
    }

    private void count(long more) {
        usedBytes += more;
        pool.used(more);
    }

    /** All blocks are gone with their extents. */
    void forget() {
        count(-usedBytes);
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
        count((long) size << 3);
        if (next == 0 && fresh == runs[at + END]) {
            unlink(at);
        }
        return handle;
    }

    void free(int handle) {
        int run = runOf(handle);
        int[] runs = this.runs;
        int at = run << ROW_SHIFT;
        int size = runs[at + SIZE];
        count(-((long) size << 3));
        if (size > SizeClasses.LARGEST_GRANULES) {
            removeRun(run);
            return;
        }
        int next = runs[at + FREE];
        link(handle, next);
        runs[at + FREE] = handle;
        int used = --runs[at + USED];
        if (next == 0 && runs[at + FRESH] == runs[at + END]) {
            openRun(run);
        }
        if (used == 0) {
            retire(run);
        }
    }

    int capacity(int handle) {
        return runs[(runOf(handle) << ROW_SHIFT) + SIZE] << 3;
    }

    /** Makes known how large blocks are in extents that are shared with others: a run for all of one size. */
    void learn(Blocks others, BitSet shared) {
        Map<Integer, Integer> runOfSize = new HashMap<>();
        for (int i = shared.nextSetBit(0); i >= 0; i = shared.nextSetBit(i + 1)) {
            int[] theirs = others.extents.runOfPage[i];
            int[] ours = new int[theirs.length];
            int before = 0;
            int run = 0;
            for (int page = 0; page < theirs.length; page++) {
                if (theirs[page] != before) {
                    before = theirs[page];
                    run = before == 0 ? 0 : runOfSize.computeIfAbsent(others.run(before, SIZE), this::knownRun);
                }
                ours[page] = run;
            }
            extents.runOfPage[i] = ours;
        }
    }

    private int knownRun(int size) {
        int run = unusedRow();
        fillRow(run, 0, size, 0);
        return run;
    }

    /**
     * Decides which blocks {@link #shouldMove} names from now on: those of sparse runs, and all of the extents that are
     * least used, as far as there is room for them elsewhere. These get no new blocks. Returns whether there are any.
     */
    boolean compact() {
        for (Extent extent : extents.readmitted()) {
            eachRun(extent, this::stay);
        }
        List<Extent> leaving = extents.chooseLeaving(LEAVING_EXTENTS_MAX);
        for (Extent extent : leaving) {
            eachRun(extent, this::leave);
        }
        boolean any = !leaving.isEmpty();
        for (int row = 0; row < kinds.length; row += 1 << KIND_SHIFT) {
            kinds[row + SPARSE] = sparse(kinds[row + HEAD]);
            any |= kinds[row + SPARSE] >= 0;
        }
        return any;
    }

    boolean shouldMove(int handle) {
        int run = runOf(handle);
        int at = run << ROW_SHIFT;
        if (runs[at + PREVIOUS] == LEAVING) {
            return true;
        }
        int size = runs[at + SIZE];
        if (size > SizeClasses.LARGEST_GRANULES || isFull(at)) {
            return false;
        }
        int row = SizeClasses.kind(size) << KIND_SHIFT;
        return run != kinds[row + HEAD] && runs[at + USED] << 10 <= kinds[row + SPARSE] * blocks(at);
    }

    /** How full the runs of a list are on average, and an eighth on top, so that equal ones are emptied too; or -1. */
    private int sparse(int head) {
        long room = 0;
        long used = 0;
        int most = 0;
        int run = head;
        for (int i = 0; i < SAMPLE && run != 0; i++) {
            int at = run << ROW_SHIFT;
            int blocks = blocks(at);
            most = Math.max(most, blocks);
            room += blocks;
            used += runs[at + USED];
            run = runs[at + NEXT];
        }
        boolean worthIt = run != 0 || room > 0 && room - used >= most;
        return worthIt && run(head, NEXT) != 0 ? (int) (used * 1152 / room) : -1;
    }

    private int run(int run, int field) {
        return runs[(run << ROW_SHIFT) + field];
    }

    private void eachRun(Extent extent, IntConsumer action) {
        int before = 0;
        for (int run : extents.runOfPage[extent.index]) {
            if (run != before && run != 0) {
                action.accept(run);
            }
            before = run;
        }
    }

    private void leave(int run) {
        int at = run << ROW_SHIFT;
        if (isListed(at)) {
            unlink(at);
        }
        runs[at + PREVIOUS] = LEAVING;
        if (runs[at + USED] == 0) {
            retire(run);
        }
    }

    private void stay(int run) {
        int at = run << ROW_SHIFT;
        runs[at + PREVIOUS] = 0;
        if (isListed(at)) {
            openRun(run);
        }
    }

    private boolean isListed(int at) {
        return runs[at + SIZE] <= SizeClasses.LARGEST_GRANULES && !isFull(at);
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
        int index = handle >>> Extents.SHIFT;
        MemorySegment segment = extents.writable[index];
        if (segment == null) {
            segment = extents.unshared(index);
        }
        segment.set(JAVA_INT_UNALIGNED, (long) (handle & Extents.MASK) << 3, next);
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
        count((long) pages * ExtentPool.PAGE_BYTES);
        return start;
    }

    /** A new run at the head of its class's list: an eighth of what the class has, or what there is room for. */
    private int addRun(int kind) {
        int size = SizeClasses.granules(kind);
        int row = kind << KIND_SHIFT;
        int eighth = Math.min(kinds[row + PAGES] >> 3, RUN_PAGES_MAX);
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
        kinds[row + PAGES] += pages;
        openRun(run);
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

    /** The run has room: it becomes the head, for those that were full a moment ago are the fullest of all. */
    private void openRun(int run) {
        int at = run << ROW_SHIFT;
        if (runs[at + PREVIOUS] == LEAVING) {
            return;
        }
        int row = kindRow(at);
        int head = kinds[row + HEAD];
        runs[at + PREVIOUS] = 0;
        runs[at + NEXT] = head;
        if (head != 0) {
            runs[(head << ROW_SHIFT) + PREVIOUS] = run;
        }
        kinds[row + HEAD] = run;
    }

    private void unlink(int at) {
        int previous = runs[at + PREVIOUS];
        int next = runs[at + NEXT];
        if (next != 0) {
            runs[(next << ROW_SHIFT) + PREVIOUS] = previous;
        }
        if (previous == 0) {
            kinds[kindRow(at) + HEAD] = next;
        } else {
            runs[(previous << ROW_SHIFT) + NEXT] = next;
        }
        runs[at + PREVIOUS] = 0;
    }

    private int kindRow(int at) {
        return SizeClasses.kind(runs[at + SIZE]) << KIND_SHIFT;
    }

    /** The run has no blocks any more: it goes when the next one has none either, or at once if it is to leave. */
    private void retire(int run) {
        int at = run << ROW_SHIFT;
        if (runs[at + PREVIOUS] == LEAVING) {
            removeSmall(run);
            return;
        }
        runs[at + FREE] = 0;
        runs[at + FRESH] = runs[at + START];
        int idle = idleRun;
        idleRun = run;
        if (idle != 0 && idle != run && run(idle, USED) == 0) {
            unlink(idle << ROW_SHIFT);
            removeSmall(idle);
        }
    }

    private void removeSmall(int run) {
        int at = run << ROW_SHIFT;
        if (run == idleRun) {
            idleRun = 0;
        }
        kinds[kindRow(at) + PAGES] -= SizeClasses.pages(runs[at + END] - runs[at + START]);
        removeRun(run);
    }

    private void removeRun(int run) {
        int at = run << ROW_SHIFT;
        int start = runs[at + START];
        extents.give(start, SizeClasses.pages(runs[at + END] - start));
        runs[at + NEXT] = unusedRow;
        unusedRow = run;
    }
}
