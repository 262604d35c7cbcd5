package dev.sluice.broker.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aSteadyCountHasItsRate() {
        Rate rate = new Rate(5 * SECOND);
        for (int i = 1; i <= 20; i++) {
            rate.sample(100L * i, 5 * SECOND + i * SECOND / 10);
        }
        assertThat(rate.perSecond()).isEqualTo(1000);
    }

    @Test
    void oneBurstFadesOverSixteenSamples() {
        Rate rate = new Rate(0);
        rate.sample(160, SECOND);
        assertThat(rate.perSecond()).isEqualTo(10);
        for (int i = 2; i <= 16; i++) {
            rate.sample(160, i * SECOND);
            assertThat(rate.perSecond()).isEqualTo(10);
        }
        rate.sample(160, 17 * SECOND);
        assertThat(rate.perSecond()).isZero();
    }

    @Test
    void aResetIsNoNegativeRate() {
        Rate rate = new Rate(0);
        rate.sample(100, SECOND);
        rate.sample(10, 2 * SECOND);
        rate.sample(10, 2 * SECOND);
        assertThat(rate.perSecond()).isEqualTo(100 / 16.0);
    }
}
