package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.core.RSocketConnector;
import io.rsocket.metadata.CompositeMetadataCodec;
import io.rsocket.metadata.TaggingMetadataCodec;
import io.rsocket.metadata.WellKnownMimeType;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.util.DefaultPayload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** Demand and overflow policies of {@code pubsub.subscribe}, with publishers on both wires. */
class SubscribeStreamTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Broker broker =
            Broker.start(Settings.of("pubsub-throttle-ms-max", "600000"), new Ports(0, 0, Ports.OFF));
    private final List<RSocket> clients = new ArrayList<>();
    private final RSocket subscriber = connect();
    private final RSocket publisher = connect();

    @AfterEach
    void close() {
        clients.forEach(RSocket::dispose);
        broker.close();
    }

    private RSocket connect() {
        RSocket client = RSocketConnector.create()
                .dataMimeType("application/json")
                .metadataMimeType(RequestMetadata.COMPOSITE)
                .connect(TcpClientTransport.create("127.0.0.1", broker.rsocketPort()))
                .block(SOON);
        clients.add(client);
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

    /** A subscriber with the demand that it is told to have; it has received message 0, and so is subscribed. */
    private static final class Reader extends BaseSubscriber<Payload> {
        private final BlockingQueue<String> received = new LinkedTransferQueue<>(); // adding must not block

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(1);
        }

        @Override
        protected void hookOnNext(Payload payload) {
            received.add(payload.getDataUtf8());
        }

        @Override
        protected void hookOnError(Throwable error) {
            received.add(String.valueOf(error.getMessage()));
        }

        String next() throws InterruptedException {
            return String.valueOf(received.poll(SOON.toSeconds(), TimeUnit.SECONDS));
        }

        String next(int demand) throws InterruptedException {
            request(demand);
            return next();
        }
    }

    private Reader subscribe(String overflow, int buffer) throws InterruptedException {
        String data = "{\"channels\":[\"c\"],\"overflow\":\"%s\",\"buffer\":%d}".formatted(overflow, buffer);
        Reader reader = new Reader();
        subscriber.requestStream(request("pubsub.subscribe", data)).subscribe(reader);
        subscriber.requestResponse(request("command", "[\"PING\"]")).block(SOON);
        publishAll(0, 0);
        assertThat(reader.next()).isEqualTo(delivery(0));
        return reader;
    }

    private static Payload message(int number) {
        return request("pubsub.publish", "{\"channel\":\"c\",\"message\":\"m%d\"}".formatted(number));
    }

    private CompletableFuture<String> publish(int number) {
        return publisher
                .requestResponse(message(number))
                .map(Payload::getDataUtf8)
                .toFuture();
    }

    private static String delivery(int number) {
        return "{\"channel\":\"c\",\"message\":\"m" + number + "\"}";
    }

    private static String delivery(int number, int missed) {
        return "{\"channel\":\"c\",\"message\":\"m" + number + "\",\"missed\":" + missed + "}";
    }

    private void publishAll(int from, int to) {
        for (int i = from; i <= to; i++) {
            assertThat(publish(i).join()).isEqualTo("1");
        }
    }

    @Test
    void dropOldestSaysHowManyWereLostBefore() throws InterruptedException {
        Reader reader = subscribe("drop-oldest", 2);
        publishAll(1, 5);
        assertThat(reader.next(2)).isEqualTo(delivery(4, 3));
        assertThat(reader.next()).isEqualTo(delivery(5));
    }

    @Test
    void dropNewestSaysItBehindWhatWaited() throws InterruptedException {
        Reader reader = subscribe("drop-newest", 2);
        publishAll(1, 5);
        assertThat(reader.next(3)).isEqualTo(delivery(1));
        assertThat(reader.next()).isEqualTo(delivery(2));
        publishAll(6, 6);
        assertThat(reader.next()).isEqualTo(delivery(6, 3));
    }

    @Test
    void latestKeepsOneMessageOfAChannel() throws InterruptedException {
        Reader reader = subscribe("latest", 2);
        publishAll(1, 5);
        assertThat(reader.next(1)).isEqualTo(delivery(5, 4));
    }

    @Test
    void aThrottledRequestIsAnsweredWhenThereIsRoom() throws InterruptedException {
        Reader reader = subscribe("throttle", 2);
        publishAll(1, 1);
        CompletableFuture<String> answer = publish(2);
        await().until(() -> command("[\"PUBSUB\",\"SLOW\"]").contains("\"queued\":2"));
        assertThat(command("[\"PUBLISH\",\"d\",\"x\"]"))
                .as("another request of the connection")
                .isEqualTo("0");
        assertThat(answer).isNotDone();
        assertThat(reader.next(1)).isEqualTo(delivery(1));
        assertThat(answer.join()).isEqualTo("1");
        assertThat(reader.next(1)).isEqualTo(delivery(2));
    }

    /** The demand of the subscriber is what the publisher's upstream is asked for. */
    @Test
    void aThrottledChannelAsksForNoMore() throws InterruptedException {
        Reader reader = subscribe("throttle", 4);
        AtomicInteger taken = new AtomicInteger();
        Flux<Payload> messages = Flux.range(1, 200).doOnNext(taken::set).map(SubscribeStreamTest::message);
        publisher.requestChannel(messages.limitRate(1)).subscribe(Payload::release);
        await().until(() -> command("[\"PUBSUB\",\"SLOW\"]").contains("\"queued\":4"));
        assertThat(taken).hasValueLessThan(10);
        reader.request(200);
        for (int i = 1; i <= 200; i++) {
            assertThat(reader.next()).isEqualTo(delivery(i));
        }
    }

    @Test
    void whatNobodyWaitsForIsSlowedByNotReadingIt() throws InterruptedException {
        Reader reader = subscribe("throttle", 4);
        Flux.range(1, 500).concatMap(i -> publisher.fireAndForget(message(i))).subscribe();
        await().until(() -> other("[\"PUBSUB\",\"SLOW\"]").contains("\"lost\":0"));
        reader.request(500);
        for (int i = 1; i <= 500; i++) {
            assertThat(reader.next()).isEqualTo(delivery(i));
        }
        reader.request(1);
        publishAll(501, 501);
        assertThat(reader.next()).isEqualTo(delivery(501));
    }

    @Test
    void whoThrottlesForTooLongEndsWithAnError() throws InterruptedException {
        command("[\"CONFIG\",\"SET\",\"pubsub-throttle-ms-max\",\"50\"]");
        Reader reader = subscribe("throttle", 1);
        publishAll(1, 1);
        assertThat(reader.next()).startsWith("ERR overflow");
        assertThat(publish(2).join()).isEqualTo("0");
    }

    @Test
    void aRespPublisherWaitsAndIsShownWhoIsSlow() throws Exception {
        Reader reader = subscribe("throttle", 2);
        try (RawConnection resp = RawConnection.to(broker);
                RawConnection other = RawConnection.to(broker)) {
            assertThat(ask(resp, "PUBLISH", "c", "m1")).isEqualTo(":1\r\n");
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> ask(resp, "PUBLISH", "c", "m2"));
            await().until(() -> ask(other, "CLIENT", "LIST").contains(" overflow=throttle queued=2 lost=0"));
            assertThat(ask(other, "PUBSUB", "SLOW")).contains("rsocket", "throttle");
            assertThat(ask(other, "PUBLISH", "d", "x")).isEqualTo(":0\r\n");
            assertThat(answer).isNotDone();
            assertThat(reader.next(2)).isEqualTo(delivery(1));
            assertThat(reader.next()).isEqualTo(delivery(2));
            assertThat(answer.join()).isEqualTo(":1\r\n");
        }
    }

    private static String ask(RawConnection connection, String... words) {
        try {
            return connection.text(words);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** On the publisher's connection. */
    private String command(String data) {
        return run(publisher, data);
    }

    /** On the subscriber's. */
    private String other(String data) {
        return run(subscriber, data);
    }

    private static String run(RSocket client, String data) {
        return client.requestResponse(request("command", data))
                .map(Payload::getDataUtf8)
                .block(SOON);
    }
}
