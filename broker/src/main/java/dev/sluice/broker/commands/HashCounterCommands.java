package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields of hashes that are numbers, and are counted up and down. */
final class HashCounterCommands {
    static final List<Command> TABLE = Group.HASH.rows(
            counter("HINCRBY")
                    .since("2.0.0")
                    .says("Adds to the whole number in a field of a hash; a field that is missing counts as 0.")
                    .takes(key("key"), string("field"), integer("increment"))
                    .runs(HashCounterCommands::hincrby),
            counter("HINCRBYFLOAT")
                    .since("2.6.0")
                    .says("Adds to the number in a field of a hash, which need not be whole; one that is missing"
                            + " counts as 0.")
                    .takes(key("key"), string("field"), number("increment"))
                    .runs(HashCounterCommands::hincrbyfloat));

    private static Command counter(String name) {
        return write(name, 4, key(1, "RW", "access", "update"))
                .flags(DENYOOM, FAST)
                .complexity("O(1)");
    }

    private HashCounterCommands() {}

    private static @Nullable Bytes valueOf(Call call) {
        HashValue hash = call.database().hash(call.key());
        return hash == null ? null : hash.get(call.argument(2));
    }

    private static HashValue store(Call call, Bytes value) {
        HashValue hash = call.database().hashOrNew(call.key());
        hash.putKeepTtl(call.argument(2), value);
        return hash;
    }

    private static Reply hincrby(Call call) {
        long by = Args.toLong(call.argument(3));
        Bytes old = valueOf(call);
        long value = old == null ? 0 : Args.toLong(old, "ERR hash value is not an integer");
        if (by < 0 ? value < Long.MIN_VALUE - by : value > Long.MAX_VALUE - by) {
            throw new CommandError("ERR increment or decrement would overflow");
        }
        long sum = value + by;
        store(call, Bytes.of(sum));
        call.changed(call.key(), Event.HINCRBY);
        return Reply.integer(sum);
    }

    private static Reply hincrbyfloat(Call call) {
        LongDouble by = LongDouble.parse(call.argument(3));
        if (!by.isFinite()) {
            throw new CommandError("ERR value is NaN or Infinity");
        }
        Bytes old = valueOf(call);
        LongDouble sum = old == null
                ? by
                : LongDouble.parse(old, "ERR hash value is not a float").plus(by);
        if (!sum.isFinite()) {
            throw new CommandError("ERR increment would produce NaN or Infinity");
        }
        Bytes text = Bytes.of(sum.text());
        HashValue hash = store(call, text);
        boolean expires = hash.memberExpireAt(call.argument(2)) != Members.NO_EXPIRY;
        call.effect(
                expires
                        ? Effects.hsetKeepTtl(call.key(), call.argument(2), text)
                        : Effects.hset(call.key(), call.argument(2), text));
        call.changed(call.key(), Event.HINCRBYFLOAT);
        return text;
    }
}
