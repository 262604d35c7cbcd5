package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;

/**
 * Strings that change only if they are still what a client saw: the commands beside SET, which knows the same
 * comparisons. After Redis 8.4 and Valkey 9.
 */
final class CompareAndSetCommands {
    static final List<Command> TABLE = Group.STRING.rows(
            write("DELEX", -2, key(1, "RW", "delete", "variable_flags"))
                    .since("8.4.0")
                    .flags(FAST)
                    .complexity("O(1) for IFEQ and IFNE, O(N) for IFDEQ and IFDNE, N bytes of the string")
                    .says("Removes a key, if asked for only when the string under it, or its digest, compares.")
                    .takes(
                            key("key"),
                            oneOf("condition", StringCondition.arguments("").toArray(Argument[]::new))
                                    .optional())
                    .runs(CompareAndSetCommands::delex),
            write("DELIFEQ", 3, key(1, "RM", "delete"))
                    .since("9.0.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Removes a key if the string under it equals another.")
                    .takes(key("key"), string("value"))
                    .runs(CompareAndSetCommands::delifeq),
            read("DIGEST", 2, key(1, "RO", "access"))
                    .since("8.4.0")
                    .flags(FAST)
                    .complexity("O(N), N bytes of the string")
                    .says("The XXH3 hash of the string under a key, in hexadecimal.")
                    .takes(key("key"))
                    .runs(CompareAndSetCommands::digest));

    private CompareAndSetCommands() {}

    private static Reply delex(Call call) {
        if (call.size() == 2) {
            return delete(call, call.database().exists(call.key()));
        }
        if (call.size() != 4) {
            throw new CommandError("ERR wrong number of arguments for 'delex' command");
        }
        Value value = call.database().value(call.key());
        if (value == null) {
            return Reply.integer(0);
        }
        if (!(value instanceof StringValue string)) {
            throw new CommandError("ERR Key should be of string type if conditions are specified");
        }
        StringCondition condition = StringCondition.nextComparison(call.args(2), null);
        if (condition == null) {
            throw new CommandError("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE");
        }
        return delete(call, condition.compares(string));
    }

    private static Reply delifeq(Call call) {
        StringValue value = call.database().string(call.key());
        return delete(call, value != null && value.contentEquals(call.argument(2)));
    }

    private static Reply delete(Call call, boolean permitted) {
        return Reply.integer(permitted && Effects.delete(call, call.key()) ? 1 : 0);
    }

    private static Reply digest(Call call) {
        StringValue value = call.database().string(call.key());
        return value == null ? Reply.Null.STRING : StringDigest.of(value);
    }
}
