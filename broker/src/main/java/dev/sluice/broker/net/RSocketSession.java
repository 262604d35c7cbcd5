package dev.sluice.broker.net;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.ranking.Ranking;
import dev.sluice.broker.session.KeyEvents;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Transaction;
import dev.sluice.streams.flow.Delivery;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.rsocket.Fields;
import dev.sluice.streams.rsocket.KeyWatchRequest;
import dev.sluice.streams.rsocket.Line;
import dev.sluice.streams.rsocket.LockRequest;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.MoveRequest;
import dev.sluice.streams.rsocket.PopRequest;
import dev.sluice.streams.rsocket.PublishRequest;
import dev.sluice.streams.rsocket.RangeRequest;
import dev.sluice.streams.rsocket.RankRequest;
import dev.sluice.streams.rsocket.Route;
import dev.sluice.streams.rsocket.ScanRequest;
import dev.sluice.streams.rsocket.SharedReply;
import dev.sluice.streams.rsocket.SubscribeRequest;
import dev.sluice.streams.rsocket.TakeRequest;
import dev.sluice.streams.rsocket.TransactionRequest;
import io.netty.buffer.ByteBuf;
import io.rsocket.ConnectionSetupPayload;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.exceptions.ApplicationErrorException;
import io.rsocket.util.ByteBufPayload;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One RSocket connection: its requests by route. Each is a call or a stream of its own; what they share is who the
 * connection is. All on the keyspace loop.
 */
final class RSocketSession implements RSocket, Session.Connection {
    private static final Bytes PUBLISH = Bytes.of("PUBLISH");
    private static final int FIRST_BUFFER_BYTES = 256;

    private final RSocketListener.Shared shared;
    private final FrameConnection frames;
    private final Session session;
    private String metadataType = RequestMetadata.COMPOSITE;
    private MimeType dataType = MimeType.JSON;
    private int streams;
    private final Set<SubscribeStream> subscribers = new LinkedHashSet<>();

    RSocketSession(RSocketListener.Shared shared, FrameConnection frames) {
        this.shared = shared;
        this.frames = frames;
        this.session = shared.sessions().open(this, shared.time().epochMillis());
        session.protocol(3);
    }

    /** Takes what SETUP says of types and of who connects, or refuses it. */
    void setUp(ConnectionSetupPayload setup) {
        MimeType type = MimeType.named(setup.dataMimeType());
        if (type == null) {
            throw new CommandError("ERR the data type of SETUP must be one of " + RequestMetadata.supported());
        }
        dataType = type;
        metadataType = setup.metadataMimeType();
        if (!metadataType.equals(RequestMetadata.COMPOSITE) && !metadataType.equals(RequestMetadata.ROUTING)) {
            throw new CommandError("ERR the metadata type of SETUP must be " + RequestMetadata.COMPOSITE + " or "
                    + RequestMetadata.ROUTING);
        }
        RequestMetadata metadata = RequestMetadata.read(metadataType, setup.sliceMetadata());
        if (metadata.credentials() != null) {
            authenticate(session, metadata.credentials());
        }
    }

    private void authenticate(Session who, RequestMetadata.Credentials credentials) {
        Bytes user = credentials.user();
        if (user == null) {
            throw new CommandError("WRONGPASS invalid username-password pair or user is disabled.");
        }
        shared.users().authenticate(who, user, credentials.secret());
    }

    /** A request as it was read: for what, by whom, and what its answer is written in. */
    private record Asked(Route route, Session who, MimeType in, MimeType out, ByteBuf data) {}

    private Asked read(Payload payload) {
        RequestMetadata metadata = RequestMetadata.read(metadataType, payload.sliceMetadata());
        if (metadata.route() == null) {
            throw new CommandError("ERR the request names no route");
        }
        Session who = session;
        if (metadata.credentials() != null) {
            who = shared.sessions().guest(this, shared.time().epochMillis());
            who.protocol(3);
            authenticate(who, metadata.credentials());
        }
        MimeType in = metadata.dataType() == null ? dataType : metadata.dataType();
        MimeType out = metadata.acceptedType() == null ? in : metadata.acceptedType();
        return new Asked(Route.named(metadata.route()), who, in, out, payload.sliceData());
    }

