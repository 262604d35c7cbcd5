package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Category.KEYSPACE;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.AccessClock;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** OBJECT: how a value is kept, and when it was last accessed. Asking is no access. */
final class ObjectCommands {
    /** Redis keeps one object for each of the numbers below, which all keys share. */
    private static final long SHARED_NUMBERS = 10_000;

    static final List<Command> TABLE = Group.GENERIC.rows(control("OBJECT", -2)
            .since("2.2.3")
            .complexity("As its subcommands")
            .says("How values are kept.")
            .subcommands(List.of(
                    inspection("ENCODING", "2.2.3").says("How a value is kept.").runs(ObjectCommands::encoding),
                    inspection("FREQ", "4.0.0")
                            .says("How often a value is accessed: a logarithmic counter, under an LFU policy only.")
                            .runs(ObjectCommands::frequency),
                    inspection("IDLETIME", "2.2.3")
                            .says("Seconds since a value was last accessed.")
                            .runs(ObjectCommands::idletime),
                    inspection("REFCOUNT", "2.2.3")
                            .says("How many references a value has.")
                            .runs(ObjectCommands::refcount),
                    Help.row("6.2.0").categories(KEYSPACE))));

    private ObjectCommands() {}

    private static Command inspection(String name, String since) {
        return read(name, 3, key(2, "RO"))
                .since(since)
                .tips("nondeterministic_output")
                .complexity("O(1)")
                .takes(key("key"));
    }

    private static Reply encoding(Call call) {
        Value value = call.database().inspect(call.argument(2));
        return value == null ? Reply.Null.STRING : Bytes.of(value.encoding());
    }

    /** Nothing is shared here; but small numbers answer as Redis's do, which clients and tests have come to expect. */
    private static Reply refcount(Call call) {
        Value value = call.database().inspect(call.argument(2));
        if (value == null) {
            return Reply.Null.STRING;
        }
        return Reply.integer(value instanceof StringValue string && isShared(string) ? Integer.MAX_VALUE : 1);
    }

    private static boolean isShared(StringValue string) {
        if (!string.encoding().equals("int")) {
            return false;
        }
        long number = Numbers.toLong(string.bytes());
        return number >= 0 && number < SHARED_NUMBERS;
    }

    private static Reply idletime(Call call) {
        int mark = call.database().accessMark(call.argument(2));
        if (mark < 0) {
            return Reply.Null.STRING;
        }
        AccessClock accesses = call.keyspace().accesses();
        if (accesses.countsFrequency()) {
            throw new CommandError(
                    "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when"
                            + " switching between policies at runtime LRU and LFU data will take some time to adjust.");
        }
        return Reply.integer(accesses.idleSeconds(mark));
    }

    private static Reply frequency(Call call) {
        int mark = call.database().accessMark(call.argument(2));
        if (mark < 0) {
            return Reply.Null.STRING;
        }
        AccessClock accesses = call.keyspace().accesses();
        if (!accesses.countsFrequency()) {
            throw new CommandError(
                    "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note"
                            + " that when switching between policies at runtime LRU and LFU data will take some time to adjust.");
        }
        return Reply.integer(accesses.frequency(mark));
    }
}
