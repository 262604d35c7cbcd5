package dev.sluice.broker.commands;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;

/**
 * The long double of C on x86, which Redis counts with: a significand of 64 bits and an exponent of 15, rounded to the
 * nearest, ties to even (the extended format of IEEE 754). Java has no such number, so it is worked out exactly and then
 * rounded. What would be infinite is {@link #POSITIVE_INFINITY} or {@link #NEGATIVE_INFINITY}.
 *
 * <p>The value is {@code significand * 2^exponent}.
 */
record LongDouble(BigInteger significand, int exponent) implements Comparable<LongDouble> {
    static final LongDouble ZERO = new LongDouble(BigInteger.ZERO, 0);
    static final LongDouble POSITIVE_INFINITY = new LongDouble(BigInteger.ONE, Integer.MAX_VALUE);
    static final LongDouble NEGATIVE_INFINITY = new LongDouble(BigInteger.ONE.negate(), Integer.MAX_VALUE);

    private static final int PRECISION_BITS = 64;
    private static final int EXPONENT_MIN = -16445; // of the smallest denormal number
    private static final int EXPONENT_MAX = 16383 - PRECISION_BITS + 1;
    private static final int TEXT_BYTES_MAX = 5 * 1024 - 1;
    private static final int DECIMALS = 17;
    private static final BigInteger DECIMAL_SCALE = BigInteger.TEN.pow(DECIMALS);

    /** Beyond these decimal exponents of the first digit a number is too large, or too small, for sure. */
    private static final int DECIMAL_EXPONENT_MAX = 4932;

    private static final int DECIMAL_EXPONENT_MIN = -4952;

    static final LongDouble MAX =
            new LongDouble(BigInteger.ONE.shiftLeft(PRECISION_BITS).subtract(BigInteger.ONE), EXPONENT_MAX);

    static LongDouble of(long value) {
        return new LongDouble(BigInteger.valueOf(value), 0);
    }

    /**
     * The number that a whole text is, as strtold reads it: decimal or hexadecimal, perhaps infinite.
     *
     * @throws CommandError if it is none, or {@code nan}, or too large, or so small that it would be 0
     */
    static LongDouble parse(Bytes text) {
        return parse(text, CommandError.NOT_A_FLOAT);
    }

    static LongDouble parse(Bytes text, String refusal) {
        if (Numbers.isLong(text)) {
            return of(Numbers.toLong(text));
        }
        if (text.length() > TEXT_BYTES_MAX) {
            throw new CommandError(refusal);
        }
        return new Reader(text.toLatin1().toLowerCase(Locale.ROOT), refusal).number();
    }

    boolean isFinite() {
        return exponent != Integer.MAX_VALUE;
    }

    boolean isZero() {
        return significand.signum() == 0;
    }

    LongDouble negate() {
        return new LongDouble(significand.negate(), exponent);
    }

    /** The rounded sum; infinity less infinity, which is no number in C, is infinite here. */
    LongDouble plus(LongDouble other) {
        if (!isFinite() || !other.isFinite()) {
            return isFinite() ? other : this;
        }
        int least = Math.min(exponent, other.exponent);
        return rounded(
                significand.shiftLeft(exponent - least).add(other.significand.shiftLeft(other.exponent - least)),
                least);
    }

    @Override
    public int compareTo(LongDouble other) {
        if (!isFinite() || !other.isFinite() || significand.signum() != other.significand.signum()) {
            long mine = isFinite() ? significand.signum() : 2L * significand.signum();
            return Long.compare(mine, other.isFinite() ? other.significand.signum() : 2L * other.significand.signum());
        }
        int least = Math.min(exponent, other.exponent);
        return significand.shiftLeft(exponent - least).compareTo(other.significand.shiftLeft(other.exponent - least));
    }

    /** With 17 decimals at most and no zeros at their end, never with an exponent: how Redis stores it. */
    String text() {
        if (!isFinite()) {
            return significand.signum() > 0 ? "inf" : "-inf";
        }
        if (exponent >= 0) {
            return significand.shiftLeft(exponent).toString();
        }
        BigInteger scaled = roundedShift(significand.multiply(DECIMAL_SCALE), -exponent);
        return scaled.signum() == 0
                ? "0"
                : new BigDecimal(scaled, DECIMALS).stripTrailingZeros().toPlainString();
    }

    /** The nearest double. */
    double doubleValue() {
        if (!isFinite()) {
            return significand.signum() * Double.POSITIVE_INFINITY;
        }
        BigDecimal exact = exponent >= 0
                ? new BigDecimal(significand.shiftLeft(exponent))
                : new BigDecimal(significand).divide(new BigDecimal(BigInteger.TWO.pow(-exponent)));
        return exact.doubleValue();
    }

