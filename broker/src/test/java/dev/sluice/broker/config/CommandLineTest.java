package dev.sluice.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.config.CommandLine.Exit;
import dev.sluice.broker.config.CommandLine.Start;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    /** Files that exist, and what standard input holds. */
    private final FakeHost host = new FakeHost(new TreeMap<>());

    private record FakeHost(Map<String, String> files) implements Host {
        @Override
        public int processors() {
            return 8;
        }

        @Override
        public String workingDirectory() {
            return "/work dir";
        }

        @Override
        public String directoryProblem(String path) {
            return path.startsWith("/no") ? "No such file or directory" : null;
        }

        @Override
        public String appendProblem(String path) {
            return directoryProblem(path);
        }

        @Override
        public byte[] read(String path) throws IOException {
            if (!files.containsKey(path)) {
                throw new IOException("No such file or directory");
            }
            return files.get(path).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public List<String> glob(String pattern) {
            String prefix = pattern.substring(0, pattern.indexOf('*'));
            return files.keySet().stream()
                    .filter(path -> path.startsWith(prefix))
                    .toList();
        }

        @Override
        public byte[] standardInput() {
            return files.getOrDefault("-", "").getBytes(StandardCharsets.UTF_8);
        }
    }

    private Settings start(String... arguments) {
        return started(arguments).settings();
    }

    private Start started(String... arguments) {
        CommandLine result = CommandLine.read(List.of(arguments), host);
        assertThat(result).isInstanceOf(Start.class);
        return (Start) result;
    }

    private void fails(String message, String... arguments) {
        assertThat(CommandLine.read(List.of(arguments), host)).isEqualTo(new Exit(1, message));
    }

    private static String fatal(int line, String text, String reason) {
        return "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line " + line
                + "\n>>> '" + text + "'\n" + reason;
    }

    @Test
    void withoutArgumentsAllIsStandard() {
        Start start = started();
        assertThat(start.settings().integer(Setting.PORT)).isEqualTo(6379);
        assertThat(start.settings().text(Setting.DIR)).isEqualTo("/work dir");
        assertThat(start.settings().integer(Setting.IO_THREADS)).isEqualTo(4);
        assertThat(start.settings().isGiven(Setting.RSOCKET_PORT)).isFalse();
        assertThat(start.configFile()).isNull();
        assertThat(start.warnings()).isEmpty();
    }

    @Test
    void optionsAreSettings() {
        Settings settings =
                start("--port", "7000", "--PORT", "7001", "--bind", "a", "b", "--maxmemory 1mb", "--hz", "20");
        assertThat(settings.integer(Setting.PORT)).isEqualTo(7001);
        assertThat(settings.isGiven(Setting.PORT)).isTrue();
        assertThat(settings.words(Setting.BIND)).containsExactly("a", "b");
        assertThat(settings.number(Setting.MAXMEMORY)).isEqualTo(1 << 20);
        assertThat(settings.integer(Setting.HZ)).isEqualTo(20);
    }

    @Test
    void savePointsAddUpUntilAnEmptyOne() {
        assertThat(start("--save", "60", "1").text(Setting.SAVE)).isEqualTo("60 1");
        assertThat(start("--save", "60 1 300 2", "--save", "900 3").text(Setting.SAVE))
                .isEqualTo("60 1 300 2 900 3");
        assertThat(start("--save", "", "--save", "60", "1").text(Setting.SAVE)).isEqualTo("60 1");
        assertThat(start("--save", "60", "1", "--save", "").text(Setting.SAVE)).isEmpty();
        assertThat(start("--save", "--hz", "20").text(Setting.SAVE)).isEmpty();
        assertThat(start("--hz", "20", "--save").text(Setting.SAVE)).isEmpty();
    }

    @Test
    void theFileComesFirstThenStandardInputThenOptions() {
        host.files.put("/work dir/my.conf", "# mine\nport 1\nmaxclients 1\n\n  TIMEOUT\t'5'  \r\ntcp-keepalive 1");
        host.files.put("-", "\nport 2\ntcp-keepalive 2\n");
        Start start = started("my.conf", "--port", "3", "-");
        assertThat(start.configFile()).isEqualTo("/work dir/my.conf");
        assertThat(start.warnings()).containsExactly("Reading config from stdin");
        Settings settings = start.settings();
        assertThat(List.of(
                        settings.integer(Setting.PORT),
                        settings.integer(Setting.MAXCLIENTS),
                        settings.integer(Setting.TIMEOUT),
                        settings.integer(Setting.TCP_KEEPALIVE)))
                .containsExactly(3, 1, 5, 2);
    }

    @Test
    void includesStartFromTheDirectoryAndMayHaveWildcards() {
        host.files.put("/a.conf", "dir /conf.d\ninclude *.conf\ninclude /none/*.conf\ninclude b.inc\n");
        host.files.put("/conf.d/1.conf", "port 1\nhz 5\n");
        host.files.put("/conf.d/2.conf", "port 2\n");
        host.files.put("/conf.d/b.inc", "client-output-buffer-limit normal 1 2 3\nrequirepass \"\\x41 b\"\n");
        Settings settings = start("/a.conf");
        assertThat(settings.integer(Setting.PORT)).isEqualTo(2);
        assertThat(settings.integer(Setting.HZ)).isEqualTo(5);
        assertThat(settings.outputLimits().normal()).isEqualTo(new OutputLimits.Limit(1, 2, 3));
        assertThat(settings.text(Setting.REQUIREPASS)).isEqualTo("A b");
    }

    @Test
    void anIncludeOfItselfEnds() {
        host.files.put("/a.conf", "include /a.conf\n");
        fails(fatal(1, "include /a.conf", "Too many nested includes"), "/a.conf");
    }

    /** Texts of redis-server 7.0.15. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            --foo;bar                | foo "bar"                | Bad directive or wrong number of arguments
            -x                       | "-x"                     | Bad directive or wrong number of arguments
            --port                   | port                     | wrong number of arguments
            --port;1;2               | port "1" "2"             | wrong number of arguments
            --port;abc               | port "abc"               | argument couldn't be parsed into an integer
            --port 12x               | port 12x                 | argument couldn't be parsed into an integer
            --maxclients;0           | maxclients "0"           | argument must be between 1 and 4294967295 inclusive
            --save;60                | save "60"                | Invalid save parameters
            --appendonly;--port;0    | appendonly "--port" "0"  | wrong number of arguments
            --x.y                    | x.y                      | Module config specified without value
            --dir;/nowhere           | dir "/nowhere"           | No such file or directory
            """)
    void aBadOptionIsReportedAsALine(String arguments, String line, String reason) {
        fails(fatal(2, line, reason), arguments.split(";"));
    }

    @Test
    void aBadLineIsReportedWithItsNumber() {
        host.files.put("/a.conf", "port 0\n\n  maxclients \"1 2\n");
        fails(fatal(3, "maxclients \"1 2", "Unbalanced quotes in configuration line"), "/a.conf");
        host.files.put("/b.conf", "port 0\ninclude /c.conf\n");
        fails("Fatal error, can't open config file '/c.conf': No such file or directory", "/b.conf");
        fails("Fatal error, can't open config file '/work dir/port': No such file or directory", "port", "7000");
        fails(
                "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nCan't open the log file: No such file or directory",
                "--logfile",
                "/nowhere/x");
    }

    @Test
    void whatOnlyOtherVersionsKnowIsAWarning() {
        assertThat(started(
                                "--locale-collate",
                                "C",
                                "--rename-command",
                                "FLUSHALL",
                                "",
                                "--lua-replicate-commands",
                                "yes",
                                "--appendonly",
                                "yes",
                                "--appendonly",
                                "no",
                                "--notify-keyspace-events",
                                "KEA")
                        .warnings())
                .containsExactly(
                        "WARNING: 'locale-collate' is accepted, but has no effect in this version",
                        "WARNING: 'rename-command' is accepted, but has no effect in this version",
                        "WARNING: 'notify-keyspace-events' is accepted, but has no effect in this version");
    }

    @Test
    void versionAndHelp() {
        assertThat(CommandLine.read(List.of("--version"), host))
                .isInstanceOfSatisfying(
                        Exit.class,
                        exit -> assertThat(exit.text()).matches("Sluice server v=\\d+\\.\\d+\\S* redis=7.0.15 .*"));
        assertThat(CommandLine.read(List.of("-h"), host))
                .isInstanceOfSatisfying(
                        Exit.class, exit -> assertThat(exit.text()).startsWith("Usage: sluice "));
    }

    @Test
    void valuesKeepTheirBytes() {
        host.files.put("/a.conf", "requirepass пароль\nlogfile \"\"\n");
        assertThat(start("/a.conf").text(Setting.REQUIREPASS)).isEqualTo("пароль");
        assertThat(start("--requirepass", "пароль").text(Setting.REQUIREPASS)).isEqualTo("пароль");
    }
}
