package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.persist.RdbFiles;
import dev.sluice.broker.persist.RdbKept;
import dev.sluice.broker.persist.RdbLoader;
import dev.sluice.broker.persist.RdbRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of redis-server load here, and ours there, with the same digest. */
@Tag("differential")
class RdbDifferentialTest {
    private static final String FILE = "some.rdb";

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final RandomValues values = new RandomValues(random);

    @TempDir
    Path directory;

    @BeforeEach
    void installed() {
        RedisServer.assumeInstalled();
    }

    private RedisServer start(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--dir", directory.toString(), "--dbfilename", FILE));
        all.addAll(List.of(options));
        return RedisServer.start(all.toArray(String[]::new));
    }

    private byte[] saved(RawConnection redis) throws IOException {
        assertThat(Resp.show(redis.ask("SAVE"))).isEqualTo("+OK\\r\\n");
        return Files.readAllBytes(directory.resolve(FILE));
    }

    /** Keys of every type in every encoding, in two databases, with and without time to live. */
    private void fill(RawConnection redis) throws IOException {
        for (String database : List.of("0", "11")) {
            redis.ask("SELECT", database);
            for (int i = 0; i < 200 * Seeds.scale(); i++) {
                redis.ask(values.command("k" + i, i));
                if (random.nextInt(4) == 0) {
                    redis.ask("PEXPIRE", "k" + i, "100000000");
                }
            }
        }
        redis.ask("SELECT", "0");
        redis.ask("SET", "long", RandomValues.noise(random, 300_000));
        redis.ask("SET", "repeated", "0123456789".repeat(300_000));
        redis.ask("DEBUG", "POPULATE", "1000", "many", "100");
    }

    @Test
    void filesGoBothWays() throws IOException {
        String about = "sluice.seed=" + seed;
        try (InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes")) {
            String digest;
            try (RedisServer server = start("--maxmemory-policy", random.nextBoolean() ? "allkeys-lfu" : "noeviction");
                    RawConnection redis = RawConnection.open(server.target())) {
                fill(redis);
                digest = digest(redis);
                RdbLoader.Loaded loaded = RdbFiles.load(broker, saved(redis));
                assertThat(loaded.isChecked()).isTrue();
            }
            assertThat("+" + broker.run("DEBUG", "DIGEST").text() + "\\r\\n")
                    .as(about)
                    .isEqualTo(digest);
            Files.write(directory.resolve(FILE), RdbFiles.write(broker));
            try (RedisServer server = start();
                    RawConnection redis = RawConnection.open(server.target())) {
                assertThat(digest(redis)).as(about).isEqualTo(digest);
            }
        }
    }

    @Test
    void streamsAndFunctionsGoThrough() throws IOException {
        RdbKept kept = new RdbKept();
        try (InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes")) {
            String digest;
            String functions;
            try (RedisServer server = start();
                    RawConnection redis = RawConnection.open(server.target())) {
                redis.ask("FUNCTION", "LOAD", "#!lua name=l\nredis.register_function('f', function() return 1 end)");
                redis.ask("SET", "k", "v");
                for (int i = 1; i < 500; i++) {
                    redis.ask("XADD", "s", i + "-1", "field", values.element(), "n", Long.toString(values.integer()));
                }
                redis.ask("XDEL", "s", "7-1");
                redis.ask("XGROUP", "CREATE", "s", "g", "0");
                redis.ask("XGROUP", "CREATE", "s", "unknown", "5-5");
                redis.ask("XREADGROUP", "GROUP", "g", "c", "COUNT", "20", "STREAMS", "s", ">");
                redis.ask("XGROUP", "CREATECONSUMER", "s", "g", "idle");
                redis.ask("XADD", "dead", "1-1", "a", "b");
                redis.ask("PEXPIRE", "dead", "100000000");
                digest = digest(redis);
                functions = Resp.show(redis.ask("FUNCTION", "DUMP"));
                byte[] file = saved(redis);
                RdbFiles.load(broker.keyspace, kept, file, RdbLoader.Options.DEFAULTS);
            }
            assertThat(kept.streams()).isEqualTo(2);
            assertThat(kept.functions()).isEqualTo(1);
            Files.write(directory.resolve(FILE), RdbFiles.write(broker.keyspace, kept, RdbRecords.Access.NOTHING));
            try (RedisServer server = start();
                    RawConnection redis = RawConnection.open(server.target())) {
                assertThat(digest(redis)).isEqualTo(digest);
                assertThat(Resp.show(redis.ask("FUNCTION", "DUMP"))).isEqualTo(functions);
                assertThat(Resp.show(redis.ask("XPENDING", "s", "g"))).startsWith("*4\\r\\n:20");
                assertThat(Resp.show(redis.ask("PTTL", "dead"))).startsWith(":9");
            }
        }
    }

    @Test
    void membersThatExpireAreWhatRedisLoadsWithoutTheirTimes() throws IOException {
        try (InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes")) {
            for (int i = 0; i < 3000; i++) {
                broker.run("HSET", "h", "f" + i, "v");
                broker.run("SADD", "s", "m" + i);
                broker.run("ZADD", "z", "1", "m" + i);
            }
            broker.run("SADD", "few", "1", "2");
            String digest = broker.run("DEBUG", "DIGEST").text();
            for (int i = 0; i < 3000; i += 2) {
                broker.run("HPEXPIRE", "h", "100000", "FIELDS", "1", "f" + i).is("[1]");
                broker.run("SPEXPIRE", "s", "100000", "MEMBERS", "1", "m" + i).is("[1]");
                broker.run("ZPEXPIRE", "z", "100000", "MEMBERS", "1", "m" + i).is("[1]");
            }
            broker.run("SPEXPIRE", "few", "100000", "MEMBERS", "1", "2").is("[1]");
            byte[] file = RdbFiles.write(broker);
            Files.write(directory.resolve(FILE), file);
            try (RedisServer server = start();
                    RawConnection redis = RawConnection.open(server.target())) {
                assertThat(digest(redis)).isEqualTo("+" + digest + "\\r\\n");
            }
            try (InMemoryBroker other = new InMemoryBroker("enable-debug-command", "yes")) {
                RdbFiles.load(other, file);
                assertThat(other.run("DEBUG", "DIGEST").text())
                        .isEqualTo(broker.run("DEBUG", "DIGEST").text());
                other.run("SPTTL", "s", "MEMBERS", "2", "m2998", "m2999").is("[100000, -1]");
            }
        }
    }

    private static String digest(RawConnection redis) throws IOException {
        return Resp.show(redis.ask("DEBUG", "DIGEST"));
    }
}
