package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.metric.LatencyMonitor;
import org.junit.jupiter.api.Test;

class LatencyCommandsTest {
    private final LatencyMonitor monitor = new LatencyMonitor();

    @Test
    void graph() {
        monitor.add("command", 100, 10);
        monitor.add("command", 4000, 40);
        monitor.add("command", 7600, 22);
        assertThat(LatencyGraph.of("command", monitor.events().get("command"), 7630))
                .isEqualTo("command - high 40 ms, low 10 ms (all time high 40 ms)\n" + "-".repeat(80) + "\n"
                        + " # \n | \n ||\n_||\n   \n213\nhh0\n  s\n".replace(" ||\n_", " |o\n_"));
    }

    @Test
    void report() {
        Settings off = Settings.of();
        assertThat(LatencyReport.of(monitor, off)).contains("CONFIG SET latency-monitor-threshold");
        Settings on = Settings.of("latency-monitor-threshold", "5", "slowlog-log-slower-than", "-1");
        assertThat(LatencyReport.of(monitor, on)).contains("Nothing took 5 ms");
        for (String event :
                new String[] {"command", "fast-command", "expire-cycle", "loop-lag", "command-unblocking"}) {
            monitor.add(event, 1, 7);
        }
        assertThat(LatencyReport.of(monitor, on))
                .contains("1. command: 1 samples (mean 7 ms, mean deviation 0 ms), worst of all 7 ms.")
                .contains("CONFIG SET slowlog-log-slower-than 5000.");
    }

    @Test
    void histogramsAreOfCommandsThatRan() {
        try (InMemoryBroker broker = new InMemoryBroker()) {
            broker.run("SET", "k", "v");
            broker.run("CLIENT", "ID");
            broker.run("LATENCY", "HISTOGRAM", "set", "nosuch", "get", "CLIENT")
                    .is("[set, [calls, 1, histogram_usec, [1, 1]], client|id, [calls, 1, histogram_usec, [1, 1]]]");
            broker.run("LATENCY", "HISTOGRAM", "client|id").is("[client|id, [calls, 1, histogram_usec, [1, 1]]]");
            broker.run("CONFIG", "SET", "latency-tracking", "no");
            broker.run("GET", "k");
            broker.run("LATENCY", "HISTOGRAM", "get").is("[]");
        }
    }
}
