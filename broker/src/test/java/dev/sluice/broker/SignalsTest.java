package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole process, as it is started and stopped by an operator. */
class SignalsTest {
    @TempDir
    Path directory;

    private @Nullable Process process;
    private final StringBuilder said = new StringBuilder();

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private Process start(String settings) throws IOException {
        Path file = Files.writeString(
                directory.resolve("redis.conf"),
                settings + "\nport 0\nunixsocket " + directory.resolve("socket") + "\nrsocket-port 0\nhttp-port 0\n");
        return process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        BrokerMain.class.getName(),
                        file.toString(),
                        "--dir",
                        directory.toString())
                .redirectErrorStream(true)
                .start();
    }

    private static void signal(Process to, String name) throws Exception {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + to.pid()).start().waitFor();
    }

    /** Reads what it says until one line is such; returns false if it ended before. */
    private boolean says(BufferedReader log, Predicate<String> such) throws IOException {
        for (String line; (line = log.readLine()) != null; ) {
            said.append(line).append('\n');
            if (such.test(line)) {
                return true;
            }
        }
        return false;
    }

    private boolean says(BufferedReader log, String text) throws IOException {
        return says(log, line -> line.contains(text));
    }

    @ParameterizedTest
    @CsvSource({
        "TERM, save 3600 1, true",
        "INT, save 3600 1, true",
        "TERM, save ''|shutdown-on-sigterm save, true",
        "INT, save ''|shutdown-on-sigterm save, false",
        "INT, save 3600 1|shutdown-on-sigint nosave, false"
    })
    void aProcessThatIsAskedToEndSavesIfItIsSetSo(String signal, String settings, boolean saves) throws Exception {
        Process process = start(settings.replace('|', '\n'));
        try (BufferedReader log = process.inputReader()) {
            assertThat(says(log, "Ready to accept connections")).as("%s", said).isTrue();
            signal(process, signal);
            says(log, line -> false);
        }
        assertThat(process.waitFor()).isZero();
        assertThat(said).contains("Server initialized", "Received SIG" + signal, "User requested shutdown", "bye bye");
        assertThat(said.toString().contains("DB saved on disk")).isEqualTo(saves);
        assertThat(Files.exists(directory.resolve("dump.rdb"))).isEqualTo(saves);
    }

    /** Where it cannot be saved it goes on, unless it is told not to save. */
    @Test
    void whatCannotBeSavedIsNotGivenUp() throws Exception {
        Process process = start("save 3600 1\nshutdown-on-sigint nosave");
        try (BufferedReader log = process.inputReader()) {
            assertThat(says(log, "Ready to accept connections")).as("%s", said).isTrue();
            Files.createDirectory(directory.resolve("dump.rdb"));
            Files.writeString(directory.resolve("dump.rdb").resolve("in the way"), "");
            signal(process, "TERM");
            assertThat(says(log, "SIGTERM received but errors trying to shut down the server"))
                    .as("%s", said)
                    .isTrue();
            signal(process, "INT");
            says(log, line -> false);
        }
        assertThat(process.waitFor()).isZero();
        assertThat(said).contains("Error trying to save the DB, can't exit.", "bye bye");
    }

    @Test
    void whoInterruptsTwiceInsists() throws Exception {
        String[] settings = {"dir", directory.toString(), "save", "3600 1"};
        try (Broker broker = Broker.start(Settings.of(settings), Ports.any());
                RawConnection client = RawConnection.to(broker)) {
            client.text("MSET", "a", "1", "b", "2");
            client.text("SAVE");
        }
        Process process = start("save 3600 1\nrdb-key-save-delay 100000000");
        try (BufferedReader log = process.inputReader()) {
            assertThat(says(log, "Ready to accept connections")).as("%s", said).isTrue();
            signal(process, "INT");
            assertThat(says(log, "Saving the final RDB snapshot"))
                    .as("%s", said)
                    .isTrue();
            signal(process, "TERM"); // says nothing new
            signal(process, "INT");
            assertThat(says(log, "You insist... exiting now.")).as("%s", said).isTrue();
        }
        assertThat(process.waitFor()).isEqualTo(1);
    }
}
