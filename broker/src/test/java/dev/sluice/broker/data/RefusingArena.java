package dev.sluice.broker.data;

import dev.sluice.streams.message.CommandError;

/** An arena that refuses after a number of allocations, with a place for the root of a collection. */
final class RefusingArena extends CheckingArena {
    int allocationsLeft = Integer.MAX_VALUE;

    @Override
    public int allocate(int bytes) {
        if (allocationsLeft == 0) {
            throw CommandError.outOfMemory();
        }
        allocationsLeft--;
        return super.allocate(bytes);
    }

    /** Collections may be left: the tests themselves say what must be free. */
    @Override
    public void close() {
        detach();
    }

    /** The root of a new collection, in the middle of a block. */
    Root newRoot() {
        int block = allocate(Root.BYTES + 8);
        put(block, 8, new byte[Root.BYTES], 0, Root.BYTES);
        return new Root(this, block, 8);
    }
}
