package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LongDoubleTest {
    private static LongDouble number(String text) {
        return LongDouble.parse(Bytes.of(text));
    }

    /** What redis-server 7.0.15 on x86 makes of INCRBYFLOAT of the first with the second. */
    @ParameterizedTest
    @CsvSource({
        "0.1, 0.2, 0.3",
        "10.5, 0.1, 10.6",
        "5.0e3, 2.0e2, 5200",
        "1.0, 1.23456789012345678, 2.23456789012345678",
        "17179869184, 17179869184, 34359738368",
        "1, -1.1, -0.1",
        "1, -0.99999999999999999, 0.00000000000000001",
        "0x10, 0x.8p1, 17",
        "3, -3, 0",
        "-0, -0.0, 0",
        "9223372036854775807, 1, 9223372036854775808",
        "18446744073709551615, 1, 18446744073709551616",
        "18446744073709551616, 1, 18446744073709551616",
        "18446744073709551616, 3, 18446744073709551620",
        "1e-18, 0, 0",
        "5e-18, 0, 0",
        "6e-18, 0, 0.00000000000000001",
        "1e20, 0.5, 100000000000000000000",
        "1e25, 1, 10000000000000000000000000",
        "0.000000000000000005, 0, 0",
        "0x1p-16445, 0, 0",
        "0.1, 1e-20, 0.1",
    })
    void addsAsRedisDoes(String one, String other, String sum) {
        assertThat(number(one).plus(number(other)).text()).isEqualTo(sum);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 1",
                "1 ",
                "abc",
                ".",
                "+",
                "-",
                "e1",
                "1e",
                "1e+",
                "1ee1",
                "1.2.3",
                "--1",
                "+-1",
                "0x",
                "0x.",
                "0x1p",
                "0x1g",
                "1p1",
                "nan",
                "-nan",
                "infinit",
                "infinityx",
                "1e4933",
                "1e99999999999999999999",
                "1e-5000",
                "0x1p16384",
                "0x1p-16447",
                "1\0",
                "1,5",
                "1_0",
                "\u0661"
            })
    void refusesWhatIsNoNumber(String text) {
        assertThatThrownBy(() -> number(text)).isInstanceOf(CommandError.class).hasMessage(CommandError.NOT_A_FLOAT);
    }

    @Test
    void readsTheEdges() {
        assertThat(number("0e99999999999999999999").isZero()).isTrue();
        assertThat(number("5.").text()).isEqualTo("5");
        assertThat(number(".5").text()).isEqualTo("0.5");
        assertThat(number("+1E2").text()).isEqualTo("100");
        assertThat(number("-Infinity")).isEqualTo(LongDouble.NEGATIVE_INFINITY);
        assertThat(number("0x1.fffffffffffffffep16383")).isEqualByComparingTo(LongDouble.MAX);
        assertThat(number("0x1p-16445").isZero()).isFalse();
        assertThat(number("1.189731495357231765e4932").isFinite()).isTrue();
        assertThatThrownBy(() -> number("1.1897314953572317651e4932")).isInstanceOf(CommandError.class);
        assertThatThrownBy(() -> number("1".repeat(5120))).isInstanceOf(CommandError.class);
        assertThat(number("0".repeat(5118) + "1").text()).isEqualTo("1");
    }

    @Test
    void whatIsTooLargeIsInfinite() {
        assertThat(LongDouble.MAX.plus(LongDouble.of(1))).isEqualByComparingTo(LongDouble.MAX);
        assertThat(LongDouble.MAX.plus(LongDouble.MAX).isFinite()).isFalse();
        assertThat(LongDouble.MAX.negate().plus(LongDouble.MAX.negate())).isEqualTo(LongDouble.NEGATIVE_INFINITY);
        assertThat(LongDouble.POSITIVE_INFINITY
                        .plus(LongDouble.NEGATIVE_INFINITY)
                        .isFinite())
                .isFalse();
    }

    @Test
    void isOrdered() {
        String[] ascending = {"-inf", "-1e300", "-2", "-1.5", "0", "1e-300", "1.5", "2", "1e300", "inf"};
        for (int i = 0; i < ascending.length; i++) {
            for (int j = 0; j < ascending.length; j++) {
                assertThat(Integer.signum(number(ascending[i]).compareTo(number(ascending[j]))))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    /** Doubles are long doubles. */
    @Test
    void holdsEveryDouble() {
        Random random = new Random(Long.getLong("sluice.seed", 1));
        for (int i = 0; i < 2000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertThat(number(Double.toHexString(value)).doubleValue()).isEqualTo(value);
            }
        }
    }
}