    private static ApplicationErrorException failure(String message) {
        return new ApplicationErrorException(Line.of(message));
    }

    private static ApplicationErrorException failure(CommandError error) {
        return failure(String.valueOf(error.getMessage()));
    }

    private static CommandError wrongModel(Route route) {
        return new CommandError("ERR the route '" + route.text() + "' has another interaction model");
    }

    @Override
    public Mono<Payload> requestResponse(Payload payload) {
        try {
            Asked asked = read(payload);
            return answer(single(asked), asked.out(), true);
        } catch (CommandError refused) {
            return Mono.error(failure(refused));
        } finally {
            payload.release();
        }
    }

    private Reply single(Asked asked) {
        return asked.route() == Route.TRANSACTION
                ? transaction(asked)
                : shared.dispatcher().run(asked.who(), request(asked));
    }

    private Reply transaction(Asked asked) {
        requireAuthentication(asked.who());
        TransactionRequest transaction = TransactionRequest.of(fields(asked));
        List<Transaction.Expected> expected =
                new ArrayList<>(transaction.watch().size());
        for (TransactionRequest.Watched watched : transaction.watch()) {
            expected.add(new Transaction.Expected(watched.key(), watched.digest()));
        }
        return shared.dispatcher().transaction(asked.who(), transaction.commands(), expected);
    }

    /** The command that a single request stands for; its arguments outlive the payload. */
    private Request request(Asked asked) {
        return switch (asked.route()) {
            case COMMAND -> shared.payloads().command(asked.in(), asked.data());
            case PUBSUB_PUBLISH -> publish(asked.in(), asked.data());
            case PUBSUB_SUBSCRIBE,
                    LIST_TAKE,
                    LIST_MOVE,
                    ZSET_POP,
                    KEY_SCAN,
                    KEY_WATCH,
                    ZSET_WATCH,
                    ZSET_RANK,
                    TRANSACTION,
                    LOCK_HOLD -> throw wrongModel(asked.route());
        };
    }

    private Request publish(MimeType type, ByteBuf data) {
        PublishRequest publish = PublishRequest.of(shared.payloads().fields(type, data));
        return new Request(PUBLISH, publish.channel(), publish.message());
    }

    /** A refusal is an error signal, or a value where other answers follow. */
    private Mono<Payload> answer(Reply reply, MimeType type, boolean single) {
        if (reply instanceof Reply.Later later) {
            return countStream(later.reply().map(late -> payload(late, type)).flux())
                    .next();
        }
        if (single && reply instanceof Reply.Failure(String message)) {
            return Mono.error(failure(message));
        }
        return Mono.just(payload(reply, type));
    }

    private Payload payload(Reply reply, MimeType type) {
        ByteBuf out = frames.alloc().buffer(FIRST_BUFFER_BYTES);
        try {
            shared.payloads().write(type, reply, out);
        } catch (RuntimeException failed) {
            out.release();
            throw failed;
        } finally {
            reply.release();
        }
        return ByteBufPayload.create(out);
    }

    private Payload payload(SharedReply reply, MimeType type) {
        ByteBuf out = frames.alloc().buffer(FIRST_BUFFER_BYTES);
        shared.payloads().write(type, reply, out);
        return ByteBufPayload.create(out);
    }

    private Payload payload(Delivery<Published> delivery, MimeType type) {
        ByteBuf out = frames.alloc().buffer(FIRST_BUFFER_BYTES);
        shared.payloads().write(type, delivery, out);
        return ByteBufPayload.create(out);
    }

