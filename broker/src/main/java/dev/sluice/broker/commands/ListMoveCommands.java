package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.BLOCKING;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.Timeout;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An element from one list to another, or to the other end of the same, in one step; at once or as soon as there is one. */
final class ListMoveCommands {
    private static final Bytes LMOVE = Bytes.of("LMOVE");
    private static final Bytes RPOPLPUSH = Bytes.of("RPOPLPUSH");
    private static final Argument FROM = oneOf("wherefrom", word("left", "LEFT"), word("right", "RIGHT"));
    private static final Argument TO = oneOf("whereto", word("left", "LEFT"), word("right", "RIGHT"));

    static final List<Command> TABLE = Group.LIST.rows(
            moving("LMOVE", 5)
                    .since("6.2.0")
                    .says("Moves an element from an end of one list to an end of another, or of the same.")
                    .takes(FROM, TO)
                    .runs(ListMoveCommands::lmove),
            moving("RPOPLPUSH", 3)
                    .since("1.2.0")
                    .deprecated("6.2.0", "`LMOVE` with the `RIGHT` and `LEFT` arguments")
                    .says("Moves an element from the right end of one list to the left end of another, or of the same.")
                    .runs(ListMoveCommands::rpoplpush),
            moving("BLMOVE", 6)
                    .since("6.2.0")
                    .flags(NOSCRIPT, BLOCKING)
                    .says("Moves an element from an end of one list to an end of another, or waits for it.")
                    .takes(FROM, TO, number("timeout"))
                    .runs(ListMoveCommands::blmove),
            moving("BRPOPLPUSH", 4)
                    .since("2.2.0")
                    .flags(NOSCRIPT, BLOCKING)
                    .deprecated("6.2.0", "`BLMOVE` with the `RIGHT` and `LEFT` arguments")
                    .changed("6.0.0", "Fractions of a second.")
                    .says(
                            "Moves an element from the right end of one list to the left end of another, or waits for it.")
                    .takes(number("timeout"))
                    .runs(ListMoveCommands::brpoplpush));

    private static Command moving(String name, int arity) {
        return write(name, arity, key(1, "RW", "access", "delete"), key(2, "RW", "insert"))
                .flags(DENYOOM)
                .complexity("O(1)")
                .takes(key("source"), key("destination", 1));
    }

    private ListMoveCommands() {}

    private static Reply lmove(Call call) {
        return now(call, ListSide.of(call.argument(3)), ListSide.of(call.argument(4)));
    }

    private static Reply rpoplpush(Call call) {
        return now(call, ListSide.RIGHT, ListSide.LEFT);
    }

    private static Reply now(Call call, ListSide from, ListSide to) {
        Bytes moved = move(call, from, to);
        return moved == null ? Reply.Null.STRING : moved;
    }

    private static Reply blmove(Call call) {
        ListSide from = ListSide.of(call.argument(3));
        ListSide to = ListSide.of(call.argument(4));
        return nowOrLater(
                call,
                from,
                to,
                call.argument(5),
                again -> new Request(LMOVE, again.key(), again.argument(2), again.argument(3), again.argument(4)));
    }

    private static Reply brpoplpush(Call call) {
        return nowOrLater(
                call,
                ListSide.RIGHT,
                ListSide.LEFT,
                call.argument(3),
                again -> new Request(RPOPLPUSH, again.key(), again.argument(2)));
    }

    private static Reply nowOrLater(
            Call call, ListSide from, ListSide to, Bytes timeout, Function<Call, Request> effect) {
        long timeoutMs = Timeout.ms(timeout);
        Reply moved = moveWith(effect, call, from, to);
        if (moved != null) {
            return moved;
        }
        if (!call.mayWait()) {
            return Reply.Null.STRING;
        }
        return call.waitFor(
                List.of(call.key()),
                Value.Type.LIST,
                timeoutMs,
                Reply.Null.ARRAY,
                (again, key) -> moveWith(effect, again, from, to));
    }

    private static @Nullable Bytes moveWith(Function<Call, Request> effect, Call call, ListSide from, ListSide to) {
        Bytes moved = move(call, from, to);
        if (moved != null) {
            call.effect(effect.apply(call));
        }
        return moved;
    }

    /** Moves an element from the first to the second key; null when the first has none. */
    private static @Nullable Bytes move(Call call, ListSide from, ListSide to) {
        Bytes source = call.argument(1);
        Bytes target = call.argument(2);
        ListValue list = call.database().list(source);
        if (list == null) {
            return null;
        }
        ListValue other = call.database().list(target);
        call.database().reserve(1, target.length() + (long) from.nextLength(list));
        Bytes element = from.take(list);
        to.push(other == null ? call.database().listOrNew(target) : other, element);
        call.changed(target, to.pushed());
        call.changed(source, from.popped());
        if (list.size() == 0) {
            call.deleteIfEmpty(source);
        }
        return element;
    }
}
