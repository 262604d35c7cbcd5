package dev.sluice.broker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.command.Command;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandStatisticsTest {
    private final Command command = Command.control("X", 1).runs(call -> Reply.ok());
    private final CommandStatistics statistics = new CommandStatistics(new CommandIndex(List.of(command)).all());

    @Test
    void percentilesHaveTwoDigits() {
        for (long nanos = 1; nanos <= 1_000_000; nanos += 7) {
            statistics.ran(command, nanos, false);
        }
        CommandStatistics.Row row = statistics.row(command);
        assertThat((double) row.percentile(0.5)).isBetween(500_000.0, 504_000.0);
        assertThat((double) row.percentile(0.99)).isBetween(990_000.0, 998_000.0);
        assertThat(row.percentile(0)).isEqualTo(1);
        assertThat(row.timed()).isEqualTo(row.calls());
        assertThat(row.atMost(1031)).isEqualTo(148);
    }

    @Test
    void veryLongOnesAreHeldAsASecond() {
        statistics.ran(command, Long.MAX_VALUE, false);
        statistics.ran(command, -1, false);
        CommandStatistics.Row row = statistics.row(command);
        assertThat((double) row.percentile(1)).isBetween(1e9, 1.01e9);
        assertThat(row.percentile(0)).isZero();
    }

    @Test
    void aCallThatWaitsCountsOnce() {
        statistics.waits(command, 1000);
        CommandStatistics.Row row = statistics.row(command);
        assertThat(row.calls()).isEqualTo(1);
        assertThat(row.hasLatencies()).isFalse();
        statistics.served(command, 1000, 500, true);
        assertThat(row.calls()).isEqualTo(1);
        assertThat(row.failed()).isEqualTo(1);
        assertThat(row.nanos()).isEqualTo(1500);
        assertThat(row.timed()).isEqualTo(1);
    }

    @Test
    void nothingIsTimedWhileTrackingIsOff() {
        statistics.track(false);
        statistics.ran(command, 10, false);
        assertThat(statistics.row(command).hasLatencies()).isFalse();
        assertThat(statistics.row(command).calls()).isEqualTo(1);
    }
}
