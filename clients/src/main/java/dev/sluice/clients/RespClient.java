package dev.sluice.clients;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;

/**
 * One connection to a Redis-compatible server over RESP3. Requests may be sent from any thread; they are pipelined, and
 * their replies come in the order in which they were subscribed to. Subscriptions share the connection: while one of
 * them has {@value RespLink#MESSAGES_BUFFERED_MAX} messages that its subscriber did not request, nothing is read from
 * the socket, replies neither, so a subscriber that may be slow needs a client of its own.
 */
public final class RespClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(10);

    /** Requests that {@link #sendAll} has under way. */
    private static final int PIPELINE = 256;

    /** Commands after which replies and requests could no longer be told apart, and what to use instead. */
    private static final Set<String> REFUSED = Set.of(
            "SUBSCRIBE",
            "PSUBSCRIBE",
            "SSUBSCRIBE",
            "UNSUBSCRIBE",
            "PUNSUBSCRIBE",
            "SUNSUBSCRIBE",
            "MONITOR",
            "HELLO",
            "RESET",
            "SYNC",
            "PSYNC");

    private final RespLink link;

    private RespClient(RespLink link) {
        this.link = link;
    }

    /** Connects without credentials. */
    public static Mono<RespClient> connect(String host, int port) {
        return connect(host, port, null, null);
    }

    /**
     * Connects, agrees on RESP3 and authenticates. Fails with {@link CommandError} if the server refuses, for instance
     * {@code WRONGPASS ...}. {@code user} may be null where only a password is asked for.
     */
    public static Mono<RespClient> connect(String host, int port, @Nullable String user, @Nullable String password) {
        return TcpClient.newConnection()
                .host(host)
                .port(port)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .connect()
                .flatMap(connection -> greeted(connection, hello(user, password)));
    }

    private static Mono<RespClient> greeted(Connection connection, Request hello) {
        RespLink link = new RespLink(connection);
        return link.send(hello)
                .timeout(HELLO_TIMEOUT)
                .map(reply -> {
                    if (reply instanceof Reply.Failure failure) {
                        throw new CommandError(failure.message());
                    }
                    return new RespClient(link);
                })
                .doOnError(error -> connection.dispose())
                .doOnCancel(connection::dispose);
    }

    private static Request hello(@Nullable String user, @Nullable String password) {
        List<Bytes> words = new ArrayList<>(List.of(Bytes.of("HELLO"), Bytes.of("3")));
        if (password != null) {
            words.add(Bytes.of("AUTH"));
            words.add(Bytes.of(user == null ? "default" : user));
            words.add(Bytes.of(password));
        }
        return Request.of(words);
    }

    /**
     * Sends a request on subscription. An error reply is the value {@link Reply.Failure}; the Mono fails when the
     * connection is lost or too many requests are under way. The arguments must not change until the reply is there.
     */
    public Mono<Reply> send(Request request) {
        String name = request.name().toString().toUpperCase(Locale.ROOT);
        if (REFUSED.contains(name)) {
            return Mono.error(new IllegalArgumentException(
                    name + " cannot be sent as a request: use subscribe, or another connection"));
        }
        return link.send(request);
    }

    /** Sends a request given as words. */
    public Mono<Reply> send(String... words) {
        return send(Request.of(words));
    }

    /** Sends requests pipelined; replies in order, and demand for them limits how far {@code requests} is read. */
    public Flux<Reply> sendAll(Publisher<Request> requests) {
        return Flux.from(requests).flatMapSequential(this::send, PIPELINE);
    }

    /** Messages of channels. Cancelling unsubscribes from those that nobody else here listens to. */
    public Flux<Message> subscribe(String... channels) {
        return link.subscribe(RespLink.Kind.CHANNEL, bytes(channels), () -> {});
    }

    /** The same; {@code whenSubscribed} runs once the server has confirmed all of them, and must not block. */
    public Flux<Message> subscribe(Runnable whenSubscribed, String... channels) {
        return link.subscribe(RespLink.Kind.CHANNEL, bytes(channels), whenSubscribed);
    }

    /** Messages of all channels that match one of the patterns. */
    public Flux<Message> psubscribe(String... patterns) {
        return link.subscribe(RespLink.Kind.PATTERN, bytes(patterns), () -> {});
    }

    /** The same; {@code whenSubscribed} runs once the server has confirmed all of them, and must not block. */
    public Flux<Message> psubscribe(Runnable whenSubscribed, String... patterns) {
        return link.subscribe(RespLink.Kind.PATTERN, bytes(patterns), whenSubscribed);
    }

    /**
     * Every push of the connection as it comes, those of subscriptions too. Hot: nothing is kept for a subscriber that
     * has not requested it.
     */
    public Flux<Reply.Push> pushes() {
        return link.pushes();
    }

    /** Messages that wait for the subscriber who is furthest behind. */
    int mostBuffered() {
        return link.mostBuffered();
    }

    /** Completes when the connection has ended. */
    public Mono<Void> closed() {
        return link.closed();
    }

    /** Ends the connection; whatever waits fails. */
    @Override
    public void close() {
        link.close();
    }

    private static List<Bytes> bytes(String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("at least one name");
        }
        return Arrays.stream(names).map(Bytes::of).toList();
    }
}
