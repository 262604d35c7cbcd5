package dev.sluice.broker.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What values a setting takes: how they are read from words, checked, and printed as CONFIG GET prints them. Values are
 * immutable. Words hold one character per byte, so that nothing a client sends is lost.
 */
interface Kind {
    /**
     * Reads a value.
     *
     * @param words one word, unless {@link #manyWords()}
     * @param before the value until now, which some kinds change in part
     * @throws SettingRefused if the words are no value of this kind
     */
    Object read(List<String> words, Object before, Host host);

    default String print(Object value) {
        return value.toString();
    }

    /** Whether the value is a list of words, which CONFIG SET takes as one argument with spaces. */
    default boolean manyWords() {
        return false;
    }

    /**
     * The value after a further line of a configuration: the last line wins, except where lines add up.
     *
     * @param before what the lines before it said
     */
    default Object add(Object before, Object line) {
        return line;
    }

    /** The lines of a configuration file that say the value; those it has besides go when it is rewritten. */
    default List<FileLine> lines(String name, Object value, Object standard) {
        return FileLine.of(name, print(value), !value.equals(standard));
    }

    /** The value as a number, for the fast getter. */
    default long number(Object value) {
        return value instanceof Long number ? number : 0;
    }

    /** yes or no. */
    record Flag() implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            return switch (words.getFirst().toLowerCase(Locale.ROOT)) {
                case "yes" -> true;
                case "no" -> false;
                default -> throw new SettingRefused("argument must be 'yes' or 'no'");
            };
        }

        @Override
        public String print(Object value) {
            return (boolean) value ? "yes" : "no";
        }

        @Override
        public long number(Object value) {
            return (boolean) value ? 1 : 0;
        }
    }

    /** A whole number; what lies between the bounds is accepted and then brought into the range from floor to cap. */
    record Whole(long lower, long upper, long floor, long cap) implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            Long value = Numerals.strict(words.getFirst());
            if (value == null) {
                throw new SettingRefused("argument couldn't be parsed into an integer");
            }
            if (value < lower || value > upper) {
                throw new SettingRefused("argument must be between " + lower + " and " + upper + " inclusive");
            }
            return Math.clamp(value, floor, cap);
        }
    }

    /** File permissions. */
    record Octal(long lower, long upper) implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            Long value = Numerals.loose(words.getFirst(), 8);
            if (value == null) {
                throw new SettingRefused("argument couldn't be parsed as an octal number");
            }
            if (value < lower || value > upper) {
                throw new SettingRefused("argument must be between " + Long.toOctalString(lower) + " and "
                        + Long.toOctalString(upper) + " inclusive");
            }
            return value;
        }

        @Override
        public String print(Object value) {
            return Long.toOctalString((long) value);
        }
    }

    /** Bytes, as an unsigned long; what lies below the floor is accepted and raised to it. */
    record Memory(long lower, long upper, long floor) implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            Long value = Numerals.memory(words.getFirst());
            if (value == null) {
                throw new SettingRefused("argument must be a memory value");
            }
            if (Long.compareUnsigned(value, lower) < 0 || Long.compareUnsigned(value, upper) > 0) {
                throw new SettingRefused("argument must be between " + Long.toUnsignedString(lower) + " and "
                        + Long.toUnsignedString(upper) + " inclusive");
            }
            return Long.compareUnsigned(value, floor) < 0 ? floor : value;
        }

        @Override
        public List<FileLine> lines(String name, Object value, Object standard) {
            return FileLine.of(name, FileLine.bytes((long) value), !value.equals(standard));
        }

        @Override
        public String print(Object value) {
            return Long.toUnsignedString((long) value);
        }

        /** What is beyond a long is the largest long. */
        @Override
        public long number(Object value) {
            long bytes = (long) value;
            return bytes < 0 ? Long.MAX_VALUE : bytes;
        }
    }

    /** Bytes, or a share of maxmemory, which is kept as a negative number. */
    record MemoryOrPercent(long percentMax) implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            Long value = Numerals.memory(words.getFirst());
            if (value == null) {
                value = percent(words.getFirst());
            }
            if (value < -percentMax) {
                throw new SettingRefused("percentage argument must be less or equal to " + percentMax);
            }
            return value;
        }

        private static long percent(String word) {
            Long value = word.endsWith("%") ? Numerals.strict(word.substring(0, word.length() - 1)) : null;
            if (value == null || value < 0) {
                throw new SettingRefused("argument must be a memory or percent value");
            }
            return -value;
        }

        @Override
        public String print(Object value) {
            long number = (long) value;
            return number < 0 ? -number + "%" : Long.toString(number);
        }

        @Override
        public List<FileLine> lines(String name, Object value, Object standard) {
            long number = (long) value;
            return FileLine.of(name, number < 0 ? print(value) : FileLine.bytes(number), !value.equals(standard));
        }
    }

    /**
     * Any text that its check has nothing to say about.
     *
     * @param emptyIsNone an empty text means that there is none, and so needs no line in a file
     */
    record Text(Check check, boolean emptyIsNone) implements Kind {
        /** Says why a text will not do, or null. */
        interface Check {
            @Nullable
            String problem(String text);
        }

        @Override
        public Object read(List<String> words, Object before, Host host) {
            String problem = check.problem(words.getFirst());
            if (problem != null) {
                throw new SettingRefused(problem);
            }
            return words.getFirst();
        }

        @Override
        public List<FileLine> lines(String name, Object value, Object standard) {
            return emptyIsNone && value.equals("")
                    ? List.of()
                    : FileLine.of(name, QuotedWords.quote((String) value), !value.equals(standard));
        }
    }

    /** One of some words; a synonym, written {@code relative=yes}, is shown as what it stands for. */
    record Choice(List<String> words) implements Kind {
        @Override
        public Object read(List<String> given, Object before, Host host) {
            for (String word : words) {
                if (spelling(word).equalsIgnoreCase(given.getFirst())) {
                    return word.substring(word.indexOf('=') + 1);
                }
            }
            throw refused(words);
        }

        static SettingRefused refused(List<String> words) {
            StringJoiner all = new StringJoiner(", ", "argument(s) must be one of the following: ", "");
            words.forEach(word -> all.add(spelling(word)));
            return new SettingRefused(all.toString());
        }

        private static String spelling(String word) {
            int synonym = word.indexOf('=');
            return synonym < 0 ? word : word.substring(0, synonym);
        }
    }

    /** Several of some words, shown in the order of the table; the first word of the table means none of them. */
    record Choices(List<String> words, Text.Check check) implements Kind {
        @Override
        public Object read(List<String> given, Object before, Host host) {
            List<String> chosen = new ArrayList<>();
            for (String word : given) {
                chosen.add(words.stream()
                        .filter(word::equalsIgnoreCase)
                        .findFirst()
                        .orElseThrow(() -> Choice.refused(words)));
            }
            if (chosen.isEmpty()) {
                throw Choice.refused(words);
            }
            List<String> ordered =
                    words.stream().skip(1).filter(chosen::contains).toList();
            String text = ordered.isEmpty() ? words.getFirst() : String.join(" ", ordered);
            String problem = check.problem(text);
            if (problem != null) {
                throw new SettingRefused(problem);
            }
            return text;
        }

        @Override
        public boolean manyWords() {
            return true;
        }
    }

    /** Words, at most so many; a single empty word is none. */
    record Words(int wordsMax, String tooMany) implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            if (words.size() > wordsMax) {
                throw new SettingRefused(tooMany);
            }
            return words.size() == 1 && words.getFirst().isEmpty() ? List.of() : List.copyOf(words);
        }

        @Override
        public String print(Object value) {
            StringJoiner all = new StringJoiner(" ");
            ((List<?>) value).forEach(word -> all.add((String) word));
            return all.toString();
        }

        @Override
        public List<FileLine> lines(String name, Object value, Object standard) {
            return FileLine.of(name, value.equals(List.of()) ? "\"\"" : print(value), !value.equals(standard));
        }

        @Override
        public boolean manyWords() {
            return true;
        }
    }
}
