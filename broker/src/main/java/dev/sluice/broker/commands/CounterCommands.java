package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** Strings that are numbers, and are counted up and down. */
final class CounterCommands {
    static final List<Command> TABLE = Group.STRING.rows(
            counter("INCR", 2)
                    .says("Adds one to the whole number under a key; a key that is missing counts as 0.")
                    .takes(key("key"))
                    .runs(call -> add(call, 1)),
            counter("DECR", 2)
                    .says("Takes one from the whole number under a key; a key that is missing counts as 0.")
                    .takes(key("key"))
                    .runs(call -> add(call, -1)),
            counter("INCRBY", 3)
                    .says("Adds to the whole number under a key; a key that is missing counts as 0.")
                    .takes(key("key"), integer("increment"))
                    .runs(call -> add(call, Args.toLong(call.argument(2)))),
            counter("DECRBY", 3)
                    .says("Takes from the whole number under a key; a key that is missing counts as 0.")
                    .takes(key("key"), integer("decrement"))
                    .runs(CounterCommands::decrby),
            write("INCRBYFLOAT", 3, key(1, "RW", "access", "update"))
                    .since("2.6.0")
                    .flags(DENYOOM, FAST)
                    .complexity("O(1)")
                    .says("Adds to the number under a key, which need not be whole; a key that is missing counts as 0.")
                    .takes(key("key"), number("increment"))
                    .runs(CounterCommands::incrbyfloat));

    private CounterCommands() {}

    private static Command counter(String name, int arity) {
        return write(name, arity, key(1, "RW", "access", "update"))
                .since("1.0.0")
                .flags(DENYOOM, FAST)
                .complexity("O(1)");
    }

    private static Reply decrby(Call call) {
        long by = Args.toLong(call.argument(2));
        if (by == Long.MIN_VALUE) {
            throw new CommandError("ERR decrement would overflow");
        }
        return add(call, -by);
    }

    private static Reply add(Call call, long by) {
        StringValue old = call.database().string(call.key());
        long value = old == null ? 0 : Args.toLong(old.numeral());
        if (by < 0 ? value < Long.MIN_VALUE - by : value > Long.MAX_VALUE - by) {
            throw new CommandError("ERR increment or decrement would overflow");
        }
        long sum = value + by;
        call.database().setStringKeepTtl(call.key(), Bytes.of(sum));
        call.changed(call.key(), Event.INCRBY);
        return Reply.integer(sum);
    }

    private static Reply incrbyfloat(Call call) {
        StringValue old = call.database().string(call.key());
        LongDouble value = old == null ? LongDouble.ZERO : LongDouble.parse(old.bytes());
        LongDouble sum = value.plus(LongDouble.parse(call.argument(2)));
        if (!sum.isFinite()) {
            throw new CommandError("ERR increment would produce NaN or Infinity");
        }
        Bytes text = Bytes.of(sum.text());
        call.database().setTextKeepTtl(call.key(), text);
        call.effect(Effects.setKeepTtl(call.key(), text));
        call.changed(call.key(), Event.INCRBYFLOAT);
        return text;
    }
}