    @Override
    public Mono<Void> fireAndForget(Payload payload) {
        try {
            Asked asked = read(payload);
            forget(asked.route(), shared.dispatcher().run(asked.who(), request(asked)));
        } catch (CommandError refused) {
            shared.traffic().forgottenFailed();
        } finally {
            payload.release();
        }
        return Mono.empty();
    }

    /** Nobody waits for the reply: so for a subscriber that throttles the connection itself is not read from. */
    private void forget(Route route, Reply reply) {
        if (!(reply instanceof Reply.Later(var later))) {
            reply.release();
        } else if (route == Route.PUBSUB_PUBLISH) {
            frames.holdReading();
            later.subscribe(Reply::release, failed -> frames.goOnReading(), frames::goOnReading);
        } else {
            shared.traffic().forgottenFailed();
        }
    }

    @Override
    public Flux<Payload> requestStream(Payload payload) {
        try {
            Asked asked = read(payload);
            requireAuthentication(asked.who());
            shared.dispatcher().requireLoaded();
            return countStream(stream(asked));
        } catch (CommandError refused) {
            return Flux.error(failure(refused));
        } finally {
            payload.release();
        }
    }

    private Flux<Payload> stream(Asked asked) {
        return switch (asked.route()) {
            case PUBSUB_SUBSCRIBE ->
                SubscribeStream.open(shared, frames, this, SubscribeRequest.of(fields(asked)))
                        .map(delivery -> payload(delivery, asked.out()));
            case LIST_TAKE ->
                replies(asked, CallStream.take(shared, frames, asked.who(), TakeRequest.of(fields(asked))));
            case LIST_MOVE ->
                replies(asked, CallStream.move(shared, frames, asked.who(), MoveRequest.of(fields(asked))));
            case ZSET_POP -> replies(asked, CallStream.pop(shared, frames, asked.who(), PopRequest.of(fields(asked))));
            case KEY_SCAN ->
                replies(asked, ScanStream.open(shared, frames, asked.who(), ScanRequest.of(fields(asked))));
            case KEY_WATCH ->
                replies(
                        asked,
                        KeyWatchStream.open(shared, frames, asked.who(), KeyWatchRequest.of(fields(asked)))
                                .map(RSocketSession::happened));
            case ZSET_WATCH -> {
                RangeRequest request = RangeRequest.of(fields(asked));
                yield ranking(
                        asked, ready -> shared.rankings().watch(asked.who().database(), request, ready));
            }
            case ZSET_RANK -> {
                RankRequest request = RankRequest.of(fields(asked));
                yield ranking(
                        asked, ready -> shared.rankings().watch(asked.who().database(), request, ready));
            }
            case LOCK_HOLD -> replies(asked, LockStream.open(shared, asked.who(), LockRequest.of(fields(asked))));
            case COMMAND, PUBSUB_PUBLISH, TRANSACTION -> throw wrongModel(asked.route());
        };
    }

    private Flux<Payload> ranking(Asked asked, Function<Runnable, Ranking> watch) {
        return RankingStream.open(shared, frames, watch).map(reply -> payload(reply, asked.out()));
    }

    private static Reply happened(Delivery<KeyEvents.KeyEvent> delivery) {
        KeyEvents.KeyEvent event = delivery.message();
        return KeyWatchRequest.happened(event.key(), event.event(), delivery.missed());
    }

    private Fields fields(Asked asked) {
        return shared.payloads().fields(asked.in(), asked.data());
    }

    private Flux<Payload> replies(Asked asked, Flux<Reply> replies) {
        return replies.map(reply -> payload(reply, asked.out()));
    }

    private void requireAuthentication(Session who) {
        if (shared.users().hasPassword() && !who.isAuthenticated()) {
            throw new CommandError("NOAUTH Authentication required.");
        }
    }

