package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.KeySpec;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Strings: several at once. */
final class MultiStringCommands {
    private static final int MSETEX_PAIRS_AT = 2;
    private static final Argument PAIRS =
            block("key_value", key("key"), string("value")).multiple();

    static final List<Command> TABLE = Group.STRING.rows(
            read("MGET", -2, keys(1, -1, 1, "RO", "access"))
                    .since("1.0.0")
                    .flags(FAST)
                    .tips("request_policy:multi_shard")
                    .complexity("O(N), N keys")
                    .says("The strings under several keys.")
                    .takes(key("key").multiple())
                    .runs(MultiStringCommands::mget),
            write("MSET", -3, keys(1, -1, 2, "OW", "update"))
                    .since("1.0.1")
                    .flags(DENYOOM)
                    .tips("request_policy:multi_shard", "response_policy:all_succeeded")
                    .complexity("O(N), N keys")
                    .says("Stores several strings at once, whatever was there.")
                    .takes(PAIRS)
                    .runs(MultiStringCommands::mset),
            write("MSETNX", -3, keys(1, -1, 2, "OW", "insert"))
                    .since("1.0.1")
                    .flags(DENYOOM)
                    .tips("request_policy:multi_shard", "response_policy:agg_min")
                    .complexity("O(N), N keys")
                    .says("Stores several strings at once, unless one of the keys is there.")
                    .takes(PAIRS)
                    .runs(MultiStringCommands::msetnx),
            write("MSETEX", -4, KeySpec.counted(1, 2, "OW", "update"))
                    .since("8.4.0")
                    .flags(DENYOOM)
                    .tips("request_policy:multi_shard", "response_policy:all_succeeded")
                    .complexity("O(N), N keys")
                    .says("Stores several strings at once, on a condition and with a time to live if asked for.")
                    .takes(
                            integer("numkeys"),
                            block("data", key("key"), string("value")).multiple(),
                            oneOf("condition", word("nx", "NX"), word("xx", "XX"))
                                    .optional(),
                            oneOf("expiration", Lifetime.options(word("keepttl", "KEEPTTL")))
                                    .optional())
                    .runs(MultiStringCommands::msetex));

    private MultiStringCommands() {}

    private static Reply mget(Call call) {
        Packed values = Packed.array(call.size() * 64);
        for (int i = 1; i < call.size(); i++) {
            if (call.database().value(call.argument(i)) instanceof StringValue value) {
                value.addTo(values);
            } else {
                values.addNull();
            }
        }
        return values;
    }

    private static Reply mset(Call call) {
        requirePairs(call);
        store(call);
        return Reply.Status.OK;
    }

    private static Reply msetnx(Call call) {
        requirePairs(call);
        for (int i = 1; i < call.size(); i += 2) {
            if (call.database().exists(call.argument(i))) {
                return Reply.integer(0);
            }
        }
        store(call);
        return Reply.integer(1);
    }

    private static void requirePairs(Call call) {
        if (call.size() % 2 == 0) {
            throw new CommandError(
                    "ERR wrong number of arguments for '" + call.command().fullName() + "' command");
        }
    }

    private static void store(Call call) {
        for (int i = 1; i < call.size(); i += 2) {
            call.database().setString(call.argument(i), call.argument(i + 1), Database.NO_EXPIRY);
            call.changed(call.argument(i), Event.SET);
        }
    }

    private record MsetexOptions(int end, @Nullable StringCondition condition, Lifetime lifetime) {
        static MsetexOptions parse(Call call) {
            int end = end(call);
            StringCondition condition = null;
            Lifetime.Options lifetime = new Lifetime.Options(call);
            Args args = call.args(end);
            while (args.hasNext()) {
                StringCondition next = StringCondition.nextExistence(args, condition);
                if (next != null) {
                    condition = next;
                } else if (!lifetime.take(args, "KEEPTTL")) {
                    throw CommandError.syntax();
                }
            }
            return new MsetexOptions(end, condition, lifetime.resolve());
        }

        /** Where the pairs end, which begin at {@value #MSETEX_PAIRS_AT}. */
        private static int end(Call call) {
            Bytes text = call.argument(1);
            long count = Numbers.isLong(text) ? Numbers.toLong(text) : 0;
            if (count <= 0 || count > Integer.MAX_VALUE) {
                throw new CommandError("ERR invalid numkeys value");
            }
            long end = MSETEX_PAIRS_AT + 2 * count;
            if (end > call.size()) {
                throw new CommandError("ERR wrong number of key-value pairs");
            }
            return (int) end;
        }
    }

    private static Reply msetex(Call call) {
        MsetexOptions options = MsetexOptions.parse(call);
        StringCondition condition = options.condition();
        for (int i = MSETEX_PAIRS_AT; condition != null && i < options.end(); i += 2) {
            if (!condition.holds(call.database(), call.argument(i))) {
                return Reply.integer(0);
            }
        }
        for (int i = MSETEX_PAIRS_AT; i < options.end(); i += 2) {
            StringCommands.store(call, call.argument(i), call.argument(i + 1), options.lifetime());
        }
        return Reply.integer(1);
    }
}
