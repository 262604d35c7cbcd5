package dev.sluice.clients;

import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.rsocket.KeyWatchRequest;
import dev.sluice.streams.rsocket.LockRequest;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.MoveRequest;
import dev.sluice.streams.rsocket.PayloadLimits;
import dev.sluice.streams.rsocket.Payloads;
import dev.sluice.streams.rsocket.PopRequest;
import dev.sluice.streams.rsocket.PublishRequest;
import dev.sluice.streams.rsocket.RangeRequest;
import dev.sluice.streams.rsocket.RankRequest;
import dev.sluice.streams.rsocket.Route;
import dev.sluice.streams.rsocket.ScanRequest;
import dev.sluice.streams.rsocket.SubscribeRequest;
import dev.sluice.streams.rsocket.TakeRequest;
import dev.sluice.streams.rsocket.TransactionRequest;
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
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A connection to a broker's RSocket interface, over TCP or WebSocket; data is JSON unless said otherwise. Everything is lazy and may be
 * subscribed to many times at once; a stream is asked for no more than its subscriber requests. A refusal by the broker
 * arrives as {@link CommandError} with the text that a RESP client would read, except where a method says otherwise.
 */
public final class RSocketClient implements AutoCloseable {
    private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(20);
    private static final Duration KEEP_ALIVE_LIFETIME = Duration.ofSeconds(90);

    /** A frame on the wire; larger payloads are sent in fragments of this size. */
    private static final int FRAGMENT_BYTES = 1 << 20;

    private static final int INBOUND_PAYLOAD_BYTES_MAX = 64 << 20;

    private final Payloads payloads = new Payloads(PayloadLimits.DEFAULT);
    private final RSocket socket;
    private final MimeType type;

    private RSocketClient(RSocket socket, MimeType type) {
        this.socket = socket;
        this.type = type;
    }

    /** A broker's TCP port. */
    public static Connector tcp(String host, int port) {
        return new Connector(() -> TcpClientTransport.create(host, port), MimeType.JSON, Unpooled.EMPTY_BUFFER);
    }

    /** A broker's WebSocket address: {@code ws://host:port/rsocket}. */
    public static Connector webSocket(URI address) {
        return new Connector(() -> WebsocketClientTransport.create(address), MimeType.JSON, Unpooled.EMPTY_BUFFER);
    }

    /** How to connect; immutable. */
    public static final class Connector {
        private final Supplier<ClientTransport> transport;
        private final MimeType type;
        private final ByteBuf setupMetadata;

        private Connector(Supplier<ClientTransport> transport, MimeType type, ByteBuf setupMetadata) {
            this.transport = transport;
            this.type = type;
            this.setupMetadata = setupMetadata;
        }

        /** What data is written in, both ways. */
        public Connector data(MimeType type) {
            return new Connector(transport, type, setupMetadata);
        }

        /** Authenticates with a name and a password when connecting. */
        public Connector user(String name, String password) {
            return new Connector(transport, type, kept(Metadata.simple(name, password)));
        }

        /** Authenticates with a token when connecting. */
        public Connector bearer(String token) {
            return new Connector(transport, type, kept(Metadata.bearer(token)));
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
                    .dataMimeType(type.text())
                    .setupPayload(
                            Mono.fromSupplier(() -> ByteBufPayload.create(Unpooled.EMPTY_BUFFER, setupMetadata.copy())))
                    .keepAlive(KEEP_ALIVE_INTERVAL, KEEP_ALIVE_LIFETIME)
                    .fragment(FRAGMENT_BYTES)
                    .maxInboundPayloadSize(INBOUND_PAYLOAD_BYTES_MAX)
                    .payloadDecoder(PayloadDecoder.ZERO_COPY)
                    .connect(transport)
                    .map(socket -> new RSocketClient(socket, type));
        }
    }

    /** Runs a command. A refusal is the value {@link Reply.Failure}, as with {@link RespClient#send}. */
    public Mono<Reply> command(Request request) {
        return Mono.defer(() -> socket.requestResponse(payload(Route.COMMAND, array(request))))
                .map(this::reply)
                .onErrorResume(RSocketClient::failure);
    }

    /** Runs a command given as words. */
    public Mono<Reply> command(String... words) {
        return command(Request.of(words));
    }

    /** Runs a command and wants no reply; completes when it is handed over. */
    public Mono<Void> fireAndForget(Request request) {
        return Mono.defer(() -> socket.fireAndForget(payload(Route.COMMAND, array(request))));
    }

