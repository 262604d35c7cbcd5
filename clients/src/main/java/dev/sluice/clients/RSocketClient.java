package dev.sluice.clients;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.core.RSocketConnector;
import io.rsocket.exceptions.ApplicationErrorException;
import io.rsocket.exceptions.RejectedException;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.metadata.WellKnownMimeType;
import io.rsocket.transport.ClientTransport;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.client.WebsocketClientTransport;
import io.rsocket.util.ByteBufPayload;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A connection to a broker's RSocket interface, over TCP or WebSocket, with JSON data. Everything is lazy and may be
 * subscribed to many times at once; a stream is asked for no more than its subscriber requests. A refusal by the broker
 * arrives as {@link CommandError} with the text that a RESP client would read, except where a method says otherwise.
 */
public final class RSocketClient implements AutoCloseable {
    private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(20);
    private static final Duration KEEP_ALIVE_LIFETIME = Duration.ofSeconds(90);

    /** A frame on the wire; larger payloads are sent in fragments of this size. */
    private static final int FRAGMENT_BYTES = 1 << 20;

    private static final int INBOUND_PAYLOAD_BYTES_MAX = 64 << 20;

    private final RSocket socket;

    private RSocketClient(RSocket socket) {
        this.socket = socket;
    }

    /** A broker's TCP port. */
    public static Connector tcp(String host, int port) {
        return new Connector(() -> TcpClientTransport.create(host, port), Unpooled.EMPTY_BUFFER);
    }

    /** A broker's WebSocket address: {@code ws://host:port/rsocket}. */
    public static Connector webSocket(URI address) {
        return new Connector(() -> WebsocketClientTransport.create(address), Unpooled.EMPTY_BUFFER);
    }

    /** How to connect; immutable. */
    public static final class Connector {
        private final Supplier<ClientTransport> transport;
        private final ByteBuf setupMetadata;

        private Connector(Supplier<ClientTransport> transport, ByteBuf setupMetadata) {
            this.transport = transport;
            this.setupMetadata = setupMetadata;
        }

        /** Authenticates with a name and a password when connecting. */
        public Connector user(String name, String password) {
            return new Connector(transport, kept(Metadata.simple(name, password)));
        }

        /** Authenticates with a token when connecting. */
        public Connector bearer(String token) {
            return new Connector(transport, kept(Metadata.bearer(token)));
        }

        /** A copy on the heap, which nobody needs to release. */
        private static ByteBuf kept(ByteBuf pooled) {
            try {
                return Unpooled.copiedBuffer(pooled);
            } finally {
                pooled.release();
            }
        }

        /**
         * Connects. A refusal of the authentication shows as an error of the first request and of {@link #closed()},
         * for RSocket does not confirm a connection.
         */
        public Mono<RSocketClient> connect() {
            return RSocketConnector.create()
                    .metadataMimeType(WellKnownMimeType.MESSAGE_RSOCKET_COMPOSITE_METADATA.getString())
                    .dataMimeType(WellKnownMimeType.APPLICATION_JSON.getString())
                    .setupPayload(
                            Mono.fromSupplier(() -> ByteBufPayload.create(Unpooled.EMPTY_BUFFER, setupMetadata.copy())))
                    .keepAlive(KEEP_ALIVE_INTERVAL, KEEP_ALIVE_LIFETIME)
                    .fragment(FRAGMENT_BYTES)
                    .maxInboundPayloadSize(INBOUND_PAYLOAD_BYTES_MAX)
                    .payloadDecoder(PayloadDecoder.ZERO_COPY)
                    .connect(transport)
                    .map(RSocketClient::new);
        }
    }

    /** Runs a command. A refusal is the value {@link Reply.Failure}, as with {@link RespClient#send}. */
    public Mono<Reply> command(Request request) {
        return Mono.defer(() -> socket.requestResponse(commandPayload(request)))
                .map(RSocketClient::reply)
                .onErrorResume(RSocketClient::failure);
    }

    /** Runs a command given as words. */
    public Mono<Reply> command(String... words) {
        return command(Request.of(words));
    }

    /** Runs a command and wants no reply; completes when it is handed over. */
    public Mono<Void> fireAndForget(Request request) {
        return Mono.defer(() -> socket.fireAndForget(commandPayload(request)));
    }

    /**
     * Runs commands one after the other on one channel; replies come in the order of the requests, and demand for them
     * limits how far {@code requests} is read. The first refusal ends the channel as the broker's routes say.
     */
    public Flux<Reply> commands(Publisher<Request> requests) {
        return socket.requestChannel(Flux.from(requests).map(RSocketClient::commandPayload))
                .map(RSocketClient::reply)
                .onErrorMap(RSocketClient::refusal);
    }

    /** Publishes a message; the number of subscribers that it reached. */
    public Mono<Long> publish(String channel, String message) {
        return publish(Bytes.of(channel), Bytes.of(message));
    }

