package dev.sluice.broker.command;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/** The keys of a request, found by its row's key specifications; the algorithm of Redis 7's documentation of them. */
public final class Keys {
    private static final int[] NONE = {};

    private final Request request;
    private int[] found = new int[4];
    private int count;

    private Keys(Request request) {
        this.request = request;
    }

    /** Positions of the keys among the arguments, in the order of the specifications; none where one does not fit. */
    public static int[] positions(Command command, Request request) {
        Keys keys = new Keys(request);
        for (KeySpec spec : command.keySpecs()) {
            if (!spec.has(KeySpec.NOT_KEY) && !keys.add(spec)) {
                return NONE;
            }
        }
        return Arrays.copyOf(keys.found, keys.count);
    }

    /**
     * Positions of the keys that a request may change: all that can be found, also where a specification does not fit,
     * for the request may run all the same.
     */
    static int[] changing(Command command, Request request) {
        Keys keys = new Keys(request);
        for (KeySpec spec : command.keySpecs()) {
            if (!spec.has(KeySpec.NOT_KEY) && !spec.has(KeySpec.READ)) {
                keys.add(spec);
            }
        }
        return Arrays.copyOf(keys.found, keys.count);
    }

    /** Where a key stands and what happens to it. */
    public record Found(int position, List<String> flags) {}

    /** The keys and what this request does to them; none where a specification does not fit. */
    public static List<Found> withFlags(Command command, Request request) {
        List<Found> all = new ArrayList<>();
        for (KeySpec spec : command.keySpecs()) {
            Keys keys = new Keys(request);
            if (spec.has(KeySpec.NOT_KEY)) {
                continue;
            }
            if (!keys.add(spec)) {
                return List.of();
            }
            List<String> flags = command.keyFlags(spec, request);
            for (int i = 0; i < keys.count; i++) {
                all.add(new Found(keys.found[i], flags));
            }
        }
        return all;
    }

    /** False where the request does not fit the specification. A keyword that is not there is no keys. */
    private boolean add(KeySpec spec) {
        int begin = begin(spec.begin());
        if (begin == 0) {
            return spec.begin() instanceof KeySpec.Begin.Keyword
                    || spec.begin() instanceof KeySpec.Begin.Unknown && !spec.has(KeySpec.INCOMPLETE);
        }
        boolean fits = switch (spec.find()) {
            case KeySpec.Find.Range(int last, int step, int limit) -> add(begin, last(begin, last, limit), step);
            case KeySpec.Find.Count(int countAt, int first, int step) -> {
                int at = begin + countAt;
                Bytes keys = at < request.size() ? request.argument(at) : Bytes.EMPTY;
                long number = Numbers.isLong(keys) ? Numbers.toLong(keys) : 0;
                yield number <= request.size() && add(begin + first, begin + first + ((int) number - 1) * step, step);
            }
            case KeySpec.Find.Unknown() -> add(begin, begin, 1);
        };
        return fits && !spec.has(KeySpec.INCOMPLETE);
    }

    private int begin(KeySpec.Begin begin) {
        return switch (begin) {
            case KeySpec.Begin.Index(int position) -> position;
            case KeySpec.Begin.Keyword(String word, int from) -> after(word, from);
            case KeySpec.Begin.Unknown(ToIntFunction<Request> position) -> position.applyAsInt(request);
        };
    }

    /** The position after a word, which itself is neither the last argument looked at nor the name; 0 if not there. */
    private int after(String word, int from) {
        int step = from > 0 ? 1 : -1;
        int end = from > 0 ? request.size() - 1 : 1;
        for (int at = from > 0 ? from : request.size() + from; at != end && isArgument(at); at += step) {
            if (request.argument(at).is(word)) {
                return at + 1;
            }
        }
        return 0;
    }

    private boolean isArgument(int at) {
        return at > 0 && at < request.size();
    }

    private int last(int begin, int last, int limit) {
        if (last >= 0) {
            return begin + last;
        }
        return limit == 0 ? request.size() + last : begin + (request.size() - begin) / limit + last;
    }

    private boolean add(int first, int last, int step) {
        if (last < first || last >= request.size()) {
            return false;
        }
        for (int at = first; at <= last; at += step) {
            if (count == found.length) {
                found = Arrays.copyOf(found, count * 2);
            }
            found[count++] = at;
        }
        return true;
    }
}
