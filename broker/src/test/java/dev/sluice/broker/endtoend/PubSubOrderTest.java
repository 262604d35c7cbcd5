package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.differential.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two publishers whose sockets are on different loops, and a hundred subscribers of one channel. */
class PubSubOrderTest {
    private static final int SUBSCRIBERS = 100;
    private static final int MESSAGES = 1_000 * Integer.getInteger("sluice.scale", 1);
    private static final int PIPELINE = 50;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void allSeeOneOrderAndNothingBehindTheEndOfASubscription(int ioThreads) throws IOException {
        try (Broker broker =
                Broker.start(Settings.of("io-threads", "" + ioThreads), new Ports(0, Ports.OFF, Ports.OFF))) {
            Target target = new Target("127.0.0.1", broker.respPort());
            List<RawConnection> staying = subscribers(target);
            List<RawConnection> leaving = subscribers(target);
            CompletableFuture<?> published = CompletableFuture.allOf(publisher(target, 'a'), publisher(target, 'b'));
            for (RawConnection subscriber : leaving) {
                send(subscriber, "UNSUBSCRIBE c\r\nPING\r\n");
            }
            published.join();
            List<String> order = messages(staying.getFirst(), 2 * MESSAGES);
            for (char publisher : new char[] {'a', 'b'}) {
                assertThat(order.stream().filter(m -> m.charAt(0) == publisher))
                        .as("messages of one publisher")
                        .hasSize(MESSAGES)
                        .isSorted();
            }
            for (RawConnection subscriber : staying.subList(1, staying.size())) {
                assertThat(messages(subscriber, 2 * MESSAGES)).isEqualTo(order);
            }
            for (RawConnection subscriber : leaving) {
                List<String> received = untilTheEnd(subscriber);
                assertThat(received).isEqualTo(order.subList(0, received.size()));
            }
            close(staying);
            close(leaving);
        }
    }

    private static List<RawConnection> subscribers(Target target) throws IOException {
        List<RawConnection> subscribers = new ArrayList<>();
        for (int i = 0; i < SUBSCRIBERS; i++) {
            RawConnection subscriber = RawConnection.open(target);
            subscriber.ask("SUBSCRIBE", "c");
            subscribers.add(subscriber);
        }
        return subscribers;
    }

    private static void send(RawConnection to, String text) throws IOException {
        to.send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static CompletableFuture<Void> publisher(Target target, char name) {
        return CompletableFuture.runAsync(() -> {
            try (RawConnection publisher = RawConnection.open(target)) {
                for (int i = 0; i < MESSAGES; i += PIPELINE) {
                    StringBuilder batch = new StringBuilder();
                    for (int j = i; j < i + PIPELINE; j++) {
                        batch.append("PUBLISH c %c%08d\r\n".formatted(name, j));
                    }
                    send(publisher, batch.toString());
                    for (int j = 0; j < PIPELINE; j++) {
                        publisher.read();
                    }
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }

    private static String reply(RawConnection subscriber) throws IOException {
        return new String(subscriber.read(), StandardCharsets.ISO_8859_1);
    }

    private static String message(String reply) {
        assertThat(reply).startsWith("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$9\r\n");
        return reply.substring(reply.length() - 11, reply.length() - 2);
    }

    private static List<String> messages(RawConnection subscriber, int count) throws IOException {
        List<String> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            messages.add(message(reply(subscriber)));
        }
        return messages;
    }

    /** What came before the end of the subscription, which nothing but the reply to PING follows. */
    private static List<String> untilTheEnd(RawConnection subscriber) throws IOException {
        List<String> messages = new ArrayList<>();
        String reply = reply(subscriber);
        while (!reply.contains("unsubscribe")) {
            messages.add(message(reply));
            reply = reply(subscriber);
        }
        assertThat(reply(subscriber)).isEqualTo("+PONG\r\n");
        assertThat(subscriber.hasMore()).isFalse();
        return messages;
    }

    private static void close(List<RawConnection> connections) throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
    }
}
