package dev.sluice.broker.data;

import dev.sluice.streams.message.CommandError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where arenas get their extents, and the limit on what they take together. Extents are cut from chunks of 8 MiB: one
 * chunk is one foreign arena, so closing one frees many extents for one handshake, and extents of all sizes, a large
 * value's among them, are found again without a call to the operating system. A background thread takes chunks ahead of
 * need and touches their pages; an extent that is used again is not cleared.
 *
 * <p>Everything runs on the keyspace loop but the creation and closing of chunks, which share nothing with it except a
 * queue. Shared foreign arenas, because automatic ones count against the JVM's limit on direct memory and go when the
 * collector comes by, and the global one never gives anything back.
 */
public final class ExtentPool implements AutoCloseable {
    static final int PAGE_BYTES = 4096;
    static final int EXTENT_PAGES_MAX = 256; // but for a block that fills one
    private static final int CHUNK_PAGES = 2048;
    private static final long SPARE_BYTES_MAX = 2L * CHUNK_PAGES * PAGE_BYTES;
    private static final int EXTENTS_A_TAKE = 8;

    private final @Nullable Executor background;
    private final Queue<Chunk> filled = new ConcurrentLinkedQueue<>();
    private volatile boolean filling;
    private volatile boolean closed;

    private final List<Chunk> chunks = new ArrayList<>();
    private int[] longest = new int[8]; // free pages in a row, a copy for searching
    private long maxBytes;
    private long allowedBytes; // beyond the limit, see ensure
    private long reservedBytes;
    private long frozenBytes;
    private long usedBytes;
    private long heldBytes;
    private long spareBytes; // of chunks that nobody uses
    private @Nullable Arena detachedFirst;
    private @Nullable Arena detachedLast;

    /** Arenas may reserve {@code maxBytes} together. {@code background} runs short tasks one after the other. */
    public ExtentPool(long maxBytes, Executor background) {
        this.background = background;
        maxBytes(maxBytes);
    }

    private ExtentPool(long maxBytes) {
        background = null;
        maxBytes(maxBytes);
    }

    /** Without read-ahead and background, in memory that is freed with the last arena: for tests and tools. */
    public static ExtentPool standalone(long maxBytes) {
        return new ExtentPool(maxBytes);
    }

    /** Changes the limit. What is reserved beyond a lower one stays; only new extents are refused. */
    public void maxBytes(long bytes) {
        maxBytes = Math.min(bytes, Long.MAX_VALUE / 4);
    }

    public long maxBytes() {
        return maxBytes;
    }

    /** Bytes of the blocks in use in all arenas, detached ones that are not yet swept among them. */
    public long bytesUsed() {
        return usedBytes;
    }

    void used(long more) {
        usedBytes += more;
    }

    /** Bytes of the extents that arenas hold, detached ones that are not yet swept among them. */
    public long bytesReserved() {
        return reservedBytes;
    }

    /** Bytes among those that are held only for what was frozen, as it has been changed since or is gone. */
    public long bytesFrozen() {
        return frozenBytes;
    }

    /** Bytes that the operating system gave: reserved ones and those kept ready. */
    public long bytesHeld() {
        return heldBytes;
    }

    /**
     * Takes memory for an extent, its contents undefined.
     *
     * @throws CommandError out of memory; nothing has changed
     */
    Piece take(int pages) {
        admit((long) pages * PAGE_BYTES);
        return takeBeyondLimit(pages);
    }

    /** As {@link #take}, where it cannot be refused. */
    Piece takeBeyondLimit(int pages) {
        sweep(EXTENTS_A_TAKE);
        collectFilled();
        int chosen = tightest(pages);
        Chunk chunk = chosen < 0 ? added(created(Math.max(pages, EXTENT_PAGES_MAX))) : chunks.get(chosen);
        if (chunk.spans.allFree()) {
            spareBytes -= chunk.bytes();
        }
        Piece piece = new Piece(chunk, chunk.spans.take(pages), pages);
        longest[chunk.index] = chunk.spans.longest();
        reservedBytes += piece.bytes();
        readAhead();
        return piece;
    }

    /** From now on it is there only for what was frozen. */
    void leave(Piece piece) {
        frozenBytes += piece.left ? 0 : piece.bytes();
        piece.left = true;
    }

    /** One holder less; the last one gives the memory back. */
    void give(Piece piece) {
        piece.holders--;
        if (piece.holders > 0) {
            return;
        }
        Chunk chunk = piece.chunk;
        chunk.spans.give(piece.firstPage, piece.pages);
        longest[chunk.index] = chunk.spans.longest();
        reservedBytes -= piece.bytes();
        frozenBytes -= piece.left ? piece.bytes() : 0;
        if (chunk.spans.allFree()) {
            spareBytes += chunk.bytes();
            if (spareBytes > SPARE_BYTES_MAX) {
                remove(chunk);
            }
        }
    }

