package dev.sluice.broker.net;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.dispatch.Dispatcher;
import dev.sluice.broker.dispatch.KeyspaceLoop;
import dev.sluice.broker.ranking.Rankings;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.session.FlushGate;
import dev.sluice.broker.session.KeyEvents;
import dev.sluice.broker.session.Sessions;
import dev.sluice.broker.session.Throttle;
import dev.sluice.broker.session.Users;
import dev.sluice.streams.hub.Hub;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.rsocket.Line;
import dev.sluice.streams.rsocket.PayloadLimits;
import dev.sluice.streams.rsocket.Payloads;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.rsocket.ConnectionSetupPayload;
import io.rsocket.RSocket;
import io.rsocket.core.RSocketServer;
import io.rsocket.exceptions.RejectedSetupException;
import io.rsocket.frame.FrameLengthCodec;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.transport.netty.RSocketLengthCodec;
import java.time.Duration;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/** RSocket over TCP, and over WebSocket on behalf of the HTTP listener. */
public final class RSocketListener {
    private static final int LOW_WATER_BYTES = 32 * 1024;
    private static final int HIGH_WATER_BYTES = 64 * 1024;
    private static final int FRAME_BYTES_MAX = FrameLengthCodec.FRAME_LENGTH_MASK;
    private static final int FRAME_OVERHEAD_BYTES_MAX = 64 * 1024; // header and metadata of a single request
    private static final Duration SETUP_WITHIN = Duration.ofSeconds(10);

    private final Shared shared;
    private final Gate gate;
    private final LoopResources loops;
    private final int payloadBytesMax;
    private final int fragmentBytesMax;
    private final ListeningSockets sockets =
            new ListeningSockets((address, port) -> server(address, port).bindNow());

    /** What all RSocket connections have in common. */
    record Shared(
            Settings settings,
            Dispatcher dispatcher,
            Sessions sessions,
            Users users,
            Hub hub,
            KeyEvents keyEvents,
            Rankings rankings,
            KeyspaceLoop loop,
            Time time,
            Traffic traffic,
            Payloads payloads,
            Patience.Parts patience,
            FlushGate flushGate) {}

    public RSocketListener(
            Settings settings,
            Dispatcher dispatcher,
            Sessions sessions,
            Users users,
            Hub hub,
            KeyEvents keyEvents,
            Rankings rankings,
            KeyspaceLoop loop,
            Time time,
            LoopResources loops,
            Gate gate,
            Throttle throttle,
            FlushGate flushGate,
            Traffic traffic) {
        this.payloadBytesMax = settings.integer(Setting.RSOCKET_PAYLOAD_BYTES_MAX);
        PayloadLimits standard = PayloadLimits.DEFAULT;
        PayloadLimits limits = new PayloadLimits(payloadBytesMax, standard.elementsMax(), standard.depthMax());
        Patience.Parts patience =
                new Patience.Parts(throttle, loop, time, () -> settings.number(Setting.PUBSUB_THROTTLE_MS_MAX));
        this.shared = new Shared(
                settings,
                dispatcher,
                sessions,
                users,
                hub,
                keyEvents,
                rankings,
                loop,
                time,
                traffic,
                new Payloads(limits),
                patience,
                flushGate);
        this.gate = gate;
        this.loops = loops;
        this.fragmentBytesMax = settings.integer(Setting.RSOCKET_FRAGMENT_BYTES_MAX);
    }

    /**
     * Listens on these addresses and no longer on the ones before; connections stay. Waits, so never on a loop.
     *
     * @param port 0 for any one that is free
     * @return the port
     * @throws reactor.netty.ChannelBindException it listens on none now
     */
    public int listen(List<String> addresses, int port) {
        return sockets.listen(addresses, port);
    }

    private TcpServer server(String address, int port) {
        return TcpServer.create()
                .runOn(loops)
                .host(address)
                .port(port)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark())
                .doOnConnection(this::accept)
                .handle((in, out) -> out.neverComplete());
    }

    /** When a socket counts as full; also for the HTTP listener's WebSockets. */
    static WriteBufferWaterMark waterMark() {
        return new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES);
    }

    private void accept(Connection connection) {
        connection.addHandlerLast(new RSocketLengthCodec(FRAME_BYTES_MAX));
        serve(connection, new LengthFraming());
    }

    /** The longest WebSocket message that can be a frame of a payload that is allowed. */
    int messageBytesMax() {
        return (int) Math.min(FRAME_BYTES_MAX, (long) payloadBytesMax + FRAME_OVERHEAD_BYTES_MAX);
    }

    /** Serves RSocket on a WebSocket that the HTTP listener has upgraded, until either side closes it. */
    Publisher<Void> websocket(WebsocketInbound in, WebsocketOutbound out) {
        in.aggregateFrames(messageBytesMax());
        in.withConnection(connection -> serve(connection, new MessageFraming()));
        return out.neverComplete();
    }

    private void serve(Connection connection, FrameConnection.Framing framing) {
        long pendingMax = shared.settings.number(Setting.CLIENT_REPLY_BUFFER_BYTES_MAX);
        FrameConnection frames =
                new FrameConnection(connection, framing, shared.loop, shared.flushGate, shared.traffic, pendingMax);
        String refusal = gate.refusal(connection.channel());
        if (refusal != null) {
            shared.sessions.refuse("rsocket");
            frames.sendErrorAndClose(new RejectedSetupException(refusal));
            return;
        }
        RSocketServer.create((setup, sending) -> setUp(setup, frames))
                .maxInboundPayloadSize(payloadBytesMax)
                .fragment(fragmentBytesMax)
                .payloadDecoder(PayloadDecoder.ZERO_COPY)
                .maxTimeToFirstFrame(SETUP_WITHIN)
                .asConnectionAcceptor(FRAME_BYTES_MAX)
                .apply(frames)
                .subscribe(null, error -> frames.dispose());
    }

    private Mono<RSocket> setUp(ConnectionSetupPayload setup, FrameConnection frames) {
        RSocketSession session = new RSocketSession(shared, frames);
        try {
            session.setUp(setup);
        } catch (CommandError refused) {
            session.gone();
            return Mono.error(new RejectedSetupException(Line.of(String.valueOf(refused.getMessage()))));
        }
        frames.onClose().subscribe(null, error -> session.gone(), session::gone);
        return Mono.just(session);
    }

    /** Stops listening; connections stay until they are closed. */
    public void stop() {
        sockets.stop();
    }

    /** Frames on TCP: three bytes of length, then the frame. */
    private static final class LengthFraming implements FrameConnection.Framing {
        @Override
        public Object outbound(ByteBufAllocator alloc, ByteBuf frame) {
            return FrameLengthCodec.encode(alloc, frame.readableBytes(), frame);
        }

        @Override
        public ByteBuf inbound(ByteBuf received) {
            return FrameLengthCodec.frame(received);
        }

        @Override
        public Object farewell() {
            return Unpooled.EMPTY_BUFFER;
        }
    }

    /** Frames on WebSocket: one binary message each. */
    private static final class MessageFraming implements FrameConnection.Framing {
        @Override
        public Object outbound(ByteBufAllocator alloc, ByteBuf frame) {
            return new BinaryWebSocketFrame(frame);
        }

        @Override
        public ByteBuf inbound(ByteBuf received) {
            return received;
        }

        @Override
        public Object farewell() {
            return new CloseWebSocketFrame(WebSocketCloseStatus.POLICY_VIOLATION);
        }
    }
}
