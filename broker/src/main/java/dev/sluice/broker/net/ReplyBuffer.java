package dev.sluice.broker.net;

import dev.sluice.broker.session.FlushGate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a RESP client has to take: replies and pushes are gathered in one buffer, which goes to the socket as a whole;
 * buffers that wait until what they tell of is on the disk; and what the socket has been given and has not taken.
 */
final class ReplyBuffer {
    private static final int FIRST_BYTES = 1024;
    private static final int HEADER_BYTES = 64;

    private final Channel channel;
    private final FlushGate gate;
    private final Runnable onRelease;
    private final PendingBuffers sent = new PendingBuffers();
    private final Deque<ByteBuf> held = new ArrayDeque<>(0);
    private long heldBytes;
    private @Nullable ByteBuf gathered;
    private boolean leaving;
    private long bytesWritten;

    /** @param onRelease runs when something has left that had waited for the disk */
    ReplyBuffer(Channel channel, FlushGate gate, Runnable onRelease) {
        this.channel = channel;
        this.gate = gate;
        this.onRelease = onRelease;
    }

    /** Where to write what leaves next. */
    ByteBuf gather() {
        ByteBuf buffer = gathered;
        if (buffer == null) {
            gathered = buffer = channel.alloc().directBuffer(FIRST_BYTES);
        }
        return buffer;
    }

    /** A long string is next: where nothing was gathered it gets a buffer of its size, for one that doubles holds more. */
    void expect(long bytes) {
        if (gathered == null) {
            gathered = channel.alloc().directBuffer((int) Math.min(bytes + HEADER_BYTES, Integer.MAX_VALUE));
        }
    }

    int gatheredBytes() {
        ByteBuf buffer = gathered;
        return buffer == null ? 0 : buffer.readableBytes();
    }

    /** Gathered, held, and given to the socket, which has not taken it yet. */
    long pendingBytes() {
        return socketBytes() + heldBytes + gatheredBytes();
    }

    private long socketBytes() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes();
    }

    /** Gives the socket what was gathered, at once or when it may leave. Returns how many bytes. */
    int send() {
        ByteBuf buffer = gathered;
        if (buffer == null) {
            return 0;
        }
        gathered = null;
        int bytes = buffer.readableBytes();
        bytesWritten += bytes;
        if (gate.isOpen()) {
            give(buffer);
        } else {
            held.add(buffer);
            heldBytes += bytes;
            gate.await(this::release);
        }
        return bytes;
    }

    private void give(ByteBuf buffer) {
        int bytes = buffer.readableBytes();
        int capacity = buffer.capacity();
        leaving = true;
        channel.writeAndFlush(buffer, channel.voidPromise());
        leaving = false;
        sent.add(bytes, capacity, socketBytes());
    }

    /** The oldest may leave; there is none if the connection has gone. */
    private void release() {
        ByteBuf buffer = held.poll();
        if (buffer != null) {
            heldBytes -= buffer.readableBytes();
            give(buffer);
            onRelease.run();
        }
    }

    /** Whether the socket is being given something now: that it is writable is no news then. */
    boolean isLeaving() {
        return leaving;
    }

    /** What was gathered does not leave. */
    void drop() {
        ByteBuf buffer = gathered;
        if (buffer != null) {
            gathered = null;
            buffer.release();
        }
    }

    /** The connection is gone, and what has not left does not leave any more. */
    void close() {
        drop();
        held.forEach(ByteBuf::release);
        held.clear();
        heldBytes = 0;
    }

    /** Does something once the socket has taken all that was sent, or has failed. */
    void whenTaken(Runnable what) {
        if (held.isEmpty()) {
            taken(what);
        } else {
            gate.await(() -> taken(what));
        }
    }

    private void taken(Runnable what) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(taken -> what.run());
    }

    long bytesWritten() {
        return bytesWritten;
    }

    /** Memory of the buffers that the socket has not been given. */
    int allocatedBytes() {
        ByteBuf buffer = gathered;
        int bytes = buffer == null ? 0 : PendingBuffers.allocated(buffer.capacity());
        for (ByteBuf each : held) {
            bytes += PendingBuffers.allocated(each.capacity());
        }
        return bytes;
    }

    /** The bytes in them. */
    int unsentBytes() {
        return gatheredBytes() + (int) Math.min(heldBytes, Integer.MAX_VALUE / 2);
    }

    /** Memory of the buffers that wait for the socket, beyond the bytes in them. */
    long idleBytes() {
        return sent.idle(socketBytes());
    }
}
