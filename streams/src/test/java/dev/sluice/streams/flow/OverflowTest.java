package dev.sluice.streams.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OverflowTest {
    @Test
    void policiesAreNamedAsOnTheWires() {
        assertThat(Overflow.DROP_OLDEST.text()).isEqualTo("drop-oldest");
        for (Overflow policy : Overflow.values()) {
            assertThat(Overflow.named(policy.text().toUpperCase(java.util.Locale.ROOT)))
                    .isEqualTo(policy);
        }
        assertThat(Overflow.named("drop_oldest")).isNull();
    }

    @Test
    void limitsArePositive() {
        assertThatThrownBy(() -> new OutboxLimits(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new OutboxLimits(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new OutboxLimits(1, 2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new OutboxLimits(1, Long.MAX_VALUE).throttledBytesMax()).isEqualTo(Long.MAX_VALUE);
        assertThat(new OutboxLimits(1, 10).throttledBytesMax()).isEqualTo(40);
    }
}
