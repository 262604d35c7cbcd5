package dev.sluice.broker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.ManualTime;
import org.junit.jupiter.api.Test;

class CoarseClockTest {
    private final ManualTime time = new ManualTime(1_000);
    private final CoarseClock clock = new CoarseClock(time);

    @Test
    void readsTheWallClockAtFirst() {
        assertThat(clock.epochMillis(time.nanos())).isEqualTo(1_000);
    }

    @Test
    void isReadAgainOnlyATenthOfAMillisecondLater() {
        clock.epochMillis(5_000_000);
        time.pass(7);
        assertThat(clock.epochMillis(5_099_999)).isEqualTo(1_000);
        assertThat(clock.epochMillis(5_100_000)).isEqualTo(1_007);
    }
}
