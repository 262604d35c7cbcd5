package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.KeySpec.counted;
import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.FieldVisitor;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Several sets at a time: what they have in common, all together, or what only the first has. */
final class SetAlgebraCommands {
    private static final int REPLY_BYTES_EXPECTED = 256;

    /** A union of more sets than this is gathered in a set, else each member is looked up in the sets before. */
    private static final int LOOKED_UP_MAX = 8;

    private static final String INTERSECTION = "O(N*M), N members of the smallest of M sets";
    private static final String ALL_MEMBERS = "O(N), N members of all sets";

    static final List<Command> TABLE = Group.SET.rows(
            reading("SINTER")
                    .complexity(INTERSECTION)
                    .says("The members that all of the sets have.")
                    .runs(SetAlgebraCommands::sinter),
            read("SINTERCARD", -3, counted(1, 1, "RO", "access"))
                    .since("7.0.0")
                    .complexity(INTERSECTION)
                    .says("How many members all of the sets have; counts no further than a limit.")
                    .takes(integer("numkeys"), key("key").multiple())
                    .takes(integer("limit").token("LIMIT").optional())
                    .runs(SetAlgebraCommands::sintercard),
            storing("SINTERSTORE", "RW")
                    .complexity(INTERSECTION)
                    .says("Stores the members that all of the sets have, in place of whatever was there.")
                    .runs(SetAlgebraCommands::sinterstore),
            reading("SUNION")
                    .complexity(ALL_MEMBERS)
                    .says("The members that any of the sets has.")
                    .runs(SetAlgebraCommands::sunion),
            storing("SUNIONSTORE", "OW")
                    .complexity(ALL_MEMBERS)
                    .says("Stores the members that any of the sets has, in place of whatever was there.")
                    .runs(SetAlgebraCommands::sunionstore),
            reading("SDIFF")
                    .complexity(ALL_MEMBERS)
                    .says("The members of the first set that none of the others has.")
                    .runs(SetAlgebraCommands::sdiff),
            storing("SDIFFSTORE", "OW")
                    .complexity(ALL_MEMBERS)
                    .says(
                            "Stores the members of the first set that none of the others has, in place of whatever was there.")
                    .runs(SetAlgebraCommands::sdiffstore));

    private static Command reading(String name) {
        return read(name, -2, keys(1, -1, 1, "RO", "access"))
                .since("1.0.0")
                .tips("nondeterministic_output_order")
                .takes(key("key").multiple());
    }

    private static Command storing(String name, String access) {
        return write(name, -3, key(1, access, "update"), keys(2, -1, 1, "RO", "access"))
                .since("1.0.0")
                .flags(DENYOOM)
                .takes(key("destination"), key("key", 1).multiple());
    }

    private SetAlgebraCommands() {}

    /** The sets under {@code count} keys from a position on; null where there is none. */
    private static @Nullable SetValue[] sets(Call call, int from, int count) {
        // What a command reads counts as hits and misses also where it writes elsewhere.
        call.keyspace().countHits(true);
        @Nullable SetValue[] sets = new SetValue[count];
        for (int i = 0; i < count; i++) {
            sets[i] = call.database().set(call.argument(from + i));
        }
        call.keyspace().countHits(!call.command().isWrite());
        return sets;
    }

    private static @Nullable SetValue[] sets(Call call, int from) {
        return sets(call, from, call.size() - from);
    }

    private static Reply sinter(Call call) {
        @Nullable SetValue[] sets = sets(call, 1);
        if (SetAlgebra.hasMissing(sets)) {
            return SetCommands.noMembers();
        }
        Packed members = new Packed(Packed.Kind.SET, REPLY_BYTES_EXPECTED);
        SetAlgebra.intersection(sets, into(members));
        return members;
    }

    private static Reply sintercard(Call call) {
        String tooFew = "ERR numkeys should be greater than 0";
        long keys = Args.toLong(call.argument(1), tooFew);
        if (keys < 1) {
            throw new CommandError(tooFew);
        }
        if (keys > call.size() - 2) {
            throw new CommandError("ERR Number of keys can't be greater than number of args");
        }
        long limit = limit(call.args(2 + (int) keys));
        @Nullable SetValue[] sets = sets(call, 2, (int) keys);
        if (SetAlgebra.hasMissing(sets)) {
            return Reply.integer(0);
        }
        long[] found = {0};
        SetAlgebra.intersection(sets, (array, member, length, value, valueLength) -> ++found[0] != limit);
        return Reply.integer(found[0]);
    }

