package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A broker that keeps its data in an append-only file. */
class AppendOnlyTest {
    private final SimulatedDisk disk = new SimulatedDisk("/data");
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final CountDownLatch forced = new CountDownLatch(1);
    private Broker broker;

    private void start(String... more) {
        String[] settings = {"appendonly", "yes", "dir", "/data", "save", "", "enable-debug-command", "yes"};
        String[] all = java.util.Arrays.copyOf(settings, settings.length + more.length);
        System.arraycopy(more, 0, all, settings.length, more.length);
        broker = Broker.start(Settings.of(all), new Ports(Ports.ANY, Ports.OFF, Ports.OFF), disk, ends::add);
    }

    private RawConnection connect() throws IOException {
        return RawConnection.to(broker);
    }

    private static String ask(RawConnection connection, String... words) throws IOException {
        return connection.text(words).strip();
    }

    private static void send(RawConnection connection, String... words) throws IOException {
        connection.send(java.util.Arrays.stream(words)
                .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                .toList());
    }

    private static String read(RawConnection connection) throws IOException {
        return new String(connection.read(), StandardCharsets.ISO_8859_1).strip();
    }

    @AfterEach
    void stop() {
        forced.countDown();
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void whatWasWrittenIsThereAfterARestart() throws IOException {
        start();
        String digest;
        try (RawConnection client = connect()) {
            ask(client, "SET", "a", "1");
            ask(client, "SET", "soon", "1", "PXAT", Long.toString(System.currentTimeMillis() + 100_000));
            ask(client, "SELECT", "3");
            ask(client, "MULTI");
            ask(client, "RPUSH", "l", "x", "y");
            ask(client, "LMOVE", "l", "m", "LEFT", "RIGHT");
            ask(client, "EXEC");
            ask(client, "HSETEX", "h", "EX", "1000", "FIELDS", "1", "f", "v");
            ask(client, "LOCK", "lock", "me", "LEASE", "100000");
            digest = ask(client, "DEBUG", "DIGEST");
        }
        broker.close();
        start();
        try (RawConnection client = connect()) {
            assertThat(ask(client, "DEBUG", "DIGEST")).isEqualTo(digest);
            ask(client, "SELECT", "3");
            assertThat(ask(client, "HTTL", "h", "FIELDS", "1", "f")).isIn("*1\r\n:999", "*1\r\n:1000");
            assertThat(ask(client, "INFO", "commandstats")).doesNotContain("cmdstat_rpush");
        }
    }

    /** Expiry is in the journal: a key that was there when it was changed is there again until it goes. */
    @Test
    void noTimeHasComeWhileTheJournalIsRun() throws IOException {
        start();
        try (RawConnection client = connect()) {
            ask(client, "DEBUG", "SET-ACTIVE-EXPIRE", "0");
            ask(client, "MULTI"); // so that it does not go in between on a machine that is busy
            ask(client, "SET", "n", "1");
            ask(client, "PEXPIRE", "n", "50");
            ask(client, "INCR", "n");
            ask(client, "EXEC");
            Awaitility.await().until(() -> ask(client, "EXISTS", "n").equals(":0"));
            ask(client, "INCR", "n");
        }
        broker.close();
        start();
        try (RawConnection client = connect()) {
            assertThat(ask(client, "GET", "n")).isEqualTo("$1\r\n1");
            assertThat(ask(client, "PTTL", "n")).isEqualTo(":-1");
        }
    }

    /** Two clients share one force; who reads waits as well. */
    @Test
    void nobodyIsToldOfWhatCouldStillBeLost() throws Exception {
        start("appendfsync", "always");
        try (RawConnection writer = connect();
                RawConnection reader = connect();
                RawConnection subscriber = connect()) {
            ask(subscriber, "SUBSCRIBE", "news");
            ask(reader, "PING");
            disk.beforeForce(() -> await(forced));
            send(writer, "SET", "a", "1");
            Awaitility.await().until(() -> broker.onLoop(() -> broker.journal().offset()) > 0);
            send(reader, "GET", "a");
            send(reader, "PUBLISH", "news", "a is 1");
            send(writer, "SET", "b", "2");
            Awaitility.await().until(() -> broker.onLoop(() -> broker.journal().offset()) > 60);
            send(writer, "GET", "b");
            assertThat(ranAll(7)).isTrue();
            assertThat(writer.hasMore() || reader.hasMore() || subscriber.hasMore())
                    .as("something was told before it was forced")
                    .isFalse();
            forced.countDown();
            assertThat(read(writer)).isEqualTo("+OK");
            assertThat(read(writer)).isEqualTo("+OK");
            assertThat(read(writer)).isEqualTo("$1\r\n2");
            assertThat(read(reader)).isEqualTo("$1\r\n1");
            assertThat(read(reader)).isEqualTo(":1");
            assertThat(read(subscriber)).endsWith("a is 1");
        }
    }

    /** Commands that have run: SUBSCRIBE and PING too. */
    private boolean ranAll(long commands) {
        Awaitility.await().until(() -> broker.onLoop(broker::commandsProcessed) >= commands);
        return true;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException now) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void withTheDiskFullWritesAreRefusedUntilThereIsRoom() throws IOException {
        start();
        try (RawConnection client = connect()) {
            ask(client, "SET", "a", "1");
            Awaitility.await().until(() -> disk.writes() > 1);
            disk.room(10);
            ask(client, "SET", "b", "2");
            String refused = "-MISCONF Errors writing to the AOF file: No space left on device";
            Awaitility.await().until(() -> ask(client, "SET", "c", "3").equals(refused));
            assertThat(ask(client, "GET", "a")).isEqualTo("$1\r\n1");
            assertThat(ask(client, "PING")).isEqualTo(refused);
            disk.room(Long.MAX_VALUE);
            Awaitility.await().until(() -> ask(client, "SET", "d", "4").equals("+OK"));
        }
        broker.close();
        start();
        try (RawConnection client = connect()) {
            assertThat(ask(client, "EXISTS", "a", "b", "d")).isEqualTo(":3");
        }
        assertThat(ends).isEmpty();
    }

    @Test
    void anErrorOfAForceIsTheEndAndNobodyIsTold() throws IOException {
        start("appendfsync", "always");
        try (RawConnection client = connect()) {
            ask(client, "PING");
            disk.refuseForces("Input/output error");
            send(client, "SET", "a", "1");
            Awaitility.await().until(() -> !ends.isEmpty());
            assertThat(client.hasMore()).isFalse();
            assertThat(ends).first().asString().contains("Input/output error");
        }
    }

    @Test
    void waitaofAnswersWhenTheDiskHasIt() throws Exception {
        start();
        try (RawConnection client = connect();
                RawConnection other = connect()) {
            ask(client, "SET", "a", "1");
            assertThat(ask(client, "WAITAOF", "1", "0", "0")).isEqualTo("*2\r\n:1\r\n:0");
            assertThat(ask(client, "WAITAOF", "0", "0", "0")).isEqualTo("*2\r\n:1\r\n:0");
            assertThat(ask(client, "WAITAOF", "0", "1", "1")).isEqualTo("*2\r\n:1\r\n:0");
            assertThat(ask(client, "WAITAOF", "2", "0", "0"))
                    .isEqualTo("-ERR value is out of range, must be between 0 and 1");
            disk.beforeForce(() -> await(forced));
            ask(client, "SET", "a", "2");
            assertThat(ask(client, "WAITAOF", "1", "0", "10")).isEqualTo("*2\r\n:0\r\n:0");
            ask(client, "MULTI");
            ask(client, "WAITAOF", "1", "0", "0");
            assertThat(ask(client, "EXEC")).isEqualTo("*1\r\n*2\r\n:0\r\n:0");
            send(other, "WAITAOF", "1", "0", "0");
            forced.countDown();
            assertThat(read(other)).isEqualTo("*2\r\n:1\r\n:0");
        }
    }

    @Test
    void thePolicyCanBeChanged() throws IOException {
        start("appendfsync", "no");
        try (RawConnection client = connect()) {
            long before = disk.forces();
            ask(client, "SET", "a", "1");
            assertThat(ask(client, "CONFIG", "SET", "appendfsync", "always")).isEqualTo("+OK");
            ask(client, "SET", "b", "1");
            assertThat(disk.forces()).isGreaterThan(before);
            assertThat(ask(client, "CONFIG", "SET", "appendfsync", "everysec")).isEqualTo("+OK");
            assertThat(ask(client, "SET", "c", "1")).isEqualTo("+OK");
        }
    }

    @Test
    void canBeTurnedOnAndOffWhileItRuns() throws IOException {
        start("appendonly", "no");
        String digest;
        try (RawConnection client = connect()) {
            ask(client, "SET", "before", "1");
            for (int i = 0; i < 2; i++) {
                assertThat(ask(client, "CONFIG", "SET", "appendonly", "yes")).isEqualTo("+OK");
                ask(client, "RPUSH", "l", "while it is turned on");
                Awaitility.await()
                        .until(() -> ask(client, "INFO", "persistence").contains("aof_enabled:1"));
                ask(client, "RPUSH", "l", "while it is written");
                Awaitility.await()
                        .until(() -> ask(client, "INFO", "persistence").contains("aof_rewrite_in_progress:0"));
                ask(client, "RPUSH", "l", "after");
                assertThat(ask(client, "WAITAOF", "1", "0", "0")).isEqualTo("*2\r\n:1\r\n:0");
                if (i == 0) {
                    assertThat(ask(client, "CONFIG", "SET", "appendonly", "no")).isEqualTo("+OK");
                    ask(client, "SET", "while it is off", "1");
                }
            }
            digest = ask(client, "DEBUG", "DIGEST");
        }
        broker.close();
        start();
        try (RawConnection client = connect()) {
            assertThat(ask(client, "DEBUG", "DIGEST")).isEqualTo(digest);
        }
        assertThat(ends).isEmpty();
    }

    /** As redis-server: it writes one, which is there to be loaded. */
    @Test
    void aFileIsWrittenAnewAlsoWhereNoneIsWritten() throws IOException {
        start("appendonly", "no");
        try (RawConnection client = connect()) {
            ask(client, "SET", "a", "1");
            for (int i = 1; i <= 2; i++) {
                assertThat(ask(client, "BGREWRITEAOF")).isEqualTo("+Background append only file rewriting started");
                Awaitility.await()
                        .until(() -> ask(client, "INFO", "persistence").contains("aof_rewrite_in_progress:0"));
                assertThat(new String(
                                disk.read("/data/appendonlydir/appendonly.aof.manifest"), StandardCharsets.ISO_8859_1))
                        .startsWith("file appendonly.aof." + i + ".base.rdb seq " + i + " type b\n#");
            }
            assertThat(disk.list("/data/appendonlydir"))
                    .containsExactly("appendonly.aof.2.base.rdb", "appendonly.aof.manifest");
            ask(client, "SET", "b", "1");
            assertThat(ask(client, "DEBUG", "LOADAOF")).isEqualTo("+OK");
            assertThat(ask(client, "EXISTS", "a", "b")).isEqualTo(":1");
            assertThat(ask(client, "INFO", "persistence")).contains("aof_enabled:0");
            ask(client, "MULTI");
            ask(client, "BGREWRITEAOF");
            assertThat(ask(client, "EXEC")).contains("scheduled");
            Awaitility.await().until(() -> disk.exists("/data/appendonlydir/appendonly.aof.3.base.rdb"));
        }
    }

    @Test
    void aSnapshotThatIsBeingWrittenIsGivenUpToReadTheFileAgain() throws IOException {
        start("save", "3600 1");
        try (RawConnection client = connect()) {
            ask(client, "SET", "a", "1");
            ask(client, "CONFIG", "SET", "rdb-key-save-delay", "10000000");
            ask(client, "BGSAVE");
            assertThat(ask(client, "DEBUG", "LOADAOF")).isEqualTo("+OK");
            assertThat(ask(client, "GET", "a")).isEqualTo("$1\r\n1");
            assertThat(ask(client, "INFO", "persistence")).contains("rdb_bgsave_in_progress:0");
        }
    }

    @Test
    void whoTurnsItOnHearsThatItIsOrCannotBe() throws IOException {
        start("appendonly", "no");
        try (RawConnection client = connect()) {
            disk.refuseNames("Read-only file system");
            assertThat(ask(client, "CONFIG", "SET", "appendonly", "yes"))
                    .isEqualTo("-ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on"
                            + " AOF. Check server logs.");
            assertThat(ask(client, "CONFIG", "GET", "appendonly")).endsWith("no");
            disk.refuseNames(null);
            assertThat(ask(client, "CONFIG", "SET", "appendonly", "yes")).isEqualTo("+OK");
            assertThat(ask(client, "INFO", "persistence")).contains("aof_enabled:1");
            assertThat(ask(client, "DEBUG", "AOF-FLUSH-SLEEP", "10")).isEqualTo("+OK");
            assertThat(ask(client, "SET", "a", "1")).isEqualTo("+OK");
            ask(client, "BITOP", "DIFF", "b", "a", "nothing");
            ask(client, "BITOP", "DIFF", "b", "nothing", "a");
            assertThat(ask(client, "WAITAOF", "1", "0", "0")).isEqualTo("*2\r\n:1\r\n:0");
            String incr = disk.exists("/data/appendonlydir/temp-appendonly.aof.incr")
                    ? "temp-appendonly.aof.incr"
                    : "appendonly.aof.1.incr.aof";
            assertThat(new String(disk.read("/data/appendonlydir/" + incr), StandardCharsets.ISO_8859_1))
                    .doesNotContain("BITOP")
                    .contains("SET\r\n$1\r\nb\r\n$1\r\n1\r\n");
        }
    }

    @Test
    void aDatabaseThatIsMissingIsNotReplacedByAnother() {
        disk.put(
                "/data/appendonly.aof",
                "*2\r\n$6\r\nSELECT\r\n$2\r\n99\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(this::start)
                .isInstanceOf(StartRefused.class)
                .hasMessage("The append only file appendonly.aof was written with more databases: ERR DB index is out"
                        + " of range");
    }

    /** Somebody else may read the journal too, which goes on. */
    @Test
    void withoutTheFileNobodyWaitsForTheDisk() throws IOException {
        start("appendfsync", "always");
        broker.onLoop(() -> {
            broker.journal().attach((offset, record) -> {});
            return true;
        });
        try (RawConnection client = connect()) {
            assertThat(ask(client, "SET", "a", "1")).isEqualTo("+OK");
            assertThat(ask(client, "CONFIG", "SET", "appendonly", "no")).isEqualTo("+OK");
            assertThat(ask(client, "SET", "b", "1")).isEqualTo("+OK");
            assertThat(ask(client, "GET", "b")).isEqualTo("$1\r\n1");
        }
    }

    @Test
    void whatIsReadAgainIsNoChangeOfTheNextCommand() throws IOException {
        start();
        try (RawConnection client = connect()) {
            ask(client, "SET", "a", "1");
            assertThat(ask(client, "DEBUG", "RELOAD")).isEqualTo("+OK");
            long before = broker.onLoop(() -> broker.journal().offset());
            ask(client, "PING");
            ask(client, "GET", "a");
            assertThat(broker.onLoop(() -> broker.journal().offset())).isEqualTo(before);
        }
    }

    /** Whoever asked for the end, or reads all again, may leave. */
    @Test
    void whatHasBegunEndsWithoutWhoAskedForIt() throws IOException {
        start("rdb-key-save-delay", "20000");
        try (RawConnection client = connect()) {
            for (int i = 0; i < 50; i++) {
                ask(client, "SET", "k" + i, "1");
            }
            try (RawConnection other = connect()) {
                send(other, "DEBUG", "RELOAD");
                Awaitility.await().until(() -> broker.onLoop(() -> broker.isSaving()));
            }
            assertThat(ask(client, "SET", "k", "1")).isEqualTo("+OK");
            try (RawConnection other = connect()) {
                send(other, "SHUTDOWN", "SAVE");
                Awaitility.await().until(() -> broker.onLoop(() -> broker.isSaving()));
            }
            broker.onStop().block(java.time.Duration.ofSeconds(20));
        }
    }

    /** What would be told of and lost. */
    @Test
    void noClientLetsWritesThroughDuringTheLastSave() throws IOException {
        start("rdb-key-save-delay", "20000");
        try (RawConnection client = connect();
                RawConnection other = connect();
                RawConnection writer = connect()) {
            for (int i = 0; i < 50; i++) {
                ask(client, "SET", "k" + i, "1");
            }
            send(other, "SHUTDOWN", "SAVE");
            Awaitility.await().until(() -> broker.onLoop(() -> broker.isSaving()));
            send(writer, "SET", "late", "1");
            assertThat(ask(client, "CLIENT", "UNPAUSE")).isEqualTo("+OK");
            assertThat(ask(client, "EXISTS", "late")).isEqualTo(":0");
            assertThat(ask(client, "PING")).isEqualTo("+PONG");
            assertThat(ask(client, "EXISTS", "late")).isEqualTo(":0");
            broker.onStop().block(java.time.Duration.ofSeconds(20));
        }
    }

    @Test
    void whatCannotBeLoadedIsNotStartedFrom() {
        disk.put("/data/appendonly.aof", "*1\r\n$7\r\nNOTHING\r\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(this::start)
                .isInstanceOf(StartRefused.class)
                .hasMessage("Unknown command 'NOTHING' reading the append only file appendonly.aof");
    }
}
