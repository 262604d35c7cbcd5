package dev.sluice.broker.command;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Request;
import java.util.Arrays;

/** The keys of a request, found by its row's key specifications; the algorithm of Redis 7's documentation of them. */
public final class Keys {
    private Keys() {}

    /** Positions of the keys among the arguments, in the order of the specifications; none where they do not fit. */
    public static int[] positions(Command command, Request request) {
        int[] found = new int[request.size()];
        int count = 0;
        for (KeySpec spec : command.keySpecs()) {
            int begin = begin(spec.begin(), request);
            if (begin <= 0 || begin >= request.size()) {
                continue;
            }
            int[] range = range(spec.find(), begin, request);
            for (int at = range[0]; at <= range[1]; at += range[2]) {
                if (at >= request.size()) {
                    return new int[0];
                }
                if (count == found.length) {
                    found = Arrays.copyOf(found, count * 2);
                }
                found[count++] = at;
            }
        }
        return Arrays.copyOf(found, count);
    }

    private static int begin(KeySpec.Begin begin, Request request) {
        return switch (begin) {
            case KeySpec.Begin.Index(int position) -> position;
            case KeySpec.Begin.Keyword(String word, int from) -> after(word, from, request);
            case KeySpec.Begin.Unknown() -> 0;
        };
    }

    private static int after(String word, int from, Request request) {
        int step = from > 0 ? 1 : -1;
        int last = from > 0 ? request.size() - 1 : 1;
        for (int at = from > 0 ? from : request.size() + from; at != last + step && at > 0; at += step) {
            if (at < request.size() && request.argument(at).is(word)) {
                return at + 1;
            }
        }
        return 0;
    }

    /** First, last and step; an empty range where the count is not a number that fits. */
    private static int[] range(KeySpec.Find find, int begin, Request request) {
        return switch (find) {
            case KeySpec.Find.Range(int last, int step, int limit) -> {
                int end;
                if (last >= 0) {
                    end = begin + last;
                } else if (limit <= 1) {
                    end = request.size() + last;
                } else {
                    end = begin + (request.size() - begin) / limit + last;
                }
                yield new int[] {begin, end, step};
            }
            case KeySpec.Find.Count(int countAt, int first, int step) -> {
                int at = begin + countAt;
                Bytes count = at < request.size() ? request.argument(at) : Bytes.EMPTY;
                long keys = Numbers.isLong(count) ? Numbers.toLong(count) : 0;
                boolean fits = keys > 0 && keys <= request.size();
                yield new int[] {begin + first, fits ? begin + first + (int) (keys - 1) * step : 0, step};
            }
            case KeySpec.Find.Unknown() -> new int[] {1, 0, 1};
        };
    }
}
