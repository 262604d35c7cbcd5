package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.rsocket.Payload;
import io.rsocket.frame.CancelFrameCodec;
import io.rsocket.frame.FrameHeaderCodec;
import io.rsocket.frame.FrameLengthCodec;
import io.rsocket.frame.FrameType;
import io.rsocket.frame.PayloadFrameCodec;
import io.rsocket.frame.RequestResponseFrameCodec;
import io.rsocket.frame.RequestStreamFrameCodec;
import io.rsocket.frame.SetupFrameCodec;
import io.rsocket.metadata.CompositeMetadataCodec;
import io.rsocket.metadata.TaggingMetadataCodec;
import io.rsocket.metadata.WellKnownMimeType;
import io.rsocket.util.DefaultPayload;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RSocket as bytes, over TCP or WebSocket, by a client that does just what it is told: it sends no keepalive, answers
 * none, and reads nothing by itself.
 */
final class RawRSocket implements AutoCloseable {
    static final int ALL = Integer.MAX_VALUE;

    private static final int RECEIVE_BYTES = 8 * 1024;
    private static final ByteBufAllocator HEAP = UnpooledByteBufAllocator.DEFAULT;

    private static final int FINAL = 0x80;
    private static final int BINARY = 2;
    private static final int MASKED = 0x80;
    private static final int SHORT_LENGTH = 126;
    private static final int LONG_LENGTH = 127;

    /** @param data as text */
    record Frame(FrameType type, int stream, String data) {}

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final boolean websocket;
    private int lastStream = -1;

    /** @param lifetimeMs after so long without a sign of it the broker may take it for dead */
    RawRSocket(int port, int keepaliveMs, int lifetimeMs) throws IOException {
        this(port, false, keepaliveMs, lifetimeMs);
    }

    private RawRSocket(int port, boolean websocket, int keepaliveMs, int lifetimeMs) throws IOException {
        this.websocket = websocket;
        socket.setReceiveBufferSize(RECEIVE_BYTES);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout((int) RSocketPeer.SOON.toMillis());
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        if (websocket) {
            upgrade(port);
        }
        send(SetupFrameCodec.encode(
                HEAP,
                false,
                keepaliveMs,
                lifetimeMs,
                RequestMetadata.COMPOSITE,
                "application/json",
                DefaultPayload.create("")));
    }

    /** One that lives for ever. */
    static RawRSocket over(RSocketPeer.Transport transport, Broker broker) throws IOException {
        boolean websocket = transport == RSocketPeer.Transport.WEBSOCKET;
        int port = websocket ? broker.httpPort() : broker.rsocketPort();
        return new RawRSocket(port, websocket, ALL, ALL);
    }

    private void upgrade(int port) throws IOException {
        String request = "GET /rsocket HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        assertThat(head).startsWith("HTTP/1.1 101 ");
    }

    private void send(ByteBuf frame) throws IOException {
        ByteBuf framed = websocket ? masked(frame) : FrameLengthCodec.encode(HEAP, frame.readableBytes(), frame);
        byte[] bytes = new byte[framed.readableBytes()];
        framed.readBytes(bytes);
        framed.release();
        socket.getOutputStream().write(bytes);
    }

    /** A binary message, masked by zeros. */
    private static ByteBuf masked(ByteBuf frame) {
        int length = frame.readableBytes();
        ByteBuf message = HEAP.heapBuffer().writeByte(FINAL | BINARY);
        if (length < SHORT_LENGTH) {
            message.writeByte(MASKED | length);
        } else {
            message.writeByte(MASKED | SHORT_LENGTH).writeShort(length);
        }
        message.writeInt(0).writeBytes(frame);
        frame.release();
        return message;
    }

    /** Opens a stream and returns its id; {@code '} stands for {@code "}. */
    int stream(String route, String json, int demand) throws IOException {
        lastStream += 2;
        send(RequestStreamFrameCodec.encodeReleasingPayload(HEAP, lastStream, demand, payload(route, json)));
        return lastStream;
    }

    /** Asks for one answer, on a stream whose id it returns. */
    int ask(String route, String json) throws IOException {
        lastStream += 2;
        send(RequestResponseFrameCodec.encodeReleasingPayload(HEAP, lastStream, payload(route, json)));
        return lastStream;
    }

    void cancel(int stream) throws IOException {
        send(CancelFrameCodec.encode(HEAP, stream));
    }

    private static Payload payload(String route, String json) {
        CompositeByteBuf metadata = HEAP.compositeBuffer();
        CompositeMetadataCodec.encodeAndAddMetadata(
                metadata,
                HEAP,
                WellKnownMimeType.MESSAGE_RSOCKET_ROUTING,
                TaggingMetadataCodec.createTaggingContent(HEAP, List.of(route)));
        ByteBuf data = Unpooled.copiedBuffer(json.replace('\'', '"'), StandardCharsets.UTF_8);
        return DefaultPayload.create(data, metadata);
    }

    /** The next frame; null at the end of the connection. */
    @Nullable
    Frame read() throws IOException {
        try {
            ByteBuf frame = Unpooled.wrappedBuffer(in.readNBytes(websocket ? messageLength() : frameLength()));
            FrameType type = FrameHeaderCodec.frameType(frame);
            String data = type == FrameType.NEXT || type == FrameType.NEXT_COMPLETE
                    ? PayloadFrameCodec.data(frame).toString(StandardCharsets.UTF_8)
                    : "";
            return new Frame(type, FrameHeaderCodec.streamId(frame), data);
        } catch (EOFException | SocketException ended) {
            return null;
        }
    }

    private int frameLength() throws IOException {
        return in.readUnsignedByte() << 16 | in.readUnsignedShort();
    }

    private int messageLength() throws IOException {
        in.readUnsignedByte();
        int length = in.readUnsignedByte();
        return switch (length) {
            case SHORT_LENGTH -> in.readUnsignedShort();
            case LONG_LENGTH -> (int) in.readLong();
            default -> length;
        };
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