    /**
     * Makes sure that blocks of {@code bytes} find memory, {@code more} of which has to be reserved first: extents that
     * are taken until the next call of this method are not refused for the limit, though rounding up may carry them a
     * little beyond it.
     *
     * @throws CommandError out of memory
     */
    void ensure(long bytes, long more) {
        allowedBytes = 0;
        admit(more);
        allowedBytes = bytes + (bytes >> 2) + 4L * EXTENT_PAGES_MAX * PAGE_BYTES;
    }

    private void admit(long bytes) {
        while (reservedBytes + bytes > maxBytes + allowedBytes) {
            if (detachedFirst == null) {
                throw CommandError.outOfMemory();
            }
            sweep(EXTENTS_A_TAKE);
        }
    }

    /** Takes over an arena, or a chain of them, whose data nobody wants any more. In O(1). */
    void detach(Arena first, Arena last) {
        if (detachedLast == null) {
            detachedFirst = first;
        } else {
            detachedLast.next = first;
            first.previous = detachedLast;
        }
        detachedLast = last;
        last.next = null;
    }

    /**
     * Gives extents of detached arenas back, in a bite of at most {@code extentsMax} steps: housekeeping calls it while
     * the answer is that there is more.
     */
    public boolean sweep(int extentsMax) {
        int left = extentsMax;
        while (detachedFirst != null && left > 0) {
            Arena arena = detachedFirst;
            left -= arena.dismantle(left);
            if (left > 0) {
                detachedFirst = arena.next;
                arena.next = null;
                if (detachedFirst == null) {
                    detachedLast = null;
                }
            }
        }
        return detachedFirst != null;
    }

    /** Gives back what no arena uses: what is kept ready, and what detached arenas still had. */
    public void purge() {
        while (sweep(Integer.MAX_VALUE)) {}
        collectFilled();
        for (int i = chunks.size() - 1; i >= 0; i--) {
            if (chunks.get(i).spans.allFree()) {
                remove(chunks.get(i));
            }
        }
    }

    /** Pieces of memory that the operating system gave. */
    public int chunks() {
        return chunks.size();
    }

    /** Frees everything. Arenas of this pool must not be used any more. */
    @Override
    public void close() {
        closed = true;
        chunks.forEach(Chunk::close);
        chunks.clear();
        closeFilled();
        detachedFirst = null;
        detachedLast = null;
        reservedBytes = 0;
        frozenBytes = 0;
        usedBytes = 0;
        heldBytes = 0;
        spareBytes = 0;
    }

    /** The chunk whose longest free span is enough and the shortest; -1 if there is none. */
    private int tightest(int pages) {
        int chosen = -1;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < chunks.size(); i++) {
            int room = longest[i];
            if (room >= pages && room < least) {
                chosen = i;
                least = room;
            }
        }
        return chosen;
    }

    private Chunk created(int pages) {
        try {
            return background == null ? Chunk.collected(pages) : Chunk.closeable(pages);
        } catch (OutOfMemoryError e) { // the machine has less than the limit says: refused like the limit itself
            throw CommandError.outOfMemory();
        }
    }

    private Chunk added(Chunk chunk) {
        if (chunks.size() == longest.length) {
            longest = Arrays.copyOf(longest, longest.length * 2);
        }
        chunk.index = chunks.size();
        longest[chunk.index] = chunk.spans.longest();
        chunks.add(chunk);
        heldBytes += chunk.bytes();
        spareBytes += chunk.bytes();
        return chunk;
    }

    private void remove(Chunk chunk) {
        Chunk last = chunks.removeLast();
        if (last != chunk) {
            last.index = chunk.index;
            chunks.set(last.index, last);
            longest[last.index] = last.spans.longest();
        }
        heldBytes -= chunk.bytes();
        spareBytes -= chunk.bytes();
        if (background != null) {
            background.execute(chunk::close);
        }
    }

    private void readAhead() {
        if (background == null || filling || heldBytes + (long) CHUNK_PAGES * PAGE_BYTES > maxBytes) {
            return;
        }
        if (tightest(2 * EXTENT_PAGES_MAX) < 0) {
            filling = true;
            background.execute(this::fill);
        }
    }

    /** On the background thread. */
    private void fill() {
        try {
            filled.add(Chunk.closeable(CHUNK_PAGES).touch());
        } catch (OutOfMemoryError e) {
            return; // a take that needs memory finds out by itself, and refuses
        } finally {
            filling = false;
        }
        if (closed) {
            closeFilled();
        }
    }

    private void collectFilled() {
        for (Chunk chunk = filled.poll(); chunk != null; chunk = filled.poll()) {
            added(chunk);
        }
    }

    private void closeFilled() {
        for (Chunk chunk = filled.poll(); chunk != null; chunk = filled.poll()) {
            chunk.close();
        }
    }
}
