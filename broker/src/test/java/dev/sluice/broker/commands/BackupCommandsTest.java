package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.io.IOException;
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
}
