package dev.sluice.broker.data;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Consecutive pages of a chunk while one arena holds them. */
final class Extent {
    final Chunk chunk;
    final int firstPage;
    final int pages;
    final MemorySegment memory;

    // What follows belongs to the arena that holds the extent.
    int index;

    @Nullable
    Spans spans; // null where one block fills the extent

    int room = -1; // the list that it is in, -1 for none
    boolean leaving; // to be emptied: gets no new runs

    @Nullable
    Extent previous;

    @Nullable
    Extent next;

    Extent(Chunk chunk, int firstPage, int pages) {
        this.chunk = chunk;
        this.firstPage = firstPage;
        this.pages = pages;
        memory = chunk.memory.asSlice((long) firstPage * ExtentPool.PAGE_BYTES, bytes());
    }

    long bytes() {
        return (long) pages * ExtentPool.PAGE_BYTES;
    }
}
