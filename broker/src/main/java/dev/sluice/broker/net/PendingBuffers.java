package dev.sluice.broker.net;

import java.util.ArrayDeque;

/**
 * How much more memory than the bytes in them the buffers take that wait for a socket. What the socket has taken is not
 * reported; it follows from how much is still there.
 */
final class PendingBuffers {
    private static final int EXACT_TO_BYTES = 16 * 1024;
    private static final int EXACT_FROM_BYTES = 1024 * 1024;

    private record Buffer(int bytes, int idle) {}

    private final ArrayDeque<Buffer> buffers = new ArrayDeque<>(0);
    private long bytes;
    private long idle;

    /**
     * A buffer was handed to the socket.
     *
     * @param written in it
     * @param capacity of it
     * @param pending all that the socket has not taken, this one included
     */
    void add(int written, int capacity, long pending) {
        if (pending == 0 && buffers.isEmpty()) {
            return; // the way of most: it has taken all
        }
        Buffer buffer = new Buffer(written, allocated(capacity) - written);
        buffers.add(buffer);
        bytes += buffer.bytes;
        idle += buffer.idle;
        forgetTaken(pending);
    }

    /** Idle memory in the buffers that are still there, when so many bytes are. */
    long idle(long pending) {
        if (!buffers.isEmpty()) {
            forgetTaken(pending);
        }
        return idle;
    }

    /** What Netty's allocator takes for a buffer: above 16 KiB and up to 1 MiB a power of two, else what was asked for. */
    static int allocated(int capacity) {
        return capacity <= EXACT_TO_BYTES || capacity > EXACT_FROM_BYTES
                ? capacity
                : Integer.highestOneBit(capacity - 1) << 1;
    }

    /** They are taken in order, each released as a whole. */
    private void forgetTaken(long pending) {
        for (Buffer first; (first = buffers.peek()) != null && bytes - first.bytes >= pending; ) {
            buffers.remove();
            bytes -= first.bytes;
            idle -= first.idle;
        }
    }
}
