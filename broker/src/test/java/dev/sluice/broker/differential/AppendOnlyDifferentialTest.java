package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory with an append-only log that one server leaves is one that the other starts from. */
@Tag("differential")
class AppendOnlyDifferentialTest {
    private static final int COMMANDS = 3_000;

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);

    @TempDir
    private Path directory;

    @BeforeEach
    void redisServer() {
        RedisServer.assumeInstalled();
    }

    private Broker sluice(String... more) {
        String[] settings = {"appendonly", "yes", "dir", directory.toString(), "save", "", "enable-debug-command", "yes"
        };
        return Broker.start(
                Settings.of(Stream.of(settings, more).flatMap(Stream::of).toArray(String[]::new)),
                new Ports(Ports.ANY, Ports.OFF, Ports.OFF));
    }

    private static Target target(Broker broker) {
        return new Target("127.0.0.1", broker.respPort());
    }

    private RedisServer redis(String... more) throws IOException {
        Path file = directory.resolve("redis.conf");
        Files.write(
                file,
                Stream.of(
                                List.of("appendonly yes", "save \"\"", "enable-debug-command yes", "dir " + directory),
                                List.of(more))
                        .flatMap(List::stream)
                        .toList());
        return RedisServer.startFrom(file);
    }

    private void write(Target target, boolean newer) throws IOException {
        try (RawConnection connection = RawConnection.open(target)) {
            for (int i = 0; i < COMMANDS; i++) {
                if (i % 100 == 0) {
                    connection.ask("SELECT", Integer.toString(random.nextInt(3)));
                }
                boolean transaction = random.nextInt(20) == 0;
                if (transaction) {
                    connection.ask("MULTI");
                }
                for (int left = transaction ? 3 : 1; left > 0; left--) {
                    connection.ask(command());
                }
                if (transaction) {
                    connection.ask("EXEC");
                }
                if (newer && random.nextInt(20) == 0) {
                    String hash = "h" + random.nextInt(5);
                    connection.ask("HEXPIRE", hash, "100000", "FIELDS", "1", "f" + random.nextInt(9));
                    connection.ask("HSETEX", hash, "EX", "100000", "FIELDS", "1", "f" + random.nextInt(9), "new");
                }
            }
        }
    }

    private String[] command() {
        String n = Integer.toString(random.nextInt(20));
        String f = "f" + random.nextInt(9);
        return switch (random.nextInt(18)) {
            case 0 -> new String[] {"SET", "s" + n, "value " + random.nextLong()};
            case 1 -> new String[] {"SET", "s" + n, "x".repeat(random.nextInt(5000)), "EX", "100000"};
            case 2 -> new String[] {"INCRBYFLOAT", "n" + n, "1.1"};
            case 3 -> new String[] {"RPUSH", "l" + n, n, f, "\r\n" + n};
            case 4 -> new String[] {"LMOVE", "l" + n, "l" + f, "LEFT", "RIGHT"};
            case 5 -> new String[] {"SADD", "t" + n, n, f, "m" + random.nextInt(1000)};
            case 6 -> new String[] {"SPOP", "t" + n, "2"};
            case 7 -> new String[] {"ZADD", "z" + n, "1.5", f, n, "m" + n};
            case 8 -> new String[] {"ZPOPMIN", "z" + n};
            case 9 -> new String[] {"HSET", "h" + random.nextInt(5), f, n};
            case 10 -> new String[] {"HINCRBYFLOAT", "i" + n, f, "0.5"};
            case 11 -> new String[] {"PEXPIRE", "s" + n, random.nextInt(5) == 0 ? "1" : "1000000"};
            case 12 -> new String[] {"GETDEL", "s" + n};
            case 13 -> new String[] {"GETEX", "s" + n, "PERSIST"};
            case 14 -> new String[] {"PFADD", "p" + n, f, "e" + random.nextInt(100_000)};
            case 15 -> new String[] {"COPY", "z" + n, "y" + n, "DB", n.length() > 1 ? "1" : "2"};
            case 16 -> new String[] {"SWAPDB", "0", "1"};
            default -> new String[] {"APPEND", "a" + n, f};
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "no"})
    void redisServerStartsFromOurs(String rewrittenWithPreamble) throws IOException {
        Map<String, String> digest;
        try (Broker broker = sluice()) {
            write(target(broker), true);
            if (!rewrittenWithPreamble.isEmpty()) {
                rewrite(target(broker), rewrittenWithPreamble);
                write(target(broker), true);
            }
            forgetTimesOfFields(target(broker));
            digest = digests(target(broker));
        }
        try (RedisServer redis = redis()) {
            assertSame(digests(redis.target()), digest);
            write(redis.target(), false);
            digest = digests(redis.target());
            shutDown(redis.target());
        }
        try (Broker broker = sluice()) {
            assertSame(digests(target(broker)), digest);
        }
    }

    private static void rewrite(Target target, String preamble) throws IOException {
        ask(target, "CONFIG", "SET", "aof-use-rdb-preamble", preamble);
        ask(target, "BGREWRITEAOF");
        await().until(() -> ask(target, "INFO", "persistence").contains("aof_rewrite_in_progress:0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "no"})
    void weStartFromTheirs(String preamble) throws IOException {
        Map<String, String> digest;
        try (RedisServer redis = redis("aof-timestamp-enabled yes")) {
            write(redis.target(), false);
            rewrite(redis.target(), preamble);
            write(redis.target(), false);
            digest = digests(redis.target());
            shutDown(redis.target());
        }
        for (int start = 0; start < 2; start++) {
            try (Broker broker = sluice("aof-timestamp-enabled", "yes")) {
                assertSame(digests(target(broker)), digest);
            }
        }
    }

    /** Redis 7.0 has none, so that they would differ. */
    private static void forgetTimesOfFields(Target target) throws IOException {
        try (RawConnection connection = RawConnection.open(target)) {
            for (int database = 0; database < 3; database++) {
                connection.ask("SELECT", Integer.toString(database));
                for (int hash = 0; hash < 5; hash++) {
                    for (int field = 0; field < 9; field++) {
                        connection.ask("HPERSIST", "h" + hash, "FIELDS", "1", "f" + field);
                    }
                }
            }
        }
    }

    private void assertSame(Map<String, String> actual, Map<String, String> expected) {
        Map<String, String> others = new TreeMap<>(actual);
        others.entrySet().removeAll(expected.entrySet());
        assertThat(others).as("sluice.seed=%d: keys that differ", seed).isEmpty();
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
    }

    /** Of each key its digest, and of all. What is over is gone first. */
    private static Map<String, String> digests(Target target) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (int database = 0; database < 3; database++) {
            try (RawConnection connection = RawConnection.open(target)) {
                connection.ask("SELECT", Integer.toString(database));
                for (int n = 0; n < 20; n++) {
                    connection.ask("EXISTS", "s" + n); // which removes it if its time has come
                }
                for (Resp key : Resp.parse(connection.ask("KEYS", "*")).items()) {
                    if (Resp.show(connection.ask("EXISTS", key.text())).equals(":1\\r\\n")) {
                        digests.put(
                                database + " " + key.text(),
                                Resp.show(connection.ask("DEBUG", "DIGEST-VALUE", key.text())));
                    }
                }
            }
        }
        digests.put("all", RandomRun.digest(target));
        return digests;
    }

    private static String ask(Target target, String... words) throws IOException {
        try (RawConnection connection = RawConnection.open(target)) {
            return Resp.show(connection.ask(words));
        }
    }

    private static void shutDown(Target target) throws IOException {
        ask(target, "SHUTDOWN");
    }
}
