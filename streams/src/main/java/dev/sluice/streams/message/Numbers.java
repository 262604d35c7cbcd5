package dev.sluice.streams.message;

import java.nio.charset.StandardCharsets;

/** Numbers as Redis reads them from strings: integers strictly, floats as C's strtod; and small ones as RESP writes them. */
public final class Numbers {
    /** Numbers from 0 to below this have a {@link #line}. */
    public static final int LINES = 1024;

    private static final int LONGEST_LONG = 20;
    private static final int DOUBLE_LENGTH_MAX = 4096;
    private static final long[] LINE = new long[LINES];

    static {
        for (int i = 0; i < LINES; i++) {
            byte[] text = (i + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
            for (int j = 0; j < text.length; j++) {
                LINE[i] |= (long) text[j] << 8 * j;
            }
            LINE[i] |= (long) text.length << 56;
        }
    }

    private Numbers() {}

    /**
     * A small number with CR LF behind it, which most lengths are: the text from the lowest byte on, its length in the
     * highest.
     */
    public static long line(int number) {
        return LINE[number];
    }

    /** Whether the bytes are a 64-bit integer as Redis prints it: no plus, no space, no leading zero, no -0. */
    public static boolean isLong(Bytes text) {
        return isLong(text.array(), text.offset(), text.length());
    }

    public static boolean isLong(byte[] array, int offset, int length) {
        if (length == 0 || length > LONGEST_LONG) {
            return false;
        }
        int at = offset;
        int end = offset + length;
        boolean negative = array[at] == '-';
        if (negative && ++at == end) {
            return false;
        }
        if (array[at] == '0') {
            return length == 1;
        }
        long value = 0; // counts downwards: Long.MIN_VALUE has no positive twin
        for (; at < end; at++) {
            int digit = array[at] - '0';
            if (digit < 0 || digit > 9 || value < Long.MIN_VALUE / 10) {
                return false;
            }
            value *= 10;
            if (value < Long.MIN_VALUE + digit) {
                return false;
            }
            value -= digit;
        }
        return negative || value != Long.MIN_VALUE;
    }

    /** The integer that {@link #isLong} vouched for. */
    public static long toLong(Bytes text) {
        byte[] array = text.array();
        int at = text.offset();
        int end = at + text.length();
        boolean negative = array[at] == '-';
        long value = 0;
        for (at = negative ? at + 1 : at; at < end; at++) {
            value = value * 10 - (array[at] - '0');
        }
        return negative ? value : -value;
    }

    /** The number as strtod reads the whole text (decimal, hexadecimal, infinity); NaN where Redis refuses it. */
    public static double toDouble(Bytes text) {
        int length = text.length();
        if (length == 0 || length > DOUBLE_LENGTH_MAX) {
            return Double.NaN;
        }
        if (length < 16 && isLong(text)) {
            return toLong(text);
        }
        String s = new String(text.array(), text.offset(), length, StandardCharsets.ISO_8859_1);
        char first = s.charAt(0);
        String unsigned = first == '-' || first == '+' ? s.substring(1) : s;
        double magnitude = magnitude(unsigned);
        return first == '-' ? -magnitude : magnitude;
    }

    /**
     * The number as C's strtod reads it where it alone looks: after any spaces, up to the first NUL; nothing is 0, too
     * large is infinite, too small is 0. NaN for what is no number.
     */
    public static double strtod(Bytes text) {
        int end = 0;
        while (end < text.length() && text.at(end) != 0) {
            end++;
        }
        int from = 0;
        while (from < end && (text.at(from) == ' ' || text.at(from) >= '\t' && text.at(from) <= '\r')) {
            from++;
        }
        if (end == 0) {
            return 0;
        }
        double value = toDouble(text.slice(from, end));
        boolean refused = Double.isNaN(value) && end - from <= DOUBLE_LENGTH_MAX;
        return refused ? outOfRange(text.slice(from, end).toLatin1()) : value;
    }

    /** What {@link #toDouble} refuses only because it is too large or too small. */
    private static double outOfRange(String s) {
        boolean negative = s.startsWith("-");
        String unsigned = negative || s.startsWith("+") ? s.substring(1) : s;
        double value = parsed(unsigned);
        return negative ? -value : value;
    }

    private static double magnitude(String s) {
        if (s.equalsIgnoreCase("inf") || s.equalsIgnoreCase("infinity")) {
            return Double.POSITIVE_INFINITY;
        }
        double value = parsed(s);
        boolean lost = Double.isInfinite(value) || value == 0 && !isZero(s, isHexadecimal(s));
        return lost ? Double.NaN : value;
    }

    private static boolean isHexadecimal(String s) {
        return s.length() > 2 && s.charAt(0) == '0' && (s.charAt(1) | 0x20) == 'x';
    }

    private static double parsed(String s) {
        boolean hex = isHexadecimal(s);
        if (s.isEmpty()
                || s.charAt(0) == '-'
                || s.charAt(0) == '+'
                || !s.chars().allMatch(c -> hex ? hexadecimal(c) : decimal(c))) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(hex && s.indexOf('p') < 0 && s.indexOf('P') < 0 ? s + "p0" : s);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** Whether no digit before the exponent is other than 0: else a result of 0 is too small a number. */
    private static boolean isZero(String s, boolean hex) {
        for (int i = hex ? 2 : 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (hex ? (c | 0x20) == 'p' : (c | 0x20) == 'e') {
                return true;
            }
            if (c != '0' && c != '.') {
                return false;
            }
        }
        return true;
    }

    private static boolean decimal(int c) {
        return c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
    }

    private static boolean hexadecimal(int c) {
        return Character.digit(c, 16) >= 0 && c < 128
                || c == 'x'
                || c == 'X'
                || c == '.'
                || c == 'p'
                || c == 'P'
                || c == '+'
                || c == '-';
    }
}