    /** {@code value * 2^exponent} in 64 bits. */
    private static LongDouble rounded(BigInteger value, int exponent) {
        if (value.signum() == 0) {
            return ZERO;
        }
        int drop = Math.max(value.abs().bitLength() - PRECISION_BITS, EXPONENT_MIN - exponent);
        BigInteger kept = drop <= 0 ? value : roundedShift(value, drop);
        int at = drop <= 0 ? exponent : exponent + drop;
        if (at + kept.abs().bitLength() > EXPONENT_MAX + PRECISION_BITS) {
            return kept.signum() > 0 ? POSITIVE_INFINITY : NEGATIVE_INFINITY;
        }
        return new LongDouble(kept, at);
    }

    /** Takes bits off the end, to the nearest, ties to even. */
    private static BigInteger roundedShift(BigInteger value, int bits) {
        BigInteger magnitude = value.abs();
        BigInteger kept = magnitude.shiftRight(bits);
        if (magnitude.testBit(bits - 1)) {
            boolean tie = magnitude.getLowestSetBit() == bits - 1;
            if (!tie || kept.testBit(0)) {
                kept = kept.add(BigInteger.ONE);
            }
        }
        return value.signum() < 0 ? kept.negate() : kept;
    }

    /** Reads the text once, from the left. */
    private static final class Reader {
        private final String text;
        private final String refusal;
        private int at;
        private int fraction; // digits behind the point
        private final StringBuilder digits = new StringBuilder();

        Reader(String text, String refusal) {
            this.text = text;
            this.refusal = refusal;
        }

        private CommandError notAFloat() {
            return new CommandError(refusal);
        }

        LongDouble number() {
            boolean negative = at('-');
            at += negative || at('+') ? 1 : 0;
            String rest = text.substring(at);
            LongDouble magnitude = rest.equals("inf") || rest.equals("infinity")
                    ? POSITIVE_INFINITY
                    : rest.startsWith("0x") ? hexadecimal() : decimal();
            return negative ? magnitude.negate() : magnitude;
        }

        private LongDouble hexadecimal() {
            at += 2;
            digits(16);
            long power = exponent('p') - 4L * fraction;
            BigInteger value = new BigInteger(digits.toString(), 16);
            long first = power + value.bitLength();
            if (value.signum() == 0) {
                return ZERO;
            }
            if (first > EXPONENT_MAX + PRECISION_BITS || first < EXPONENT_MIN) {
                throw notAFloat();
            }
            return inRange(rounded(value, (int) power));
        }

        private LongDouble decimal() {
            digits(10);
            long power = exponent('e') - fraction;
            BigInteger value = new BigInteger(digits.toString());
            if (value.signum() == 0) {
                return ZERO;
            }
            long first = power + new BigDecimal(value).precision() - 1;
            if (first > DECIMAL_EXPONENT_MAX || first < DECIMAL_EXPONENT_MIN) {
                throw notAFloat();
            }
            return inRange(power >= 0 ? whole(value, (int) power) : divided(value, (int) -power));
        }

        private static LongDouble whole(BigInteger value, int power) {
            return rounded(value.multiply(BigInteger.TEN.pow(power)), 0);
        }

        /** By a power of ten, with two bits more than are kept, and whether there was a rest. */
        private static LongDouble divided(BigInteger value, int power) {
            BigInteger divisor = BigInteger.TEN.pow(power);
            int shift = Math.max(0, PRECISION_BITS + 2 + divisor.bitLength() - value.bitLength());
            BigInteger[] parts = value.shiftLeft(shift).divideAndRemainder(divisor);
            boolean rest = parts[1].signum() != 0;
            return rounded(parts[0].shiftLeft(1).or(rest ? BigInteger.ONE : BigInteger.ZERO), -shift - 1);
        }

        /** What is not infinite nor became 0. */
        private LongDouble inRange(LongDouble number) {
            if (!number.isFinite() || number.isZero()) {
                throw notAFloat();
            }
            return number;
        }

        private boolean at(char c) {
            return at < text.length() && text.charAt(at) == c;
        }

        /** One digit at least, and a point anywhere. */
        private void digits(int radix) {
            boolean point = false;
            for (; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '.' && !point) {
                    point = true;
                } else if (c < 128 && Character.digit(c, radix) >= 0) {
                    digits.append(c);
                    fraction += point ? 1 : 0;
                } else {
                    break;
                }
            }
            if (digits.isEmpty()) {
                throw notAFloat();
            }
        }

        /** The exponent, if there is one, up to the end of the text; a large one is cut short. */
        private long exponent(char mark) {
            if (at == text.length()) {
                return 0;
            }
            if (!at(mark)) {
                throw notAFloat();
            }
            at++;
            boolean negative = at('-');
            at += negative || at('+') ? 1 : 0;
            if (at == text.length()) {
                throw notAFloat();
            }
            long value = 0;
            for (; at < text.length(); at++) {
                int digit = text.charAt(at) - '0';
                if (digit < 0 || digit > 9) {
                    throw notAFloat();
                }
                value = Math.min(value * 10 + digit, Integer.MAX_VALUE);
            }
            return negative ? -value : value;
        }
    }
}
