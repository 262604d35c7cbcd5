package dev.sluice.broker.differential;

import dev.sluice.broker.data.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the broker answers otherwise than redis-server 7.0.15, on purpose: the lines of {@code deviations.tsv} that
 * name a comparison for a command, or for a command and its first arguments.
 */
final class Deviations {
    private static final String RESOURCE = "/dev/sluice/broker/deviations.tsv";
    private static final int WORDS_MAX = 3;
    private static final Comparison ABSENT = Comparison.parse("absent");

    private final Map<String, Comparison> byCommand = new HashMap<>();

    static Deviations load() throws IOException {
        try (InputStream in = Value.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("missing resource " + RESOURCE);
            }
            return new Deviations(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        }
    }

    Deviations(List<String> lines) {
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\t");
            if (columns.length != 4) {
                throw new IllegalArgumentException("a deviation has 4 columns: " + line);
            }
            if (!columns[1].equals("-")) {
                byCommand.put(columns[0], Comparison.parse(columns[1]));
            }
        }
    }

    /** Commands that the subject is said not to know. */
    List<String> absent() {
        return byCommand.entrySet().stream()
                .filter(entry -> entry.getValue().kind() == Comparison.Kind.ABSENT)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** The comparison for a command: the one of the longest entry that it begins with, else {@code otherwise}. */
    Comparison of(List<byte[]> words, Comparison otherwise) {
        StringBuilder name = new StringBuilder();
        Comparison found = otherwise;
        for (int i = 0; i < Math.min(WORDS_MAX, words.size()); i++) {
            String word = new String(words.get(i), StandardCharsets.ISO_8859_1);
            name.append(i == 0 ? "" : " ").append(word.toUpperCase(Locale.ROOT));
            found = byCommand.getOrDefault(name.toString(), found);
        }
        return name.toString().startsWith("COMMAND INFO ") && isAbsent(words.get(2)) ? ABSENT : found;
    }

    /** Whether COMMAND INFO is asked about a command that is said not to be there. */
    private boolean isAbsent(byte[] name) {
        String words = new String(name, StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
        return ABSENT.equals(byCommand.get(words)) || ABSENT.equals(byCommand.get(words.split("\\|")[0]));
    }
}
