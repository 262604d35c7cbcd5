package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** INFO has redis-server's sections and fields, in its order; ours stand after them. */
@Tag("differential")
class InfoDifferentialTest {
    /** Their fields are named after what has run, in the order of a hash table. */
    private static final Set<String> DYNAMIC = Set.of("Commandstats", "Latencystats");

    private static RedisServer reference;
    private static Broker broker;

    @BeforeAll
    static void start() throws IOException {
        RedisServer.assumeInstalled();
        reference = RedisServer.start();
        broker = Broker.start(Settings.of(), Ports.any());
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

    private static Map<String, List<String>> sections(Target target, String... names) throws IOException {
        try (RawConnection connection = RawConnection.open(target)) {
            connection.ask("SET", "k", "v", "EX", "1000");
            connection.ask("INCR", "k");
            connection.ask("GET");
            connection.ask("GET", "k");
            String[] words = new String[names.length + 1];
            words[0] = "INFO";
            System.arraycopy(names, 0, words, 1, names.length);
            return parse(Resp.parse(connection.ask(words)).text());
        }
    }

    private static Map<String, List<String>> parse(String text) {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        List<String> fields = new ArrayList<>();
        for (String line : text.split("\r\n")) {
            if (line.startsWith("# ")) {
                fields = new ArrayList<>();
                sections.put(line.substring(2), fields);
            } else if (!line.isEmpty()) {
                fields.add(line.substring(0, line.indexOf(':')));
            }
        }
        sections.remove("Pubsub"); // ours alone
        return sections;
    }

    private static Target ours() {
        return new Target("127.0.0.1", broker.respPort());
    }

    @Test
    void sectionsAndFieldsAreTheSame() throws IOException {
        Map<String, List<String>> expected = sections(reference.target(), "everything");
        Map<String, List<String>> actual = sections(ours(), "everything");
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((title, fields) -> {
            List<String> found = actual.get(title);
            if (DYNAMIC.contains(title)) {
                assertThat(found).as(title).containsAll(fields);
            } else {
                assertThat(found.subList(0, Math.min(fields.size(), found.size())))
                        .as(title)
                        .containsExactlyElementsOf(fields);
            }
        });
    }

    /** What says nothing about a server as such: its own names and paths. */
    private static final Set<String> NAMES =
            Set.of("executable", "config_file", "multiplexing_api", "gcc_version", "mem_allocator", "atomicvar_api");

    /** A value with its figures taken out, but for how many digits follow a point: {@code N.NN}. */
    private static String shape(String line) {
        String[] field = line.split(":", 2);
        if (NAMES.contains(field[0]) || field[1].matches("[0-9a-f]{40}")) {
            return field[0];
        }
        return line.replaceAll("(?<=[:=])-?\\d+", "N")
                .replaceAll("(?<=[.])\\d(?=[\\dKMGB%]*(,|$))", "N")
                .replaceAll("(?<=[.]N)\\d(?=[\\dKMGB%]*(,|$))", "N")
                .replaceAll("(?<=[.]NN)\\d+", "N")
                .replaceAll("N(\\.NN)?[BKMG]$", "bytes");
    }

    private static Map<String, String> shapes(Target target, String section) throws IOException {
        try (RawConnection connection = RawConnection.open(target)) {
            connection.ask("FLUSHALL");
            connection.ask("CONFIG", "RESETSTAT");
            connection.ask("SET", "k", "v", "EX", "1000");
            connection.ask("LPUSH", "k", "v");
            connection.ask("GET");
            Map<String, String> shapes = new LinkedHashMap<>();
            info(connection, section)
                    .lines()
                    .filter(line -> line.contains(":"))
                    .forEach(line -> shapes.put(line.split(":", 2)[0], shape(line)));
            return shapes;
        }
    }

    @Test
    void valuesAreWrittenTheSameWay() throws IOException {
        Map<String, String> expected = shapes(reference.target(), "everything");
        Map<String, String> actual = shapes(ours(), "everything");
        for (String name : List.of("redis_version", "os", "redis_build_id", "redis_git_sha1")) {
            assertThat(actual).containsKey(name);
            expected.remove(name);
        }
        assertThat(expected).hasSizeGreaterThan(150);
        Map<String, String> differing = new LinkedHashMap<>();
        expected.forEach((name, shape) -> {
            if (!shape.equals(actual.get(name))) {
                differing.put(shape, actual.get(name));
            }
        });
        assertThat(differing).isEmpty();
    }

    private static String info(RawConnection connection, String section) throws IOException {
        return Resp.parse(connection.ask("INFO", section)).text();
    }

    /** What of a section does not depend on clocks: rows of commands without durations, in order of their names. */
    private static List<String> counts(String text) {
        return text.lines()
                .map(line -> line.replaceAll("usec=[^,]*,usec_per_call=[^,]*,", ""))
                .filter(line -> line.startsWith("cmdstat_") || line.startsWith("errorstat_"))
                .sorted()
                .toList();
    }

    private static List<String> resettable(String text) {
        return text.lines()
                .filter(line -> line.matches("(total_connections_received|total_commands_processed|rejected_connections"
                        + "|expired_keys|evicted_keys|keyspace_hits|keyspace_misses|total_error_replies):.*"))
                .toList();
    }

    @Test
    void callsAndErrorsAreCountedAlike() throws IOException {
        List<List<String>> seen = new ArrayList<>();
        for (Target target : List.of(reference.target(), ours())) {
            try (RawConnection connection = RawConnection.open(target)) {
                connection.ask("FLUSHALL");
                connection.ask("CONFIG", "RESETSTAT");
                List<String> counted = new ArrayList<>();
                for (String line : List.of(
                        "SET k v",
                        "GET k",
                        "GET",
                        "GET a b",
                        "INCR k",
                        "LPUSH k x",
                        "NOSUCH",
                        "NOSUCH a b",
                        "AUTH k",
                        "AUTH a b",
                        "CLIENT NOSUCH",
                        "CLIENT GETNAME",
                        "CLIENT SETNAME",
                        "CONFIG SET nosuch 1",
                        "SUBSCRIBE",
                        "MULTI",
                        "MULTI",
                        "SET k 1",
                        "LPUSH k 1",
                        "INCR k",
                        "EXEC",
                        "EXEC",
                        "MULTI",
                        "SET k",
                        "EXEC",
                        "MULTI",
                        "INCR k",
                        "DISCARD",
                        "DISCARD",
                        "MULTI",
                        "EXEC x",
                        "EXEC",
                        "BLPOP k 0",
                        "BLPOP none 0.001",
                        "BLPOP none -1",
                        "GET none",
                        "EXISTS k none",
                        "EXPIRE k -1",
                        "SELECT 99",
                        "HELLO 9",
                        "HELLO 2 FOO",
                        "PING a b",
                        "RESET")) {
                    connection.ask(line.split(" "));
                }
                counted.addAll(counts(info(connection, "commandstats")));
                counted.addAll(counts(info(connection, "errorstats")));
                counted.addAll(resettable(info(connection, "stats")));
                connection.ask("CONFIG", "RESETSTAT");
                counted.addAll(resettable(info(connection, "stats")));
                counted.addAll(counts(info(connection, "commandstats")));
                counted.addAll(counts(info(connection, "errorstats")));
                seen.add(counted);
            }
        }
        assertThat(seen.get(1)).containsExactlyElementsOf(seen.get(0));
        assertThat(seen.get(0)).hasSizeGreaterThan(30);
    }

    @Test
    void selectionsAreTheSame() throws IOException {
        for (String[] names : new String[][] {
            {}, {"default"}, {"all"}, {"KeySpace", "server"}, {"nosuch"}, {"module_list"}, {"default", "commandstats"}
        }) {
            assertThat(sections(ours(), names).keySet())
                    .as("INFO %s", String.join(" ", names))
                    .containsExactlyElementsOf(
                            sections(reference.target(), names).keySet());
        }
    }

    @Test
    void resp3AnswersAVerbatimString() throws IOException {
        for (Target target : List.of(reference.target(), ours())) {
            try (RawConnection connection = RawConnection.open(target)) {
                connection.ask("HELLO", "3");
                assertThat(Resp.show(connection.ask("INFO", "cluster")))
                        .isEqualTo("=34\\r\\ntxt:# Cluster\\r\\ncluster_enabled:0\\r\\n\\r\\n");
                assertThat(Resp.show(connection.ask("INFO", "nosuch"))).isEqualTo("=4\\r\\ntxt:\\r\\n");
            }
        }
    }
}
