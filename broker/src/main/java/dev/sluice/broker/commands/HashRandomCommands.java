package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.FieldVisitor;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.Arrays;
import java.util.List;

/** Hashes: fields by chance. */
final class HashRandomCommands {
    /** A reply with fields more than once is not longer than this. */
    static final int REPEATED_BYTES_MAX = 128 << 20;

    private static final long PAIRS_MAX = Long.MAX_VALUE / 2;

    static final List<Command> TABLE = Group.HASH.rows(read("HRANDFIELD", -2, key(1, "RO", "access"))
            .since("6.2.0")
            .tips("nondeterministic_output")
            .complexity("O(N), N fields answered")
            .says("Any fields of a hash; with a negative count perhaps the same more than once.")
            .takes(
                    key("key"),
                    block(
                                    "options",
                                    integer("count"),
                                    word("withvalues", "WITHVALUES").optional())
                            .optional())
            .runs(HashRandomCommands::hrandfield));

    private HashRandomCommands() {}

    private static Reply hrandfield(Call call) {
        if (call.size() > 2) {
            return several(call);
        }
        HashValue hash = call.database().hash(call.key());
        if (hash == null) {
            return Reply.Null.STRING;
        }
        Bytes[] found = {Bytes.EMPTY};
        hash.random(call.keyspace().randomness(), (array, field, length, value, valueLength) -> {
            found[0] = Bytes.of(Arrays.copyOfRange(array, field, field + length));
            return true;
        });
        return found[0];
    }

    private static Reply several(Call call) {
        long count = Args.toLong(
                call.argument(2),
                -Long.MAX_VALUE,
                Long.MAX_VALUE,
                "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
        boolean values = call.size() == 4 && call.argument(3).is("WITHVALUES");
        if (call.size() > 3 && !values) {
            throw CommandError.syntax();
        }
        if (values && Math.abs(count) > PAIRS_MAX) {
            throw outOfRange();
        }
        HashValue hash = call.database().hash(call.key());
        if (hash == null || count == 0) {
            return Reply.Array.EMPTY;
        }
        Randomness randomness = call.keyspace().randomness();
        Packed reply = HashWalkCommands.replyOf(Packed.Kind.ARRAY, Math.min(hash.size(), Math.abs(count)));
        FieldVisitor into = into(reply, values, values && call.resp3());
        if (count < 0) {
            repeat(hash, -count, randomness, reply, into);
        } else if (count < hash.size()) {
            hash.sample(randomness, count, into);
        } else {
            hash.forEach(into);
        }
        return reply;
    }

    private static FieldVisitor into(Packed reply, boolean values, boolean nested) {
        return (array, field, fieldLength, value, valueLength) -> {
            if (nested) {
                reply.nest(2);
            }
            reply.add(array, field, fieldLength);
            if (values) {
                reply.add(array, value, valueLength);
            }
            return true;
        };
    }

    private static void repeat(HashValue hash, long count, Randomness randomness, Packed reply, FieldVisitor into) {
        for (long left = count; left > 0; left--) {
            hash.random(randomness, into);
            if (reply.bytes() > REPEATED_BYTES_MAX) {
                reply.release();
                throw outOfRange();
            }
        }
    }

    private static CommandError outOfRange() {
        return new CommandError("ERR value is out of range");
    }
}
