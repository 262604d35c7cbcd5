package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BitRangeTest {
    @Test
    void indexesCountBytesOrBitsFromEitherEnd() {
        assertThat(BitRange.of(0, -1, false, 10)).isEqualTo(new BitRange(0, 80));
        assertThat(BitRange.of(0, -1, true, 10)).isEqualTo(new BitRange(0, 80));
        assertThat(BitRange.of(1, 2, false, 10)).isEqualTo(new BitRange(8, 24));
        assertThat(BitRange.of(-3, -2, true, 10)).isEqualTo(new BitRange(77, 79));
        assertThat(BitRange.of(-100, 100, false, 10)).isEqualTo(new BitRange(0, 80));
        assertThat(BitRange.of(Long.MIN_VALUE, Long.MAX_VALUE, true, Integer.MAX_VALUE))
                .isEqualTo(new BitRange(0, Integer.MAX_VALUE * 8L));
    }

    @Test
    void mayBeEmpty() {
        assertThat(BitRange.of(0, -1, false, 0).isEmpty()).isTrue();
        assertThat(BitRange.of(10, 20, false, 10).isEmpty()).isTrue();
        assertThat(BitRange.of(-1, -2, true, 10).isEmpty()).isTrue();
        assertThat(BitRange.of(Long.MAX_VALUE, Long.MAX_VALUE, false, 10).isEmpty())
                .isTrue();
    }
}
