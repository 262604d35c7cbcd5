package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The modes that redis-cli has beside sending commands show of ours what they show of redis-server. */
@Tag("differential")
class RedisCliTest {
    private static final String NUMBERS = "[0-9]+([.,][0-9]+)?";

    private static RedisServer reference;
    private static Broker broker;

    @BeforeAll
    static void start() throws IOException {
        RedisServer.assumeInstalled();
        assumeTrue(isInstalled(), "skipped: redis-cli is not on the PATH");
        reference = RedisServer.start("--maxmemory-policy", "allkeys-lfu");
        broker = Broker.start(Settings.of("maxmemory-policy", "allkeys-lfu"), Ports.any());
        for (Target target : targets()) {
            try (RawConnection connection = RawConnection.open(target)) {
                for (int i = 1; i <= 5; i++) {
                    connection.ask("SET", "string " + i, "x".repeat(i * 100));
                }
                connection.ask("RPUSH", "list", "a", "b", "c");
                connection.ask("ZADD", "sorted", "1", "a", "2", "b");
                connection.ask("SET", "a\"b\n", "v", "EX", "1000");
            }
        }
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
        if (reference != null) {
            reference.close();
        }
    }

    private static boolean isInstalled() {
        try {
            return run("", List.of("redis-cli", "--version")).startsWith("redis-cli 7.");
        } catch (IOException absent) {
            return false;
        }
    }

    private static List<Target> targets() {
        return List.of(reference.target(), new Target("127.0.0.1", broker.respPort()));
    }

    private static List<String> command(Target target, String... options) {
        List<String> command =
                new ArrayList<>(List.of("redis-cli", "-h", target.host(), "-p", Integer.toString(target.port())));
        command.addAll(List.of(options));
        return command;
    }

    private static String run(String input, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.ISO_8859_1));
        }
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static List<String> onBoth(String input, String... options) throws IOException {
        List<String> outputs = new ArrayList<>();
        for (Target target : targets()) {
            outputs.add(run(input, command(target, options)));
        }
        return outputs;
    }

    /** What stands below the progress, which is in the order of each server's table; without figures if asked for. */
    private static String summary(String output, boolean figures) {
        int at = output.indexOf("-------- summary");
        assertThat(at).as(output).isPositive();
        String summary = output.substring(at);
        return figures ? summary : summary.replaceAll(NUMBERS, "N");
    }

    private static String sorted(String output) {
        return output.lines().sorted().collect(Collectors.joining("\n"));
    }

    @Test
    void bigKeys() throws IOException {
        List<String> outputs = onBoth("", "--bigkeys");
        assertThat(summary(outputs.get(1), true)).isEqualTo(summary(outputs.get(0), true));
        assertThat(outputs.get(1)).contains("6 strings with 1501 bytes");
    }

    @Test
    void keysByTheirMemory() throws IOException {
        List<String> outputs = onBoth("", "--memkeys");
        assertThat(summary(outputs.get(1), false)).isEqualTo(summary(outputs.get(0), false));
    }

    @Test
    void keysByTheirSampledMemory() throws IOException {
        List<String> outputs = onBoth("", "--memkeys-samples", "0");
        assertThat(summary(outputs.get(1), false)).isEqualTo(summary(outputs.get(0), false));
    }

    @Test
    void hotKeys() throws IOException {
        List<String> outputs = onBoth("", "--hotkeys");
        assertThat(sorted(summary(outputs.get(1), false))).isEqualTo(sorted(summary(outputs.get(0), false)));
        assertThat(outputs.get(1)).contains("hot key found with counter: ");
    }

    @Test
    void scans() throws IOException {
        for (String[] options : new String[][] {
            {"--scan"},
            {"--scan", "--pattern", "string*"},
            {"--scan", "--count", "1"},
            {"--scan", "--quoted-pattern", "\"a\\\"*\""}
        }) {
            List<String> outputs = onBoth("", options);
            assertThat(sorted(outputs.get(1))).isEqualTo(sorted(outputs.get(0))).isNotEmpty();
        }
    }

    @Test
    void pipes() throws IOException {
        StringBuilder commands = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            commands.append("*2\r\n$4\r\nECHO\r\n$1\r\na\r\n");
        }
        commands.append("GET\r\n");
        List<String> outputs = onBoth(commands.toString(), "--pipe");
        assertThat(outputs.get(1)).isEqualTo(outputs.get(0)).contains("errors: 1, replies: 10001");
    }

    @Test
    void latency() throws IOException {
        for (String output : onBoth("", "--latency", "--csv", "-i", "0.05")) {
            assertThat(output).matches("\\d+,\\d+,\\d+\\.\\d\\d,\\d+\n");
        }
    }

    /** It goes on for ever, so two lines of it have to do. */
    @Test
    void statistics() throws Exception {
        List<String> lines = new ArrayList<>();
        for (Target target : targets()) {
            List<String> command = command(target, "--stat", "-i", "0.01");
            command.addAll(0, List.of("stdbuf", "-oL"));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                lines.add(out.readLine() + "\n" + out.readLine());
                assertThat(out.readLine()).matches("8 +[0-9.]+[KM] +\\d+ +0 +\\d+ \\(\\+\\d+\\) +\\d+ *");
            } finally {
                process.destroy();
                process.waitFor(5, TimeUnit.SECONDS);
            }
        }
        assertThat(lines.get(1)).isEqualTo(lines.get(0));
    }

    /** Hints and help are made from COMMAND DOCS. */
    @Test
    void help() throws IOException {
        List<String> outputs = onBoth("help blpop\nhelp zadd\nhelp memory usage\nhelp expire\n");
        assertThat(usages(outputs.get(1))).isEqualTo(usages(outputs.get(0))).hasSize(4);
        assertThat(onBoth("help increx\n").get(1)).contains("INCREX").contains("[BYFLOAT float|BYINT integer]");
    }

    /** The line of each command with its arguments, which redis-cli writes bold and grey. */
    private static List<String> usages(String output) {
        return output.lines().filter(line -> line.contains("\u001b[1m")).toList();
    }
}
