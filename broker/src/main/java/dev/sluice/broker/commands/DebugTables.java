package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;

/** DEBUG HTSTATS and HTSTATS-KEY. */
final class DebugTables {
    private static final String NOTHING = "No stats available for empty dictionaries\n";

    private DebugTables() {}

    static Reply ofDatabase(Call call) {
        long index = Args.toLong(call.argument(2));
        if (index < 0 || index >= call.keyspace().databases().size()) {
            throw new CommandError("ERR Out of range database");
        }
        Database database = call.keyspace().database((int) index);
        Database.TableUse use = database.tableUse();
        String text = "[Dictionary HT]\n"
                + (use.entries() == 0
                        ? NOTHING
                        : " table size: " + use.slots() + "\n number of elements: " + use.entries() + "\n segments: "
                                + use.segments() + "\n bytes: " + use.bytes() + "\n")
                + "[Expires HT]\n"
                + (use.expiring() == 0
                        ? NOTHING
                        : " number of elements: " + use.expiring() + ", each of them in the first table\n");
        return new Reply.Verbatim("txt", Bytes.of(text));
    }

    /** There is no hash table under a key: what finds a member of a sorted set is part of its tree. */
    static Reply ofKey(Call call) {
        if (call.database().inspect(call.argument(2)) == null) {
            throw CommandError.noSuchKey();
        }
        throw new CommandError("ERR The value stored at the specified key is not represented using an hash table");
    }
}
