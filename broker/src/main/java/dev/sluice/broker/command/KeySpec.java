package dev.sluice.broker.command;

import dev.sluice.streams.message.Request;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Where keys stand among the arguments and what happens to them; the format of Redis 7's key specifications. Flags and
 * notes are printed as they are: {@code RW}, {@code access}, {@code update} …
 */
public record KeySpec(Begin begin, Find find, List<String> flags, String notes) {
    /** Where the search begins. */
    public sealed interface Begin {
        /** At a position; the command's name is 0. */
        record Index(int position) implements Begin {}

        /** After a word, looked for from a position (backwards from the end if negative). */
        record Keyword(String word, int from) implements Begin {}

        /** Wherever the command's own way of looking for it finds it; 0: there is none, or none that can be known. */
        record Unknown(ToIntFunction<Request> position) implements Begin {}
    }

    /** Which arguments from there on are keys. */
    public sealed interface Find {
        /** Up to {@code last} (relative; negative from the end), every {@code step}th; limit divides what is left. */
        record Range(int last, int step, int limit) implements Find {}

        /** A count stands at {@code countAt}, the first key at {@code first}, both relative to the beginning. */
        record Count(int countAt, int first, int step) implements Find {}

        record Unknown() implements Find {}
    }

    /** A flag: these are not all of the keys; what the others are depends on more than positions. */
    static final String INCOMPLETE = "incomplete";

    /** A flag: what is under the key stays as it is. */
    static final String READ = "RO";

    /** A flag: found like a key, but none (a shard channel). */
    public static final String NOT_KEY = "not_key";

    /** One key at a position. */
    public static KeySpec key(int position, String... flags) {
        return keys(position, 0, 1, flags);
    }

    /** Keys from a position to {@code last} relative to it (or to the end, if negative). */
    public static KeySpec keys(int position, int last, int step, String... flags) {
        return new KeySpec(new Begin.Index(position), new Find.Range(last, step, 0), List.of(flags), "");
    }

    /** Keys after a count of them at a position, every {@code step}th argument. */
    public static KeySpec counted(int position, int step, String... flags) {
        return new KeySpec(new Begin.Index(position), new Find.Count(0, 1, step), List.of(flags), "");
    }

    /** The argument after a word, which is looked for from a position on. */
    public static KeySpec after(String word, int from, String... flags) {
        return new KeySpec(new Begin.Keyword(word, from), new Find.Range(0, 1, 0), List.of(flags), "");
    }

    /** One key that no specification can describe; {@code position} finds it, or answers 0. */
    public static KeySpec unknown(ToIntFunction<Request> position, String... flags) {
        return new KeySpec(new Begin.Unknown(position), new Find.Unknown(), List.of(flags), "");
    }

    /** What there is to say that the flags do not. */
    public KeySpec notes(String text) {
        return new KeySpec(begin, find, flags, text);
    }

    /** Whether what it finds are keys. */
    public boolean isOfKeys() {
        return !has(NOT_KEY);
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }
}
