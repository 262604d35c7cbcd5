package dev.sluice.broker.differential;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** How alike two replies must be: the reference's first, the subject's second. */
record Comparison(Kind kind, long tolerance) {
    enum Kind {
        /** The same bytes. */
        BYTES,
        /** The same items at every level, in any order. */
        SET,
        /** An array or map of pairs, the same pairs in any order. */
        PAIRS,
        /** An array or map of pairs: the same keys in the same order, values of the same shape. */
        KEYS,
        /** Integers, also those in strings, may differ by the tolerance. */
        NEAR,
        /** The same types and numbers of items, any content. */
        SHAPE,
        /** A text of {@code name:value} or {@code name=value}: the subject has at least the reference's names. */
        FIELDS,
        /** The same type; errors with the same code. */
        TYPE,
        /** Anything goes. */
        SKIP,
        /** The subject does not know the command yet: it is sent to neither. */
        ABSENT
    }

    static final Comparison BYTES = new Comparison(Kind.BYTES, 0);
    static final Comparison SET = new Comparison(Kind.SET, 0);

    static Comparison near(long tolerance) {
        return new Comparison(Kind.NEAR, tolerance);
    }

    /** Reads {@code set}, {@code near 50} and so on. */
    static Comparison parse(String text) {
        String[] words = text.trim().split(" +");
        Kind kind = Kind.valueOf(words[0].toUpperCase(java.util.Locale.ROOT));
        return new Comparison(kind, kind == Kind.NEAR ? Long.parseLong(words[1]) : 0);
    }

    boolean agree(byte[] reference, byte[] subject) {
        if (kind == Kind.SKIP || kind == Kind.ABSENT || Arrays.equals(reference, subject)) {
            return true;
        }
        if (kind == Kind.BYTES || reference.length == 0 || subject.length == 0) {
            return false;
        }
        Resp expected = Resp.parse(reference);
        Resp actual = Resp.parse(subject);
        // Whatever is forgiven in a reply, an error is one on both sides, and says the same.
        if (kind != Kind.TYPE && (expected.type() == '-' || actual.type() == '-')) {
            return false;
        }
        return switch (kind) {
            case BYTES -> false;
            case SKIP, ABSENT -> true;
            case SET -> sorted(expected).equals(sorted(actual));
            case PAIRS -> expected.type() == actual.type() && pairs(expected).equals(pairs(actual));
            case KEYS -> sameKeys(expected, actual);
            case NEAR -> isNear(expected, actual);
            case SHAPE -> sameShape(expected, actual);
            case FIELDS -> expected.type() == actual.type() && fields(actual).containsAll(fields(expected));
            case TYPE ->
                expected.type() == actual.type()
                        && (expected.type() != '-' || firstWord(expected).equals(firstWord(actual)));
        };
    }

    private static String sorted(Resp value) {
        List<String> items = new ArrayList<>();
        value.items().forEach(item -> items.add(sorted(item)));
        items.sort(null);
        return value.type() + value.text() + items;
    }

    private static List<String> pairs(Resp value) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < value.items().size(); i += 2) {
            pairs.add(value.items().get(i) + " " + value.items().get(i + 1));
        }
        pairs.sort(null);
        return pairs;
    }

    private static boolean sameKeys(Resp expected, Resp actual) {
        if (expected.type() != actual.type()
                || expected.items().size() != actual.items().size()) {
            return false;
        }
        for (int i = 0; i < expected.items().size(); i++) {
            Resp one = expected.items().get(i);
            Resp other = actual.items().get(i);
            if (i % 2 == 0 ? !one.equals(other) : !sameShape(one, other)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameShape(Resp expected, Resp actual) {
        if (expected.type() != actual.type()
                || expected.items().size() != actual.items().size()) {
            return false;
        }
        for (int i = 0; i < expected.items().size(); i++) {
            if (!sameShape(expected.items().get(i), actual.items().get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean isNear(Resp expected, Resp actual) {
        if (expected.type() != actual.type()
                || expected.items().size() != actual.items().size()) {
            return false;
        }
        for (int i = 0; i < expected.items().size(); i++) {
            if (!isNear(expected.items().get(i), actual.items().get(i))) {
                return false;
            }
        }
        if (expected.text().equals(actual.text())) {
            return true;
        }
        try {
            long one = Long.parseLong(expected.text());
            long other = Long.parseLong(actual.text());
            // Negative answers (no key, no expiry) are exact.
            return one >= 0 && other >= 0 && Math.abs(one - other) <= tolerance;
        } catch (NumberFormatException text) {
            return false;
        }
    }

    private static Set<String> fields(Resp value) {
        Set<String> names = new TreeSet<>();
        for (String word : value.text().split("[\r\n ]+")) {
            int end = word.indexOf(':') < 0 ? word.indexOf('=') : word.indexOf(':');
            names.add(end < 0 ? word : word.substring(0, end));
        }
        return names;
    }

    private static String firstWord(Resp error) {
        return error.text().split(" ", 2)[0];
    }
}
