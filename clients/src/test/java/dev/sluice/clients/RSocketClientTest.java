package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.PopRequest;
import dev.sluice.streams.rsocket.RankRequest;
import dev.sluice.streams.rsocket.SubscribeRequest;
import dev.sluice.streams.rsocket.TakeRequest;
import dev.sluice.streams.rsocket.TransactionRequest;
import io.netty.buffer.ByteBuf;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketServer;
import io.rsocket.exceptions.ApplicationErrorException;
import io.rsocket.metadata.AuthMetadataCodec;
import io.rsocket.metadata.CompositeMetadata;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.transport.netty.server.WebsocketServerTransport;
import io.rsocket.util.DefaultPayload;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Against a responder that says what each test wants it to say, and notes what it was asked. */
class RSocketClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<String> asked = new LinkedTransferQueue<>();
    private final BlockingQueue<String> setups = new LinkedTransferQueue<>();
    private final List<Long> demands = new CopyOnWriteArrayList<>();
    private final List<RSocket> peers = new CopyOnWriteArrayList<>();
    private final Responder responder = new Responder();
    private final CloseableChannel server =
            RSocketServer.create(acceptor()).bindNow(TcpServerTransport.create("127.0.0.1", 0));
    private String setup = "";
    private final RSocketClient client = connect(tcp());

    @AfterEach
    void stop() {
        client.close();
        server.dispose();
    }

    @Test
    void aCommandIsAnArrayAndItsReplyAValue() {
        responder.answer = "\"v\"";
        assertThat(client.command("GET", "k").block(PATIENCE)).isEqualTo(Bytes.of("v"));
        assertThat(asked.poll()).isEqualTo("command [\"GET\",\"k\"]");
    }

    @Test
    void everyKindOfValueIsRead() {
        responder.answer = "[1,2.5,null,true,{\"base64\":\"/w==\"},{\"a\":[]},{\"error\":\"ERR x\"},9007199254740993]";
        assertThat(client.command("X").block(PATIENCE))
                .isEqualTo(Reply.array(
                        Reply.integer(1),
                        Reply.decimal(2.5),
                        Reply.Null.STRING,
                        Reply.bool(true),
                        Bytes.of(new byte[] {(byte) 0xff}),
                        Reply.map(Bytes.of("a"), Reply.Array.EMPTY),
                        Reply.error("ERR x"),
                        Reply.integer(9_007_199_254_740_993L)));
    }

    @Test
    void whatIsNotTextTravelsAsBase64() {
        responder.answer = "1";
        client.command(new Request(Bytes.of("SET"), Bytes.of(new byte[] {(byte) 0xc3, 0x28})))
                .block(PATIENCE);
        assertThat(asked.poll()).isEqualTo("command [\"SET\",{\"base64\":\"wyg=\"}]");
    }

    @Test
    void dataMayBeAnotherType() {
        responder.answer = ":7\r\n";
        try (RSocketClient resp3 = connect(tcp().data(MimeType.RESP3))) {
            assertThat(resp3.command("PING").block(PATIENCE)).isEqualTo(Reply.integer(7));
        }
        assertThat(asked.poll()).isEqualTo("command *1\r\n$4\r\nPING\r\n");
        assertThat(setup).startsWith("application/vnd.resp3 ");
    }

    @Test
    void aRefusedCommandIsAFailure() {
        responder.error = "WRONGTYPE no";
        assertThat(client.command("GET", "k").block(PATIENCE)).isEqualTo(Reply.error("WRONGTYPE no"));
    }

    @Test
    void publishSaysHowManyReceived() {
        responder.answer = "3";
        assertThat(client.publish("news", "hé").block(PATIENCE)).isEqualTo(3);
        assertThat(asked.poll()).isEqualTo("pubsub.publish {\"channel\":\"news\",\"message\":\"hé\"}");
        responder.error = "NOPERM no";
        StepVerifier.create(client.publish("news", "x"))
                .expectErrorSatisfies(
                        e -> assertThat(e).isInstanceOf(CommandError.class).hasMessage("NOPERM no"))
                .verify(PATIENCE);
    }

    @Test
    void subscribeDeliversMessagesAndLosses() {
        responder.items = List.of(
                "{\"channel\":\"a\",\"message\":\"1\"}",
                "{\"pattern\":\"b*\",\"channel\":\"bc\",\"message\":{\"base64\":\"/w==\"},\"missed\":4}");
        StepVerifier.create(client.subscribe(
                        new SubscribeRequest(List.of(Bytes.of("a")), List.of(), List.of(), Overflow.LATEST, 8)))
                .expectNext(new Message(null, Bytes.of("a"), Bytes.of("1"), 0))
                .expectNext(new Message(Bytes.of("b*"), Bytes.of("bc"), Bytes.of(new byte[] {(byte) 0xff}), 4))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(asked.poll())
                .isEqualTo(
                        "pubsub.subscribe {\"channels\":[\"a\"],\"patterns\":[],\"shardChannels\":[],\"overflow\":\"latest\",\"buffer\":8}");
    }

    @Test
    void takeAsksForNoMoreThanItsSubscriber() {
        responder.items = List.of("{\"key\":\"q\",\"value\":\"1\"}", "{\"key\":\"q\",\"value\":\"2\"}");
        StepVerifier.create(client.take(TakeRequest.Side.RIGHT, "q", "p"), 1)
                .expectNext(new Taken(Bytes.of("q"), Bytes.of("1")))
                .thenRequest(1)
                .expectNext(new Taken(Bytes.of("q"), Bytes.of("2")))
                .thenCancel()
                .verify(PATIENCE);
        assertThat(asked.poll()).isEqualTo("list.take {\"keys\":[\"q\",\"p\"],\"side\":\"right\"}");
        assertThat(demands).containsExactly(1L, 1L);
    }

    @Test
    void moveHandsOutElements() {
        responder.items = List.of("\"1\"", "{\"base64\":\"/w==\"}");
        StepVerifier.create(client.move("q", "mine"))
                .expectNext(Bytes.of("1"), Bytes.of(new byte[] {(byte) 0xff}))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(asked.poll())
                .isEqualTo("list.move {\"source\":\"q\",\"destination\":\"mine\",\"from\":\"left\",\"to\":\"right\"}");
    }

    @Test
    void popReadsScoresOfAllKinds() {
        responder.items = List.of(
                "{\"key\":\"z\",\"member\":\"a\",\"score\":1.5}",
                "{\"key\":\"z\",\"member\":\"b\",\"score\":2}",
                "{\"key\":\"z\",\"member\":\"c\",\"score\":\"-inf\"}");
        StepVerifier.create(client.pop(PopRequest.Side.MAX, "z").map(Popped::score))
                .expectNext(1.5, 2.0, Double.NEGATIVE_INFINITY)
                .expectComplete()
                .verify(PATIENCE);
        assertThat(asked.poll()).isEqualTo("zset.pop {\"keys\":[\"z\"],\"side\":\"max\"}");
    }

    @Test
    void scanAndWatchAskForWhatTheyWant() {
        responder.items = List.of("\"a\"", "\"b\"");
        StepVerifier.create(client.scan("*"))
                .expectNext(Bytes.of("a"), Bytes.of("b"))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(asked.poll()).isEqualTo("key.scan {\"match\":\"*\",\"count\":100}");
        responder.items =
                List.of("{\"key\":\"a\",\"event\":\"set\"}", "{\"key\":\"a\",\"event\":\"del\",\"missed\":3}");
        StepVerifier.create(client.watchKeys("a", "b*"))
                .expectNext(new KeyEvent(Bytes.of("a"), "set", 0), new KeyEvent(Bytes.of("a"), "del", 3))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(asked.poll()).isEqualTo("key.watch {\"patterns\":[\"a\",\"b*\"],\"events\":[]}");
    }

    @Test
    void rankingsAreReadAsTheyChange() {
        responder.items = List.of("[{\"member\":\"a\",\"score\":2.5,\"rank\":0}]", "[]");
        StepVerifier.create(client.watchTop("board", 10))
                .expectNext(List.of(new Ranked(Bytes.of("a"), 2.5, 0)), List.of())
                .expectComplete()
                .verify(PATIENCE);
        assertThat(asked.poll()).isEqualTo("zset.watch {\"key\":\"board\",\"start\":0,\"stop\":9,\"reverse\":true}");
        responder.items = List.of(
                "{\"rank\":null,\"score\":null,\"before\":[],\"after\":[]}",
                "{\"rank\":1,\"score\":2,\"before\":[{\"member\":\"a\",\"score\":\"inf\",\"rank\":0}],\"after\":[]}");
        StepVerifier.create(client.watchRank(new RankRequest(Bytes.of("board"), Bytes.of("m"), 1, true)))
                .expectNext(
                        new Standing(Standing.ABSENT, Double.NaN, List.of(), List.of()),
                        new Standing(1, 2, List.of(new Ranked(Bytes.of("a"), Double.POSITIVE_INFINITY, 0)), List.of()))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(asked.poll())
                .isEqualTo("zset.rank {\"key\":\"board\",\"member\":\"m\",\"around\":1,\"reverse\":true}");
    }

    @Test
    void aTransactionAnswersAllOrNothing() {
        responder.answer = "[1,{\"error\":\"ERR no\"}]";
        StepVerifier.create(client.transaction(Request.of("INCR", "n"), Request.of("GET")))
                .expectNext(List.of(Reply.integer(1), Reply.error("ERR no")))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(asked.poll()).isEqualTo("transaction {\"commands\":[[\"INCR\",\"n\"],[\"GET\"]],\"watch\":{}}");
        responder.answer = "null";
        TransactionRequest watching = new TransactionRequest(
                List.of(Request.of("PING")), List.of(new TransactionRequest.Watched(Bytes.of("k"), null)));
        StepVerifier.create(client.transaction(watching)).expectComplete().verify(PATIENCE);
        assertThat(asked.poll()).isEqualTo("transaction {\"commands\":[[\"PING\"]],\"watch\":{\"k\":null}}");
        responder.error = "WRONGTYPE no";
        StepVerifier.create(client.transaction(watching))
                .expectErrorSatisfies(
                        e -> assertThat(e).isInstanceOf(CommandError.class).hasMessage("WRONGTYPE no"))
                .verify(PATIENCE);
    }

    @Test
    void aChannelOfCommandsAnswersInOrder() {
        Flux<Request> requests = Flux.range(0, 100).map(i -> Request.of("ECHO", "" + i));
        StepVerifier.create(client.commands(requests).map(Object::toString).collectList())
                .assertNext(replies -> assertThat(replies).hasSize(100).startsWith("ECHO 0", "ECHO 1"))
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void fireAndForgetArrives() throws Exception {
        client.fireAndForget(Request.of("INCR", "n")).block(PATIENCE);
        assertThat(asked.poll(20, TimeUnit.SECONDS)).isEqualTo("command [\"INCR\",\"n\"]");
    }

    @Test
    void authenticatesInSetup() {
        responder.answer = "1";
        client.command("PING").block(PATIENCE);
        assertThat(setup).isEqualTo("application/json message/x.rsocket.composite-metadata.v0");
        try (RSocketClient user = connect(tcp().user("ann", "secret"))) {
            user.command("PING").block(PATIENCE);
            assertThat(setup).endsWith(" simple ann secret");
        }
        try (RSocketClient token = connect(tcp().bearer("t0"))) {
            token.command("PING").block(PATIENCE);
            assertThat(setup).endsWith(" bearer t0");
        }
    }

    @Test
    void aBrokerThatGoesAwayEndsWhatWaits() {
        responder.silent = true;
        StepVerifier.create(client.subscribe("a"))
                .then(() -> peers.forEach(RSocket::dispose))
                .expectError()
                .verify(PATIENCE);
        StepVerifier.create(client.closed().onErrorComplete()).expectComplete().verify(PATIENCE);
    }

    @Test
    void worksOverWebSocket() {
        CloseableChannel web =
                RSocketServer.create(acceptor()).bindNow(WebsocketServerTransport.create("127.0.0.1", 0));
        responder.answer = "\"PONG\"";
        URI address = URI.create("ws://127.0.0.1:" + web.address().getPort() + "/rsocket");
        try (RSocketClient over = connect(RSocketClient.webSocket(address))) {
            assertThat(over.command("PING").block(PATIENCE)).isEqualTo(Bytes.of("PONG"));
        } finally {
            web.dispose();
        }
    }

    private RSocketClient.Connector tcp() {
        return RSocketClient.tcp("127.0.0.1", server.address().getPort());
    }

    /** Connects, and waits until the responder has seen it: a client is connected before its SETUP has arrived. */
    private RSocketClient connect(RSocketClient.Connector connector) {
        RSocketClient connected = connector.connect().block(PATIENCE);
        assertThat(connected).isNotNull();
        try {
            setup = setups.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return connected;
    }

    private SocketAcceptor acceptor() {
        return (payload, sending) -> {
            peers.add(sending);
            setups.add(payload.dataMimeType() + " " + payload.metadataMimeType()
                    + authentication(payload.sliceMetadata()));
            return Mono.just(responder);
        };
    }

    private static String authentication(ByteBuf metadata) {
        for (CompositeMetadata.Entry entry : new CompositeMetadata(metadata, false)) {
            ByteBuf content = entry.getContent();
            return switch (AuthMetadataCodec.readWellKnownAuthType(content)) {
                case SIMPLE ->
                    " simple " + AuthMetadataCodec.readUsername(content).toString(StandardCharsets.UTF_8) + " "
                            + AuthMetadataCodec.readPassword(content).toString(StandardCharsets.UTF_8);
                case BEARER -> " bearer " + new String(AuthMetadataCodec.readBearerTokenAsCharArray(content));
                case UNPARSEABLE_AUTH_TYPE, UNKNOWN_RESERVED_AUTH_TYPE -> "?";
            };
        }
        return "";
    }

    private final class Responder implements RSocket {
        private volatile String answer = "null";
        private volatile String error = "";
        private volatile List<String> items = List.of();
        private volatile boolean silent;

        @Override
        public Mono<Payload> requestResponse(Payload payload) {
            note(payload);
            return error.isEmpty()
                    ? Mono.just(DefaultPayload.create(answer))
                    : Mono.error(new ApplicationErrorException(error));
        }

        @Override
        public Mono<Void> fireAndForget(Payload payload) {
            note(payload);
            return Mono.empty();
        }

        @Override
        public Flux<Payload> requestStream(Payload payload) {
            note(payload);
            return silent
                    ? Sinks.many().unicast().<Payload>onBackpressureBuffer().asFlux()
                    : Flux.fromIterable(items).map(DefaultPayload::create).doOnRequest(demands::add);
        }

        @Override
        public Flux<Payload> requestChannel(Publisher<Payload> payloads) {
            return Flux.from(payloads).map(payload -> {
                String[] words = note(payload).split("[\\[\\],\"]+");
                return DefaultPayload.create("\"" + String.join(" ", Arrays.copyOfRange(words, 1, 3)) + "\"");
            });
        }

        private String note(Payload payload) {
            StringBuilder text = new StringBuilder();
            for (CompositeMetadata.Entry entry : new CompositeMetadata(payload.sliceMetadata(), false)) {
                ByteBuf route = entry.getContent();
                text.append(route.toString(1, route.readableBytes() - 1, StandardCharsets.UTF_8));
            }
            text.append(' ').append(payload.getDataUtf8());
            payload.release();
            asked.add(text.toString());
            return text.toString();
        }
    }
}
