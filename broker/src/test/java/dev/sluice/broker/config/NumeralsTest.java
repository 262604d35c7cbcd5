package dev.sluice.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumeralsTest {
    @Test
    void strictTakesWhatALongPrints() {
        assertThat(Numerals.strict("0")).isZero();
        assertThat(Numerals.strict("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        for (String other : new String[] {"", "-", "-0", "01", "+1", " 1", "1 ", "9223372036854775808", "1x", "١"}) {
            assertThat(Numerals.strict(other)).as(other).isNull();
        }
    }

    @Test
    void looseTakesWhatStrtollDoes() {
        assertThat(Numerals.loose("", 10)).isZero();
        assertThat(Numerals.loose(" \t+07", 10)).isEqualTo(7);
        assertThat(Numerals.loose("-99999999999999999999", 10)).isEqualTo(Long.MIN_VALUE);
        assertThat(Numerals.loose("99999999999999999999", 10)).isEqualTo(Long.MAX_VALUE);
        assertThat(Numerals.loose("777", 8)).isEqualTo(511);
        for (String other : new String[] {"8", "1 ", "x", "-", "1.5"}) {
            assertThat(Numerals.loose(other, 8)).as(other).isNull();
        }
    }

    @Test
    void memoryHasUnits() {
        assertThat(Numerals.memory("1k")).isEqualTo(1000);
        assertThat(Numerals.memory("1Kb")).isEqualTo(1024);
        assertThat(Numerals.memory("2m")).isEqualTo(2_000_000);
        assertThat(Numerals.memory("2MB")).isEqualTo(2 << 20);
        assertThat(Numerals.memory("3g")).isEqualTo(3_000_000_000L);
        assertThat(Numerals.memory("3gb")).isEqualTo(3L << 30);
        assertThat(Numerals.memory("10b")).isEqualTo(10);
        for (String other : new String[] {"-1", "1tb", "1 kb", "1.5mb", "k1", "0".repeat(128)}) {
            assertThat(Numerals.memory(other)).as(other).isNull();
        }
    }
}
