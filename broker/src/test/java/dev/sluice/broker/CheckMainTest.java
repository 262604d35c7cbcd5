package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.persist.RdbFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckMainTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();

    private int run(boolean hasTerminal, Object... arguments) {
        out.reset();
        CheckMain check = new CheckMain(printing(out), printing(terminal), hasTerminal);
        String[] words =
                java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        return new CommandLine(check).setErr(new java.io.PrintWriter(terminal)).execute(words);
    }

    private static PrintStream printing(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Some keys, in more databases than there usually are, some of them dead. */
    private byte[] file() {
        try (InMemoryBroker broker = new InMemoryBroker("databases", "40")) {
            broker.run("SET", "k", "v", "PX", "1");
            broker.run("SELECT", "39");
            broker.run("RPUSH", "l", "v");
            broker.run("SADD", "s", "a", "b");
            broker.run("SPEXPIRE", "s", "1", "MEMBERS", "2", "a", "b").is("[1, 1]");
            return RdbFiles.write(broker);
        }
    }

    @Test
    void anIntactFile() throws IOException {
        byte[] content = file();
        Path file = Files.write(directory.resolve("dump.rdb"), content);
        assertThat(run(false, file)).isZero();
        assertThat(said()).isEqualTo("%s: intact: RDB version 10, %d bytes, 3 keys%n".formatted(file, content.length));
        assertThat(terminal.size()).isZero();
    }

    @Test
    void aDamagedFile() throws IOException {
        byte[] content = file();
        content[content.length - 20] ^= 1;
        Path file = Files.write(directory.resolve("dump.rdb"), content);
        assertThat(run(false, file)).isEqualTo(1);
        assertThat(said()).contains("damaged at offset ");
        Files.write(file, java.util.Arrays.copyOf(content, 9));
        assertThat(run(false, file)).isEqualTo(1);
        assertThat(said()).isEqualTo("%s: damaged at offset 9: it ends too early%n".formatted(file));
    }

    @Test
    void aDirectory() throws IOException {
        assertThat(run(false, directory)).isZero();
        assertThat(said()).isEqualTo("%s: no files of data%n".formatted(directory));
        Files.write(directory.resolve("a.rdb"), file());
        Files.write(directory.resolve("b.rdb"), new byte[] {1});
        Files.write(directory.resolve("c.txt"), new byte[] {1});
        assertThat(run(false, directory)).isEqualTo(1);
        assertThat(said().lines()).hasSize(2);
    }

    @Test
    void whatCannotBeRead() {
        assertThat(run(false, directory.resolve("none"))).isEqualTo(2);
        assertThat(said()).contains("none: cannot be read: No such file or directory");
        assertThat(run(false)).isEqualTo(2);
        assertThat(run(false, "--what")).isEqualTo(2);
    }

    @Test
    void aTerminalShowsHowFarItIs() throws IOException {
        Path file = Files.write(directory.resolve("dump.rdb"), file());
        run(true, file);
        assertThat(terminal.toString(StandardCharsets.UTF_8)).contains("0 %").endsWith("\r");
    }
}
