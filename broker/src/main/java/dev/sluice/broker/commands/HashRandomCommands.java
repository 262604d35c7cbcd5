package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.FieldVisitor;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.Arrays;
import java.util.List;

/** Hashes: fields by chance. */
final class HashRandomCommands {
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
        Draw draw = Draw.of(call, "WITHVALUES");
        long count = draw.count();
        HashValue hash = call.database().hash(call.key());
        if (hash == null || count == 0) {
            return Reply.Array.EMPTY;
        }
        Randomness randomness = call.keyspace().randomness();
        Packed reply = HashWalkCommands.replyOf(Packed.Kind.ARRAY, Math.min(hash.size(), Math.abs(count)));
        FieldVisitor into = into(reply, draw.pairs(), draw.pairs() && call.resp3());
        if (count < 0) {
            Draw.repeat(call, -count, reply, () -> hash.random(randomness, into));
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
}
