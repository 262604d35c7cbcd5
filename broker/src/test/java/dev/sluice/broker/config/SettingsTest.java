package dev.sluice.broker.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.broker.config.Settings.Entry;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static final String FAILED = "ERR CONFIG SET failed (possibly related to argument '%s') - %s";

    private final List<String> warnings = new ArrayList<>();
    private final Settings settings = settings();

    private Settings settings() {
        Settings fresh = Settings.of("enable-protected-configs", "local");
        fresh.warnTo(warnings::add);
        return fresh;
    }

    /** All that redis-server 7.0.15 answers to CONFIG GET *, without a configuration. */
    private static Map<String, String> redis() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        try (InputStream in = SettingsTest.class.getResourceAsStream("redis-7.0.15-config-get.tsv")) {
            for (String line : new String(in.readAllBytes(), UTF_8).split("\n")) {
                String[] columns = line.split("\t", -1);
                expected.put(columns[0], columns[1]);
            }
        }
        return expected;
    }

    @Test
    void standardsAreThoseOfRedis() throws IOException {
        Map<String, String> expected = redis();
        expected.put("bind", "127.0.0.1 -::1"); // ours: the loopback
        expected.put("enable-protected-configs", "local"); // this test's
        expected.put("save", ""); // ours, where a broker is embedded
        Map<String, String> actual = get("*");
        assertThat(expected).hasSizeGreaterThan(180);
        assertThat(expected.entrySet()).allMatch(each -> each.getValue().equals(actual.get(each.getKey())));
        assertThat(get("port", "dir")).containsOnly(Map.entry("port", "6379"), Map.entry("dir", ""));
    }

    @Test
    void oursHaveTheirUnitsLast() {
        assertThat(get("rsocket-port", "http-port", "client-stall-ms-max", "client-reply-buffer-bytes-max"))
                .containsOnly(
                        Map.entry("rsocket-port", "7878"),
                        Map.entry("http-port", "7879"),
                        Map.entry("client-stall-ms-max", "60000"),
                        Map.entry("client-reply-buffer-bytes-max", "33554432"));
    }

    @Test
    void patternsIgnoreCaseAndNamesComeBackAsWritten() {
        assertThat(get("MAXclients", "maxclients", "Max*samples"))
                .containsExactly(Map.entry("MAXclients", "10000"), Map.entry("maxmemory-samples", "5"));
        assertThat(get("*-priority")).containsOnlyKeys("replica-priority", "slave-priority");
        assertThat(get("[ab]*-size")).containsOnlyKeys("auto-aof-rewrite-min-size");
        assertThat(get("por?", "watchdog*", "nosuch")).containsOnlyKeys("port");
        assertThat(get("watchdog-period")).containsOnlyKeys("watchdog-period");
    }

    /** Texts of a running redis-server 7.0.15. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            maxmemory              | 1x                     | argument must be a memory value
            maxmemory              | -1                     | argument must be a memory value
            maxclients             | 0                      | argument must be between 1 and 4294967295 inclusive
            maxclients             | -1                     | argument must be between 1 and 4294967295 inclusive
            maxclients             | abc                    | argument couldn't be parsed into an integer
            maxclients             | 010                    | argument couldn't be parsed into an integer
            timeout                | ` 5`                   | argument couldn't be parsed into an integer
            list-max-listpack-size | 2147483648             | argument must be between -2147483648 and 2147483647 inclusive
            appendonly             | maybe                  | argument must be 'yes' or 'no'
            maxmemory-policy       | foo                    | argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction
            loglevel               | ``                     | argument(s) must be one of the following: debug, verbose, notice, warning
            save                   | a b                    | Invalid save parameters
            save                   | 60 1 300               | Invalid save parameters
            save                   | 60 1  300 1            | Invalid save parameters
            client-output-buffer-limit | normal 1 2         | Wrong number of arguments in buffer limit configuration.
            client-output-buffer-limit | master 1 2 3       | Invalid client class specified in buffer limit configuration.
            client-output-buffer-limit | replica 1mb 2kb 3x | Error in hard, soft or soft_seconds setting in buffer limit configuration.
            notify-keyspace-events | KEAq                   | Invalid event class character. Use 'Ag$lshzxeKEtmdn'.
            databases              | 3                      | can't set immutable config
            DataBases              | 3                      | can't set immutable config
            maxmemory-clients      | 101%                   | percentage argument must be less or equal to 100
            maxmemory-clients      | x                      | argument must be a memory or percent value
            maxmemory-samples      | 0                      | argument must be between 1 and 2147483647 inclusive
            oom-score-adj-values   | 1 2                    | wrong number of arguments
            oom-score-adj-values   | 1 2 3000               | Invalid oom-score-adj-values, elements must be between -2000 and 2000.
            latency-tracking-info-percentiles | 50.5 a      | Invalid latency-tracking-info-percentiles parameters
            latency-tracking-info-percentiles | 101         | latency-tracking-info-percentiles parameters should sit between [0.0,100.0]
            shutdown-on-sigint     | nosave save            | shutdown options SAVE and NOSAVE can't be used simultaneously
            shutdown-on-sigint     | ``                     | argument(s) must be one of the following: default, save, nosave, now, force
            cluster-announce-hostname | a_b                 | Hostnames may only contain alphanumeric characters, hyphens or dots
            proc-title-template    | {foo}                  | template format is invalid or contains unknown variables
            dbfilename             | a/b                    | dbfilename can't be a path, just a filename
            port                   | 70000                  | argument must be between 0 and 65535 inclusive
            repl-backlog-size      | 0                      | argument must be between 1 and 9223372036854775807 inclusive
            slowlog-log-slower-than | -2                    | argument must be between -1 and 9223372036854775807 inclusive
            proto-max-bulk-len     | 1                      | argument must be between 1048576 and 9223372036854775807 inclusive
            bind                   | 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 | Too many bind addresses specified.
            activedefrag           | yes                    | Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified Jemalloc like the one shipped by default with the Redis source distribution
            """)
    void refusesInTheWordsOfRedis(String name, String value, String reason) {
        refused(FAILED.formatted(name, reason), name, value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            maxmemory              | 100mb                  | 104857600
            maxmemory              | 2K                     | 2000
            maxmemory              | ``                     | 0
            maxmemory              | 18446744073709551615   | 18446744073709551615
            maxmemory              | 99999999999999999999gb | 18446744072635809792
            maxmemory-clients      | 50%                    | 50%
            maxmemory-clients      | 1mb                    | 1048576
            hz                     | 1000                   | 500
            save                   | ``                     | ``
            save                   | 60 1 300 10            | 60 1 300 10
            client-output-buffer-limit | ``                 | normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60
            client-output-buffer-limit | REPLICA 1mb 2kb 3 normal 5 6 7 | normal 5 6 7 slave 1048576 2048 3 pubsub 33554432 8388608 60
            notify-keyspace-events | nmEKgA                 | AKEm
            notify-keyspace-events | mdxlgK                 | glxdKm
            oom-score-adj          | relative               | yes
            latency-tracking-info-percentiles | 50.50 100 0.001 | 50.5 100 0.001
            shutdown-on-sigint     | force now              | now force
            maxmemory-policy       | ALLKEYS-lru            | allkeys-lru
            appendonly             | YES                    | yes
            bind                   | ``                     | ``
            dir                    | a/../b/./c//           | /b/c
            """)
    void showsWhatWasSetAsRedisDoes(String name, String value, String shown) {
        set(name, value);
        assertThat(get(name)).containsExactly(Map.entry(name, shown));
    }

    @Test
    void unknownNamesAreRefusedBeforeAnythingChanges() {
        refused("ERR Unknown option or number of arguments for CONFIG SET - 'foo'", "maxclients", "100", "foo", "bar");
        refused(FAILED.formatted("HZ", "duplicate parameter"), "hz", "11", "HZ", "12");
        refused(FAILED.formatted("timeout", "argument couldn't be parsed into an integer"), "hz", "11", "timeout", "x");
        assertThat(get("maxclients", "hz")).containsValues("10000", "10");
    }

    @Test
    void aSettingAndItsAliasAreNoDuplicate() {
        set("replica-priority", "5", "slave-priority", "6");
        assertThat(get("replica-priority")).containsValue("6");
    }

    @Test
    void guardedSettingsAskForTheCallerOrTheSwitch() {
        List<Entry> entries = entries("dbfilename", "other.rdb");
        assertThatExceptionOfType(CommandError.class)
                .isThrownBy(() -> settings.set(entries, false))
                .withMessage(FAILED.formatted("dbfilename", "can't set protected config"));
        settings.set(entries, true);
        assertThat(settings.text(Setting.DBFILENAME)).isEqualTo("other.rdb");
    }

    @Test
    void anEffectElsewhereReadsTheValueHereAndActsThere() {
        List<String> acted = new ArrayList<>();
        settings.onChangeElsewhere(Setting.PORT, () -> {
            int port = settings.integer(Setting.PORT);
            return () -> {
                acted.add("port " + port);
                if (port == 1) {
                    throw new SettingRefused("no");
                }
            };
        });
        settings.onChange(Setting.HZ, () -> acted.add("hz " + settings.integer(Setting.HZ)));
        assertThat(settings.set(entries("hz", "11", "port", "6379"), true)).isNull();

        SettingsChange moving = settings.set(entries("port", "2"), true);
        Runnable work = moving.begin();
        assertThatExceptionOfType(CommandError.class)
                .isThrownBy(() -> settings.set(entries("hz", "12"), true))
                .withMessageContaining("another one");
        work.run();
        moving.end();

        SettingsChange refused = settings.set(entries("hz", "13", "PORT", "1"), true);
        assertThatExceptionOfType(CommandError.class)
                .isThrownBy(refused.begin()::run)
                .withMessage(FAILED.formatted("port", "no"));
        refused.undo().run();
        refused.end();
        assertThat(acted).containsExactly("hz 11", "port 2", "hz 13", "port 1", "hz 11", "port 2");
        assertThat(get("hz", "port")).containsValues("11", "2");
    }

    @Test
    void gettersAreTyped() {
        set("maxmemory", "18446744073709551615", "save", "", "client-output-buffer-limit", "pubsub 1 2 3");
        assertThat(settings.number(Setting.MAXMEMORY)).isEqualTo(Long.MAX_VALUE);
        assertThat(settings.integer(Setting.PORT)).isEqualTo(6379);
        assertThat(settings.isOn(Setting.PROTECTED_MODE)).isTrue();
        assertThat(settings.words(Setting.BIND)).containsExactly("127.0.0.1", "-::1");
        assertThat(settings.outputLimits().pubsub()).isEqualTo(new OutputLimits.Limit(1, 2, 3));
        assertThat(settings.savePoints()).isEmpty();
        assertThat(settings.percentiles()).containsExactly(50.0, 99.0, 99.9);
        assertThat(settings.keyspaceEvents().has(KeyspaceEvents.ALL)).isFalse();
        assertThat(settings.isGiven(Setting.MAXMEMORY)).isTrue();
        assertThat(settings.isGiven(Setting.PORT)).isFalse();
    }

    @Test
    void passwordsAreBinarySafe() {
        Bytes password = Bytes.of(new byte[] {(byte) 0xff, 'a', (byte) 0x80});
        settings.set(List.of(new Entry(Bytes.of("requirepass"), password)), true);
        assertThat(settings.bytes(Setting.REQUIREPASS)).isEqualTo(password);
        assertThat(settings.get(List.of(Bytes.of("requirepass"))))
                .extracting(Entry::value)
                .containsExactly(password);
        assertThat(Settings.of("requirepass", "пароль").text(Setting.REQUIREPASS))
                .isEqualTo("пароль");
    }

    @Test
    void anEffectRunsOnceAfterAllValuesAreInPlace() {
        List<String> seen = new ArrayList<>();
        Runnable effect = () -> seen.add(settings.number(Setting.HZ) + " " + settings.number(Setting.TIMEOUT));
        settings.onChange(Setting.HZ, effect);
        settings.onChange(Setting.TIMEOUT, effect);
        set("hz", "20", "timeout", "30");
        set("hz", "20");
        assertThat(seen).containsExactly("20 30");
    }

    @Test
    void anEffectThatRefusesUndoesTheWholeCommand() {
        List<Long> ports = new ArrayList<>();
        settings.onChange(Setting.PORT, () -> {
            ports.add(settings.number(Setting.PORT));
            if (settings.number(Setting.PORT) == 22) {
                throw new SettingRefused("Unable to listen on this port. Check server logs.");
            }
        });
        refused(
                FAILED.formatted("port", "Unable to listen on this port. Check server logs."),
                "hz",
                "20",
                "port",
                "22");
        assertThat(ports).containsExactly(22L, 6379L);
        assertThat(settings.number(Setting.HZ)).isEqualTo(10);
    }

    @Test
    void warnsOnceOfWhatHasNoEffect() {
        set("rdb-del-sync-files", "no", "save", "", "timeout", "20");
        assertThat(warnings).isEmpty();
        set("rdb-del-sync-files", "yes");
        set("rdb-del-sync-files", "no");
        set("rdb-del-sync-files", "yes");
        assertThat(warnings)
                .containsExactly("WARNING: 'rdb-del-sync-files' is accepted, but has no effect in this version");
    }

    private Map<String, String> get(String... patterns) {
        Map<String, String> answer = new LinkedHashMap<>();
        settings.get(List.of(patterns).stream().map(Bytes::of).toList())
                .forEach(entry ->
                        answer.put(entry.name().toString(), entry.value().toString()));
        return answer;
    }

    private void set(String... namesAndValues) {
        settings.set(entries(namesAndValues), true);
    }

    private void refused(String message, String... namesAndValues) {
        List<Entry> before = settings.get(List.of(Bytes.of("*")));
        assertThatExceptionOfType(CommandError.class)
                .isThrownBy(() -> set(namesAndValues))
                .withMessage(message);
        assertThat(settings.get(List.of(Bytes.of("*")))).isEqualTo(before);
    }

    private static List<Entry> entries(String... namesAndValues) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            entries.add(new Entry(Bytes.of(namesAndValues[i]), Bytes.of(namesAndValues[i + 1])));
        }
        return entries;
    }
}
