package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BitePaceTest {
    private static final long MOST = 800_000;
    private static final long START = Long.MAX_VALUE - 100_000; // overflows soon

    private final BitePace pace = new BitePace();

    @Test
    void aRegularBiteHasItsTimeHoweverLongAgoTheLastOneWas() {
        assertThat(pace.allowance(START, MOST)).isEqualTo(Expiry.BITE_NANOS);
        pace.ended(START, false);
        assertThat(pace.allowance(START + 100_000_000, MOST)).isEqualTo(Expiry.BITE_NANOS);
        assertThat(pace.allowance(START, 30_000)).isEqualTo(30_000);
    }

    @Test
    void aBiteThatWasAskedForHasAsLongAsTheOthersHad() {
        pace.ended(START, true);
        assertThat(pace.allowance(START + 1_000, MOST)).isEqualTo(BitePace.LEAST_NANOS);
        assertThat(pace.allowance(START + 300_000, MOST)).isEqualTo(300_000);
        assertThat(pace.allowance(START + 2_000_000, MOST)).isEqualTo(MOST);
        pace.ended(START, false);
        assertThat(pace.allowance(START + 300_000, MOST)).isEqualTo(Expiry.BITE_NANOS);
    }
}