    /** Lets no more streams be open than the settings allow. */
    private <T> Flux<T> countStream(Flux<T> stream) {
        return Flux.defer(() -> {
            if (streams >= shared.settings().number(Setting.RSOCKET_STREAMS_MAX)) {
                return Flux.error(failure("ERR too many streams are open on this connection"));
            }
            streams++;
            return stream.onErrorMap(CommandError.class, RSocketSession::failure)
                    .doFinally(end -> streams--);
        });
    }

    /** One answer a payload, in order; the demand on answers is what payloads are asked for by. */
    @Override
    public Flux<Payload> requestChannel(Publisher<Payload> payloads) {
        return Flux.defer(() -> {
            Channel channel = new Channel();
            return countStream(Flux.from(payloads).concatMap(channel::next, 1));
        });
    }

    /** A channel: its first payload says the route and who asks, for all of them. */
    private final class Channel {
        private @Nullable Asked opened;

        Mono<Payload> next(Payload payload) {
            try {
                Asked asked = opened;
                if (asked == null) {
                    opened = asked = open(payload);
                }
                return answer(asked, payload);
            } catch (CommandError refused) {
                return Mono.error(failure(refused));
            } finally {
                payload.release();
            }
        }

        private Asked open(Payload payload) {
            Asked asked = read(payload);
            if (asked.route() != Route.COMMAND && asked.route() != Route.PUBSUB_PUBLISH) {
                throw wrongModel(asked.route());
            }
            return asked;
        }

        /** A refusal of one command is an answer like others, and the channel goes on. */
        private Mono<Payload> answer(Asked asked, Payload payload) {
            ByteBuf data = payload.sliceData();
            Request request;
            try {
                request = asked.route() == Route.COMMAND
                        ? shared.payloads().command(asked.in(), data)
                        : publish(asked.in(), data);
            } catch (CommandError refused) {
                return Mono.just(RSocketSession.this.payload(refused.reply(), asked.out()));
            }
            Reply reply = shared.dispatcher().run(asked.who(), request);
            return RSocketSession.this.answer(reply, asked.out(), false);
        }
    }

    /** The connection is gone: nothing of it stays. */
    void gone() {
        shared.sessions().close(session);
    }

    @Override
    public String address() {
        return text(frames.remoteAddress());
    }

    @Override
    public String localAddress() {
        return text(frames.localAddress());
    }

    private static String text(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(address);
    }

    @Override
    public boolean isLocal() {
        return frames.remoteAddress() instanceof InetSocketAddress inet
                && inet.getAddress().isLoopbackAddress();
    }

    @Override
    public String wire() {
        return "rsocket";
    }

    /** A subscription is a stream here, and has an outbox of its own; the session itself never subscribes. */
    @Override
    public void deliver(Published message) {
        throw new IllegalStateException("an RSocket session has no subscriptions of its own");
    }

    @Override
    public void push(Reply reply) {
        reply.release();
    }

    @Override
    public void close(boolean graceful) {
        frames.dispose();
    }

    @Override
    public long inputBytes() {
        return 0;
    }

    @Override
    public List<Session.Pushes> pushes(long nowMs) {
        List<Session.Pushes> all = new ArrayList<>(subscribers.size());
        subscribers.forEach(stream -> all.add(stream.pushes(nowMs)));
        return all;
    }

    @Override
    public void overflow(@Nullable Overflow overflow, int messagesMax) {
        throw new IllegalStateException("each RSocket subscription has a policy of its own");
    }

    /** The streams that subscribe, which enter and leave it themselves. */
    Set<SubscribeStream> subscribers() {
        return subscribers;
    }

    @Override
    public Session.Usage usage() {
        return new Session.Usage(0, 0, 0, 0, frames.bytesRead(), frames.bytesWritten());
    }

    @Override
    public boolean isUnixSocket() {
        return false;
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public long outputBytesMax() {
        return Long.MAX_VALUE;
    }

    @Override
    public long outputBytes() {
        return frames.pendingBytes();
    }
}
