package dev.sluice.broker.config;

/** The glob patterns of CONFIG GET, over names of settings: both sides are in lower case. */
final class NamePattern {
    private NamePattern() {}

    static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
    }

    /** As Redis matches: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a]}, and a backslash before what stands for itself. */
    static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int retry = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = ++p;
                retry = n;
            } else if (p < pattern.length() && accepts(pattern, p, name.charAt(n))) {
                p = next(pattern, p);
                n++;
            } else if (star >= 0) {
                p = star;
                n = ++retry;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private static boolean accepts(String pattern, int at, char c) {
        return switch (pattern.charAt(at)) {
            case '?' -> true;
            case '\\' -> pattern.charAt(Math.min(at + 1, pattern.length() - 1)) == c;
            case '[' -> inClass(pattern, at + 1, next(pattern, at), c);
            default -> pattern.charAt(at) == c;
        };
    }

    private static boolean inClass(String pattern, int from, int to, char c) {
        boolean not = from < to && pattern.charAt(from) == '^';
        int end = pattern.charAt(to - 1) == ']' && to - 1 >= from ? to - 1 : to;
        boolean found = false;
        for (int i = not ? from + 1 : from; i < end; i++) {
            if (pattern.charAt(i) == '\\' && i + 1 < end) {
                found |= pattern.charAt(++i) == c;
            } else if (i + 2 < end && pattern.charAt(i + 1) == '-') {
                int low = Math.min(pattern.charAt(i), pattern.charAt(i + 2));
                int high = Math.max(pattern.charAt(i), pattern.charAt(i + 2));
                found |= c >= low && c <= high;
                i += 2;
            } else {
                found |= pattern.charAt(i) == c;
            }
        }
        return found != not;
    }

    /** Where the pattern goes on after the element at a position. */
    private static int next(String pattern, int at) {
        if (pattern.charAt(at) == '\\') {
            return Math.min(at + 2, pattern.length());
        }
        if (pattern.charAt(at) != '[') {
            return at + 1;
        }
        int i = at + 1;
        while (i < pattern.length() && pattern.charAt(i) != ']') {
            i += pattern.charAt(i) == '\\' ? 2 : 1;
        }
        return Math.min(i + 1, pattern.length());
    }
}