    /**
     * Runs commands one after the other on one channel; replies come in the order of the requests, and demand for them
     * limits how far {@code requests} is read.
     */
    public Flux<Reply> commands(Publisher<Request> requests) {
        return socket.requestChannel(Flux.from(requests).map(request -> payload(Route.COMMAND, array(request))))
                .map(this::reply)
                .onErrorMap(RSocketClient::refusal);
    }

    /**
     * Runs commands as one. The replies, errors among them; empty if a watched key is not as the request says, and
     * nothing has run.
     */
    public Mono<List<Reply>> transaction(TransactionRequest request) {
        return Mono.defer(() -> socket.requestResponse(payload(Route.TRANSACTION, request.payload())))
                .mapNotNull(payload -> reply(payload) instanceof Reply.Array(List<Reply> replies) ? replies : null)
                .onErrorMap(RSocketClient::refusal);
    }

    /** As {@link #transaction(TransactionRequest)}, whatever was there before. */
    public Mono<List<Reply>> transaction(Request... commands) {
        return transaction(new TransactionRequest(List.of(commands), List.of()));
    }

    /** Publishes a message; the number of subscribers that it reached. */
    public Mono<Long> publish(String channel, String message) {
        return publish(Bytes.of(channel), Bytes.of(message));
    }

    public Mono<Long> publish(Bytes channel, Bytes message) {
        PublishRequest request = new PublishRequest(channel, message);
        return Mono.defer(() -> socket.requestResponse(payload(Route.PUBSUB_PUBLISH, request.payload())))
                .map(payload -> integer(reply(payload)))
                .onErrorMap(RSocketClient::refusal);
    }

    /** Subscribes to channels; while there is no demand, {@code drop-oldest} with the default buffer. */
    public Flux<Message> subscribe(String... channels) {
        return subscribe(new SubscribeRequest(
                bytes(channels), List.of(), List.of(), Overflow.DROP_OLDEST, SubscribeRequest.BUFFER_MESSAGES_DEFAULT));
    }

    public Flux<Message> subscribe(SubscribeRequest request) {
        return stream(Route.PUBSUB_SUBSCRIBE, request.payload()).map(RSocketClient::message);
    }

    /**
     * Takes elements from the first list that has one, waiting while all are empty. An element leaves its list only
     * when there is demand for it: {@code request(1)} takes one.
     */
    public Flux<Taken> take(TakeRequest.Side side, String... keys) {
        return stream(Route.LIST_TAKE, new TakeRequest(bytes(keys), side).payload())
                .map(object -> new Taken(text(object, "key"), text(object, "value")));
    }

    /**
     * Moves elements from one list to another and hands them out, waiting while the first is empty: a queue from which a
     * worker that dies loses nothing. An element moves only when there is demand for it.
     */
    public Flux<Bytes> move(MoveRequest request) {
        return stream(Route.LIST_MOVE, request.payload()).map(RSocketClient::text);
    }

    /** As {@link #move(MoveRequest)}, from the left end to the right end, which keeps the order. */
    public Flux<Bytes> move(String source, String destination) {
        return move(new MoveRequest(
                Bytes.of(source), Bytes.of(destination), TakeRequest.Side.LEFT, TakeRequest.Side.RIGHT));
    }

    /**
     * Takes the members with the lowest or highest scores from the first sorted set that has one, waiting while all are
     * empty; one when there is demand for it.
     */
    public Flux<Popped> pop(PopRequest.Side side, String... keys) {
        return stream(Route.ZSET_POP, new PopRequest(bytes(keys), side).payload())
                .map(object -> new Popped(text(object, "key"), text(object, "member"), decimal(object, "score")));
    }

    /** All keys, or those that the request wants: each that is there all the time, some perhaps twice; as demand has it. */
    public Flux<Bytes> scan(ScanRequest request) {
        return stream(Route.KEY_SCAN, request.payload()).map(RSocketClient::text);
    }

    /** As {@link #scan(ScanRequest)}, those whose names match a pattern. */
    public Flux<Bytes> scan(String match) {
        return scan(new ScanRequest(Bytes.of(match), null, ScanRequest.COUNT_DEFAULT));
    }

    /** What happens to keys whose names match one of the patterns, whatever {@code notify-keyspace-events} says. */
    public Flux<KeyEvent> watchKeys(String... patterns) {
        return watchKeys(new KeyWatchRequest(bytes(patterns), List.of()));
    }

    public Flux<KeyEvent> watchKeys(KeyWatchRequest request) {
        return stream(Route.KEY_WATCH, request.payload())
                .map(object ->
                        new KeyEvent(text(object, "key"), text(object, "event").toString(), missed(object)));
    }

