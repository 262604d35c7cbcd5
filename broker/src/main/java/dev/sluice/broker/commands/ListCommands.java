package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.ListValue;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** Lists as queues and stacks: push, pop, look. Single elements, moves and waiting have tables of their own. */
final class ListCommands {
    static final List<Command> TABLE = Group.LIST.rows(
            pushing("LPUSH")
                    .says("Adds elements at the left end of a list; creates it if it is missing.")
                    .runs(call -> push(call, ListSide.LEFT)),
            pushing("RPUSH")
                    .says("Adds elements at the right end of a list; creates it if it is missing.")
                    .runs(call -> push(call, ListSide.RIGHT)),
            pushing("LPUSHX", "2.2.0", "4.0.0")
                    .says("Adds elements at the left end of a list if it is there.")
                    .runs(call -> pushIfThere(call, ListSide.LEFT)),
            pushing("RPUSHX", "2.2.0", "4.0.0")
                    .says("Adds elements at the right end of a list if it is there.")
                    .runs(call -> pushIfThere(call, ListSide.RIGHT)),
            popping("LPOP")
                    .says("Takes elements from the left end of a list; removes it with the last one.")
                    .runs(call -> pop(call, ListSide.LEFT)),
            popping("RPOP")
                    .says("Takes elements from the right end of a list; removes it with the last one.")
                    .runs(call -> pop(call, ListSide.RIGHT)),
            read("LLEN", 2, key(1, "RO"))
                    .since("1.0.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Number of elements of a list.")
                    .takes(key("key"))
                    .runs(ListCommands::llen),
            read("LRANGE", 4, key(1, "RO", "access"))
                    .since("1.0.0")
                    .complexity("O(S+N), S from the nearer end to the start, N elements")
                    .says("The elements of a list from one position to another, negative ones from the right.")
                    .takes(key("key"), integer("start"), integer("stop"))
                    .runs(ListCommands::lrange));

    private static Command pushing(String name) {
        return pushing(name, "1.0.0", "2.4.0");
    }

    private static Command pushing(String name, String since, String sinceSeveral) {
        return write(name, -3, key(1, "RW", "insert"))
                .since(since)
                .flags(DENYOOM, FAST)
                .complexity("O(1) an element")
                .changed(sinceSeveral, "Several elements.")
                .takes(key("key"), string("element").multiple());
    }

    private static Command popping(String name) {
        return write(name, -2, key(1, "RW", "access", "delete"))
                .since("1.0.0")
                .flags(FAST)
                .complexity("O(N), N elements taken")
                .changed("6.2.0", "Several elements, by a count.")
                .takes(key("key"), integer("count").since("6.2.0").optional());
    }

    private ListCommands() {}

    private static Reply push(Call call, ListSide side) {
        return push(call, call.database().listOrNew(call.key()), side);
    }

    private static Reply pushIfThere(Call call, ListSide side) {
        ListValue list = call.database().list(call.key());
        return list == null ? Reply.integer(0) : push(call, list, side);
    }

    private static Reply push(Call call, ListValue list, ListSide side) {
        for (int i = 2; i < call.size(); i++) {
            side.push(list, call.argument(i));
        }
        call.changed(call.key(), side.pushed());
        return Reply.integer(list.size());
    }

    private static Reply pop(Call call, ListSide side) {
        if (call.size() > 3) {
            throw new CommandError(
                    "ERR wrong number of arguments for '" + call.command().fullName() + "' command");
        }
        if (call.size() == 3) {
            return popSeveral(call, side);
        }
        ListValue list = call.database().list(call.key());
        return list == null ? Reply.Null.STRING : side.pop(call, call.key(), list);
    }

    private static Reply popSeveral(Call call, ListSide side) {
        String refusal = "ERR value is out of range, must be positive";
        long count = Args.toLong(call.argument(2), refusal);
        if (count < 0) {
            throw new CommandError(refusal);
        }
        ListValue list = call.database().list(call.key());
        if (list == null) {
            return Reply.Null.ARRAY;
        }
        return count == 0 ? Reply.Array.EMPTY : side.pop(call, call.key(), list, count);
    }

    private static Reply llen(Call call) {
        ListValue list = call.database().list(call.key());
        return Reply.integer(list == null ? 0 : list.size());
    }

    private static Reply lrange(Call call) {
        long from = Args.toLong(call.argument(2));
        long to = Args.toLong(call.argument(3));
        ListValue list = call.database().list(call.key());
        if (list == null) {
            return Reply.Array.EMPTY;
        }
        Span span = Span.of(from, to, list.size());
        if (span.isEmpty()) {
            return Reply.Array.EMPTY;
        }
        Packed elements = ListSide.elements(span.size());
        list.range(span.start(), span.stop(), elements);
        return elements;
    }
}
