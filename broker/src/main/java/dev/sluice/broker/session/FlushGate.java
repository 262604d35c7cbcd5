package dev.sluice.broker.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * With {@code appendfsync always} a client is told nothing that could still be lost: what is to leave waits until all that
 * was journalled by then has been forced to the disk, reads and pushes included. No command waits, and all connections
 * share one force. Owned by the keyspace loop.
 */
public final class FlushGate {
    /** Something that leaves when the journal has been forced up to here. */
    private record Waiting(long offset, Runnable leaves) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private LongSupplier journalled = () -> 0;
    private LongSupplier forced = () -> 0;
    private boolean closable;

    /**
     * From now on it is closed while something is journalled that is not forced.
     *
     * @param journalled up to where there is something
     * @param forced up to where it is on the disk
     */
    public void closable(LongSupplier journalled, LongSupplier forced) {
        this.journalled = journalled;
        this.forced = forced;
        closable = true;
    }

    /** It is open, always. */
    public void open() {
        closable = false;
        advanced();
    }

    /** Whether what is to leave now may. */
    public boolean isOpen() {
        return waiting.isEmpty() && (!closable || forced.getAsLong() >= journalled.getAsLong());
    }

    /** Runs something, later, when what was journalled until now is on the disk; in the order of these calls. */
    public void await(Runnable leaves) {
        waiting.add(new Waiting(journalled.getAsLong(), leaves));
    }

    /** More is on the disk. */
    public void advanced() {
        long upTo = closable ? forced.getAsLong() : Long.MAX_VALUE;
        for (Waiting next; (next = waiting.peek()) != null && next.offset <= upTo; ) {
            waiting.remove();
            next.leaves.run();
        }
    }
}
