package dev.sluice.broker.net;

import dev.sluice.broker.dispatch.KeyspaceLoop;
import dev.sluice.broker.session.FlushGate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import io.rsocket.DuplexConnection;
import io.rsocket.RSocketErrorException;
import io.rsocket.frame.ErrorFrameCodec;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * RSocket frames on a socket, in place of rsocket-transport-netty's connection, which queues without bound between
 * RSocket and the channel. Here a frame is handed to the channel at once, so that the bytes a client has not taken are
 * the channel's own count; whoever produces on the client's behalf asks {@link #isWritable} and waits for {@link
 * #onWritable}. When more than the limit of replies is pending, nothing more is read either.
 *
 * <p>Only while the {@link FlushGate} is closed frames are held here, those of a turn together.
 */
final class FrameConnection implements DuplexConnection, Outlet {
    /** How a frame looks on the wire: with its length before it, or as a WebSocket message. */
    interface Framing {
        Object outbound(ByteBufAllocator alloc, ByteBuf frame);

        ByteBuf inbound(ByteBuf received);

        /** What is written last, to say that no more comes. */
        Object farewell();
    }

    private static final int RESUMED_A_TURN = 16;
    private static final int HELD_BYTES_WRITABLE = 64 * 1024;

    private final Connection connection;
    private final Channel channel;
    private final Framing framing;
    private final KeyspaceLoop loop;
    private final Traffic traffic;
    private final FlushGate gate;
    private final Deque<List<Object>> heldTurns = new ArrayDeque<>(0);
    private List<Object> gathered = new ArrayList<>(0);
    private long heldBytes;
    private final long pendingBytesMax;
    private final List<Runnable> onWritable = new ArrayList<>();
    private final LinkedHashSet<Runnable> resumable = new LinkedHashSet<>();
    private boolean resuming;
    private boolean flushDue;
    private int held;
    private long bytesRead;
    private long bytesWritten;

    FrameConnection(
            Connection connection,
            Framing framing,
            KeyspaceLoop loop,
            FlushGate gate,
            Traffic traffic,
            long pendingBytesMax) {
        this.gate = gate;
        this.connection = connection;
        this.channel = connection.channel();
        this.framing = framing;
        this.loop = loop;
        this.traffic = traffic;
        this.pendingBytesMax = pendingBytesMax;
        connection.addHandlerLast(new Events());
    }

    @Override
    public void sendFrame(int streamId, ByteBuf frame) {
        if (channel.eventLoop().inEventLoop()) {
            send(frame);
        } else {
            loop.execute(() -> send(frame));
        }
    }

    private void send(ByteBuf frame) {
        if (!channel.isActive()) {
            frame.release();
            return;
        }
        Object framed = framing.outbound(channel.alloc(), frame);
        int bytes = bytes(framed);
        bytesWritten += bytes;
        traffic.written(bytes);
        if (gate.isOpen() && heldTurns.isEmpty() && gathered.isEmpty()) {
            channel.write(framed, channel.voidPromise());
        } else {
            gathered.add(framed);
            heldBytes += bytes;
        }
        if (!flushDue) {
            flushDue = true;
            loop.atEndOfTurn(this::flush);
        }
        if (pendingBytes() > pendingBytesMax && channel.config().isAutoRead()) {
            traffic.stalled();
            channel.config().setAutoRead(false);
        }
    }

    /** Of a frame on its way, without the header of a WebSocket. */
    private static int bytes(Object framed) {
        return switch (framed) {
            case ByteBuf bytes -> bytes.readableBytes();
            case ByteBufHolder holder -> holder.content().readableBytes();
            default -> 0;
        };
    }

    long bytesRead() {
        return bytesRead;
    }

    long bytesWritten() {
        return bytesWritten;
    }

    private void flush() {
        flushDue = false;
        if (!gathered.isEmpty()) {
            heldTurns.add(gathered);
            gathered = new ArrayList<>(0);
            if (gate.isOpen()) {
                release();
            } else {
                gate.await(this::release);
            }
        }
        channel.flush();
    }

    /** The frames of the oldest turn may leave. */
    private void release() {
        List<Object> frames = heldTurns.poll();
        if (frames == null) {
            return;
        }
        for (Object frame : frames) {
            heldBytes -= bytes(frame);
            if (channel.isActive()) {
                channel.write(frame, channel.voidPromise());
            } else {
                ReferenceCountUtil.release(frame);
            }
        }
        channel.flush();
        readAgain();
        resumable.addAll(onWritable);
        resume();
    }

    /** Bytes that the client has not taken yet. */
    long pendingBytes() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return heldBytes + (pending == null ? 0 : pending.totalPendingWriteBytes());
    }

    /** Nothing is read, and so nothing arrives, until {@link #goOnReading} has been called as often. */
    void holdReading() {
        held++;
        channel.config().setAutoRead(false);
    }

    void goOnReading() {
        held--;
        readAgain();
    }

    private void readAgain() {
        if (held == 0 && pendingBytes() <= pendingBytesMax && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }

    /** Whether the socket takes more; below that only what must be said is sent. */
    @Override
    public boolean isWritable() {
        return channel.isWritable() && heldBytes < HELD_BYTES_WRITABLE;
    }

    @Override
    public void onWritable(Runnable what) {
        onWritable.add(what);
    }

    @Override
    public void removeOnWritable(Runnable what) {
        onWritable.remove(what);
        resumable.remove(what);
    }

    /**
     * Streams go on in turns of their own, a few each time: what they write is flushed, which may let the socket take more
     * again, and so on; others would wait for all of them.
     */
    private void resume() {
        if (!resuming && !resumable.isEmpty()) {
            resuming = true;
            loop.nextTurn(this::resumeSome);
        }
    }

    private void resumeSome() {
        resuming = false;
        for (int left = RESUMED_A_TURN; left > 0 && isWritable() && !resumable.isEmpty(); left--) {
            resumable.removeFirst().run();
        }
        if (isWritable()) {
            resume();
        }
    }

    private final class Events extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            int bytes = bytes(message);
            bytesRead += bytes;
            traffic.read(bytes);
            context.fireChannelRead(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.fireChannelReadComplete();
            loop.endTurn();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (channel.isWritable()) {
                readAgain();
                resumable.addAll(onWritable); // behind those whose turn has not come since the last time
                resume();
            }
            context.fireChannelWritabilityChanged();
        }
    }

    @Override
    public void sendErrorAndClose(RSocketErrorException error) {
        sendFrame(0, ErrorFrameCodec.encode(channel.alloc(), 0, error));
        loop.execute(() -> {
            flush();
            if (heldTurns.isEmpty()) {
                end();
            } else {
                gate.await(this::end);
            }
        });
    }

    private void end() {
        channel.writeAndFlush(framing.farewell()).addListener(f -> connection.dispose());
    }

    @Override
    public Flux<ByteBuf> receive() {
        return connection.inbound().receive().map(framing::inbound);
    }

    @Override
    public ByteBufAllocator alloc() {
        return channel.alloc();
    }

    @Override
    public SocketAddress remoteAddress() {
        return channel.remoteAddress();
    }

    SocketAddress localAddress() {
        return channel.localAddress();
    }

    @Override
    public Mono<Void> onClose() {
        return connection.onDispose();
    }

    @Override
    public void dispose() {
        connection.dispose();
    }

    @Override
    public boolean isDisposed() {
        return connection.isDisposed();
    }
}
