package dev.sluice.streams.resp;

import dev.sluice.streams.message.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The decimal text of numbers: of doubles as C's {@code %.17g} has it, which is 17 significant digits, correctly rounded
 * from the exact value (ties to even), without trailing zeros.
 *
 * <p>A double is {@code m * 2^e}; its 17 digits are the integer {@code m * 5^k * 2^(e+k)} for a {@code k} that brings it
 * to 17 digits. For {@code k} from 0 to 55 the power of five fits in 128 bits, so the product is exact in 192 and is
 * rounded by looking at the bits shifted out. That covers 1e-39 to 1e17; numbers beyond go through BigDecimal.
 */
public final class Decimals {
    /** {@code -1.7976931348623157e+308}. */
    static final int BYTES_MAX = 24;

    /** Room that there must be from the index at which a number is set: digits are set eight at a time. */
    static final int ROOM_BYTES = BYTES_MAX + Long.BYTES;

    private static final long EIGHT_DIGITS = 100_000_000;

    /** What makes eight digits text. */
    private static final long ZEROS = 0x3030_3030_3030_3030L;

    private static final int DIGITS = 17;
    private static final long SMALLEST = 10_000_000_000_000_000L;
    private static final long BEYOND = 10 * SMALLEST;

    private static final int POWERS = 56;
    private static final long[] FIVES_HIGH = new long[POWERS];
    private static final long[] FIVES_LOW = new long[POWERS];

    static {
        FIVES_LOW[0] = 1;
        for (int i = 1; i < POWERS; i++) {
            FIVES_LOW[i] = FIVES_LOW[i - 1] * 5;
            FIVES_HIGH[i] = FIVES_HIGH[i - 1] * 5 + Math.unsignedMultiplyHigh(FIVES_LOW[i - 1], 5);
        }
    }

    private Decimals() {}

    /** The text of a double by itself. */
    public static Bytes text(double value) {
        ByteBuf out = Unpooled.buffer(ROOM_BYTES);
        int length = write(value, out, 0);
        return Bytes.view(out.array(), 0, length);
    }

