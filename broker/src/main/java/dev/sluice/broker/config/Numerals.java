package dev.sluice.broker.config;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How Redis reads numbers in a configuration: three ways, none of which is Java's. */
public final class Numerals {
    private Numerals() {}

    /** The canonical decimal text of a long and nothing else: no plus, no spaces, no leading zeros. Null otherwise. */
    static @Nullable Long strict(String text) {
        Bytes digits = Bytes.of(text);
        return Numbers.isLong(digits) ? Numbers.toLong(digits) : null;
    }

    /**
     * As strtoll reads a whole text: leading blanks and a sign may be there, and no digits at all are 0; what is too
     * large is the nearest long. Null if anything else follows.
     */
    static @Nullable Long loose(String text, int radix) {
        if (text.isEmpty()) {
            return 0L;
        }
        int at = 0;
        while (at < text.length() && (text.charAt(at) == ' ' || (text.charAt(at) >= '\t' && text.charAt(at) <= '\r'))) {
            at++;
        }
        boolean negative = at < text.length() && text.charAt(at) == '-';
        if (negative || (at < text.length() && text.charAt(at) == '+')) {
            at++;
        }
        if (at == text.length() || !allDigits(text, at, text.length(), radix)) {
            return null;
        }
        try {
            return Long.parseLong((negative ? "-" : "") + text.substring(at), radix);
        } catch (NumberFormatException tooLarge) {
            return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /**
     * Bytes with an optional unit (b, k, kb, m, mb, g, gb in any case; those without b are powers of 1000), as an
     * unsigned long that wraps around where Redis's does. Null if it is something else.
     */
    public static @Nullable Long memory(String text) {
        int digits = 0;
        while (digits < text.length() && Character.digit(text.charAt(digits), 10) >= 0) {
            digits++;
        }
        long unit = switch (text.substring(digits).toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "k" -> 1000;
            case "kb" -> 1024;
            case "m" -> 1_000_000;
            case "mb" -> 1 << 20;
            case "g" -> 1_000_000_000;
            case "gb" -> 1 << 30;
            default -> 0;
        };
        if (unit == 0 || digits >= 128) {
            return null;
        }
        return digits == 0 ? 0L : unsigned(text.substring(0, digits)) * unit;
    }

    private static long unsigned(String digits) {
        try {
            return Long.parseUnsignedLong(digits);
        } catch (NumberFormatException tooLarge) {
            return -1; // the largest one, as strtoull has it
        }
    }

    private static boolean allDigits(String text, int from, int to, int radix) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) > '9' || Character.digit(text.charAt(i), radix) < 0) {
                return false;
            }
        }
        return true;
    }
}
