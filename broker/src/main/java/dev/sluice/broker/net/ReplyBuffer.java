package dev.sluice.broker.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a RESP client has to take: replies and pushes are gathered in one buffer, which goes to the socket as a whole; and
 * what the socket has been given and has not taken.
 */
final class ReplyBuffer {
    private static final int FIRST_BYTES = 1024;
    private static final int HEADER_BYTES = 64;

    private final Channel channel;
    private final PendingBuffers sent = new PendingBuffers();
    private @Nullable ByteBuf gathered;
    private boolean leaving;
    private long bytesWritten;

    ReplyBuffer(Channel channel) {
        this.channel = channel;
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

    /** Gathered and given to the socket, which has not taken it yet. */
    long pendingBytes() {
        return socketBytes() + gatheredBytes();
    }

    private long socketBytes() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes();
    }

    /** Gives the socket what was gathered. Returns how many bytes. */
    int send() {
        ByteBuf buffer = gathered;
        if (buffer == null) {
            return 0;
        }
        gathered = null;
        int bytes = buffer.readableBytes();
        int capacity = buffer.capacity();
        bytesWritten += bytes;
        leaving = true;
        channel.writeAndFlush(buffer, channel.voidPromise());
        leaving = false;
        sent.add(bytes, capacity, socketBytes());
        return bytes;
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

    /** Does something once the socket has taken all that it was given, or has failed. */
    void whenTaken(Runnable what) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(taken -> what.run());
    }

    long bytesWritten() {
        return bytesWritten;
    }

    /** Memory of the buffer that is gathered in. */
    int allocatedBytes() {
        ByteBuf buffer = gathered;
        return buffer == null ? 0 : PendingBuffers.allocated(buffer.capacity());
    }

    /** Memory of the buffers that wait for the socket, beyond the bytes in them. */
    long idleBytes() {
        return sent.idle(socketBytes());
    }
}
