package dev.sluice.broker.differential;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Commands to be sent to both servers, as text. To add one, put a {@code *.transcript} file into {@code
 * src/test/resources/differential}. No replies are written down: redis-server gives them.
 *
 * <pre>
 * # a comment
 * == title                  a section: starts with empty servers and new connections; runs with RESP2, then with RESP3
 * == title @resp3           only with RESP3 (or @resp2)
 * SET k "a\x00\r\n"         one command, quoted as in redis-cli; the default connection is [main]
 * [a] GET k                 on a connection of its own, opened when it is first named
 * {set} KEYS *              how replies are compared if not byte for byte: see {@link Comparison}
 * {scan} SCAN 0 COUNT 2     iterates until the cursor is 0, and compares what was returned as sets
 * [a] &amp; BLPOP q 0           does not read a reply, but waits until the server has the client blocked
 * [a] &lt;                     reads one reply more, [a] &lt;3 three
 * [a] !close                closes the connection and waits until the servers know
 * !raw "PING\r\n"           sends bytes as they are, and reads one reply
 * {shape} CLIENT ID =&gt; id    keeps the reply's text, of each server for itself; $id is it, as a later word
 * SET k v &lt;EX 10|PX 5|&gt; &lt;NX|&gt;     every combination of the alternatives, a command each
 * !before DEL k             a command before each of the following commands, !after GET k one after them; several add up
 * !before                   (alone) none from here on; likewise !after; they end with the section
 * EXPIREAT k $sec+100       $sec and $ms are the time, the same for both servers, with a number added
 * RPUSH l $seq(e,1,200)     e1 e2 … e200; $scores(m,1,3) is 1 m1 2 m2 3 m3; $rep(x,1000) one word of 1000 x
 * </pre>
 */
record Transcript(String name, List<Section> sections) {
    record Section(String title, int line, List<Integer> protocols, List<Step> steps) {}

    /** Something to do on a connection; {@code line} and {@code source} are for messages. */
    sealed interface Step {
        int line();

        String source();

        String connection();
    }

    record Ask(
            int line,
            String source,
            String connection,
            Comparison comparison,
            List<Word> words,
            boolean blocks,
            boolean scans,
            String keepAs)
            implements Step {}

    record Raw(int line, String source, String connection, Comparison comparison, byte[] bytes) implements Step {}

    record Read(int line, String source, String connection, Comparison comparison, int replies) implements Step {}

    record Close(int line, String source, String connection) implements Step {}

    /** Bytes, or the name of a variable where that is not empty. */
    record Word(byte[] bytes, String variable) {}

    static Transcript read(Path file) {
        try {
            String name = file.getFileName().toString().replace(".transcript", "");
            return new Parser().parse(name, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Transcript parse(String name, List<String> lines) {
        return new Parser().parse(name, lines);
    }

    private static final class Parser {
        private static final Pattern LINE = Pattern.compile("(?:\\[(\\w+)] *)?(?:\\{([^}]*)} *)?(.*)");
        private static final Pattern KEEP = Pattern.compile("(.*) => (\\w+)");
        private static final Pattern READ = Pattern.compile("<(\\d*)");
        private static final Pattern GENERATED = Pattern.compile("\\$(seq|scores|rep)\\(([^,]*),(\\d+)(?:,(\\d+))?\\)");
        private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+(?:[+-]\\d+)?)");

        private final List<Section> sections = new ArrayList<>();
        private final List<Step> before = new ArrayList<>();
        private final List<Step> after = new ArrayList<>();
        private List<Step> steps = new ArrayList<>();
        private int number;

        Transcript parse(String name, List<String> lines) {
            for (String raw : lines) {
                number++;
                String line = raw.strip();
                if (line.startsWith("== ")) {
                    begin(line.substring(3));
                } else if (!line.isEmpty() && !line.startsWith("#")) {
                    if (sections.isEmpty()) {
                        throw bad("a step before the first section");
                    }
                    step(line);
                }
            }
            return new Transcript(name, sections);
        }

        private void begin(String title) {
            steps = new ArrayList<>();
            before.clear();
            after.clear();
            List<Integer> protocols =
                    title.endsWith(" @resp2") ? List.of(2) : title.endsWith(" @resp3") ? List.of(3) : List.of(2, 3);
            sections.add(new Section(title, number, protocols, steps));
        }

        private void step(String line) {
            if (line.startsWith("!before")) {
                around(before, line.substring(7).strip());
                return;
            }
            if (line.startsWith("!after")) {
                around(after, line.substring(6).strip());
                return;
            }
            for (String one : combinations(line)) {
                steps.addAll(before);
                steps.add(single(one));
                steps.addAll(after);
            }
        }

        private void around(List<Step> list, String line) {
            if (line.isEmpty()) {
                list.clear();
            } else {
                list.add(single(line));
            }
        }

        private Step single(String line) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                throw bad("what is this?");
            }
            String connection = parts.group(1) == null ? "main" : parts.group(1);
            String mode = parts.group(2) == null ? "bytes" : parts.group(2);
            boolean scans = mode.equals("scan");
            Comparison comparison = scans ? Comparison.SET : Comparison.parse(mode);
            String rest = parts.group(3);
            Matcher read = READ.matcher(rest);
            if (read.matches()) {
                int replies = read.group(1).isEmpty() ? 1 : Integer.parseInt(read.group(1));
                return new Read(number, line, connection, comparison, replies);
            }
            if (rest.equals("!close")) {
                return new Close(number, line, connection);
            }
            if (rest.startsWith("!raw ")) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                words(rest.substring(5)).forEach(word -> bytes.writeBytes(word.bytes()));
                return new Raw(number, line, connection, comparison, bytes.toByteArray());
            }
            Matcher keep = KEEP.matcher(rest);
            String keepAs = keep.matches() ? keep.group(2) : "";
            String command = keep.matches() ? keep.group(1) : rest;
            boolean blocks = command.startsWith("& ");
            List<Word> words = words(blocks ? command.substring(2) : command);
            return new Ask(number, line, connection, comparison, words, blocks, scans, keepAs);
        }

