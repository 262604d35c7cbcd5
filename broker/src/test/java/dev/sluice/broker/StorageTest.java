package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.commands.Persistence;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole brokers on the real disk, one after the other in one directory. */
class StorageTest {
    private static final Persistence.Ending AS_SET = new Persistence.Ending(false, false, false);

    @TempDir
    Path directory;

    private Broker start(String... more) {
        List<String> all =
                new ArrayList<>(List.of("dir", directory.toString(), "save", "3600 1", "enable-debug-command", "yes"));
        all.addAll(List.of(more));
        return Broker.start(Settings.of(all.toArray(String[]::new)), new Ports(0, Ports.OFF, Ports.OFF));
    }

    @Test
    void whatThereWasAtTheEndIsThereAtTheStart() throws IOException {
        String digest;
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            client.text("SET", "k", "v");
            client.text("RPUSH", "list", "a", "b");
            client.text("SELECT", "3");
            client.text("HSET", "hash", "f", "v");
            digest = client.text("DEBUG", "DIGEST");
            assertThat(broker.shutDown(AS_SET)).isTrue();
        }
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            assertThat(client.text("DEBUG", "DIGEST")).isEqualTo(digest);
            assertThat(client.text("INFO", "persistence"))
                    .contains("rdb_last_load_keys_loaded:3", "rdb_changes_since_last_save:0", "loading:0");
        }
    }

    @Test
    void whoEmbedsABrokerWithoutADirectoryGetsNoFiles() throws IOException {
        Ports ports = new Ports(0, Ports.OFF, Ports.OFF);
        try (Broker broker = Broker.start(Settings.of(), ports);
                RawConnection client = RawConnection.to(broker)) {
            assertThat(client.text("SAVE")).isEqualTo("-ERR\r\n");
            assertThat(client.text("BACKUP", "START")).startsWith("-ERR There is no directory");
        }
        assertThatThrownBy(() -> Broker.start(Settings.of("appendonly", "yes"), ports))
                .isInstanceOf(StartRefused.class);
    }

    @Test
    void anotherProcessMayNotUseTheDirectory() {
        try (Broker broker = start()) {
            assertThat(broker.respPort()).isPositive();
            assertThatThrownBy(() -> start().close())
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("in use by another process");
            start("save", "").close(); // it leaves the directory alone
        }
        start().close();
    }

    @Test
    void aFileThatIsBrokenStopsTheStartAndStaysAsItIs() throws IOException {
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            client.text("SET", "k", "v");
            broker.shutDown(AS_SET);
        }
        Path file = directory.resolve("dump.rdb");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 12] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> start().close())
                .isInstanceOf(StartRefused.class)
                .hasMessageStartingWith("Fatal error loading the DB: ");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void aCollectionThatIsLargeIsWrittenAsItWasWhileItChanges() throws IOException {
        Random random = new Random(Seeds.next());
        String digest;
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            for (int i = 0; i < 200; i++) {
                List<String> words = new ArrayList<>(List.of("ZADD", "board"));
                for (int j = 0; j < 500; j++) {
                    words.add("" + random.nextInt(1_000_000));
                    words.add("member:" + i * 500 + j);
                }
                client.text(words.toArray(String[]::new));
            }
            digest = client.text("DEBUG", "DIGEST");
            client.text("BGSAVE");
            for (int i = 0; i < 2_000; i++) {
                client.text("ZADD", "board", "" + i, "member:" + random.nextInt(100_000));
            }
            await().until(() -> client.text("INFO", "persistence").contains("rdb_bgsave_in_progress:0"));
            assertThat(client.text("INFO", "persistence")).contains("rdb_last_bgsave_status:ok");
        }
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            assertThat(client.text("DEBUG", "DIGEST")).isEqualTo(digest);
        }
    }

    /** Each of them is read by another thread while it changes. */
    @Test
    void largeValuesOfEveryTypeAreWrittenAsTheyWere() throws IOException {
        String digest;
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            for (int i = 0; i < 300; i++) {
                StringBuilder members = new StringBuilder();
                for (int j = 0; j < 50; j++) {
                    members.append(" m:").append(i * 50 + j);
                }
                client.text(("RPUSH list" + members).split(" "));
                client.text(("SADD set" + members).split(" "));
                client.text(("SADD ints" + members.toString().replace("m:", "")).split(" "));
                client.text(("HSET hash" + members).split(" "));
                client.text(("HSET expiring" + members).split(" "));
                client.text(("SADD gone" + members).split(" "));
            }
            client.text("RPUSH", "list", "x".repeat(300_000), "y");
            client.text("SET", "string", "z".repeat(3_000_000));
            for (int i = 0; i < 15_000; i += 100) {
                client.text("HPEXPIRE", "expiring", "1000000", "FIELDS", "1", "m:" + i);
            }
            digest = client.text("DEBUG", "DIGEST");
            client.text("BGSAVE");
            for (int i = 0; i < 100; i++) {
                client.text("LSET", "list", "" + i, "changed");
                client.text("SREM", "set", "m:" + i);
                client.text("SREM", "ints", "" + i);
                client.text("HSET", "hash", "m:" + 2 * i, "changed");
                client.text("HDEL", "expiring", "m:" + 2 * i);
                client.text("SETRANGE", "string", "" + i * 1000, "changed");
            }
            client.text("DEL", "gone");
            await().until(() -> client.text("INFO", "persistence").contains("rdb_bgsave_in_progress:0"));
            assertThat(client.text("INFO", "persistence")).contains("rdb_last_bgsave_status:ok");
        }
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            assertThat(client.text("DEBUG", "DIGEST")).isEqualTo(digest);
            assertThat(client.text("HPTTL", "expiring", "FIELDS", "2", "m:300", "m:302"))
                    .matches("(?s)[*]2..:[0-9]+..:-1..");
        }
    }

    /** What is overwritten before it was saved waits for the disk, and so do the commands that overwrite it. */
    @Test
    void writersWaitWhereTheDiskDoesNotKeepUp() throws IOException {
        String digest;
        try (Broker broker = start("snapshot-preimage-bytes-max", "16mb", "backup-bytes-per-second-max", "200mb");
                RawConnection client = RawConnection.to(broker)) {
            for (int i = 0; i < 1_500; i++) {
                client.text("SET", "k" + i, "x".repeat(50_000));
            }
            digest = client.text("DEBUG", "DIGEST");
            client.text("BGSAVE");
            for (int i = 0; i < 1_500; i++) {
                client.send(List.of(bytes("SET"), bytes("k" + i), bytes("y")));
            }
            for (int i = 0; i < 1_500; i++) {
                assertThat(client.read()).isEqualTo(bytes("+OK\r\n"));
            }
            await().until(() -> client.text("INFO", "persistence").contains("rdb_bgsave_in_progress:0"));
        }
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            assertThat(client.text("DEBUG", "DIGEST")).isEqualTo(digest);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Nobody who was told that all is gone finds it again. */
    @Test
    void whatIsLeftAfterAFlushIsSavedBeforeTheReply() throws IOException {
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            client.text("SET", "k", "v");
            client.text("SAVE");
            long full = Files.size(directory.resolve("dump.rdb"));
            client.text("CONFIG", "SET", "rdb-key-save-delay", "10000000");
            client.text("BGSAVE");
            assertThat(client.text("FLUSHALL")).isEqualTo("+OK\r\n");
            assertThat(Files.size(directory.resolve("dump.rdb"))).isLessThan(full);
            assertThat(client.text("SET", "k", "v")).isEqualTo("+OK\r\n");
            assertThat(client.text("BGSAVE")).isEqualTo("+Background saving started\r\n");
            client.text("MULTI");
            client.text("FLUSHALL");
            assertThat(client.text("EXEC")).isEqualTo("*1\r\n+OK\r\n");
            await().until(() -> Files.size(directory.resolve("dump.rdb")) < full);
        }
    }

    /** What is read over keys that a snapshot has not come to yet would be in it as it is afterwards. */
    @Test
    void readingAgainGivesUpASnapshotThatIsBeingWritten() throws IOException {
        try (Broker broker = start();
                RawConnection client = RawConnection.to(broker)) {
            client.text("SET", "k", "saved");
            client.text("SAVE");
            client.text("CONFIG", "SET", "rdb-key-save-delay", "10000000");
            client.text("SET", "k", "changed");
            client.text("BGSAVE");
            assertThat(client.text("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE"))
                    .isEqualTo("+OK\r\n");
            assertThat(client.text("INFO", "persistence")).contains("rdb_bgsave_in_progress:0");
            assertThat(client.text("GET", "k")).isEqualTo("$5\r\nsaved\r\n");
        }
    }

    @Test
    void nothingIsLeftOfAFileThatWasGivenUp() throws IOException {
        try (Broker broker = start("rdb-key-save-delay", "100000");
                RawConnection client = RawConnection.to(broker)) {
            for (int i = 0; i < 100; i++) {
                client.text("SET", "k" + i, "v");
            }
            client.text("BGSAVE");
            assertThat(client.text("INFO", "persistence")).contains("rdb_bgsave_in_progress:1");
        }
        assertThat(directory.toFile().list()).containsOnly("sluice.lock");
    }

    @Test
    void whatAKilledProcessHadNotCompletedIsGoneAfterTheStart() throws IOException {
        String own = "temp-" + ProcessHandle.current().pid() + ".rdb";
        String running =
                "temp-" + ProcessHandle.current().parent().orElseThrow().pid() + ".rdb";
        for (String name :
                List.of("temp-999999999.rdb", "temp-rewriteaof-bg-999999999.aof", own, running, "temp-x.rdb")) {
            Files.writeString(directory.resolve(name), "REDIS");
        }
        start().close();
        assertThat(directory.toFile().list())
                .contains(running, "temp-x.rdb", "sluice.lock")
                .hasSize(3);
    }

    @Test
    void twoBrokersDoNotSaveToOneDirectory(@TempDir Path elsewhere) throws IOException {
        try (Broker first = start("save", "", "enable-protected-configs", "yes");
                Broker second = start("save", "", "dir", elsewhere.toString(), "enable-protected-configs", "yes");
                RawConnection one = RawConnection.to(first);
                RawConnection two = RawConnection.to(second)) {
            assertThat(one.text("CONFIG", "SET", "save", "3600 1")).isEqualTo("+OK\r\n");
            assertThat(two.text("CONFIG", "SET", "save", "3600 1")).isEqualTo("+OK\r\n");
            assertThat(two.text("CONFIG", "SET", "dir", directory.toString()))
                    .startsWith("-ERR CONFIG SET failed (possibly related to argument 'dir') - The directory "
                            + directory + " is in use by another process: sluice.lock");
            assertThat(two.text("CONFIG", "GET", "dir")).contains(elsewhere.toString());
            assertThat(two.text("CONFIG", "SET", "save", "")).isEqualTo("+OK\r\n");
            assertThat(two.text(
                            "CONFIG", "SET", "dir", directory.resolve("none").toString()))
                    .isEqualTo("-ERR CONFIG SET failed (possibly related to argument 'dir') - No such file or"
                            + " directory\r\n");
            assertThat(two.text("CONFIG", "SET", "dir", directory.toString())).isEqualTo("+OK\r\n");
        }
    }
}
