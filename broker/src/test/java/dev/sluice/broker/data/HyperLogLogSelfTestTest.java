package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HyperLogLogSelfTestTest {
    @Test
    void findsNothing() {
        assertThat(HyperLogLogSelfTest.failure(3000)).isNull();
        assertThat(HyperLogLogSelfTest.failure(0)).isNull();
    }
}