        /** Every choice among the {@code <a|b>} groups of a line. */
        private List<String> combinations(String line) {
            int open = unquoted(line, '<', 0);
            int close = open < 0 ? -1 : unquoted(line, '>', open + 1);
            if (close < 0) {
                return List.of(line);
            }
            List<String> all = new ArrayList<>();
            List<String> tails = combinations(line.substring(close + 1));
            int from = open + 1;
            while (from <= close) {
                int bar = unquoted(line, '|', from);
                int to = bar < 0 || bar > close ? close : bar;
                for (String tail : tails) {
                    all.add(line.substring(0, open) + line.substring(from, to) + tail);
                }
                from = to + 1;
            }
            return all;
        }

        private static int unquoted(String line, char wanted, int from) {
            char quote = 0;
            for (int i = from; i < line.length(); i++) {
                char c = line.charAt(i);
                if (quote != 0) {
                    if (c == '\\' && quote == '"') {
                        i++;
                    } else if (c == quote) {
                        quote = 0;
                    }
                } else if (c == '"' || c == '\'') {
                    quote = c;
                } else if (c == wanted) {
                    return i;
                }
            }
            return -1;
        }

        private List<Word> words(String line) {
            List<Word> words = new ArrayList<>();
            int at = 0;
            while (at < line.length()) {
                char c = line.charAt(at);
                if (c == ' ') {
                    at++;
                } else if (c == '"' || c == '\'') {
                    int end = closing(line, at);
                    words.add(new Word(unquote(line.substring(at + 1, end), c), ""));
                    at = end + 1;
                } else {
                    int space = line.indexOf(' ', at);
                    int end = space < 0 ? line.length() : space;
                    plain(line.substring(at, end), words);
                    at = end;
                }
            }
            if (words.isEmpty()) {
                throw bad("no command");
            }
            return words;
        }

        private void plain(String text, List<Word> words) {
            Matcher generated = GENERATED.matcher(text);
            Matcher variable = VARIABLE.matcher(text);
            if (generated.matches()) {
                String base = generated.group(2);
                int first = Integer.parseInt(generated.group(3));
                if (generated.group(1).equals("rep")) {
                    words.add(word(base.repeat(first)));
                    return;
                }
                for (int i = first; i <= Integer.parseInt(generated.group(4)); i++) {
                    if (generated.group(1).equals("scores")) {
                        words.add(word(Integer.toString(i)));
                    }
                    words.add(word(base + i));
                }
            } else if (variable.matches()) {
                words.add(new Word(new byte[0], variable.group(1)));
            } else {
                words.add(word(text));
            }
        }

        private static Word word(String text) {
            return new Word(text.getBytes(StandardCharsets.UTF_8), "");
        }

        private int closing(String line, int open) {
            for (int i = open + 1; i < line.length(); i++) {
                if (line.charAt(i) == '\\') {
                    i++;
                } else if (line.charAt(i) == line.charAt(open)) {
                    return i;
                }
            }
            throw bad("a quote is not closed");
        }

        private static byte[] unquote(String text, char quote) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c != '\\' || quote == '\'' && text.charAt(i + 1) != '\'') {
                    bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                    continue;
                }
                char escaped = text.charAt(++i);
                switch (escaped) {
                    case 'n' -> bytes.write('\n');
                    case 'r' -> bytes.write('\r');
                    case 't' -> bytes.write('\t');
                    case 'b' -> bytes.write('\b');
                    case 'a' -> bytes.write(7);
                    case 'x' -> {
                        bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                        i += 2;
                    }
                    default -> bytes.write(escaped);
                }
            }
            return bytes.toByteArray();
        }

        private IllegalArgumentException bad(String why) {
            return new IllegalArgumentException("line " + number + ": " + why);
        }
    }
}
