package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.differential.Target;
import dev.sluice.streams.flow.Overflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One subscriber that never reads beside healthy ones, under each policy: they miss nothing, and it costs what it may. */
class NeverReadingSubscriberTest {
    private static final int HEALTHY = 20;
    private static final int MESSAGES = 1_500 * Integer.getInteger("sluice.scale", 1);
    private static final int MESSAGE_BYTES = 10_000;
    private static final int LIMIT_BYTES = 2 << 20;
    /** Beyond the limit: what the socket of the broker was given, and the message that crossed it. */
    private static final int SOCKET_BYTES = 128 * 1024;

    @ParameterizedTest
    @EnumSource(Overflow.class)
    void costsNoMoreThanItsLimit(Overflow policy) throws IOException {
        Settings settings = Settings.of(
                "client-output-buffer-limit", "pubsub " + LIMIT_BYTES + " 0 0", "pubsub-throttle-ms-max", "200");
        try (Broker broker = Broker.start(settings, new Ports(0, Ports.OFF, Ports.OFF));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Target target = new Target("127.0.0.1", broker.respPort());
            List<CompletableFuture<Integer>> healthy = new ArrayList<>();
            for (int i = 0; i < HEALTHY; i++) {
                RawConnection subscriber = RawConnection.open(target);
                subscriber.ask("SUBSCRIBE", "c");
                healthy.add(CompletableFuture.supplyAsync(() -> countMessages(subscriber), threads));
            }
            try (RawConnection slow = RawConnection.open(target);
                    RawConnection publisher = RawConnection.open(target)) {
                slow.ask("CLIENT", "SETNAME", "slow");
                slow.ask("CLIENT", "OVERFLOW", policy.text(), "BUFFER", "1000000");
                slow.ask("SUBSCRIBE", "c");
                publish(publisher);
                String line = line(publisher);
                assertThat(line.isEmpty())
                        .as("%s: closed", policy)
                        .isEqualTo(policy == Overflow.DISCONNECT || policy == Overflow.THROTTLE);
                if (!line.isEmpty()) {
                    assertThat(field(line, "lost")).isPositive();
                }
                assertThat(healthy).allSatisfy(count -> assertThat(count.join()).isEqualTo(MESSAGES));
            }
        }
    }

    private static void publish(RawConnection publisher) throws IOException {
        String message = "m".repeat(MESSAGE_BYTES);
        for (int i = 0; i < MESSAGES; i++) {
            String receivers = text(publisher.ask("PUBLISH", "c", message));
            assertThat(receivers).isIn(":" + HEALTHY + "\r\n", ":" + (HEALTHY + 1) + "\r\n");
            if (i % 50 == 0) {
                String line = line(publisher);
                assertThat(line.isEmpty() ? 0 : field(line, "omem"))
                        .isLessThanOrEqualTo(LIMIT_BYTES + SOCKET_BYTES + MESSAGE_BYTES);
            }
        }
        publisher.ask("PUBLISH", "c", "end");
    }

    private static int countMessages(RawConnection subscriber) {
        try (subscriber) {
            int count = 0;
            while (subscriber.read().length > MESSAGE_BYTES) {
                count++;
            }
            return count;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String text(byte[] reply) {
        return new String(reply, StandardCharsets.ISO_8859_1);
    }

    private static String line(RawConnection control) throws IOException {
        return text(control.ask("CLIENT", "LIST"))
                .lines()
                .filter(line -> line.contains(" name=slow "))
                .findFirst()
                .orElse("");
    }

    private static long field(String line, String name) {
        Matcher matcher = Pattern.compile(" " + name + "=(\\d+)").matcher(line);
        assertThat(matcher.find()).as("%s in %s", name, line).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
