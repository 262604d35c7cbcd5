package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.core.RSocketConnector;
import io.rsocket.exceptions.RejectedSetupException;
import io.rsocket.metadata.CompositeMetadataCodec;
import io.rsocket.metadata.TaggingMetadataCodec;
import io.rsocket.metadata.WellKnownMimeType;
import io.rsocket.transport.netty.client.WebsocketClientTransport;
import io.rsocket.util.DefaultPayload;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class HttpListenerTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newHttpClient();
    private Broker broker = Broker.start(Settings.of(), Ports.any());
    private @Nullable RSocket client;

    @AfterEach
    void close() {
        if (client != null) {
            client.dispose();
        }
        http.shutdownNow();
        broker.close();
    }

    private void restart(String... settings) {
        broker.close();
        broker = Broker.start(Settings.of(settings), Ports.any());
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("http", path)).timeout(SOON);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + broker.httpPort() + path);
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private RSocket connect(String dataType) {
        client = RSocketConnector.create()
                .dataMimeType(dataType)
                .metadataMimeType(RequestMetadata.COMPOSITE)
                .connect(WebsocketClientTransport.create(uri("ws", "/rsocket")))
                .block(SOON);
        return client;
    }

    private static Payload request(String route, String data) {
        CompositeByteBuf metadata = ByteBufAllocator.DEFAULT.compositeBuffer();
        CompositeMetadataCodec.encodeAndAddMetadata(
                metadata,
                ByteBufAllocator.DEFAULT,
                WellKnownMimeType.MESSAGE_RSOCKET_ROUTING,
                TaggingMetadataCodec.createTaggingContent(ByteBufAllocator.DEFAULT, List.of(route)));
        return DefaultPayload.create(Unpooled.copiedBuffer(data, StandardCharsets.UTF_8), metadata);
    }

    @Test
    void healthSaysUpToEverybodyAndNoMore() throws Exception {
        restart("requirepass", "secret");
        for (String path : List.of("/health/live", "/health/ready", "/health/ready?verbose")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("up");
        }
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/health").statusCode()).isEqualTo(404);
        assertThat(get("/rsocket/more").statusCode()).isEqualTo(404);
        HttpResponse<String> posted = http.send(
                HttpRequest.newBuilder(uri("http", "/metrics"))
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(posted.statusCode()).isEqualTo(405);
        assertThat(posted.headers().firstValue("Allow")).contains("GET");
    }

    @Test
    void longHeadersAreRefused() throws Exception {
        assertThat(get("/health/live", "X-Long", "x".repeat(10_000)).statusCode())
                .isEqualTo(200);
        assertThat(get("/health/live", "X-Long", "x".repeat(20_000)).statusCode())
                .isGreaterThanOrEqualTo(400);
        assertThat(get("/" + "x".repeat(5_000)).statusCode()).isGreaterThanOrEqualTo(400);
    }

    @Test
    void metricsAskForThePassword() throws Exception {
        assertThat(get("/metrics").statusCode()).isEqualTo(200);
        restart("requirepass", "secret");
        HttpResponse<String> refused = get("/metrics");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(asked -> assertThat(asked).startsWith("Basic "));
        assertThat(get("/metrics", "Authorization", basic("default:wrong")).statusCode())
                .isEqualTo(401);
        assertThat(get("/metrics", "Authorization", "Basic %%%").statusCode()).isEqualTo(401);
        HttpResponse<String> allowed = get("/metrics", "Authorization", basic("default:secret"));
        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(allowed.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        restart("requirepass", "secret", "metrics-public", "yes");
        assertThat(get("/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsTellWhatCommandsDid() throws Exception {
        RSocket socket = connect("application/json");
        socket.requestResponse(request("command", "[\"PING\"]")).block(SOON);
        assertThat(get("/metrics").body().lines())
                .contains(
                        "sluice_commands_calls_total{command=\"ping\"} 1.0",
                        "sluice_connections_open{wire=\"rsocket\"} 1.0")
                .anyMatch(line -> line.startsWith("sluice_wire_read_bytes_total{wire=\"rsocket\"}"));
    }

    @Test
    void withoutAnUpgradeThereIsNoWebSocket() throws Exception {
        assertThat(get("/rsocket").statusCode()).isEqualTo(426);
    }

    @Test
    void pagesOfOtherOriginsAreRefused() throws Exception {
        restart("http-origins", "https://console.example.com");
        int port = broker.httpPort();
        for (String origin : List.of("http://127.0.0.1:" + port, "https://console.example.com")) {
            open(origin, new Listening())
                    .sendClose(WebSocket.NORMAL_CLOSURE, "")
                    .get(10, TimeUnit.SECONDS);
        }
        for (String origin : List.of("http://evil.example.com", "http://127.0.0.1:" + (port + 1), "null", "file://")) {
            assertThatThrownBy(() -> open(origin, new Listening()))
                    .hasCauseInstanceOf(WebSocketHandshakeException.class)
                    .cause()
                    .satisfies(error -> assertThat(((WebSocketHandshakeException) error)
                                    .getResponse()
                                    .statusCode())
                            .isEqualTo(403));
        }
    }

    @Test
    void overMaxclientsThereIsNoUpgrade() throws Exception {
        restart("maxclients", "1");
        connect("application/json");
        assertThatThrownBy(() -> open("http://127.0.0.1:" + broker.httpPort(), new Listening()))
                .hasCauseInstanceOf(WebSocketHandshakeException.class)
                .cause()
                .satisfies(error -> assertThat(((WebSocketHandshakeException) error)
                                .getResponse()
                                .statusCode())
                        .isEqualTo(503));
        assertThat(get("/metrics").body().lines()).contains("sluice_connections_refused_total{wire=\"rsocket\"} 1.0");
    }

    private WebSocket open(String origin, WebSocket.Listener listener) throws Exception {
        return http.newWebSocketBuilder()
                .header("Origin", origin)
                .buildAsync(uri("ws", "/rsocket"), listener)
                .get(10, TimeUnit.SECONDS);
    }

    /** What a WebSocket client hears. */
    private static final class Listening implements WebSocket.Listener {
        final CompletableFuture<String> pong = new CompletableFuture<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            pong.complete(StandardCharsets.UTF_8.decode(message).toString());
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return null;
        }
    }

    @Test
    void aPingIsAnsweredAndACloseReturned() throws Exception {
        Listening listening = new Listening();
        WebSocket socket = open("http://127.0.0.1:" + broker.httpPort(), listening);
        socket.sendPing(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
        assertThat(listening.pong.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
        assertThat(listening.closed.get(10, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
    }

    @Test
    void commandsAnswerOverAWebSocket() {
        RSocket socket = connect("application/json");
        Flux<String> answers = Flux.just("[\"SET\",\"k\",\"v\"]", "[\"GET\",\"k\"]")
                .concatMap(data -> socket.requestResponse(request("command", data)))
                .map(Payload::getDataUtf8);
        StepVerifier.create(answers)
                .expectNext("\"OK\"", "\"v\"")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void largeRequestsAndRepliesCrossAWebSocket() {
        RSocket socket = connect("application/json");
        String value = "x".repeat(1_000_000);
        StepVerifier.create(socket.requestResponse(request("command", "[\"SET\",\"k\",\"" + value + "\"]"))
                        .then(socket.requestResponse(request("command", "[\"GET\",\"k\"]")))
                        .map(Payload::getDataUtf8))
                .expectNext('"' + value + '"')
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void streamsFollowDemandOverAWebSocket() {
        RSocket socket = connect("application/json");
        socket.requestResponse(request("command", "[\"RPUSH\",\"q\",\"a\",\"b\"]"))
                .block(SOON);
        StepVerifier.create(
                        socket.requestStream(request("list.take", "{\"keys\":[\"q\"]}"))
                                .map(Payload::getDataUtf8),
                        1)
                .expectNext("{\"key\":\"q\",\"value\":\"a\"}")
                .thenRequest(1)
                .expectNext("{\"key\":\"q\",\"value\":\"b\"}")
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void aRefusedSetupIsToldOverAWebSocket() {
        StepVerifier.create(connect("text/plain").onClose())
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(RejectedSetupException.class)
                        .hasMessageContaining("application/json"))
                .verify(SOON);
    }

    @Test
    void aClosedWebSocketLeavesNoSession() throws Exception {
        RSocket socket = connect("application/json");
        socket.requestResponse(request("command", "[\"PING\"]")).block(SOON);
        socket.dispose();
        socket.onClose().onErrorComplete().block(SOON);
        restart();
        RSocket second = connect("application/json");
        String list = second.requestResponse(request("command", "[\"CLIENT\",\"LIST\"]"))
                .map(Payload::getDataUtf8)
                .block(SOON);
        assertThat(list.split("id=", -1)).hasSize(2);
    }
}
