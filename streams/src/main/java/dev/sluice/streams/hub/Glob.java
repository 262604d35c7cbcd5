package dev.sluice.streams.hub;

import dev.sluice.streams.message.Bytes;

/** Patterns of names, as Redis matches them. */
public final class Glob {
    private Glob() {}

    public static boolean matches(Bytes pattern, Bytes text) {
        return Match.matches(pattern, text);
    }

    /** The same, without regard to the case of ASCII letters if so asked. */
    public static boolean matches(Bytes pattern, Bytes text, boolean ignoreCase) {
        return ignoreCase ? Match.matches(lower(pattern), lower(text)) : Match.matches(pattern, text);
    }

    private static Bytes lower(Bytes text) {
        byte[] copy = text.toArray();
        for (int i = 0; i < copy.length; i++) {
            copy[i] = (byte) (copy[i] >= 'A' && copy[i] <= 'Z' ? copy[i] + 32 : copy[i]);
        }
        return Bytes.of(copy);
    }
}
