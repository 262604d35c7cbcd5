package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.BLOCKING;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.Timeout;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;

/** Lists as queues: push, pop, look, wait. */
final class ListCommands {
    private enum Side {
        LEFT(Event.LPUSH, Event.LPOP, Bytes.of("LPOP")),
        RIGHT(Event.RPUSH, Event.RPOP, Bytes.of("RPOP"));

        private final Event pushed;
        private final Event popped;
        private final Bytes pop;

        Side(Event pushed, Event popped, Bytes pop) {
            this.pushed = pushed;
            this.popped = popped;
            this.pop = pop;
        }

        void push(ListValue list, Bytes element) {
            if (this == LEFT) {
                list.pushLeft(element);
            } else {
                list.pushRight(element);
            }
        }

        Bytes pop(ListValue list) {
            Bytes element = this == LEFT ? list.popLeft() : list.popRight();
            if (element == null) {
                throw new IllegalStateException("an empty list was left under a key");
            }
            return element;
        }
    }

    static final List<Command> TABLE = Group.LIST.rows(
            pushing("LPUSH")
                    .says("Adds elements at the left end of a list; creates it if it is missing.")
                    .runs(call -> push(call, Side.LEFT)),
            pushing("RPUSH")
                    .says("Adds elements at the right end of a list; creates it if it is missing.")
                    .runs(call -> push(call, Side.RIGHT)),
            popping("LPOP")
                    .says("Takes elements from the left end of a list; removes it with the last one.")
                    .runs(call -> pop(call, Side.LEFT)),
            popping("RPOP")
                    .says("Takes elements from the right end of a list; removes it with the last one.")
                    .runs(call -> pop(call, Side.RIGHT)),
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
                    .runs(ListCommands::lrange),
            waiting("BLPOP")
                    .says("Takes an element from the left end of the first list that has one, or waits for it.")
                    .runs(call -> waitingPop(call, Side.LEFT)),
            waiting("BRPOP")
                    .says("Takes an element from the right end of the first list that has one, or waits for it.")
                    .runs(call -> waitingPop(call, Side.RIGHT)));

    private static Command pushing(String name) {
        return write(name, -3, key(1, "RW", "insert"))
                .since("1.0.0")
                .flags(DENYOOM, FAST)
                .complexity("O(1) an element")
                .changed("2.4.0", "Several elements.")
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

    private static Command waiting(String name) {
        return write(name, -3, keys(1, -2, 1, "RW", "access", "delete"))
                .since("2.0.0")
                .flags(NOSCRIPT, BLOCKING)
                .complexity("O(N), N keys")
                .changed("6.0.0", "Fractions of a second.")
                .takes(key("key").multiple(), number("timeout"));
    }

    private ListCommands() {}

    private static Reply push(Call call, Side side) {
        ListValue list = call.database().listOrNew(call.key());
        for (int i = 2; i < call.size(); i++) {
            side.push(list, call.argument(i));
        }
        call.changed(call.key(), side.pushed);
        return Reply.integer(list.size());
    }

    private static Reply pop(Call call, Side side) {
        if (call.size() > 3) {
            throw new CommandError(
                    "ERR wrong number of arguments for '" + call.command().fullName() + "' command");
        }
        if (call.size() == 3) {
            return popSeveral(call, side);
        }
        ListValue list = call.database().list(call.key());
        return list == null ? Reply.Null.STRING : popOne(call, call.key(), list, side);
    }

    private static Bytes popOne(Call call, Bytes key, ListValue list, Side side) {
        Bytes element = side.pop(list);
        call.database().deleteIfEmpty(key);
        call.changed(key, side.popped);
        return element;
    }

    private static Reply popSeveral(Call call, Side side) {
        String refusal = "ERR value is out of range, must be positive";
        long count = Args.toLong(call.argument(2), refusal);
        if (count < 0) {
            throw new CommandError(refusal);
        }
        ListValue list = call.database().list(call.key());
        if (list == null) {
            return Reply.Null.ARRAY;
        }
        Packed popped = Packed.array(64);
        for (long left = Math.min(count, list.size()); left > 0; left--) {
            popped.add(side.pop(list));
        }
        if (popped.count() > 0) {
            call.database().deleteIfEmpty(call.key());
            call.changed(call.key(), side.popped);
        }
        return popped;
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
        Packed elements = Packed.array((int) Math.min(span.size() * 32, 1 << 20));
        list.range(span.start(), span.stop(), elements);
        return elements;
    }

    private static Reply waitingPop(Call call, Side side) {
        int last = call.size() - 1;
        long timeoutMs = Timeout.ms(call.argument(last));
        for (int i = 1; i < last; i++) {
            Bytes key = call.argument(i);
            ListValue list = call.database().list(key);
            if (list != null) {
                return popFor(call, key, list, side);
            }
        }
        if (!call.mayWait()) {
            return Reply.Null.ARRAY;
        }
        List<Bytes> keys = new ArrayList<>(last - 1);
        for (int i = 1; i < last; i++) {
            keys.add(call.argument(i));
        }
        return call.waitFor(keys, Value.Type.LIST, timeoutMs, Reply.Null.ARRAY, (again, key) -> {
            ListValue list = again.database().list(key);
            return list == null ? null : popFor(again, key, list, side);
        });
    }

    private static Reply popFor(Call call, Bytes key, ListValue list, Side side) {
        call.effect(new Request(side.pop, key));
        return Reply.array(key.detached(), popOne(call, key, list, side));
    }
}
