package dev.sluice.broker.data;

import java.lang.foreign.MemorySegment;

/** Consecutive pages of a chunk while they are in use: by one arena, and by those that were frozen from it. */
final class Piece {
    final Chunk chunk;
    final int firstPage;
    final int pages;
    final MemorySegment memory;
    int holders = 1; // nobody may write while there are several
    boolean left; // all that hold it still, or will, were frozen

    Piece(Chunk chunk, int firstPage, int pages) {
        this.chunk = chunk;
        this.firstPage = firstPage;
        this.pages = pages;
        memory = chunk.memory.asSlice((long) firstPage * ExtentPool.PAGE_BYTES, bytes());
    }

    long bytes() {
        return (long) pages * ExtentPool.PAGE_BYTES;
    }
}
