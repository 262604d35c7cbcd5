package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class RespClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TinyServer server = new TinyServer();
    private final RespClient client = connect();

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void asksForResp3OnConnecting() {
        assertThat(server.requests.peek()).isEqualTo(List.of("HELLO", "3"));
        RespClient.connect("127.0.0.1", server.port(), null, "pw")
                .block(PATIENCE)
                .close();
        assertThat(server.requests).contains(List.of("HELLO", "3", "AUTH", "default", "pw"));
    }

    @Test
    void aRefusedGreetingFailsTheConnection() {
        StepVerifier.create(RespClient.connect("127.0.0.1", server.port(), "ann", "wrong"))
                .expectErrorSatisfies(
                        e -> assertThat(e).isInstanceOf(CommandError.class).hasMessage("WRONGPASS no"))
                .verify(PATIENCE);
    }

    @Test
    void repliesAreValuesAndRefusalsToo() {
        assertThat(client.send("PING").block(PATIENCE)).isEqualTo(Reply.Status.PONG);
        assertThat(client.send("SET", "k", "v").block(PATIENCE)).isEqualTo(Reply.ok());
        assertThat(client.send("GET", "k").block(PATIENCE)).isEqualTo(Bytes.of("v"));
        assertThat(client.send("GET", "none").block(PATIENCE)).isEqualTo(Reply.Null.STRING);
        assertThat(client.send("NOSUCH").block(PATIENCE)).isEqualTo(Reply.error("ERR unknown command 'NOSUCH'"));
    }

    @Test
    void aPipelineKeepsItsOrder() {
        Flux<Request> requests = Flux.range(0, 10_000).map(i -> Request.of("ECHO", "" + i));
        StepVerifier.create(client.sendAll(requests).map(Object::toString).collectList())
                .assertNext(replies -> {
                    assertThat(replies).hasSize(10_000);
                    for (int i = 0; i < replies.size(); i++) {
                        assertThat(replies.get(i)).isEqualTo("" + i);
                    }
                })
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void aCancelledRequestDoesNotShiftTheOthersReplies() {
        Disposable cancelled = client.send("ECHO", "a").subscribe();
        cancelled.dispose();
        assertThat(client.send("ECHO", "b").block(PATIENCE)).isEqualTo(Bytes.of("b"));
    }

    @Test
    void commandsThatWouldMixUpRepliesAreRefused() {
        assertThatThrownBy(() -> client.send("subscribe", "a").block(PATIENCE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SUBSCRIBE");
        assertThat(client.send("PING").block(PATIENCE)).isEqualTo(Reply.Status.PONG);
    }

    @Test
    void subscriptionsDeliverBesideReplies() {
        CompletableFuture<String> ready = new CompletableFuture<>();
        StepVerifier.create(client.subscribe(() -> ready.complete("subscribed"), "a", "b"))
                .then(() ->
                        assertThat(ready.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("subscribed"))
                .then(() -> assertThat(client.send("PUBLISH", "a", "1").block(PATIENCE))
                        .isEqualTo(Reply.integer(1)))
                .then(() -> client.send("MISSED", "b", "7").block(PATIENCE))
                .then(() -> client.send("PUBLISH", "b", "2").block(PATIENCE))
                .expectNext(new Message(null, Bytes.of("a"), Bytes.of("1"), 0))
                .expectNext(new Message(null, Bytes.of("b"), Bytes.of("2"), 7))
                .thenCancel()
                .verify(PATIENCE);
        assertThat(client.send("PING").block(PATIENCE)).isEqualTo(Reply.Status.PONG);
        assertThat(server.requests).anyMatch(request -> request.get(0).equals("UNSUBSCRIBE") && request.size() == 3);
    }

    @Test
    void patternsDeliverWithTheirPattern() {
        CompletableFuture<String> ready = new CompletableFuture<>();
        StepVerifier.create(client.psubscribe(() -> ready.complete(""), "*"))
                .then(() -> ready.orTimeout(20, TimeUnit.SECONDS).join())
                .then(() -> client.send("PUBLISH", "x", "1").block(PATIENCE))
                .expectNext(new Message(Bytes.of("*"), Bytes.of("x"), Bytes.of("1"), 0))
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void aRefusedSubscriptionFailsAndLeavesTheConnection() {
        StepVerifier.create(client.subscribe("secret"))
                .expectErrorSatisfies(
                        e -> assertThat(e).isInstanceOf(CommandError.class).hasMessageStartingWith("NOPERM"))
                .verify(PATIENCE);
        assertThat(client.send("PING").block(PATIENCE)).isEqualTo(Reply.Status.PONG);
    }

    @Test
    void theLastListenerUnsubscribes() throws Exception {
        CountDownLatch ready = new CountDownLatch(2);
        CompletableFuture<Message> heard = new CompletableFuture<>();
        Disposable first = client.subscribe(ready::countDown, "c").subscribe();
        Disposable second = client.subscribe(ready::countDown, "c").subscribe(heard::complete, error -> {});
        assertThat(ready.await(20, TimeUnit.SECONDS)).isTrue();
        first.dispose();
        client.send("PUBLISH", "c", "1").block(PATIENCE);
        assertThat(heard.orTimeout(20, TimeUnit.SECONDS).join().text()).isEqualTo("1");
        assertThat(server.requests).noneMatch(request -> request.get(0).equals("UNSUBSCRIBE"));
        second.dispose();
        await().until(() -> server.requests.contains(List.of("UNSUBSCRIBE", "c")));
    }

    @Test
    void pushesShowEverythingThatIsPushed() {
        StepVerifier.create(client.pushes())
                .then(() -> client.send("MISSED", "x", "3").block(PATIENCE))
                .expectNextMatches(
                        push -> push.items().equals(List.of(Bytes.of("missed"), Bytes.of("x"), Reply.integer(3))))
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void aSlowSubscriberHoldsUpTheSocketAndNotTheHeap() throws Exception {
        int count = 6_000;
        String message = "m".repeat(16 << 10);
        CountDownLatch ready = new CountDownLatch(1);
        AtomicInteger received = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(count);
        BaseSubscriber<Message> slow = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnError(Throwable closed) {}

            @Override
            protected void hookOnNext(Message value) {
                received.incrementAndGet();
                most.accumulateAndGet(client.mostBuffered(), Math::max);
                all.countDown();
                request(1);
            }
        };
        client.subscribe(ready::countDown, "c").subscribe(slow);
        assertThat(ready.await(20, TimeUnit.SECONDS)).isTrue();
        try (RespClient publisher = connect()) {
            CompletableFuture<Reply> done = publisher
                    .sendAll(Flux.range(0, count).map(i -> Request.of("PUBLISH", "c", message)))
                    .last()
                    .toFuture();
            await().until(() -> client.mostBuffered() >= RespLink.MESSAGES_BUFFERED_MAX);
            assertThat(received).hasValue(0);
            slow.request(1);
            assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(done.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(Reply.integer(1));
        }
        assertThat(most.get()).isLessThan(RespLink.MESSAGES_BUFFERED_MAX + 64);
    }

    @Test
    void aLostConnectionFailsWhatWaitsAndWhatComes() throws Exception {
        client.send("PING").block(PATIENCE);
        CountDownLatch ready = new CountDownLatch(1);
        StepVerifier.create(client.subscribe(ready::countDown, "c"))
                .then(() -> {
                    try {
                        assertThat(ready.await(20, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    server.dropConnections();
                })
                .expectError(IOException.class)
                .verify(PATIENCE);
        StepVerifier.create(client.closed()).expectComplete().verify(PATIENCE);
        StepVerifier.create(client.send("PING")).expectError(IOException.class).verify(PATIENCE);
        StepVerifier.create(client.subscribe("x"))
                .expectError(IOException.class)
                .verify(PATIENCE);
    }

    @Test
    void closingFailsWhatWaits() {
        client.close();
        StepVerifier.create(client.closed()).expectComplete().verify(PATIENCE);
        StepVerifier.create(client.send("PING")).expectError(IOException.class).verify(PATIENCE);
    }

    @Test
    void nobodyListeningIsAnError() throws Exception {
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = gone.getLocalPort();
        }
        StepVerifier.create(RespClient.connect("127.0.0.1", port))
                .expectError(IOException.class)
                .verify(PATIENCE);
    }

    private RespClient connect() {
        RespClient connected = RespClient.connect("127.0.0.1", server.port()).block(PATIENCE);
        assertThat(connected).isNotNull();
        return connected;
    }
}