    /** 0: none. */
    private static long limit(Args options) {
        String negative = "ERR LIMIT can't be negative";
        long limit = 0;
        while (options.hasNext()) {
            if (options.remaining() < 2 || !options.skip("LIMIT")) {
                throw CommandError.syntax();
            }
            limit = Args.toLong(options.next(), negative);
            if (limit < 0) {
                throw new CommandError(negative);
            }
        }
        return limit;
    }

    private static Reply sinterstore(Call call) {
        @Nullable SetValue[] sets = sets(call, 2);
        return store(call, Event.SINTERSTORE, result -> {
            if (!SetAlgebra.hasMissing(sets)) {
                SetAlgebra.intersection(sets, into(result));
            }
        });
    }

    private static Reply sunion(Call call) {
        @Nullable SetValue[] sets = sets(call, 1);
        if (sets.length > LOOKED_UP_MAX) {
            return gathered(call, result -> SetAlgebra.addAll(sets, result));
        }
        Packed members = new Packed(Packed.Kind.SET, REPLY_BYTES_EXPECTED);
        SetAlgebra.union(sets, into(members));
        return members;
    }

    private static Reply sunionstore(Call call) {
        @Nullable SetValue[] sets = sets(call, 2);
        return store(call, Event.SUNIONSTORE, result -> SetAlgebra.addAll(sets, result));
    }

    private static Reply sdiff(Call call) {
        @Nullable SetValue[] sets = sets(call, 1);
        if (sets[0] == null || isRepeated(call, 1)) {
            return SetCommands.noMembers();
        }
        if (!SetAlgebra.looksUpForDifference(sets)) {
            return gathered(call, result -> SetAlgebra.subtractAll(sets, result));
        }
        Packed members = new Packed(Packed.Kind.SET, REPLY_BYTES_EXPECTED);
        SetAlgebra.difference(sets, into(members));
        return members;
    }

    private static Reply sdiffstore(Call call) {
        @Nullable SetValue[] sets = sets(call, 2);
        return store(call, Event.SDIFFSTORE, result -> {
            if (sets[0] == null || isRepeated(call, 2)) {
                return;
            }
            if (SetAlgebra.looksUpForDifference(sets)) {
                SetAlgebra.difference(sets, into(result));
            } else {
                SetAlgebra.subtractAll(sets, result);
            }
        });
    }

    /** Whether the key at a position comes again after it: nothing of its set is left then. */
    private static boolean isRepeated(Call call, int position) {
        for (int i = position + 1; i < call.size(); i++) {
            if (call.argument(i).equals(call.argument(position))) {
                return true;
            }
        }
        return false;
    }

    private static FieldVisitor into(Packed members) {
        return (array, member, length, value, valueLength) -> {
            members.add(array, member, length);
            return true;
        };
    }

    private static FieldVisitor into(SetValue result) {
        return (array, member, length, value, valueLength) -> {
            result.add(Bytes.view(array, member, length));
            return true;
        };
    }

    /** Answers with a set that is made for that alone. */
    private static Reply gathered(Call call, Consumer<SetValue> fill) {
        try (Fresh<SetValue> result = call.database().freshSet(Bytes.EMPTY)) {
            fill.accept(result.value());
            return SetCommands.members(result.value(), Packed.Kind.SET);
        }
    }

    private static Reply store(Call call, Event event, Consumer<SetValue> fill) {
        Bytes destination = call.argument(1);
        try (Fresh<SetValue> result = call.database().freshSet(destination)) {
            fill.accept(result.value());
            long size = result.value().size();
            if (size > 0) {
                result.store();
                call.changed(destination, event);
            } else if (call.database().delete(destination)) {
                call.changed(destination, Event.DEL);
            }
            return Reply.integer(size);
        }
    }
}
