package dev.sluice.broker.config;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Kinds and checks that only one setting has. */
final class Peculiar {
    private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9.-]*");
    private static final Pattern TITLE = Pattern.compile(
            "([^{]|\\{\\{|\\{(title|listen-addr|server-mode|port|tls-port|unixsocket|config-file)\\})+");

    /** What may stand for nothing. */
    private static final Pattern TITLE_BLANKS = Pattern.compile("( |\\{(title|server-mode|unixsocket)\\})*");

    private static final int HOSTNAME_BYTES_MAX = 256;

    private Peculiar() {}

    static @Nullable String anything(String text) {
        return null;
    }

    static @Nullable String hostname(String text) {
        if (text.length() >= HOSTNAME_BYTES_MAX) {
            return "Hostnames must be less than " + HOSTNAME_BYTES_MAX + " characters";
        }
        return HOSTNAME.matcher(text).matches()
                ? null
                : "Hostnames may only contain alphanumeric characters, hyphens or dots";
    }

    static @Nullable String title(String text) {
        return TITLE.matcher(text).matches() && !TITLE_BLANKS.matcher(text).matches()
                ? null
                : "template format is invalid or contains unknown variables";
    }

    static @Nullable String fileName(String text) {
        return isBaseName(text) ? null : "dbfilename can't be a path, just a filename";
    }

    static @Nullable String appendOnlyFileName(String text) {
        if (text.isEmpty()) {
            return "appendfilename can't be empty";
        }
        return isBaseName(text) ? null : "appendfilename can't be a path, just a filename";
    }

    static @Nullable String appendOnlyDirectoryName(String text) {
        if (text.isEmpty()) {
            return "appenddirname can't be empty";
        }
        return isBaseName(text) ? null : "appenddirname can't be a path, just a dirname";
    }

    private static boolean isBaseName(String text) {
        return text.indexOf('/') < 0 && text.indexOf('\\') < 0;
    }

    static @Nullable String shutdown(String words) {
        List<String> all = List.of(words.split(" "));
        return all.contains("save") && all.contains("nosave")
                ? "shutdown options SAVE and NOSAVE can't be used simultaneously"
                : null;
    }

    /** Defragmentation of the arenas has no switch. */
    record AlwaysNo() implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            Object value = new Flag().read(words, before, host);
            if ((boolean) value) {
                throw new SettingRefused("Active defragmentation cannot be enabled: it requires a Redis server compiled"
                        + " with a modified Jemalloc like the one shipped by default with the Redis source"
                        + " distribution");
            }
            return value;
        }

        @Override
        public String print(Object value) {
            return "no";
        }
    }

    /** An existing directory, kept as an absolute path; a relative one starts from the one before. */
    record Directory() implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            String path = words.getFirst();
            String absolute = path.startsWith("/") ? path : before + "/" + path;
            String problem = path.isEmpty() ? "No such file or directory" : host.directoryProblem(absolute);
            if (problem != null) {
                throw new SettingRefused(problem);
            }
            return normal(absolute);
        }

        /** Where the process is started next may be elsewhere. */
        @Override
        public List<FileLine> lines(String name, Object value, Object standard) {
            return FileLine.of(name, QuotedWords.quote((String) value), true);
        }

        private static String normal(String path) {
            List<String> steps = new ArrayList<>();
            for (String step : path.split("/+")) {
                if (step.equals("..")) {
                    if (!steps.isEmpty()) {
                        steps.removeLast();
                    }
                } else if (!step.isEmpty() && !step.equals(".")) {
                    steps.add(step);
                }
            }
            return "/" + String.join("/", steps);
        }
    }

    /** Scores for the primary, a replica, and a child process. */
    record OomScores() implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            if (words.size() != 3) {
                throw new SettingRefused("wrong number of arguments");
            }
            StringJoiner scores = new StringJoiner(" ");
            for (String word : words) {
                Long score = Numerals.loose(word, 10);
                if (score == null || score < -2000 || score > 2000) {
                    throw new SettingRefused("Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
                }
                scores.add(score.toString());
            }
            return scores.toString();
        }

        @Override
        public boolean manyWords() {
            return true;
        }
    }

    /** Percentiles of latencies, as a list of doubles. */
    record Percentiles() implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            List<Double> values = new ArrayList<>();
            if (words.size() == 1 && words.getFirst().isEmpty()) {
                return List.of();
            }
            for (String word : words) {
                double value = Numbers.toDouble(Bytes.of(word));
                if (Double.isNaN(value)) {
                    throw new SettingRefused("Invalid latency-tracking-info-percentiles parameters");
                }
                if (value < 0 || value > 100) {
                    throw new SettingRefused(
                            "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
                }
                values.add(value);
            }
            return List.copyOf(values);
        }

        @Override
        public String print(Object value) {
            StringJoiner all = new StringJoiner(" ");
            for (Object each : (List<?>) value) {
                String digits = String.format(Locale.ROOT, "%f", (Double) each);
                String plain = new BigDecimal(digits).stripTrailingZeros().toPlainString();
                all.add(digits.startsWith("-0") && !plain.startsWith("-") ? "-" + plain : plain);
            }
            return all.toString();
        }

        @Override
        public List<FileLine> lines(String name, Object value, Object standard) {
            return FileLine.of(name, value.equals(List.of()) ? "\"\"" : print(value), true);
        }

        @Override
        public boolean manyWords() {
            return true;
        }
    }

    /** Host and port of the primary, or {@code no one}. */
    record PrimaryAddress() implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            if (words.size() != 2) {
                throw new SettingRefused("wrong number of arguments");
            }
            if (words.getFirst().equalsIgnoreCase("no") && words.getLast().equalsIgnoreCase("one")) {
                return "";
            }
            Long port = Numerals.loose(words.getLast(), 10);
            if (port == null || port < 0 || port > 65535) {
                throw new SettingRefused("Invalid master port");
            }
            return words.getFirst() + " " + port;
        }

        @Override
        public List<FileLine> lines(String name, Object value, Object standard) {
            return value.equals("") ? List.of() : FileLine.of(name, (String) value, true);
        }

        @Override
        public boolean manyWords() {
            return true;
        }
    }
}
