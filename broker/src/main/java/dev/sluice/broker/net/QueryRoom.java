package dev.sluice.broker.net;

import dev.sluice.broker.dispatch.KeyspaceLoop;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.HeapRoom;
import dev.sluice.streams.resp.RequestReader;
import dev.sluice.streams.resp.Scratch;
import java.util.ArrayDeque;

/**
 * Bounds what the query buffers of all connections take of the Java heap, which ends the process when it is full. Whose
 * buffer would have to grow beyond that waits, that is, is not read from, until others have given memory back; first come,
 * first served. Where those who wait hold so much themselves that nobody could go on, the last to come is refused.
 */
final class QueryRoom {
    /** Who has bytes that wait to be read. */
    interface Client {
        /** Bytes of its query buffer. */
        long held();

        /** Bytes that the buffer has to grow by. */
        long needed();

        /** There is memory for them now. */
        void readOn();

        /** There is none, and there will be none. */
        void refuse();
    }

    private static final int SMALL_BYTES = 16 * 1024;

    private final Scratch scratch;
    private final KeyspaceLoop loop;
    private final ArrayDeque<Client> waiting = new ArrayDeque<>();
    private long bytesMax = Long.MAX_VALUE;
    private boolean due;

    QueryRoom(Scratch scratch, KeyspaceLoop loop) {
        this.scratch = scratch;
        this.loop = loop;
    }

    /** What the query buffers of all connections may take together. */
    void limit(long bytes) {
        bytesMax = bytes;
        serveSoon();
    }

    /** Whether so many bytes can be read now. What is small is always read. */
    boolean hasRoom(RequestReader reader, int arriving) {
        if ((long) reader.heldBytes() + arriving <= SMALL_BYTES) {
            return true;
        }
        long growth = reader.growth(arriving);
        return growth == 0 || scratch.ownBytes() + growth <= bytesMax;
    }

    /** Whether the heap, which other things fill too, has what reading so many bytes takes: if not, waiting may not help. */
    static boolean hasHeap(RequestReader reader, int arriving) {
        if ((long) reader.heldBytes() + arriving <= SMALL_BYTES) {
            return true;
        }
        try {
            HeapRoom.require(reader.growth(arriving));
            return true;
        } catch (CommandError noRoom) {
            return false;
        }
    }

    /** Whether somebody waits. */
    boolean isShort() {
        return !waiting.isEmpty();
    }

    void await(Client client) {
        waiting.add(client);
        serveSoon();
    }

    /** It waits no longer, because it has gone. */
    void forget(Client client) {
        waiting.remove(client);
    }

    /** Looks in a turn of its own whether those who wait can go on: to be called when memory may have been given back. */
    void serveSoon() {
        if (!waiting.isEmpty() && !due) {
            due = true;
            loop.execute(this::serve);
        }
    }

    private void serve() {
        due = false;
        serveFirst();
        while (isStuck()) {
            waiting.removeLast().refuse();
            serveFirst();
        }
    }

    private void serveFirst() {
        for (Client first; (first = waiting.peek()) != null && hasRoom(first); ) {
            waiting.remove();
            first.readOn();
        }
    }

    private boolean hasRoom(Client client) {
        return scratch.ownBytes() + client.needed() <= bytesMax;
    }

    /** Whether the first would find no room even if all who do not wait gave everything back. */
    private boolean isStuck() {
        Client first = waiting.peek();
        if (first == null) {
            return false;
        }
        long held = first.needed();
        for (Client client : waiting) {
            held += client.held();
        }
        return held > bytesMax;
    }
}
