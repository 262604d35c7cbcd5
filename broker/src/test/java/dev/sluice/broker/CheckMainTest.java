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

    private static String command(String... words) {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append("$%d\r\n%s\r\n".formatted(word.length(), word));
        }
        return text.toString();
    }

    /** As redis-server 7 leaves it. */
    private Path log(String increment) throws IOException {
        Path log = Files.createDirectories(directory.resolve("appendonlydir"));
        Files.write(log.resolve("a.aof.1.base.rdb"), file());
        Files.writeString(log.resolve("a.aof.1.incr.aof"), increment);
        return Files.writeString(
                log.resolve("a.aof.manifest"),
                "file a.aof.1.base.rdb seq 1 type b\nfile a.aof.1.incr.aof seq 1 type i\n");
    }

    @Test
    void anAppendOnlyLog() throws IOException {
        String commands = command("SELECT", "0") + command("SET", "k", "v");
        Path manifest = log(commands);
        assertThat(run(false, directory)).isZero();
        assertThat(said().lines().map(line -> line.substring(line.lastIndexOf('/') + 1)))
                .containsExactly(
                        "a.aof.manifest: intact: names 2 files",
                        "a.aof.1.base.rdb: intact: RDB version 10, %d bytes, 3 keys".formatted(file().length),
                        "a.aof.1.incr.aof: intact: %d bytes, without checksums from offset 0 to %d"
                                .formatted(commands.length(), commands.length()));
        Files.writeString(manifest, "file x.aof seq 1 type q\n");
        assertThat(run(false, manifest)).isEqualTo(1);
        assertThat(said())
                .contains("a.aof.manifest: damaged: ")
                .contains("Unknown AOF file type")
                .hasLineCount(1);
        log(commands + "what\r\n");
        assertThat(run(false, directory)).isEqualTo(1);
        assertThat(said()).contains("a.aof.1.incr.aof: damaged at offset %d".formatted(commands.length()));
        Files.delete(manifest.resolveSibling("a.aof.1.incr.aof"));
        assertThat(run(false, directory)).isEqualTo(1);
        assertThat(said()).contains("a.aof.1.incr.aof: damaged: No such file or directory");
    }

    @Test
    void theTornEndOfALogIsCutOffWhenToldTo() throws IOException {
        String whole = command("SELECT", "0");
        Path manifest = log(whole + command("SET", "k", "v").substring(0, 20));
        Path torn = manifest.resolveSibling("a.aof.1.incr.aof");
        assertThat(run(false, manifest)).isEqualTo(1);
        assertThat(said()).contains("torn at offset %d".formatted(whole.length()));
        assertThat(Files.size(torn)).isEqualTo(whole.length() + 20);
        try (java.io.Closeable broker =
                new LocalDisk().lock(directory.resolve("sluice.lock").toString())) {
            assertThat(broker).isNotNull();
            assertThat(run(false, "--repair", manifest)).isEqualTo(2);
            assertThat(said()).contains("not repaired, for a broker is using it");
        }
        assertThat(run(false, "--repair", manifest)).isZero();
        assertThat(said()).contains("repaired: 20 bytes were cut off");
        assertThat(Files.readString(torn)).isEqualTo(whole);
        assertThat(run(false, manifest)).isZero();
    }

    @Test
    void anOldFileThatBeginsInRdbForm() throws IOException {
        byte[] commands = command("SELECT", "0").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(file());
        both.writeBytes(commands);
        Path file = Files.write(directory.resolve("appendonly.aof"), both.toByteArray());
        assertThat(run(false, directory)).isZero();
        assertThat(said())
                .isEqualTo("%s: intact: %d bytes, without checksums from offset %d to %d%n"
                        .formatted(file, both.size(), file().length, both.size()));
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
