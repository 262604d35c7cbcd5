package dev.sluice.broker.data;

/** A string that is made piece by piece, from its beginning to its end, so that the whole of it is never on the heap. */
@FunctionalInterface
public interface Pieces {
    /**
     * An array that begins with the {@code count} bytes from index {@code from} on; it may be the same for each piece. The
     * first piece is the longest.
     */
    byte[] piece(int from, int count);
}
