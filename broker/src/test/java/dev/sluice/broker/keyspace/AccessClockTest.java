package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.SeededRandomness;
import org.junit.jupiter.api.Test;

class AccessClockTest {
    private static final long MINUTE_MS = 60_000;

    private final AccessClock clock = new AccessClock(new SeededRandomness(7));

    @Test
    void leastRecentlyUsedCountsSeconds() {
        clock.now(1_000_000);
        int mark = clock.born();
        clock.now(1_000_000 + 5_999);
        assertThat(clock.idleSeconds(mark)).isEqualTo(5);
        assertThat(clock.idleSeconds(clock.accessed(mark))).isZero();
    }

    @Test
    void secondsGoRound() {
        clock.now(0xffffffL * 1000);
        int mark = clock.born();
        clock.now((0xffffffL + 3) * 1000);
        assertThat(clock.idleSeconds(mark)).isEqualTo(3);
    }

    @Test
    void standingStillNothingIsMarked() {
        clock.now(1_000_000);
        int mark = clock.born();
        clock.now(9_000_000);
        clock.stand(true);
        assertThat(clock.accessed(mark)).isEqualTo(mark);
        clock.stand(false);
        assertThat(clock.accessed(mark)).isNotEqualTo(mark);
    }

    @Test
    void frequencyGrowsWithTheLogarithmOfAccesses() {
        clock.policy(true, 10, 1);
        clock.now(MINUTE_MS);
        assertThat(clock.frequency(clock.born())).isEqualTo(5);
        // Redis's own table for a factor of 10: 100 hits about 10, 1000 about 18, 100 000 about 142.
        assertThat(afterHits(100)).isBetween(7, 14);
        assertThat(afterHits(1_000)).isBetween(13, 24);
        assertThat(afterHits(100_000)).isBetween(120, 165);
        assertThat(afterHits(10_000_000)).isEqualTo(255);
    }

    private int afterHits(int hits) {
        int mark = clock.born();
        for (int i = 0; i < hits; i++) {
            mark = clock.accessed(mark);
        }
        return clock.frequency(mark);
    }

    @Test
    void frequencyDecaysByTheMinute() {
        clock.policy(true, 0, 2);
        clock.now(MINUTE_MS);
        int mark = clock.born();
        for (int i = 0; i < 20; i++) {
            mark = clock.accessed(mark);
        }
        assertThat(clock.frequency(mark)).isEqualTo(25);
        clock.now(MINUTE_MS * 7);
        assertThat(clock.frequency(mark)).isEqualTo(22);
        clock.now(MINUTE_MS * 1000);
        assertThat(clock.frequency(mark)).isZero();
        clock.policy(true, 0, 0);
        assertThat(clock.frequency(mark)).isEqualTo(25);
    }
}
