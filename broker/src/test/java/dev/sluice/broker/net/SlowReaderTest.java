package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.net.RawRSocket.Frame;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * RSocket clients over real sockets that ask for 2^31-1 elements and do not read them, or now and then: the broker
 * holds what a socket takes and no more, and of a list that is taken from nothing is lost but what was sent to a client
 * that died.
 */
class SlowReaderTest {
    private static final int ROUNDS = 3;
    private static final int ELEMENTS = 12_000;
    private static final String PADDING = "x".repeat(1_000);
    /** What may wait for one socket: its high-water mark, and the element that went beyond it. */
    private static final long PENDING_BYTES_MAX = 64 * 1024 + 128 * 1024;

    private static final long DIRECT_BYTES_MAX = 16 << 20;

    private final Broker broker = Broker.start(Settings.of(), Ports.any());
    private RawConnection control;

    @BeforeEach
    void connect() throws IOException {
        control = RawConnection.to(broker);
    }

    @AfterEach
    void stop() throws IOException {
        control.close();
        broker.close();
    }

    private String ask(String... words) throws IOException {
        return new String(control.ask(words), StandardCharsets.ISO_8859_1);
    }

    private long number(String... words) throws IOException {
        return Long.parseLong(ask(words).substring(1).strip());
    }

    /** Bytes that wait for the sockets of RSocket clients. */
    private long pendingBytes() throws IOException {
        return ask("CLIENT", "LIST")
                .lines()
                .filter(line -> line.contains(" omem="))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".* omem=(\\d+) .*", "$1")))
                .max()
                .orElse(0);
    }

    private void push(int from, int count) throws IOException {
        for (int i = from; i < from + count; i += 100) {
            List<String> words = new ArrayList<>(List.of("RPUSH", "q"));
            for (int j = i; j < Math.min(from + count, i + 100); j++) {
                words.add(j + PADDING);
            }
            ask(words.toArray(String[]::new));
        }
    }

    @ParameterizedTest
    @EnumSource(RSocketPeer.Transport.class)
    void whoDoesNotReadCostsWhatItsSocketTakes(RSocketPeer.Transport transport) throws IOException {
        push(0, ELEMENTS);
        for (int i = 0; i < 100; i++) {
            ask("ZADD", "board", "" + i, i + PADDING);
            ask("SET", "key" + i + "x".repeat(60_000), "v");
        }
        long before = PlatformDependent.usedDirectMemory();
        try (RawRSocket slow = RawRSocket.over(transport, broker)) {
            slow.stream("pubsub.subscribe", "{'channels':['c'],'overflow':'drop-oldest'}", RawRSocket.ALL);
            slow.stream("key.scan", "{'match':'key*'}", RawRSocket.ALL);
            slow.stream("zset.watch", "{'key':'board','stop':99}", RawRSocket.ALL);
            slow.stream("list.take", "{'keys':['q']}", RawRSocket.ALL);
            await().until(() -> ask("PUBSUB", "NUMSUB", "c").endsWith(":1\r\n") && number("LLEN", "q") < ELEMENTS);
            for (int i = 0; i < 500; i++) {
                ask("PUBLISH", "c", i + "m".repeat(20_000));
                ask("ZADD", "board", "" + -i, i % 100 + PADDING);
                assertThat(pendingBytes()).isLessThan(PENDING_BYTES_MAX);
            }
            assertThat(number("LLEN", "q"))
                    .as("elements that nobody has room for")
                    .isPositive();
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(DIRECT_BYTES_MAX);
        }
        await().until(() -> ask("PUBSUB", "NUMSUB", "c").endsWith(":0\r\n"));
    }

    @ParameterizedTest
    @EnumSource(RSocketPeer.Transport.class)
    void whatWasPushedHasArrivedOrIsThere(RSocketPeer.Transport transport) throws IOException {
        long seed = Seeds.next();
        for (int round = 0; round < ROUNDS * Seeds.scale(); round++) {
            try {
                takeSome(transport, new Random(seed + round));
            } catch (IOException | AssertionError failed) {
                throw new AssertionError("-Dsluice.seed=" + (seed + round), failed);
            }
        }
    }

    private void takeSome(RSocketPeer.Transport transport, Random random) throws IOException {
        int pushed = 0;
        int arrived = 0;
        boolean dies = random.nextInt(3) == 0;
        try (RawRSocket slow = RawRSocket.over(transport, broker)) {
            int take = slow.stream("list.take", "{'keys':['q']}", RawRSocket.ALL);
            for (int i = random.nextInt(6); i >= 0; i--) {
                int more = random.nextInt(ELEMENTS / 2);
                push(pushed, more);
                pushed += more;
                for (int reads = random.nextInt(1 + pushed - arrived) / 2; reads > 0; reads--) {
                    arrived = taken(slow.read(), take, arrived);
                }
            }
            if (!dies) {
                slow.cancel(take);
                int fence = slow.ask("command", "['PING']");
                for (Frame frame; (frame = slow.read()) != null && frame.stream() != fence; ) {
                    arrived = taken(frame, take, arrived);
                }
            }
        }
        await().until(() -> !ask("CLIENT", "LIST").contains("cmd=blpop") && number("DBSIZE") <= 1);
        long left = number("LLEN", "q");
        if (dies) {
            assertThat(arrived + left).isLessThanOrEqualTo(pushed);
        } else {
            assertThat(arrived + left).isEqualTo(pushed);
        }
        if (left > 0) {
            assertThat(ask("LINDEX", "q", "0")).contains("\n" + (pushed - left) + "x");
        }
        ask("DEL", "q");
    }

    /** Elements come in the order in which they were pushed, none twice and none left out. */
    private static int taken(Frame frame, int stream, int expected) {
        assertThat(frame).isNotNull();
        if (frame.stream() != stream) {
            return expected; // a keepalive
        }
        assertThat(frame.data()).startsWith("{\"key\":\"q\",\"value\":\"" + expected + "x");
        return expected + 1;
    }
}
