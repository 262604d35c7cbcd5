package dev.sluice.broker.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyMonitorTest {
    private final LatencyMonitor monitor = new LatencyMonitor();

    @Test
    void aSecondHasItsWorst() {
        monitor.add("command", 10, 5);
        monitor.add("command", 10, 9);
        monitor.add("command", 10, 7);
        monitor.add("command", 12, 3);
        LatencyMonitor.Series series = monitor.events().get("command");
        assertThat(series.samples())
                .containsExactly(new LatencyMonitor.Sample(10, 9), new LatencyMonitor.Sample(12, 3));
        assertThat(series.latest()).isEqualTo(new LatencyMonitor.Sample(12, 3));
        assertThat(series.worstMs()).isEqualTo(9);
        assertThat(series.meanMs()).isEqualTo(6);
        assertThat(series.meanDeviationMs()).isEqualTo(3);
    }

    @Test
    void theOldestGo() {
        for (int i = 0; i < 500; i++) {
            monitor.add("x", i, 1000 - i);
        }
        LatencyMonitor.Series series = monitor.events().get("x");
        assertThat(series.samples()).hasSize(160);
        assertThat(series.samples().getFirst()).isEqualTo(new LatencyMonitor.Sample(340, 660));
        assertThat(series.samples().getLast()).isEqualTo(new LatencyMonitor.Sample(499, 501));
        assertThat(series.worstMs()).isEqualTo(1000);
    }

    @Test
    void forgets() {
        monitor.add("a", 1, 1);
        monitor.add("b", 1, 1);
        monitor.add("c", 1, 1);
        assertThat(monitor.clear("A")).isEqualTo(1);
        assertThat(monitor.clear("a")).isZero();
        assertThat(monitor.clear()).isEqualTo(2);
        assertThat(monitor.series("b")).isNull();
    }
}
