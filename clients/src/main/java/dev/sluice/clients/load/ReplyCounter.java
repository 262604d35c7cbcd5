package dev.sluice.clients.load;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Counts complete RESP2 replies in a stream that is cut anywhere, without keeping or copying them. Counts errors and
 * absent values too, and remembers the first error's text, for a benchmark of refusals measures nothing.
 */
final class ReplyCounter {
    private static final int ERROR_TEXT_MAX = 200;

    private byte type;
    private long number;
    private boolean negative;
    /** Bytes of a bulk string, and its end, that are still to be skipped. */
    private long skip;
    /** Values that the current reply still lacks, nested ones included. */
    private long open = 1;

    private long errors;
    private long nulls;
    private final StringBuilder errorText = new StringBuilder();
    private @Nullable String firstError;

    /** Consumes all that is in {@code in} and returns how many replies were completed by it. */
    int feed(ByteBuffer in) {
        int at = in.position();
        int end = in.limit();
        int complete = 0;
        while (at < end) {
            if (skip > 0) {
                long step = Math.min(skip, end - at);
                at += (int) step;
                skip -= step;
                if (skip == 0) {
                    complete += valueDone();
                }
            } else {
                if (type == 0) {
                    begin(in.get(at++));
                }
                at = line(in, at, end);
                if (at > 0 && in.get(at - 1) == '\n') {
                    complete += lineDone();
                }
            }
        }
        in.position(end);
        return complete;
    }

    long errors() {
        return errors;
    }

    long nulls() {
        return nulls;
    }

    /** The first error reply, or null if there was none. */
    @Nullable
    String firstError() {
        return firstError;
    }

    private void begin(byte first) {
        type = first;
        number = 0;
        negative = false;
    }

    /** Reads up to the end of the line, or of the input; returns the index behind what was read. */
    private int line(ByteBuffer in, int from, int end) {
        int at = from;
        if (type == '$' || type == '*') {
            while (at < end) {
                byte b = in.get(at++);
                if (b >= '0') {
                    number = number * 10 + (b - '0');
                } else if (b == '-') {
                    negative = true;
                } else if (b == '\n') {
                    return at;
                }
            }
            return at;
        }
        boolean refused = type == '-';
        while (at < end) {
            byte b = in.get(at++);
            if (b == '\n') {
                return at;
            }
            if (refused && firstError == null && errorText.length() < ERROR_TEXT_MAX && b != '\r') {
                errorText.append((char) b);
            }
        }
        return at;
    }

    private int lineDone() {
        byte was = type;
        type = 0;
        switch (was) {
            case '$' -> {
                if (!negative) {
                    skip = number + 2;
                    return 0;
                }
                nulls++;
            }
            case '*' -> {
                if (!negative) {
                    open += number;
                } else {
                    nulls++;
                }
            }
            case '-' -> refusal();
            case '+', ':' -> {}
            default -> throw new IllegalStateException("not a RESP2 reply: it begins with byte " + was);
        }
        return valueDone();
    }

    private int valueDone() {
        if (--open > 0) {
            return 0;
        }
        open = 1;
        return 1;
    }

    private void refusal() {
        errors++;
        if (firstError == null) {
            firstError = errorText.toString();
        }
    }
}
