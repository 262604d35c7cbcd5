package dev.sluice.streams.resp;

import dev.sluice.streams.message.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of an inline request: separated by blanks; in double quotes with the escapes {@code \n \r \t \b \a \xHH} and
 * {@code \} before anything else; in single quotes with {@code \'} only. A quote may open within a word, but closes it.
 */
final class InlineWords {
    private final byte[] line;
    private final int end;
    private int at;

    private InlineWords(byte[] line, int from, int end) {
        this.line = line;
        this.at = from;
        this.end = end;
    }

    /** Words without quotes are views of {@code line}. Null if quotes are unbalanced, or a closed one is no word's end. */
    static Bytes @Nullable [] split(byte[] line, int from, int end) {
        return new InlineWords(line, from, end).words();
    }

    private Bytes @Nullable [] words() {
        List<Bytes> words = new ArrayList<>(4);
        while (true) {
            while (at < end && isBlank(line[at])) {
                at++;
            }
            if (at == end) {
                return words.toArray(Bytes[]::new);
            }
            Bytes word = word();
            if (word == null) {
                return null;
            }
            words.add(word);
        }
    }

    private @Nullable Bytes word() {
        int start = at;
        while (at < end && !endsWord(line[at])) {
            if (line[at] == '"' || line[at] == '\'') {
                return quoted(start);
            }
            at++;
        }
        return Bytes.view(line, start, at - start);
    }

    private @Nullable Bytes quoted(int start) {
        ByteArrayOutputStream word = new ByteArrayOutputStream();
        word.write(line, start, at - start);
        byte quote = line[at++];
        for (; at < end; at++) {
            if (line[at] == quote) {
                at++;
                return at == end || isBlank(line[at]) ? Bytes.of(word.toByteArray()) : null;
            }
            word.write(quote == '"' ? escaped() : singleEscaped());
        }
        return null;
    }

    /** The byte meant at {@code at}, which moves to the last byte that says so. */
    private int escaped() {
        if (line[at] != '\\' || at + 1 == end) {
            return line[at];
        }
        if (line[at + 1] == 'x' && at + 3 < end && hex(line[at + 2]) >= 0 && hex(line[at + 3]) >= 0) {
            at += 3;
            return hex(line[at - 1]) << 4 | hex(line[at]);
        }
        at++;
        return switch (line[at]) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> line[at];
        };
    }

    private int singleEscaped() {
        if (line[at] == '\\' && at + 1 < end && line[at + 1] == '\'') {
            at++;
        }
        return line[at];
    }

    private static int hex(byte digit) {
        return digit < 0 ? -1 : Character.digit(digit, 16);
    }

    /** What may stand between words. */
    private static boolean isBlank(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    /** What ends a word outside quotes; vertical tab and form feed do not. */
    private static boolean endsWord(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }
}
