package dev.sluice.broker.net;

import dev.sluice.broker.Broker;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.PayloadLimits;
import dev.sluice.streams.rsocket.Payloads;
import dev.sluice.streams.rsocket.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.core.RSocketConnector;
import io.rsocket.metadata.CompositeMetadataCodec;
import io.rsocket.metadata.TaggingMetadataCodec;
import io.rsocket.metadata.WellKnownMimeType;
import io.rsocket.transport.ClientTransport;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.client.WebsocketClientTransport;
import io.rsocket.util.DefaultPayload;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An rsocket-java client of a broker, on either transport and in any type of data. */
final class RSocketPeer implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(20);

    /** How to come to a broker. */
    enum Transport {
        TCP,
        WEBSOCKET;

        private ClientTransport to(Broker broker) {
            return this == TCP
                    ? TcpClientTransport.create("127.0.0.1", broker.rsocketPort())
                    : WebsocketClientTransport.create(URI.create("ws://127.0.0.1:" + broker.httpPort() + "/rsocket"));
        }
    }

    private final Payloads payloads = new Payloads(PayloadLimits.DEFAULT);
    private final RSocket socket;
    private final MimeType type;

    private RSocketPeer(RSocket socket, MimeType type) {
        this.socket = socket;
        this.type = type;
    }

    static RSocketPeer of(Broker broker) {
        return of(broker, Transport.TCP, MimeType.JSON);
    }

    static RSocketPeer of(Broker broker, Transport transport, MimeType type) {
        RSocket socket = RSocketConnector.create()
                .dataMimeType(type.text())
                .metadataMimeType(RequestMetadata.COMPOSITE)
                .connect(transport.to(broker))
                .block(SOON);
        return new RSocketPeer(Objects.requireNonNull(socket), type);
    }

    /** What a stream answers to a payload; values are as the type of data has them. */
    Flux<Reply> stream(Route route, Reply data) {
        return Flux.defer(() -> socket.requestStream(payload(route, data))).map(this::reply);
    }

    /** As {@link #stream(Route, Reply)}, with the fields of an object as JSON writes it, {@code '} for {@code "}. */
    Flux<Reply> stream(Route route, String json) {
        ByteBuf text = Unpooled.copiedBuffer(json.replace('\'', '"'), java.nio.charset.StandardCharsets.UTF_8);
        return stream(route, payloads.reply(MimeType.JSON, text));
    }

    /** What a request is answered, its fields as JSON writes them, {@code '} for {@code "}. */
    Mono<Reply> ask(Route route, String json) {
        ByteBuf text = Unpooled.copiedBuffer(json.replace('\'', '"'), java.nio.charset.StandardCharsets.UTF_8);
        return ask(route, payloads.reply(MimeType.JSON, text));
    }

    Mono<Reply> ask(Route route, Reply data) {
        return Mono.defer(() -> socket.requestResponse(payload(route, data))).map(this::reply);
    }

    Mono<Reply> command(String... words) {
        List<Reply> items = new ArrayList<>();
        for (String word : words) {
            items.add(Bytes.of(word));
        }
        return Mono.defer(() -> socket.requestResponse(payload(Route.COMMAND, Reply.array(items))))
                .map(this::reply);
    }

    /** The reply to a command, now. */
    Reply now(String... words) {
        return Objects.requireNonNull(command(words).block(SOON));
    }

    private Payload payload(Route route, Reply data) {
        CompositeByteBuf metadata = ByteBufAllocator.DEFAULT.compositeBuffer();
        CompositeMetadataCodec.encodeAndAddMetadata(
                metadata,
                ByteBufAllocator.DEFAULT,
                WellKnownMimeType.MESSAGE_RSOCKET_ROUTING,
                TaggingMetadataCodec.createTaggingContent(ByteBufAllocator.DEFAULT, List.of(route.text())));
        ByteBuf out = Unpooled.buffer();
        payloads.write(type, data, out);
        return DefaultPayload.create(out, metadata);
    }

    private Reply reply(Payload payload) {
        try {
            return payloads.reply(type, payload.sliceData());
        } finally {
            payload.release();
        }
    }

    @Override
    public void close() {
        socket.dispose();
    }
}
