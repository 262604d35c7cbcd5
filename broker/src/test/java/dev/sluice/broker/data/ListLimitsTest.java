package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ListLimitsTest {
    @Test
    void negativeSizesAreClassesOfNodes() {
        assertThat(ListLimits.of(-1).nodeBytesMax()).isEqualTo(4 * 1024 - 8);
        assertThat(ListLimits.of(-2)).isEqualTo(ListLimits.DEFAULTS);
        assertThat(ListLimits.of(-5).nodeBytesMax()).isEqualTo(64 * 1024 - 8);
        assertThat(ListLimits.of(Integer.MIN_VALUE)).isEqualTo(ListLimits.of(-5));
    }

    @Test
    void othersAreNumbersOfElements() {
        assertThat(ListLimits.of(0).nodeEntriesMax()).isEqualTo(1);
        assertThat(ListLimits.of(7).nodeEntriesMax()).isEqualTo(7);
        assertThat(ListLimits.of(7).nodeBytesMax()).isEqualTo(8 * 1024 - 8);
        assertThat(ListLimits.of(Integer.MAX_VALUE).nodeEntriesMax()).isEqualTo(32_767);
    }

    @Test
    void anElementThatSharesANodeFitsAnEntry() {
        assertThat(ListLimits.of(-5).elementBytesMax()).isEqualTo(32_767);
        assertThat(ListLimits.of(-1).elementBytesMax()).isEqualTo(4 * 1024 - 8 - 16 - 4);
    }
}
