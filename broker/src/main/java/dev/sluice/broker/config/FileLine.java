package dev.sluice.broker.config;

import java.util.List;

/**
 * A line that CONFIG REWRITE may write.
 *
 * @param option what an old line must be about for this one to take its place: the parameter, or the parameter and the
 *     first word of its value
 * @param forced written even where the file has no such line
 */
record FileLine(String option, String text, boolean forced) {
    private static final String[] UNITS = {"", "kb", "mb", "gb"};

    /** A parameter that needs a line only if its value is not the standard one. */
    static List<FileLine> of(String name, String value, boolean forced) {
        return List.of(new FileLine(name, name + " " + value, forced));
    }

    /** Bytes in the largest unit that divides them. */
    static String bytes(long value) {
        int unit = 0;
        long number = value;
        while (unit < UNITS.length - 1 && number > 0 && number % Row.KB == 0) {
            number /= Row.KB;
            unit++;
        }
        return Long.toUnsignedString(number) + UNITS[unit];
    }
}
