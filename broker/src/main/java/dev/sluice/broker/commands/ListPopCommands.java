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

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
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

    private static @Nullable Reply pop(Call call, Bytes key, FirstKey<ListSide> what) {
        ListValue list = call.database().list(key);
        if (list == null) {
            return null;
        }
        ListSide side = what.end();
        if (what.count() == FirstKey.ONE) {
            call.effect(new Request(side.popCommand(), key));
            return Reply.array(key.detached(), side.pop(call, key, list));
        }
        Packed popped = side.pop(call, key, list, what.count());
        call.effect(new Request(side.popCommand(), key, Bytes.of(popped.count())));
        return Reply.array(key.detached(), popped);
    }

    private static Reply lmpop(Call call) {
        return FirstKey.counted(call, 1, ListSide::of).now(call, ListPopCommands::pop);
    }

    private static Reply blmpop(Call call) {
        return FirstKey.counted(call, 2, ListSide::of)
                .nowOrLater(call, call.argument(1), Value.Type.LIST, ListPopCommands::pop);
    }

    private static Reply waitingPop(Call call, ListSide side) {
        return FirstKey.oneOrWait(call, side, Value.Type.LIST, ListPopCommands::pop);
    }
}