    /**
     * A range of a sorted set by rank, now and whenever it has changed; while there is no demand only the newest is kept.
     */
    public Flux<List<Ranked>> watchRange(RangeRequest request) {
        return stream(Route.ZSET_WATCH, request.payload()).map(RSocketClient::ranked);
    }

    /** As {@link #watchRange(RangeRequest)}, the members with the highest scores. */
    public Flux<List<Ranked>> watchTop(String key, int members) {
        return watchRange(new RangeRequest(Bytes.of(key), 0, members - 1, true));
    }

    /** A member's rank, score and neighbours in a sorted set, as {@link #watchRange}. */
    public Flux<Standing> watchRank(RankRequest request) {
        return stream(Route.ZSET_RANK, request.payload()).map(RSocketClient::standing);
    }

    /**
     * Holds a lock: its fencing token once it is held, and then nothing until the stream is cancelled, which gives it back.
     * Completes without a token if the lock cannot be had in the time, fails when it has been lost.
     *
     * @param request with an owner that nobody else goes by
     */
    public Flux<Long> lock(LockRequest request) {
        return stream(Route.LOCK_HOLD, request.payload()).map(object -> integer(field(object, "token")));
    }

    /** Completes when the connection has ended, or fails with what ended it. */
    public Mono<Void> closed() {
        return socket.onClose();
    }

    @Override
    public void close() {
        socket.dispose();
    }

    private Flux<Reply> stream(Route route, Reply data) {
        return Flux.defer(() -> socket.requestStream(payload(route, data)))
                .map(this::reply)
                .onErrorMap(RSocketClient::refusal);
    }

    private static Reply array(Request request) {
        List<Reply> items = new ArrayList<>(request.size());
        for (int i = 0; i < request.size(); i++) {
            items.add(request.argument(i));
        }
        return Reply.array(items);
    }

    private static List<Bytes> bytes(String... texts) {
        return Arrays.stream(texts).map(Bytes::of).toList();
    }

    private Payload payload(Route route, Reply data) {
        ByteBuf out = ByteBufAllocator.DEFAULT.buffer();
        payloads.write(type, data, out);
        return ByteBufPayload.create(out, Metadata.route(route.text()));
    }

    private Reply reply(Payload payload) {
        try {
            return payloads.reply(type, payload.sliceData());
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
        return new Message(
                field(object, "pattern") instanceof Bytes pattern ? pattern : null,
                text(object, "channel"),
                text(object, "message"),
                missed(object));
    }

    private static long missed(Reply object) {
        return field(object, "missed") instanceof Reply.Int(long count) ? count : 0;
    }

    private static List<Ranked> ranked(Reply members) {
        if (!(members instanceof Reply.Array(List<Reply> items))) {
            throw new IllegalStateException("the broker sent no array: " + members);
        }
        return items.stream()
                .map(member ->
                        new Ranked(text(member, "member"), decimal(member, "score"), integer(field(member, "rank"))))
                .toList();
    }

    private static Standing standing(Reply object) {
        boolean absent = field(object, "rank") instanceof Reply.Null;
        return new Standing(
                absent ? Standing.ABSENT : integer(field(object, "rank")),
                absent ? Double.NaN : decimal(object, "score"),
                ranked(field(object, "before")),
                ranked(field(object, "after")));
    }

    private static Bytes text(Reply object, String name) {
        return text(field(object, name));
    }

    private static Bytes text(Reply reply) {
        if (reply instanceof Bytes bytes) {
            return bytes;
        }
        throw new IllegalStateException("the broker sent no text: " + reply);
    }

    /** A number; one that is too large for JSON's comes as text. */
    private static double decimal(Reply object, String name) {
        return switch (field(object, name)) {
            case Reply.Decimal(double value) -> value;
            case Reply.Int(long value) -> value;
            case Bytes digits -> Numbers.strtod(digits);
            case Reply other -> throw new IllegalStateException("the broker sent no number '" + name + "': " + other);
        };
    }

    private static Reply field(Reply object, String name) {
        if (object instanceof Reply.Map map) {
            for (int i = 0; i < map.pairs().size(); i += 2) {
                if (map.pairs().get(i) instanceof Bytes key && key.toString().equals(name)) {
                    return map.pairs().get(i + 1);
                }
            }
        }
        return Reply.Null.STRING;
    }

    private static long integer(Reply reply) {
        if (reply instanceof Reply.Int number) {
            return number.value();
        }
        throw new IllegalStateException("the broker sent no number: " + reply);
    }
}
