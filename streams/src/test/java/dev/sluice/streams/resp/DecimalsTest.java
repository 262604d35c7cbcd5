package dev.sluice.streams.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalsTest {
    private final ByteBuf out = Unpooled.buffer(64);

    /** The texts are what C's printf says. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "1, 1",
        "-1, -1",
        "0.1, 0.10000000000000001",
        "0.5, 0.5",
        "-2.5, -2.5",
        "3.14159, 3.1415899999999999",
        "1e3, 1000",
        "100.25, 100.25",
        "0.0001, 0.0001",
        "0.00001, 1.0000000000000001e-05",
        "0.000123, 0.00012300000000000001",
        "0.000244140625, 0.000244140625",
        "1e-7, 9.9999999999999995e-08",
        "1e15, 1000000000000000",
        "9007199254740991, 9007199254740991",
        "9007199254740992, 9007199254740992",
        "9007199254740994, 9007199254740994",
        "12345678901234568, 12345678901234568",
        "99999999999999984, 99999999999999984",
        "1e17, 1e+17",
        "123456789012345680000, 1.2345678901234568e+20",
        "1e22, 1e+22",
        "1e23, 9.9999999999999992e+22",
        "1e100, 1e+100",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "-1.7976931348623157e308, -1.7976931348623157e+308",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        "4.9e-324, 4.9406564584124654e-324",
        "1e-38, 9.9999999999999996e-39",
        "1e-37, 1.0000000000000001e-37",
        "0.3, 0.29999999999999999",
        "1234.5678, 1234.5678",
        "0.99999999999999989, 0.99999999999999989",
        "9.999999999999998, 9.9999999999999982",
        "4503599627370495.5, 4503599627370495.5",
        "4503599627370496.5, 4503599627370496",
        "1125899906842624.25, 1125899906842624.2",
        "1125899906842624.75, 1125899906842624.8",
        "Infinity, inf",
        "-Infinity, -inf",
        "NaN, nan"
    })
    void readsAsCPrintsIt(double value, String text) {
        assertThat(text(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                7,
                9,
                10,
                -10,
                99,
                100,
                99999,
                100000,
                9999999,
                10000000,
                99999999,
                100000000,
                1000000000000000L,
                1234567890123456L,
                10000000000000000L,
                -100000000,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                -1,
                1L << 53
            })
    void integersReadAsJavaPrintsThem(long value) {
        int behind = Decimals.write(value, out, 1);
        assertThat(out.toString(1, behind - 1, ISO_8859_1)).isEqualTo(Long.toString(value));
    }

    @Test
    void everyShortIntegerReadsAsJavaPrintsIt() {
        for (int value = 0; value < 200_000; value++) {
            int behind = Decimals.write(value, out, 0);
            assertThat(out.toString(0, behind, ISO_8859_1)).isEqualTo(Integer.toString(value));
        }
    }

    @Test
    void randomDoublesReadAsTheExactValueRounded() {
        String property = System.getProperty("sluice.seed", "");
        long seed = property.isEmpty() ? System.nanoTime() : Long.parseLong(property);
        Random random = new Random(seed);
        for (int i = 0; i < 100_000 * Integer.getInteger("sluice.scale", 1); i++) {
            double value = switch (i % 4) {
                case 0 -> Double.longBitsToDouble(random.nextLong());
                case 1 -> random.nextGaussian() * Math.pow(10, random.nextInt(60) - 40);
                case 2 -> random.nextInt(1_000_000) / 1000.0;
                default -> Math.scalb((double) (random.nextLong() >> random.nextInt(60)), -random.nextInt(80));
            };
            if (Double.isFinite(value)) {
                assertThat(text(value)).as("seed %d, %s", seed, value).isEqualTo(reference(value));
            }
        }
    }

    /** By definition: 17 digits of the exact value, laid out as {@code %g} does. */
    private static String reference(double value) {
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(17, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        BigDecimal stripped = rounded.stripTrailingZeros();
        if (exponent >= -4 && exponent < 17) {
            return stripped.toPlainString();
        }
        String digits = stripped.unscaledValue().abs().toString();
        return (value < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + String.format("e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    private String text(double value) {
        int behind = Decimals.write(value, out, 3);
        assertThat(behind - 3).isLessThanOrEqualTo(Decimals.BYTES_MAX);
        return out.toString(3, behind - 3, ISO_8859_1);
    }
}
