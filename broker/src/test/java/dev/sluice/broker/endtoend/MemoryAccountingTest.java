package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What INFO says of memory against what the allocators say: the arenas' own account, and that of Netty's buffers. */
class MemoryAccountingTest {
    private static final int WRITES = 40_000;
    private static final int BATCH = 50;
    private static final int MB = 1 << 20;
    private static final int REPLIES = 100;

    private final long seed = Long.getLong("sluice.seed", System.nanoTime());
    private final List<RawConnection> connections = new ArrayList<>();
    private final Broker broker =
            Broker.start(Settings.of("client-reply-buffer-bytes-max", "64mb"), new Ports(0, Ports.OFF, Ports.OFF));
    private RawConnection control;

    @BeforeEach
    void connectControl() throws IOException {
        control = connect();
    }

    @AfterEach
    void close() throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
        broker.close();
    }

    private RawConnection connect() throws IOException {
        RawConnection connection = RawConnection.to(broker);
        connections.add(connection);
        return connection;
    }

    private String ask(String... words) throws IOException {
        return new String(control.ask(words), StandardCharsets.ISO_8859_1);
    }

    private long info(String name) throws IOException {
        return field(ask("INFO", "memory"), "(?m)^" + name + ":(\\d+)");
    }

    private static long field(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void dataIsWhatTheArenasSay() throws IOException {
        RandomWrites writes = new RandomWrites(new Random(seed));
        for (int left = WRITES * Integer.getInteger("sluice.scale", 1); left > 0; left -= BATCH) {
            for (int i = 0; i < BATCH; i++) {
                control.send(Arrays.stream(writes.next())
                        .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                        .toList());
            }
            for (int i = 0; i < BATCH; i++) {
                control.read();
            }
        }
        long used = info("used_memory");
        String arenas = ask("MEMORY", "MALLOC-STATS");
        String stats = ask("MEMORY", "STATS");
        long allocated = field(arenas, "all arenas used: (\\d+)");
        long reserved = field(arenas, "all arenas reserved: (\\d+)");
        long table = field(arenas, "db0 table: (\\d+)");
        assertThat(used).isBetween(allocated, reserved + 5 * table + MB);
        assertThat((double) used).isCloseTo(allocated + table, withPercentage(5));
        assertThat(stats).contains("total.allocated").contains("dataset.bytes");
        long each = 0;
        for (String key : ask("KEYS", "*").split("\\r\\n")) {
            if (!key.isEmpty() && "$*".indexOf(key.charAt(0)) < 0) {
                each += Long.parseLong(ask("MEMORY", "USAGE", key).replaceAll("\\D", ""));
            }
        }
        assertThat((double) each)
                .as("MEMORY USAGE of all keys, -Dsluice.seed=%d", seed)
                .isCloseTo(allocated, withPercentage(5));
        ask("FLUSHALL");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(info("used_memory")).isLessThan(2 * MB));
    }

    private static long direct() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    /** More clients that ask for much and take nothing; once all of it has been answered, which lasts. */
    private void stick(int clients) throws IOException {
        int before = waiting();
        for (int i = 0; i < clients; i++) {
            String request = i % 2 == 0 ? "GET long\r\n" : "LRANGE list 0 -1\r\n";
            connect().send(request.repeat(REPLIES).getBytes(StandardCharsets.ISO_8859_1));
        }
        await().until(() -> waiting() == before + clients);
    }

    private int waiting() throws IOException {
        return ask("CLIENT", "LIST").split("tot-cmds=" + REPLIES + " ", -1).length - 1;
    }

    @Test
    void repliesThatAreNotTakenAreWhatNettyHolds() throws IOException {
        ask("SETRANGE", "long", "300000", "v");
        for (int i = 0; i < 2_000; i++) {
            ask("RPUSH", "list", "x".repeat(100 + i % 50));
        }
        stick(3); // takes what the allocator has idle: it counts whole chunks, of which the more there are the less
        // is idle
        long directBefore = direct();
        long usedBefore = info("used_memory");
        stick(6);
        ask("PING");
        long used = info("used_memory") - usedBefore;
        long direct = direct() - directBefore;
        assertThat(used).isGreaterThan(240 * MB);
        assertThat((double) used).isCloseTo(direct, withPercentage(5));
    }

    @Test
    void requestsThatAreNotCompleteAreCounted() throws IOException {
        long before = info("used_memory");
        for (int i = 0; i < 5; i++) {
            RawConnection sender = connect();
            sender.send(("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + 4 * MB + "\r\n" + "x".repeat(3 * MB))
                    .getBytes(StandardCharsets.ISO_8859_1));
        }
        await().until(() -> info("used_memory") - before >= 15 * MB);
        assertThat(info("used_memory") - before).isLessThan(5 * 4 * MB + MB);
        assertThat(info("mem_clients_normal")).isGreaterThan(15 * MB);
    }
}
