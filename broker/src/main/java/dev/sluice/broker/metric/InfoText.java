package dev.sluice.broker.metric;

import java.util.Locale;

/** The lines of INFO while they are written: {@code name:value}, each ended by CR and LF. */
public final class InfoText {
    private static final String UNITS = "KMGTP";

    private final StringBuilder text = new StringBuilder(8 * 1024);

    void title(String title) {
        if (!text.isEmpty()) {
            text.append("\r\n");
        }
        text.append("# ").append(title).append("\r\n");
    }

    public InfoText field(String name, long value) {
        text.append(name).append(':').append(value).append("\r\n");
        return this;
    }

    public InfoText field(String name, String value) {
        text.append(name).append(':').append(value).append("\r\n");
        return this;
    }

    /** With so many digits after the point. */
    public InfoText field(String name, double value, int digits) {
        return field(name, decimal(value, digits));
    }

    public InfoText percentage(String name, double share) {
        return field(name, decimal(share * 100, 2) + "%");
    }

    /** Two fields: {@code name:1536} and {@code name_human:1.50K}. */
    public InfoText bytes(String name, long value) {
        return field(name, value).human(name, value);
    }

    /** The second field alone. */
    public InfoText human(String name, long value) {
        return field(name + "_human", human(value));
    }

    /** Several fields that are 0 because what they count does not exist yet. */
    public InfoText idle(String... names) {
        for (String name : names) {
            field(name, 0);
        }
        return this;
    }

    public static String decimal(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static String human(long bytes) {
        if (bytes < 1024) {
            return bytes + "B";
        }
        double value = bytes / 1024.0;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length() - 1) {
            value /= 1024;
            unit++;
        }
        return decimal(value, 2) + UNITS.charAt(unit);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
