package dev.sluice.broker.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory that comes from the operating system, and goes back to it, at once: closing a shared foreign arena costs a
 * handshake with every thread (20 to 50 microseconds), so that extents are cut from larger pieces.
 */
final class Chunk {
    final MemorySegment memory;
    final Spans spans;
    private final @Nullable Arena scope;
    int index; // in the pool's list

    private Chunk(MemorySegment memory, int pages, @Nullable Arena scope) {
        this.memory = memory;
        this.spans = new Spans(pages);
        this.scope = scope;
    }

    /** Memory that is there until {@link #close}. Its pages are not: see {@link #touch}. */
    static Chunk closeable(int pages) {
        Arena scope = Arena.ofShared();
        return new Chunk(Mapping.take((long) pages * ExtentPool.PAGE_BYTES, scope), pages, scope);
    }

    /** Has the operating system provide every page now. */
    Chunk touch() {
        Mapping.touch(memory);
        return this;
    }

    /** Memory that the garbage collector finds and frees. */
    static Chunk collected(int pages) {
        return new Chunk(Arena.ofAuto().allocate((long) pages * ExtentPool.PAGE_BYTES, Long.BYTES), pages, null);
    }

    long bytes() {
        return memory.byteSize();
    }

    /** Any thread may close; nobody may use the memory any more. */
    void close() {
        if (scope != null) {
            scope.close();
        }
    }
}