    /** With 17 decimals at most, correctly rounded, and no zeros at their end: {@code %.17Lf} as Redis trims it. */
    public static String fixed(double value) {
        BigDecimal rounded = new BigDecimal(value).setScale(DIGITS, RoundingMode.HALF_EVEN);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    /** Sets the text of an integer from index {@code at}; returns the index behind it. */
    static int write(long value, ByteBuf out, int at) {
        if (value >= 0) {
            return digits(value, out, at);
        }
        out.setByte(at, '-');
        if (value == Long.MIN_VALUE) {
            // The one number without a positive twin: all but its last digit first.
            int behind = digits(-(value / 10), out, at + 1);
            out.setByte(behind, '8');
            return behind + 1;
        }
        return digits(-value, out, at + 1);
    }

    private static int digits(long value, ByteBuf out, int at) {
        if (value >= EIGHT_DIGITS) {
            long upper = value / EIGHT_DIGITS;
            int behind = digits(upper, out, at);
            out.setLongLE(behind, eightDigits((int) (value - upper * EIGHT_DIGITS)) | ZEROS);
            return behind + 8;
        }
        long digits = eightDigits((int) value);
        int count = digits(digits);
        out.setLongLE(at, (digits | ZEROS) >>> (64 - 8 * count));
        return at + count;
    }

    /** How many digits {@link #eightDigits} has without its leading zeros. */
    private static int digits(long eightDigits) {
        return 8 - Math.min(7, Long.numberOfTrailingZeros(eightDigits) / 8);
    }

    /** Eight decimal digits, one a byte, the first in the lowest: halved three times, four steps at once. */
    private static long eightDigits(int value) {
        long fours = value / 10_000 | (long) (value % 10_000) << 32;
        long upperTwos = (fours * 10_486 >>> 20) & 0x7f_0000_007fL;
        long twos = upperTwos | (fours - 100 * upperTwos) << 16;
        long upperOnes = (twos * 103 >>> 10) & 0x000f_000f_000f_000fL;
        return upperOnes | (twos - 10 * upperOnes) << 8;
    }

    /** Sets the text of a double from index {@code at}; returns the index behind it. */
    static int write(double value, ByteBuf out, int at) {
        if (Math.abs(value) < 1L << 53 && value == (long) value && !(value == 0 && 1 / value < 0)) {
            return write((long) value, out, at);
        }
        if (Double.isNaN(value)) {
            return word("nan", out, at);
        }
        int from = at;
        if (Double.doubleToRawLongBits(value) < 0) {
            out.setByte(from++, '-');
        }
        double size = Math.abs(value);
        if (Double.isInfinite(size)) {
            return word("inf", out, from);
        }
        if (size == 0) {
            return word("0", out, from);
        }
        return size >= 1e-38 && size < 1e17 ? exact(size, out, from) : slow(size, out, from);
    }

    private static int exact(double size, ByteBuf out, int at) {
        long bits = Double.doubleToRawLongBits(size);
        int binary = (int) (bits >>> 52) - 1075;
        long mantissa = (bits & ((1L << 52) - 1)) | 1L << 52;
        // log10(2) times the exponent of the leading bit, rounded down: the decimal exponent, or one less.
        int exponent = (int) Math.floor((binary + 52) * 0.30102999566398114);
        int power = DIGITS - 1 - exponent;
        long digits = scaled(mantissa, binary, power);
        if (digits >= BEYOND) {
            digits = scaled(mantissa, binary, --power);
            exponent++;
            if (digits == BEYOND) {
                digits = SMALLEST;
                exponent++;
            }
        }
        return text(digits, exponent, out, at);
    }

    /** {@code mantissa * 5^power * 2^(binary+power)}, rounded half to even; it must fit in a long. */
    private static long scaled(long mantissa, int binary, int power) {
        long high = FIVES_HIGH[power];
        long low = FIVES_LOW[power];
        long p0 = mantissa * low;
        long carry = Math.unsignedMultiplyHigh(mantissa, low);
        long p1 = mantissa * high + carry;
        long p2 = Math.unsignedMultiplyHigh(mantissa, high) + (Long.compareUnsigned(p1, carry) < 0 ? 1 : 0);
        int shift = -(binary + power);
        if (shift <= 0) {
            return p0 << -shift;
        }
        boolean rest = false;
        for (; shift > 64; shift -= 64) {
            rest |= p0 != 0;
            p0 = p1;
            p1 = p2;
            p2 = 0;
        }
        long whole = p0 >>> (shift - 1) >>> 1 | p1 << (64 - shift);
        boolean half = (p0 >>> (shift - 1) & 1) == 1;
        rest |= (p0 & ((1L << (shift - 1)) - 1)) != 0;
        return half && (rest || (whole & 1) == 1) ? whole + 1 : whole;
    }

    private static int slow(double size, ByteBuf out, int at) {
        BigDecimal rounded = new BigDecimal(size).round(new MathContext(DIGITS, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        long digits = rounded.setScale(DIGITS - 1 - exponent).unscaledValue().longValueExact();
        return text(digits, exponent, out, at);
    }

    /** Sets the text of {@code digits * 10^(exponent-16)}, where {@code digits} has 17 digits. */
    private static int text(long digits, int exponent, ByteBuf out, int at) {
        long rest = digits;
        int count = DIGITS;
        if (rest % EIGHT_DIGITS == 0) {
            rest /= EIGHT_DIGITS;
            count -= 8;
        }
        while (rest % 10 == 0) {
            rest /= 10;
            count--;
        }
        if (exponent >= DIGITS || exponent < -4) {
            int behind = mantissa(rest, count, out, at);
            out.setByte(behind++, 'e');
            out.setByte(behind++, exponent < 0 ? '-' : '+');
            int size = Math.abs(exponent);
            if (size < 10) {
                out.setByte(behind++, '0');
            }
            return write(size, out, behind);
        }
        if (exponent < 0) {
            int from = word("0.", out, at);
            for (int i = -1; i > exponent; i--) {
                out.setByte(from++, '0');
            }
            return write(rest, out, from);
        }
        int whole = exponent + 1;
        if (count <= whole) {
            return write(digits / pow10(DIGITS - whole), out, at);
        }
        return pointed(rest, count, whole, out, at);
    }

    private static int mantissa(long digits, int count, ByteBuf out, int at) {
        return count == 1 ? write(digits, out, at) : pointed(digits, count, 1, out, at);
    }

    /** Digits with a point behind the first {@code whole} of them. */
    private static int pointed(long digits, int count, int whole, ByteBuf out, int at) {
        int behind = write(digits, out, at + 1);
        for (int i = 0; i < whole; i++) {
            out.setByte(at + i, out.getByte(at + i + 1));
        }
        out.setByte(at + whole, '.');
        assert behind == at + 1 + count;
        return behind;
    }

    private static int word(String word, ByteBuf out, int at) {
        for (int i = 0; i < word.length(); i++) {
            out.setByte(at + i, word.charAt(i));
        }
        return at + word.length();
    }

    private static long pow10(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }
}
