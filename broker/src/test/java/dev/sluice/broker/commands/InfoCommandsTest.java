package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InfoCommandsTest {
    private InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    private List<String> info(String... sections) {
        String[] words = new String[sections.length + 1];
        words[0] = "INFO";
        System.arraycopy(sections, 0, words, 1, sections.length);
        return broker.run(words).text().lines().toList();
    }

    private List<String> titles(String... sections) {
        return info(sections).stream()
                .filter(line -> line.startsWith("# "))
                .map(line -> line.substring(2))
                .toList();
    }

    @Test
    void sections() {
        List<String> standard = List.of(
                "Server",
                "Clients",
                "Memory",
                "Persistence",
                "Stats",
                "Replication",
                "CPU",
                "Modules",
                "Errorstats",
                "Cluster",
                "Keyspace");
        assertThat(titles()).isEqualTo(standard);
        assertThat(titles("default")).isEqualTo(standard);
        assertThat(titles("all")).hasSize(14).contains("Commandstats", "Latencystats", "Pubsub");
        assertThat(titles("Everything")).isEqualTo(titles("all"));
        assertThat(titles("keyspace", "SERVER", "server")).containsExactly("Server", "Keyspace");
        assertThat(info("nosuch")).isEmpty();
        assertThat(titles("nosuch", "cpu")).containsExactly("CPU");
    }

    @Test
    void theServerSaysWhatItIs() {
        assertThat(info("server"))
                .contains("redis_version:7.2.4", "server_name:sluice", "tcp_port:6379", "redis_mode:standalone")
                .anyMatch(line -> line.matches("run_id:[0-9a-f]{40}"))
                .anyMatch(line -> line.matches("sluice_version:\\d.*"))
                .contains("process_id:" + ProcessHandle.current().pid());
        assertThat(info("replication")).contains("role:master", "connected_slaves:0");
        assertThat(info("persistence")).contains("loading:0", "aof_enabled:0", "rdb_changes_since_last_save:0");
        assertThat(info("cluster")).contains("cluster_enabled:0");
    }

    @Test
    void commandsAndErrorsAreCounted() {
        broker.run("SET", "k", "v");
        broker.run("GET", "k");
        broker.run("GET", "none");
        broker.run("GET", "a", "b");
        broker.run("INCR", "k");
        broker.run("NOSUCH");
        assertThat(info("commandstats"))
                .anyMatch(line -> line.matches(
                        "cmdstat_get:calls=2,usec=\\d+,usec_per_call=\\d+\\.\\d\\d,rejected_calls=1,failed_calls=0"))
                .anyMatch(line -> line.matches("cmdstat_incr:calls=1,.*,rejected_calls=0,failed_calls=1"))
                .noneMatch(line -> line.startsWith("cmdstat_lpush"));
        assertThat(info("errorstats")).contains("errorstat_ERR:count=3");
        assertThat(info("latencystats"))
                .anyMatch(line -> line.matches("latency_percentiles_usec_get:p50=\\d+\\.\\d{3},p99=.*,p99\\.9=.*"));
        assertThat(info("stats"))
                .contains(
                        "total_commands_processed:7",
                        "total_error_replies:3",
                        "keyspace_hits:1",
                        "keyspace_misses:1",
                        "total_connections_received:1");
    }

    @Test
    void latencyIsNotShownWhereItIsNotTracked() {
        broker.close();
        broker = new InMemoryBroker("latency-tracking", "no");
        broker.run("PING");
        assertThat(info("latencystats")).containsExactly("# Latencystats");
    }

    @Test
    void anErrorCodeIsNoLineOfItsOwn() {
        broker.run("EVIL:\r\n#");
        assertThat(info("errorstats")).allMatch(line -> line.startsWith("# E") || line.startsWith("errorstat_"));
    }

    @Test
    void keysAndClients() {
        broker.run("SET", "k", "v");
        broker.run("SET", "t", "v", "EX", "100");
        broker.run("SELECT", "2");
        broker.run("SET", "k", "v");
        broker.client().run("BLPOP", "q", "0").waits();
        broker.client().run("SUBSCRIBE", "c");
        assertThat(info("keyspace"))
                .anyMatch(line -> line.matches("db0:keys=2,expires=1,avg_ttl=\\d+"))
                .contains("db2:keys=1,expires=0,avg_ttl=0")
                .hasSize(3);
        assertThat(info("clients")).contains("connected_clients:3", "blocked_clients:1", "maxclients:10000");
        assertThat(info("stats")).contains("pubsub_channels:1", "pubsub_patterns:0", "rejected_connections:0");
        broker.pass(101_000);
        broker.run("SELECT", "0");
        broker.run("GET", "t").isNull();
        assertThat(info("stats")).contains("expired_keys:1");
        assertThat(info("server")).contains("uptime_in_seconds:101", "uptime_in_days:0");
    }

    @Test
    void memoryGrowsWithWhatIsStoredAndShrinksAgain() {
        long before = field("used_memory");
        broker.run("SET", "k", "x".repeat(100_000));
        long full = field("used_memory");
        assertThat(full).isGreaterThanOrEqualTo(before + 100_000);
        broker.run("DEL", "k").is(1);
        assertThat(field("used_memory")).isLessThan(full - 90_000);
        assertThat(field("used_memory_peak")).isGreaterThanOrEqualTo(full);
        assertThat(field("heap_bytes")).isPositive();
        assertThat(info("memory")).contains("maxmemory:0", "maxmemory_human:0B", "maxmemory_policy:noeviction");
    }

    private long field(String name) {
        return info("memory").stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
