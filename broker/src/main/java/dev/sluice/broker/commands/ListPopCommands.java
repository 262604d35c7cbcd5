package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.BLOCKING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.KeySpec.counted;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.Timeout;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Elements from the first of several lists that has any, at once or as soon as one has. */
final class ListPopCommands {
    private static final Argument WHERE = oneOf("where", word("left", "LEFT"), word("right", "RIGHT"));

    static final List<Command> TABLE = Group.LIST.rows(
            write("LMPOP", -4, counted(1, 1, "RW", "access", "delete"))
                    .since("7.0.0")
                    .complexity("O(N+M), N keys, M elements taken")
                    .says("Takes elements from an end of the first list that has any.")
                    .takes(integer("numkeys"), key("key").multiple(), WHERE)
                    .takes(integer("count").token("COUNT").optional())
                    .runs(ListPopCommands::lmpop),
            write("BLMPOP", -5, counted(2, 1, "RW", "access", "delete"))
                    .since("7.0.0")
                    .flags(BLOCKING)
                    .complexity("O(N+M), N keys, M elements taken")
                    .says("Takes elements from an end of the first list that has any, or waits for one.")
                    .takes(number("timeout"), integer("numkeys"), key("key").multiple(), WHERE)
                    .takes(integer("count").token("COUNT").optional())
                    .runs(ListPopCommands::blmpop),
            waiting("BLPOP")
                    .says("Takes an element from the left end of the first list that has one, or waits for it.")
                    .runs(call -> waitingPop(call, ListSide.LEFT)),
            waiting("BRPOP")
                    .says("Takes an element from the right end of the first list that has one, or waits for it.")
                    .runs(call -> waitingPop(call, ListSide.RIGHT)));

    private static Command waiting(String name) {
        return write(name, -3, keys(1, -2, 1, "RW", "access", "delete"))
                .since("2.0.0")
                .flags(NOSCRIPT, BLOCKING)
                .complexity("O(N), N keys")
                .changed("6.0.0", "Fractions of a second.")
                .takes(key("key").multiple(), number("timeout"));
    }

    private ListPopCommands() {}

    /**
     * What to pop of which keys.
     *
     * @param from position of the first key; {@code to} that behind the last
     * @param count at most so many, or {@link #ONE} that is not in an array
     */
    private record Pop(int from, int to, ListSide side, long count) {
        private static final long ONE = -1;

        /** Read from a number of keys on. */
        static Pop of(Call call, int at) {
            long keys = positive(call.argument(at), "ERR numkeys should be greater than 0");
            if (keys >= call.size() - at - 1) {
                throw CommandError.syntax();
            }
            int to = at + 1 + (int) keys;
            ListSide side = ListSide.of(call.argument(to));
            return new Pop(at + 1, to, side, count(call.args(to + 1)));
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

        /** The reply from the first list that has elements; null when there is none. */
        @Nullable
        Reply now(Call call) {
            for (int i = from; i < to; i++) {
                Reply popped = from(call, call.argument(i));
                if (popped != null) {
                    return popped;
                }
            }
            return null;
        }

        private @Nullable Reply from(Call call, Bytes key) {
            ListValue list = call.database().list(key);
            if (list == null) {
                return null;
            }
            if (count == ONE) {
                call.effect(new Request(side.popCommand(), key));
                return Reply.array(key.detached(), side.pop(call, key, list));
            }
            Packed popped = side.pop(call, key, list, count);
            call.effect(new Request(side.popCommand(), key, Bytes.of(popped.count())));
            return Reply.array(key.detached(), popped);
        }

        Reply nowOrLater(Call call, Bytes timeout) {
            long timeoutMs = Timeout.ms(timeout);
            Reply popped = now(call);
            if (popped != null) {
                return popped;
            }
            if (!call.mayWait()) {
                return Reply.Null.ARRAY;
            }
            List<Bytes> keys = new ArrayList<>(to - from);
            for (int i = from; i < to; i++) {
                keys.add(call.argument(i));
            }
            return call.waitFor(keys, Value.Type.LIST, timeoutMs, Reply.Null.ARRAY, this::from);
        }
    }

    private static Reply lmpop(Call call) {
        Reply popped = Pop.of(call, 1).now(call);
        return popped == null ? Reply.Null.ARRAY : popped;
    }

    private static Reply blmpop(Call call) {
        return Pop.of(call, 2).nowOrLater(call, call.argument(1));
    }

    private static Reply waitingPop(Call call, ListSide side) {
        int last = call.size() - 1;
        return new Pop(1, last, side, Pop.ONE).nowOrLater(call, call.argument(last));
    }
}
