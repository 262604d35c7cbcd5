package dev.sluice.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.clients.Message;
import dev.sluice.clients.RSocketClient;
import dev.sluice.clients.RespClient;
import dev.sluice.clients.Taken;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.TakeRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Both clients against the broker that they are made for. */
class ClientsOnBrokerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Broker broker = Broker.start(Settings.of(), new Ports(Ports.ANY, Ports.ANY, Ports.OFF));
    private final RespClient resp = now(RespClient.connect("127.0.0.1", broker.respPort()));
    private final RSocketClient rsocket =
            now(RSocketClient.tcp("127.0.0.1", broker.rsocketPort()).connect());

    @AfterEach
    void stop() {
        resp.close();
        rsocket.close();
        broker.close();
    }

    @Test
    void aPipelineOfManyCommandsKeepsItsOrder() {
        Flux<Request> requests = Flux.range(0, 20_000).map(i -> Request.of("INCR", "n"));
        StepVerifier.create(resp.sendAll(requests).collectList())
                .assertNext(replies -> {
                    assertThat(replies).hasSize(20_000);
                    for (int i = 0; i < replies.size(); i++) {
                        assertThat(replies.get(i)).isEqualTo(Reply.integer(i + 1));
                    }
                })
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void whatOneWirePublishesTheOtherReceives() {
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        StepVerifier.create(resp.subscribe(() -> ready.complete(true), "news"))
                .then(() -> ready.orTimeout(20, TimeUnit.SECONDS).join())
                .then(() ->
                        assertThat(now(rsocket.publish("news", "over RSocket"))).isEqualTo(1))
                .expectNext(new Message(null, Bytes.of("news"), Bytes.of("over RSocket"), 0))
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void oneRequestTakesExactlyOneElement() {
        now(resp.send("RPUSH", "jobs", "a", "b", "c"));
        StepVerifier.create(rsocket.take(TakeRequest.Side.LEFT, "jobs"), 1)
                .expectNext(new Taken(Bytes.of("jobs"), Bytes.of("a")))
                .then(() -> assertThat(now(resp.send("LLEN", "jobs"))).isEqualTo(Reply.integer(2)))
                .thenCancel()
                .verify(PATIENCE);
        assertThat(now(resp.send("LRANGE", "jobs", "0", "-1"))).isEqualTo(Reply.array(Bytes.of("b"), Bytes.of("c")));
    }

    @Test
    void aRefusalReadsTheSameOnBothWires() {
        now(resp.send("RPUSH", "list", "x"));
        Reply refused = Reply.error("WRONGTYPE Operation against a key holding the wrong kind of value");
        assertThat(now(resp.send("GET", "list"))).isEqualTo(refused);
        assertThat(now(rsocket.command("GET", "list"))).isEqualTo(refused);
        StepVerifier.create(rsocket.command("SUBSCRIBE", "x"))
                .expectNextMatches(Reply.Failure.class::isInstance)
                .expectComplete()
                .verify(PATIENCE);
        now(resp.send("SET", "text", "x"));
        StepVerifier.create(rsocket.take(TakeRequest.Side.LEFT, "text"))
                .expectError(CommandError.class)
                .verify(PATIENCE);
    }

    @Test
    void bytesTravelUnchangedInEveryDataType() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        for (MimeType type : MimeType.values()) {
            try (RSocketClient client = now(RSocketClient.tcp("127.0.0.1", broker.rsocketPort())
                    .data(type)
                    .connect())) {
                now(client.command(new Request(Bytes.of("SET"), Bytes.of("k"), Bytes.of(all))));
                assertThat(now(client.command("GET", "k"))).as(type.text()).isEqualTo(Bytes.of(all));
            }
        }
    }

    private static <T> T now(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }
}
