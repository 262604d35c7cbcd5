package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request that is an object. A null is as good as no field. Every accessor throws a {@link CommandError}
 * that names the field if it is not what it should be; a request takes its fields and then calls {@link #end}, so that
 * a misspelt one is not ignored.
 */
public final class Fields {
    private static final int SHOWN_CHARS_MAX = 64;

    private final Map<String, Reply> values;

    private Fields(Map<String, Reply> values) {
        this.values = values;
    }

    static Fields of(Reply payload) {
        if (!(payload instanceof Reply.Map(List<Reply> pairs))) {
            throw new CommandError("ERR the payload must be an object");
        }
        Map<String, Reply> values = new LinkedHashMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            if (!(pairs.get(i) instanceof Bytes name)) {
                throw new CommandError("ERR the name of a field must be a string");
            }
            if (values.put(name.toString(), pairs.get(i + 1)) != null) {
                throw error(name.toString(), "is there twice");
            }
        }
        return new Fields(values);
    }

    Bytes string(String name) {
        Bytes value = stringOrNull(name);
        if (value == null) {
            throw error(name, "is missing");
        }
        return value;
    }

    @Nullable
    Bytes stringOrNull(String name) {
        return switch (take(name)) {
            case null -> null;
            case Bytes text -> text;
            case Reply other -> throw error(name, "must be a string");
        };
    }

    /** A list of strings, empty if the field is missing. */
    List<Bytes> strings(String name) {
        Reply value = take(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof Reply.Array(List<Reply> items))) {
            throw error(name, "must be an array of strings");
        }
        List<Bytes> strings = new ArrayList<>(items.size());
        for (Reply item : items) {
            if (!(item instanceof Bytes text)) {
                throw error(name, "must be an array of strings");
            }
            strings.add(text);
        }
        return strings;
    }

    /** As {@link #strings}, with at least one, which is a {@code what}. */
    List<Bytes> someStrings(String name, String what) {
        List<Bytes> strings = strings(name);
        if (strings.isEmpty()) {
            throw error(name, "must name at least one " + what);
        }
        return strings;
    }

    /** Commands, each an array of its name and arguments: at least one, and no more than {@code max}. */
    List<Request> requests(String name, int max) {
        if (!(take(name) instanceof Reply.Array(List<Reply> items)) || items.isEmpty() || items.size() > max) {
            throw error(name, "must be an array of 1 to " + max + " commands");
        }
        List<Request> requests = new ArrayList<>(items.size());
        for (Reply item : items) {
            requests.add(request(name, item));
        }
        return requests;
    }

    private static Request request(String name, Reply command) {
        if (!(command instanceof Reply.Array(List<Reply> words)) || words.isEmpty()) {
            throw error(name, "must have an array for each command, its name and arguments");
        }
        Bytes[] arguments = new Bytes[words.size()];
        for (int i = 0; i < arguments.length; i++) {
            if (!(words.get(i) instanceof Bytes word)) {
                throw error(name, "must have strings, numbers and booleans as arguments");
            }
            arguments[i] = word;
        }
        return new Request(arguments);
    }

    /** The names and values of an object in turn; one that cannot be an object comes as an array of pairs. */
    List<Reply> pairs(String name) {
        return switch (take(name)) {
            case null -> List.of();
            case Reply.Map(List<Reply> pairs) -> pairs;
            case Reply.Array(List<Reply> items) -> flattened(name, items);
            case Reply other -> throw error(name, "must be an object");
        };
    }

    private static List<Reply> flattened(String name, List<Reply> items) {
        List<Reply> pairs = new ArrayList<>(2 * items.size());
        for (Reply item : items) {
            if (!(item instanceof Reply.Array(List<Reply> pair)) || pair.size() != 2) {
                throw error(name, "must be an object, or an array of pairs");
            }
            pairs.addAll(pair);
        }
        return pairs;
    }

    int integer(String name, int otherwise, int min, int max) {
        return (int) integer(name, (long) otherwise, min, max);
    }

    long integer(String name, long otherwise, long min, long max) {
        Bytes text = stringOrNull(name);
        if (text == null) {
            return otherwise;
        }
        if (!Numbers.isLong(text) || Numbers.toLong(text) < min || Numbers.toLong(text) > max) {
            throw error(name, "must be an integer from " + min + " to " + max);
        }
        return Numbers.toLong(text);
    }

    boolean bool(String name, boolean otherwise) {
        Bytes text = stringOrNull(name);
        if (text == null) {
            return otherwise;
        }
        boolean yes = text.is("TRUE");
        if (!yes && !text.is("FALSE")) {
            throw error(name, "must be true or false");
        }
        return yes;
    }

    /** One of the constants of an enum, by its name. */
    <E extends Enum<E>> E choice(String name, E otherwise) {
        Bytes text = stringOrNull(name);
        if (text == null) {
            return otherwise;
        }
        E[] choices = otherwise.getDeclaringClass().getEnumConstants();
        for (E choice : choices) {
            if (text.is(choice.name())) {
                return choice;
            }
        }
        throw error(name, "must be " + Arrays.stream(choices).map(Fields::text).collect(Collectors.joining(" or ")));
    }

    /** How the constant of an enum is written. */
    static String text(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    /** The rest is unknown. */
    void end() {
        for (String name : values.keySet()) {
            throw error(name, "is unknown");
        }
    }

    private @Nullable Reply take(String name) {
        Reply value = values.remove(name);
        return value instanceof Reply.Null ? null : value;
    }

    static CommandError error(String name, String what) {
        return new CommandError(
                "ERR field '" + name.substring(0, Math.min(name.length(), SHOWN_CHARS_MAX)) + "' " + what);
    }
}
