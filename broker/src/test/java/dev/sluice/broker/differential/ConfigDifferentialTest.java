package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Every parameter of redis-server: its value at the start, and what CONFIG SET answers and CONFIG GET then shows for
 * legal, illegal and boundary values. What differs on purpose is in deviations.tsv; what a process must not do to the
 * machine of a test is left out here.
 */
@Tag("differential")
class ConfigDifferentialTest {
    private static final List<String> HIDDEN = List.of(
            "key-load-delay", "rdb-key-save-delay", "loading-process-events-interval-bytes", "use-exit-on-panic");

    /** Their values depend on the process, or are deviations. */
    private static final Set<String> OTHER_STANDARDS = Set.of("port", "bind", "dir", "enable-debug-command", "pidfile");

    /** Legal values are not set: they would open and close ports, write files, take memory, shut us out. */
    private static final Set<String> ONLY_REFUSED = Set.of(
            "port",
            "bind",
            "dir",
            "appendonly",
            "maxclients",
            "maxmemory-clients",
            "oom-score-adj",
            "oom-score-adj-values",
            "tls-port",
            "tls-cluster",
            "tls-replication");

    private static final List<String> VALUES = List.of(
            "",
            "yes",
            "No",
            "maybe",
            "0",
            "1",
            "-1",
            "-2",
            "+1",
            "01",
            "1.5",
            " 1",
            "1 ",
            "1k",
            "1kb",
            "2MB",
            "1G",
            "1x",
            "kb",
            "-1kb",
            "100%",
            "101%",
            "-5%",
            "99",
            "100",
            "101",
            "128",
            "129",
            "500",
            "501",
            "777",
            "778",
            "1000",
            "1001",
            "1023",
            "1024",
            "16383",
            "16384",
            "65535",
            "65536",
            "1048575",
            "1048576",
            "2147483647",
            "2147483648",
            "-2147483648",
            "-2147483649",
            "4294967295",
            "4294967296",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999999",
            "a b",
            "1 2",
            "1 2 3",
            "1 2 2001",
            "60 1",
            "60 -1",
            "0 1",
            "60  1",
            "local",
            "everysec",
            "absolute",
            "relative",
            "optional",
            "hostname",
            "unknown-endpoint",
            "ALLKEYS-lfu",
            "volatile-ttl",
            "save",
            "force NOW",
            "save nosave",
            "default",
            "verbose",
            "nothing",
            "normal 1000000 2 3",
            "replica 1mb 1kb 3 pubsub 0 0 0",
            "slave 1 2 -3",
            "master 1 2 3",
            "normal x 2 3",
            "KEA",
            "Kg$lshzxetdmn",
            "An",
            "?",
            "50.5 99.999",
            "-0.5",
            "-0",
            "1e1",
            "nan",
            "0x10",
            "a/b",
            "a\\b",
            "foo.bar-baz",
            "a_b",
            "x".repeat(255),
            "x".repeat(256),
            "{title}",
            "{title} {port}",
            "{x}",
            "{title",
            "title}",
            "{{",
            "/nonexistent",
            "on-empty-db",
            "swapdb",
            "panic-on-replicas",
            "clients",
            "allchannels",
            "no one",
            "\u00ff\u0001");

    private static RedisServer reference;
    private static Broker subject;

    @BeforeAll
    static void startServers() throws IOException {
        RedisServer.assumeInstalled();
        reference = RedisServer.start("--enable-protected-configs", "yes");
        Settings settings = Settings.of("enable-protected-configs", "yes", "save", "", "enable-debug-command", "yes");
        subject = Broker.start(settings, new Ports(Ports.ANY, Ports.OFF, Ports.OFF));
    }

    @AfterAll
    static void stopServers() {
        if (subject != null) {
            subject.close();
        }
        if (reference != null) {
            reference.close();
        }
    }

    private static RawConnection connect(boolean toReference) throws IOException {
        return RawConnection.open(toReference ? reference.target() : new Target("127.0.0.1", subject.respPort()));
    }

    private static Map<String, String> all(RawConnection connection) throws IOException {
        List<Resp> pairs = Resp.parse(connection.ask("CONFIG", "GET", "*")).items();
        Map<String, String> all = new TreeMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            all.put(pairs.get(i).text(), pairs.get(i + 1).text());
        }
        return all;
    }

    @TestFactory
    Stream<DynamicTest> parameters() throws IOException {
        try (RawConnection expected = connect(true);
                RawConnection actual = connect(false)) {
            Map<String, String> there = all(expected);
            Map<String, String> here = all(actual);
            List<String> names = new ArrayList<>(there.keySet());
            names.addAll(HIDDEN);
            return names.stream()
                    .map(name -> DynamicTest.dynamicTest(name, () -> {
                        if (!OTHER_STANDARDS.contains(name)) {
                            assertThat(here.get(name)).isEqualTo(there.get(name));
                        }
                        compare(name, there.get(name));
                    }));
        }
    }

    private static void compare(String name, String standard) throws IOException {
        List<String> differences = new ArrayList<>();
        try (RawConnection expected = connect(true);
                RawConnection actual = connect(false)) {
            for (String value : VALUES) {
                if (ONLY_REFUSED.contains(name) && !refuses(actual, name, value)) {
                    continue;
                }
                boolean shown = !OTHER_STANDARDS.contains(name) || !ONLY_REFUSED.contains(name);
                String there = set(expected, name, value, shown);
                String here = set(actual, name, value, shown);
                if (!there.equals(here)) {
                    differences.add("'%s': %s but here %s".formatted(value, there, here));
                }
            }
            if (standard != null && !ONLY_REFUSED.contains(name)) {
                set(expected, "SET", name, standard);
                set(actual, "SET", name, standard);
            }
        }
        assertThat(differences).isEmpty();
    }

    /** Asks the subject, which only keeps most of these, and puts back what was set. */
    private static boolean refuses(RawConnection actual, String name, String value) throws IOException {
        if (name.equals("port") || name.equals("bind")) {
            return name.equals("port") ? !value.matches("[1-9]\\d{0,4}|0") : value.split(" ").length > 16;
        }
        String before =
                Resp.parse(actual.ask("CONFIG", "GET", name)).items().get(1).text();
        String reply = new String(set(actual, "SET", name, value), StandardCharsets.ISO_8859_1);
        boolean refused = reply.startsWith("-");
        if (!refused) {
            set(actual, "SET", name, before);
        }
        return refused;
    }

    private static byte[] set(RawConnection connection, String... words) throws IOException {
        List<byte[]> request = new ArrayList<>();
        request.add(bytes("CONFIG"));
        for (String word : words) {
            request.add(bytes(word));
        }
        connection.send(request);
        return connection.read();
    }

    private static String set(RawConnection connection, String name, String value, boolean shown) throws IOException {
        String answer = Resp.show(set(connection, "SET", name, value));
        return shown ? answer + " then " + Resp.show(connection.ask("CONFIG", "GET", name)) : answer;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
