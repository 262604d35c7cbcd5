package dev.sluice.broker.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arguments turned into configuration, as redis-server does it.
 *
 * @param file the configuration file, as it was written
 * @param standardInput whether a lone {@code -} asks to read more of it from there
 * @param lines the options as lines of a configuration file
 */
record Options(@Nullable String file, boolean standardInput, String lines) {
    static Options of(List<String> arguments) {
        boolean hasFile = !arguments.isEmpty() && !arguments.getFirst().startsWith("-");
        StringBuilder lines = new StringBuilder();
        boolean standardInput = false;
        boolean nameMayFollow = true;
        for (int i = hasFile ? 1 : 0; i < arguments.size(); i++) {
            String argument = Settings.latin1(arguments.get(i));
            boolean last = i == arguments.size() - 1;
            if (argument.equals("-") && (i == 0 || last)) {
                standardInput = true;
            } else if (nameMayFollow && argument.startsWith("--")) {
                String next = last ? null : arguments.get(i + 1);
                nameMayFollow = name(argument, next, lines);
            } else {
                lines.append(QuotedWords.quote(argument)).append(' ');
                nameMayFollow = true;
            }
        }
        return new Options(hasFile ? arguments.getFirst() : null, standardInput, lines.toString());
    }

    /** Begins a line with the name; answers whether the next argument may be a name too, or is a value in any case. */
    private static boolean name(String argument, @Nullable String next, StringBuilder lines) {
        if (!lines.isEmpty()) {
            lines.append('\n');
        }
        lines.append(argument, 2, argument.length()).append(' ');
        List<String> words = QuotedWords.split(argument);
        if (words == null || words.size() != 1) {
            return true; // name and value in one argument: "--port 7000"
        }
        // Before 7.0 a --save without values meant an empty one, and so it still does.
        boolean nameFollows = next != null && next.startsWith("--");
        if (argument.equalsIgnoreCase("--save") && (next == null || nameFollows)) {
            lines.append("\"\"");
        }
        return nameFollows && (argument.equalsIgnoreCase("--save") || argument.equalsIgnoreCase("--sentinel"));
    }
}
