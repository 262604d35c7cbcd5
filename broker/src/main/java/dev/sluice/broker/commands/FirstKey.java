package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Engine;
import dev.sluice.broker.command.Timeout;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What to take from the first of several keys that has any, now or later: LMPOP, ZMPOP, BLPOP and their kin.
 *
 * @param from position of the first key; {@code to} that behind the last
 * @param end which end to take from
 * @param count at most so many, or {@link #ONE} that is not in an array
 */
record FirstKey<E>(int from, int to, E end, long count) {
    static final long ONE = -1;

    /** Takes from a key if it has any; else null. */
    interface Taker<E> {
        @Nullable
        Reply take(Call call, Bytes key, FirstKey<E> what);
    }

    /** {@code numkeys key … end [COUNT count]}, from a position on; {@code ends} reads the word for an end. */
    static <E> FirstKey<E> counted(Call call, int at, Function<Bytes, E> ends) {
        long keys = positive(call.argument(at), "ERR numkeys should be greater than 0");
        if (keys >= call.size() - at - 1) {
            throw CommandError.syntax();
        }
        int to = at + 1 + (int) keys;
        E end = ends.apply(call.argument(to));
        return new FirstKey<>(at + 1, to, end, count(call.args(to + 1)));
    }

    /** {@code key … timeout}: one element, or a wait for it. */
    static <E> Reply oneOrWait(Call call, E end, Value.Type type, Taker<E> taker) {
        int last = call.size() - 1;
        return new FirstKey<>(1, last, end, ONE).nowOrLater(call, call.argument(last), type, taker);
    }

    private static long count(Args options) {
        if (!options.hasNext()) {
            return 1;
        }
        if (options.remaining() < 2 || !options.skip("COUNT")) {
            throw CommandError.syntax();
        }
        long count = positive(options.next(), "ERR count should be greater than 0");
        if (options.hasNext()) {
            throw CommandError.syntax();
        }
        return count;
    }

    private static long positive(Bytes text, String refusal) {
        long value = Args.toLong(text, refusal);
        if (value < 1) {
            throw new CommandError(refusal);
        }
        return value;
    }

    Reply now(Call call, Taker<E> taker) {
        for (int i = from; i < to; i++) {
            Reply taken = taker.take(call, call.argument(i), this);
            if (taken != null) {
                return taken;
            }
        }
        return Reply.Null.ARRAY;
    }

    Reply nowOrLater(Call call, Bytes timeout, Value.Type type, Taker<E> taker) {
        long timeoutMs = Timeout.ms(timeout);
        Reply taken = now(call, taker);
        if (taken != Reply.Null.ARRAY || !call.mayWait()) {
            return taken;
        }
        List<Bytes> keys = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            keys.add(call.argument(i));
        }
        Engine.Attempt attempt = (served, key) -> taker.take(served, key, this);
        return call.waitFor(keys, type, timeoutMs, Reply.Null.ARRAY, attempt);
    }
}
