package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.metric.Meters;
import java.util.ArrayList;
import java.util.List;
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
}
