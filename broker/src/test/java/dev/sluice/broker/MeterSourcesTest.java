package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.metric.Meters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MeterSourcesTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    private List<String> scrape() {
        Meters meters = new Meters(Runnable::run, Runnable::run, new MeterSources(broker.figures)::measure);
        List<String> text = new ArrayList<>();
        meters.scrape().subscribe(text::add);
        meters.close();
        return text.getFirst().lines().toList();
    }

    @Test
    void commandsAreCountedByName() {
        broker.run("SET", "k", "v");
        broker.run("GET", "k");
        broker.run("GET", "none");
        broker.run("GET");
        broker.run("LPUSH", "k", "x");
        assertThat(scrape())
                .contains(
                        "sluice_commands_calls_total{command=\"get\"} 2.0",
                        "sluice_commands_rejected_total{command=\"get\"} 1.0",
                        "sluice_commands_failed_total{command=\"lpush\"} 1.0",
                        "sluice_errors_replies_total{code=\"WRONGTYPE\"} 1.0",
                        "sluice_errors_replies_total{code=\"ERR\"} 1.0",
                        "sluice_keyspace_hits_total 1.0",
                        "sluice_keyspace_misses_total 1.0",
                        "sluice_keyspace_changes_total 1.0",
                        "sluice_keyspace_keys{db=\"0\"} 1.0")
                .anyMatch(line ->
                        line.startsWith("sluice_commands_latency_seconds{command=\"get\",quantile=\"0.999\"} "));
    }

    @Test
    void clientsKeysAndSubscriptionsAreCounted() {
        broker.client().run("BLPOP", "q", "0").waits();
        broker.client().run("SUBSCRIBE", "news");
        broker.client().run("PSUBSCRIBE", "n*", "m*");
        broker.client().close(false);
        broker.run("SELECT", "3");
        broker.run("SET", "k", "v", "EX", "10");
        assertThat(scrape())
                .contains(
                        "sluice_connections_open{wire=\"resp\"} 4.0",
                        "sluice_connections_received_total{wire=\"resp\"} 5.0",
                        "sluice_waiters_clients 1.0",
                        "sluice_pubsub_channels 1.0",
                        "sluice_pubsub_patterns 2.0",
                        "sluice_keyspace_keys{db=\"3\"} 1.0",
                        "sluice_keyspace_expiring_keys{db=\"3\"} 1.0",
                        "sluice_loop_lag_seconds 0.002");
    }

    @Test
    void infoAndMetersAgree() {
        broker.run("RPUSH", "l", "a".repeat(1000), "b");
        String info = broker.run("INFO", "memory").text();
        String used = info.lines()
                .filter(line -> line.startsWith("used_memory:"))
                .findFirst()
                .orElseThrow()
                .substring("used_memory:".length());
        assertThat(scrape()).anySatisfy(line -> {
            assertThat(line).startsWith("sluice_memory_used_bytes ");
            assertThat((long) Double.parseDouble(line.substring(line.indexOf(' '))))
                    .isEqualTo(Long.parseLong(used));
        });
        assertThat(Long.parseLong(used)).isGreaterThan(1000);
    }

    /** Fields of INFO and the meters that show the same; those that a look at INFO itself changes are not among them. */
    private static final Map<String, String> SAME = Map.ofEntries(
            Map.entry("connected_clients", "sluice_connections_open{wire=\"resp\"}"),
            Map.entry("blocked_clients", "sluice_waiters_clients"),
            Map.entry("used_memory", "sluice_memory_used_bytes"),
            Map.entry("used_memory_peak", "sluice_memory_peak_bytes"),
            Map.entry("used_memory_rss", "sluice_memory_resident_bytes"),
            Map.entry("mem_clients_normal", "sluice_clients_buffers_bytes"),
            Map.entry("allocator_allocated", "sluice_arena_used_bytes"),
            Map.entry("allocator_active", "sluice_arena_reserved_bytes"),
            Map.entry("allocator_resident", "sluice_arena_held_bytes"),
            Map.entry("lazyfree_pending_objects", "sluice_unlinked_pending_values"),
            Map.entry("lazyfreed_objects", "sluice_unlinked_freed_values_total"),
            Map.entry("rdb_changes_since_last_save", "sluice_keyspace_changes_total"),
            Map.entry("total_connections_received", "sluice_connections_received_total{wire=\"resp\"}"),
            Map.entry("total_net_input_bytes", "sluice_wire_read_bytes_total{wire=\"resp\"}"),
            Map.entry("total_net_output_bytes", "sluice_wire_written_bytes_total{wire=\"resp\"}"),
            Map.entry("expired_keys", "sluice_keyspace_expired_keys_total"),
            Map.entry("keyspace_hits", "sluice_keyspace_hits_total"),
            Map.entry("keyspace_misses", "sluice_keyspace_misses_total"),
            Map.entry("pubsub_channels", "sluice_pubsub_channels"),
            Map.entry("pubsub_patterns", "sluice_pubsub_patterns"),
            Map.entry("master_repl_offset", "sluice_journal_offset_bytes"),
            Map.entry("uptime_in_seconds", "sluice_process_uptime_seconds"));

    @Test
    void everyFigureOfInfoThatIsAMeterIsTheSame() {
        broker.client().run("BLPOP", "q", "0").waits();
        broker.client().run("SUBSCRIBE", "c");
        broker.client().run("PSUBSCRIBE", "p*");
        broker.run("SET", "k", "v", "PX", "1");
        broker.pass(3000);
        broker.run("GET", "k").isNull();
        broker.run("RPUSH", "l", "a", "b");
        broker.run("GET", "l");
        broker.run("LLEN", "l");
        String info = broker.run("INFO", "everything").text();
        List<String> meters = scrape();
        SAME.forEach((field, meter) -> assertThat(meter(meters, meter))
                .as("%s and %s", field, meter)
                .isEqualTo(Double.parseDouble(fields(info).get(field))));
        for (String command : List.of("get", "set", "rpush", "blpop", "subscribe")) {
            String row = fields(info).get("cmdstat_" + command);
            String tag = "{command=\"" + command + "\"}";
            assertThat(row)
                    .startsWith("calls=" + (long) meter(meters, "sluice_commands_calls_total" + tag) + ",")
                    .endsWith("rejected_calls=" + (long) meter(meters, "sluice_commands_rejected_total" + tag)
                            + ",failed_calls=" + (long) meter(meters, "sluice_commands_failed_total" + tag));
        }
        assertThat(fields(info).get("errorstat_WRONGTYPE"))
                .isEqualTo("count=" + (long) meter(meters, "sluice_errors_replies_total{code=\"WRONGTYPE\"}"));
        assertThat(fields(info).get("db0"))
                .startsWith("keys=" + (long) meter(meters, "sluice_keyspace_keys{db=\"0\"}"));
    }

    private static double meter(List<String> meters, String name) {
        return meters.stream()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no meter " + name));
    }

    private static Map<String, String> fields(String info) {
        return info.lines()
                .filter(line -> line.indexOf(':') > 0)
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(':')), line -> line.substring(line.indexOf(':') + 1)));
    }
}
