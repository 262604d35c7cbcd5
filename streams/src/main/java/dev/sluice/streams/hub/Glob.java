package dev.sluice.streams.hub;

import dev.sluice.streams.message.Bytes;

/**
 * Patterns as Redis has them: {@code *} any bytes, {@code ?} one, {@code [a-z^]} one of a set, {@code [^a-z]} one not of
 * it, {@code \} before a byte takes it as it is. The corners are Redis's too: a set that is not closed ends with the
 * pattern, a range reads either way round, bytes in it compare as signed, and an empty text is matched by the empty
 * pattern only.
 *
 * <p>A mismatch goes back to the last {@code *} only, for whatever earlier ones could take is covered by it; so the cost
 * is at most the product of both lengths.
 */
public final class Glob {
    private final byte[] pattern;
    private final int end;
    private final boolean ignoreCase;

    private Glob(byte[] pattern, int end, boolean ignoreCase) {
        this.pattern = pattern;
        this.end = end;
        this.ignoreCase = ignoreCase;
    }

    public static boolean matches(Bytes pattern, Bytes text) {
        return matches(pattern, text, false);
    }

    /** {@code ignoreCase} is about ASCII letters; a byte escaped within a set still has its case. */
    public static boolean matches(Bytes pattern, Bytes text, boolean ignoreCase) {
        return matches(
                pattern.array(),
                pattern.offset(),
                pattern.offset() + pattern.length(),
                text.array(),
                text.offset(),
                text.offset() + text.length(),
                ignoreCase);
    }

    /** Whether {@code pattern} from {@code from} to {@code end} matches all of {@code text}'s range. */
    public static boolean matches(
            byte[] pattern, int from, int end, byte[] text, int textFrom, int textEnd, boolean ignoreCase) {
        return new Glob(pattern, end, ignoreCase).matches(from, text, textFrom, textEnd);
    }

    private boolean matches(int from, byte[] text, int textFrom, int textEnd) {
        if (textFrom == textEnd) {
            return from == end;
        }
        int at = from;
        int textAt = textFrom;
        int behindStar = -1;
        int retryAt = textFrom;
        while (textAt < textEnd) {
            if (at < end && pattern[at] == '*') {
                at = behindStars(at);
                if (at == end) {
                    return true;
                }
                behindStar = at;
                retryAt = textAt;
            }
            int next = at < end ? step(at, text[textAt]) : -1;
            if (next >= 0) {
                at = next;
                textAt++;
            } else if (behindStar >= 0) {
                at = behindStar;
                textAt = ++retryAt;
            } else {
                return false;
            }
        }
        return behindStars(at) == end;
    }

    private int behindStars(int from) {
        int at = from;
        while (at < end && pattern[at] == '*') {
            at++;
        }
        return at;
    }

    /** Index behind the element at {@code at} if that matches one byte, or -1. */
    private int step(int at, byte b) {
        byte element = pattern[at];
        if (element == '?') {
            return at + 1;
        }
        if (element == '[') {
            return set(at + 1, b);
        }
        int literal = element == '\\' && at + 1 < end ? at + 1 : at;
        return same(pattern[literal], b) ? literal + 1 : -1;
    }

    private int set(int from, byte b) {
        boolean not = from < end && pattern[from] == '^';
        boolean found = false;
        int at = not ? from + 1 : from;
        while (at < end && pattern[at] != ']') {
            if (pattern[at] == '\\' && at + 1 < end) {
                found |= pattern[at + 1] == b;
                at += 2;
            } else if (at + 2 < end && pattern[at + 1] == '-') {
                found |= inRange(pattern[at], pattern[at + 2], b);
                at += 3;
            } else {
                found |= same(pattern[at], b);
                at++;
            }
        }
        return found == not ? -1 : Math.min(at + 1, end);
    }

    private boolean inRange(byte one, byte other, byte b) {
        int low = Math.min(one, other);
        int high = Math.max(one, other);
        return ignoreCase ? lower(low) <= lower(b) && lower(b) <= lower(high) : low <= b && b <= high;
    }

    private boolean same(byte one, byte other) {
        return one == other || (ignoreCase && lower(one) == lower(other));
    }

    private static int lower(int b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }
}
