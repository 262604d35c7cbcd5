package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.endtoend.RandomWrites;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Append-only files that are written anew under load, on the real disk. */
class AofRewriteTest {
    private static final int WRITES = 3_000;

    private final long seed = Seeds.next();

    @TempDir
    Path directory;

    private Broker start(String... more) {
        List<String> all = new ArrayList<>(
                List.of("dir", directory.toString(), "appendonly", "yes", "enable-debug-command", "yes"));
        all.addAll(List.of(more));
        return Broker.start(Settings.of(all.toArray(String[]::new)), new Ports(0, Ports.OFF, Ports.OFF));
    }

    private List<String> files() {
        String[] names = directory.resolve("appendonlydir").toFile().list();
        Arrays.sort(names);
        return List.of(names);
    }

    private static void write(RawConnection client, RandomWrites writes, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            client.send(Arrays.stream(writes.next())
                    .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                    .toList());
        }
        for (int i = 0; i < count; i++) {
            client.read();
        }
    }

    @ParameterizedTest
    @CsvSource({"yes, rdb", "no, aof"})
    void whatIsWrittenMeanwhileIsThereToo(String preamble, String form) throws IOException {
        RandomWrites writes = new RandomWrites(new Random(seed));
        String digest;
        try (Broker broker = start("aof-use-rdb-preamble", preamble);
                RawConnection client = RawConnection.to(broker)) {
            write(client, writes, WRITES);
            for (int round = 0; round < 3; round++) {
                assertThat(client.text("BGREWRITEAOF")).isEqualTo("+Background append only file rewriting started\r\n");
                write(client, writes, WRITES);
                await().until(() -> client.text("INFO", "persistence").contains("aof_rewrite_in_progress:0"));
                assertThat(client.text("INFO", "persistence"))
                        .contains("aof_enabled:1", "aof_last_bgrewrite_status:ok", "aof_rewrites:" + (round + 1));
            }
            await().untilAsserted(() -> assertThat(files())
                    .containsExactly(
                            "appendonly.aof.4.base." + form, "appendonly.aof.4.incr.aof", "appendonly.aof.manifest"));
            digest = client.text("DEBUG", "DIGEST");
        }
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            assertThat(client.text("DEBUG", "DIGEST"))
                    .as("-Dsluice.seed=%d", seed)
                    .isEqualTo(digest);
            assertThat(client.text("DEBUG", "LOADAOF")).isEqualTo("+OK\r\n");
            assertThat(client.text("DEBUG", "DIGEST")).isEqualTo(digest);
            client.text("SET", "last", "1");
            assertThat(client.text("DEBUG", "LOADAOF")).isEqualTo("+OK\r\n");
            assertThat(client.text("GET", "last")).isEqualTo("$1\r\n1\r\n");
        }
    }

    @Test
    void aFileThatHasGrownIsRewrittenByItself() throws IOException {
        try (Broker broker = start("auto-aof-rewrite-min-size", "100kb", "auto-aof-rewrite-percentage", "100");
                RawConnection client = RawConnection.to(broker)) {
            for (int i = 0; i < 300; i++) {
                client.text("SET", "k", "x".repeat(1000));
            }
            await().until(() -> client.text("INFO", "persistence").contains("aof_rewrite_in_progress:0")
                    && files().stream().anyMatch(name -> name.matches("appendonly.aof.[2-9].base.rdb")));
            String base = files().getFirst();
            assertThat(Files.size(directory.resolve("appendonlydir").resolve(base)))
                    .isLessThan(2_000);
        }
    }

    @Test
    void oneThatIsGivenUpLosesNothing() throws IOException {
        try (Broker broker = start("rdb-key-save-delay", "1000000");
                RawConnection client = RawConnection.to(broker)) {
            for (int i = 0; i < 20; i++) {
                client.text("SET", "k" + i, "v");
            }
            client.text("BGREWRITEAOF");
            client.text("SET", "behind", "the cut");
            assertThat(client.text("BGREWRITEAOF"))
                    .isEqualTo("-ERR Background append only file rewriting already in progress\r\n");
            assertThat(client.text("BGSAVE")).startsWith("-ERR Another child process is active (AOF?)");
        }
        assertThat(directory.toFile().list())
                .doesNotContain("temp-rewriteaof-bg-" + ProcessHandle.current().pid() + ".aof");
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            assertThat(client.text("DBSIZE")).isEqualTo(":21\r\n");
        }
    }
}
