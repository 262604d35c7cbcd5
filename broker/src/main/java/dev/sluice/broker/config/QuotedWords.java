package dev.sluice.broker.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of a configuration line, as redis.conf, redis-cli and inline commands quote them: {@code "a\x00\n"} with
 * escapes, {@code 'it\'s'} with none but its own quote. Text holds one character per byte.
 */
public final class QuotedWords {
    private final String line;
    private final StringBuilder word = new StringBuilder();
    private int at;

    private QuotedWords(String line) {
        this.line = line;
    }

    /** The words, or null if a quote is not closed or is followed by anything but a blank. */
    public static @Nullable List<String> split(String line) {
        QuotedWords reader = new QuotedWords(line);
        List<String> words = new ArrayList<>();
        while (reader.skipBlanks()) {
            if (!reader.readWord()) {
                return null;
            }
            words.add(reader.word.toString());
        }
        return words;
    }

    /** A word in double quotes, so that {@link #split} gives it back. */
    public static String quote(String word) {
        StringBuilder text = new StringBuilder(word.length() + 2).append('"');
        for (char c : word.toCharArray()) {
            switch (c) {
                case '\\', '"' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\b' -> text.append("\\b");
                case 7 -> text.append("\\a");
                default -> text.append(c >= ' ' && c < 0x7f ? String.valueOf(c) : String.format("\\x%02x", (int) c));
            }
        }
        return text.append('"').toString();
    }

    private boolean skipBlanks() {
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
        return at < line.length();
    }

    /** Quotes may begin inside a word and end it: {@code ab"c d"} is one word. */
    private boolean readWord() {
        word.setLength(0);
        while (at < line.length() && !endsWord(line.charAt(at))) {
            char c = line.charAt(at++);
            if (c == '"' || c == '\'') {
                return readQuoted(c);
            }
            word.append(c);
        }
        return true;
    }

    private boolean readQuoted(char quote) {
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == quote) {
                return at == line.length() || isBlank(line.charAt(at));
            }
            boolean escaped = c == '\\' && at < line.length();
            if (escaped && quote == '"') {
                word.append(escape());
            } else if (escaped && line.charAt(at) == quote) {
                word.append(line.charAt(at++));
            } else {
                word.append(c);
            }
        }
        return false;
    }

    private char escape() {
        char c = line.charAt(at++);
        if (c == 'x' && at + 2 <= line.length()) {
            int high = Character.digit(line.charAt(at), 16);
            int low = Character.digit(line.charAt(at + 1), 16);
            if (high >= 0 && low >= 0) {
                at += 2;
                return (char) (high << 4 | low);
            }
        }
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> c;
        };
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private static boolean endsWord(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