    public Mono<Long> publish(Bytes channel, Bytes message) {
        return Mono.defer(() -> socket.requestResponse(payload("pubsub.publish", json -> {
                    json.writeStartObject();
                    json.writeFieldName("channel");
                    JsonValues.write(json, channel);
                    json.writeFieldName("message");
                    JsonValues.write(json, message);
                    json.writeEndObject();
                })))
                .map(payload -> integer(reply(payload)))
                .onErrorMap(RSocketClient::refusal);
    }

    /** Subscribes to channels with the broker's default for a slow subscriber: it loses the oldest messages. */
    public Flux<Message> subscribe(String... channels) {
        return subscribe(Subscription.to(channels));
    }

    public Flux<Message> subscribe(Subscription subscription) {
        return Flux.defer(() -> socket.requestStream(payload("pubsub.subscribe", subscription::write)))
                .map(payload -> message(reply(payload)))
                .onErrorMap(RSocketClient::refusal);
    }

    /** From which end of a list. */
    public enum ListSide {
        LEFT("left"),
        RIGHT("right");

        private final String text;

        ListSide(String text) {
            this.text = text;
        }
    }

    /**
     * Takes elements from the first list that has one, waiting while all are empty. An element leaves its list only
     * when there is demand for it: {@code request(1)} takes one.
     */
    public Flux<Taken> take(ListSide side, String... keys) {
        return Flux.defer(() -> socket.requestStream(payload("list.take", json -> {
                    json.writeStartObject();
                    writeTexts(json, "keys", List.of(keys));
                    json.writeStringField("side", side.text);
                    json.writeEndObject();
                })))
                .map(payload -> taken(reply(payload)))
                .onErrorMap(RSocketClient::refusal);
    }

    /** Completes when the connection has ended, or fails with what ended it. */
    public Mono<Void> closed() {
        return socket.onClose();
    }

    @Override
    public void close() {
        socket.dispose();
    }

    /** What to subscribe to, and what the broker does when this subscriber is slow; null is the broker's default. */
    public record Subscription(
            List<String> channels,
            List<String> patterns,
            @Nullable String overflow,
            @Nullable Integer buffer) {
        public static Subscription to(String... channels) {
            return new Subscription(List.of(channels), List.of(), null, null);
        }

        public static Subscription toPatterns(String... patterns) {
            return new Subscription(List.of(), List.of(patterns), null, null);
        }

        /** {@code overflow} is one of drop-oldest, drop-newest, latest, throttle, disconnect; {@code buffer} messages. */
        public Subscription whenSlow(String overflow, int buffer) {
            return new Subscription(channels, patterns, overflow, buffer);
        }

        private void write(JsonGenerator json) throws IOException {
            json.writeStartObject();
            writeTexts(json, "channels", channels);
            writeTexts(json, "patterns", patterns);
            if (overflow != null) {
                json.writeStringField("overflow", overflow);
            }
            if (buffer != null) {
                json.writeNumberField("buffer", buffer);
            }
            json.writeEndObject();
        }
    }

    private static void writeTexts(JsonGenerator json, String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private static Payload commandPayload(Request request) {
        return payload("command", json -> {
            json.writeStartArray();
            for (int i = 0; i < request.size(); i++) {
                JsonValues.write(json, request.argument(i));
            }
            json.writeEndArray();
        });
    }

    private static Payload payload(String route, JsonValues.Body body) {
        return ByteBufPayload.create(JsonValues.encode(ByteBufAllocator.DEFAULT, body), Metadata.route(route));
    }

    private static Reply reply(Payload payload) {
        try {
            return JsonValues.decode(payload.sliceData());
        } finally {
            payload.release();
        }
    }

    private static Mono<Reply> failure(Throwable error) {
        return error instanceof ApplicationErrorException refused
                ? Mono.just(Reply.error(String.valueOf(refused.getMessage())))
                : Mono.error(error);
    }

    private static Throwable refusal(Throwable error) {
        return error instanceof ApplicationErrorException || error instanceof RejectedException
                ? new CommandError(String.valueOf(error.getMessage()))
                : error;
    }

    private static Message message(Reply object) {
        Reply missed = JsonValues.field(object, "missed");
        return new Message(
                JsonValues.field(object, "pattern") instanceof Bytes pattern ? pattern : null,
                bytes(object, "channel"),
                bytes(object, "message"),
                missed instanceof Reply.Int count ? count.value() : 0);
    }

    private static Taken taken(Reply object) {
        return new Taken(bytes(object, "key"), bytes(object, "value"));
    }

    private static Bytes bytes(Reply object, String field) {
        if (JsonValues.field(object, field) instanceof Bytes bytes) {
            return bytes;
        }
        throw new IllegalStateException("the broker sent no text '" + field + "': " + object);
    }

    private static long integer(Reply reply) {
        if (reply instanceof Reply.Int number) {
            return number.value();
        }
        throw new IllegalStateException("the broker sent no number: " + reply);
    }
}
