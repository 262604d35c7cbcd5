package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackupCommandsTest {
    private final InMemoryBroker broker =
            new InMemoryBroker("dir", "/data", "enable-debug-command", "yes", "backup-bytes-per-second-max", "0");

    @AfterEach
    void close() {
        broker.close();
    }

    private String ends(String... words) {
        InMemoryBroker.Answer answer = broker.run(words);
        answer.waits();
        broker.endTurn();
        return answer.late();
    }

    @Test
    void aBackupIsADirectoryThatABrokerCanBeStartedIn() throws IOException {
        broker.run("SET", "k", "v");
        String digest = broker.run("DEBUG", "DIGEST").text();
        String directory = ends("BACKUP", "START");
        assertThat(directory).matches("/data/backups/\\d{8}T\\d{6}\\.\\d{3}Z");
        assertThat(broker.disk.list("/data/backups")).containsExactly(directory.substring("/data/backups/".length()));
        assertThat(ends("BACKUP", "LIST")).matches("\\[\\[directory, " + directory + ", bytes, \\d+]]");
        assertThat(broker.run("BACKUP", "STATUS").text())
                .contains("[state, idle,", "last-directory, " + directory, "last-problem, (nil)");
        assertThat(digest).isNotEmpty();
        assertThat(broker.disk.read(directory + "/dump.rdb")).startsWith("REDIS0010".getBytes());
    }

    @Test
    void oneAtATime() {
        InMemoryBroker.Answer first = broker.run("BACKUP", "START");
        broker.run("BACKUP", "START").isError("ERR A backup is already in progress");
        assertThat(broker.run("BACKUP", "STATUS").text()).contains("[state, running,");
        broker.endTurn();
        assertThat(first.late()).startsWith("/data/backups/");
        broker.run("BGSAVE");
        broker.run("BACKUP", "START")
                .isError("ERR Another file is being written from the data: try again when that is done");
        broker.run("BACKUP", "ABORT").isError("ERR No backup is in progress");
        broker.endTurn();
    }

    @Test
    void nothingIsLeftOfOneThatWasGivenUpOrFailed() throws IOException {
        broker.run("CONFIG", "SET", "rdb-key-save-delay", "1000000");
        broker.run("SET", "a", "1");
        broker.run("SET", "b", "1");
        broker.run("BACKUP", "START");
        broker.turns();
        assertThat(broker.run("BACKUP", "STATUS").text()).contains("[state, running,", "keys-total, 2,");
        broker.run("BACKUP", "ABORT").is("OK");
        broker.pass(5_000);
        broker.endTurn();
        assertThat(broker.disk.list("/data/backups")).isEmpty();
        broker.run("CONFIG", "SET", "rdb-key-save-delay", "0");
        broker.disk.room(10);
        ends("BACKUP", "START");
        assertThat(broker.disk.list("/data/backups")).isEmpty();
        assertThat(broker.run("BACKUP", "STATUS").text()).contains("last-problem, No space left on device");
        broker.disk.room(Long.MAX_VALUE);
        broker.disk.refuseNames("Read-only file system");
        assertThat(ends("BACKUP", "START")).isEqualTo("-ERR The backup cannot be written: Read-only file system");
        assertThat(ends("BACKUP", "LIST")).isEqualTo("[]");
    }

    @Test
    void notMoreThanTheSettingAllows() throws IOException {
        broker.run("CONFIG", "SET", "backups-max", "2").is("OK");
        String first = ends("BACKUP", "START");
        broker.pass(1);
        ends("BACKUP", "START");
        broker.pass(1);
        assertThat(ends("BACKUP", "START"))
                .isEqualTo(
                        "-ERR The backup cannot be written: there are as many as backups-max allows in /data/backups,"
                                + " which is 2: remove some of them");
        assertThat(broker.disk.list("/data/backups")).hasSize(2);
        broker.disk.delete(first + "/dump.rdb");
        broker.disk.delete(first);
        assertThat(ends("BACKUP", "START")).startsWith("/data/backups/");
        broker.run("CONFIG", "SET", "backups-max", "0")
                .isError(
                        "ERR CONFIG SET failed (possibly related to argument 'backups-max') - argument must be between 1"
                                + " and 2147483647 inclusive");
    }

    @Test
    void whatAKilledBrokerHadNotCompletedGoesWithTheNext() throws IOException {
        broker.disk.makeDirectory("/data/backups");
        for (String name : List.of("20260101T000000.000Z", "20260101T000000.001Z", "20260101T000000.002Z", "mine")) {
            broker.disk.makeDirectory("/data/backups/" + name);
        }
        broker.disk
                .create("/data/backups/20260101T000000.000Z/dump.rdb.incomplete")
                .close();
        broker.disk.create("/data/backups/20260101T000000.001Z/notes").close();
        broker.disk.create("/data/backups/mine/dump.rdb.incomplete").close();
        String made = ends("BACKUP", "START");
        assertThat(broker.disk.list("/data/backups"))
                .containsExactlyInAnyOrder("20260101T000000.001Z", "mine", made.substring("/data/backups/".length()));
    }

    @Test
    void twoProcessesDoNotWriteBackupsToOneDirectoryAtATime() throws IOException {
        Closeable other = Objects.requireNonNull(broker.disk.lock("/data/backups/sluice.lock"));
        assertThat(ends("BACKUP", "START"))
                .isEqualTo("-ERR The backup cannot be written: another process is writing one to /data/backups");
        other.close();
        assertThat(ends("BACKUP", "START")).startsWith("/data/backups/");
        assertThat(broker.disk.lock("/data/backups/sluice.lock"))
                .as("it is let go")
                .isNotNull();
    }
}
