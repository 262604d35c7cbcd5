package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Category.DANGEROUS;
import static dev.sluice.broker.command.Category.KEYSPACE;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** Keys that go from one place to another, also between databases. */
final class TransferCommands {
    private static final CommandError SAME = new CommandError("ERR source and destination objects are the same");
    private static final String INVALID_FIRST = "ERR invalid first DB index";
    private static final String INVALID_SECOND = "ERR invalid second DB index";
    private static final CommandError NO_SUCH_DATABASE = new CommandError("ERR DB index is out of range");

    static final List<Command> TABLE = Group.GENERIC.rows(
            write("COPY", -3, key(1, "RO", "access"), key(2, "OW", "update"))
                    .since("6.2.0")
                    .flags(DENYOOM)
                    .complexity("O(N), N elements; O(1) for a short string")
                    .says("Copies what is under a key to another key.")
                    .takes(key("source"), key("destination", 1))
                    .takes(integer("destination-db").token("DB").optional())
                    .takes(word("replace", "REPLACE").optional())
                    .runs(TransferCommands::copy),
            write("MOVE", 3, key(1, "RW", "access", "update"))
                    .since("1.0.0")
                    .flags(FAST)
                    .complexity("O(1) for large collections and short strings, else O(N), N elements")
                    .says("Moves a key to another database, unless that has it already.")
                    .takes(key("key"), integer("db"))
                    .runs(TransferCommands::move),
            write("SWAPDB", 3)
                    .group(Group.SERVER)
                    .since("4.0.0")
                    .flags(FAST)
                    .categories(KEYSPACE, DANGEROUS)
                    .complexity("O(N), N clients that watch or wait for keys of either")
                    .says("Has two databases change places, for all clients at once.")
                    .takes(integer("index1"), integer("index2"))
                    .runs(TransferCommands::swapdb));

    private TransferCommands() {}

    private static Reply copy(Call call) {
        Database target = call.database();
        boolean replace = false;
        Args args = call.args(3);
        while (args.hasNext()) {
            if (args.skip("REPLACE")) {
                replace = true;
            } else if (args.remaining() > 1 && args.skip("DB")) {
                target = database(call.keyspace(), args.next());
            } else {
                throw CommandError.syntax();
            }
        }
        Bytes from = call.argument(1);
        Bytes to = call.argument(2);
        if (target == call.database() && from.equals(to)) {
            throw SAME;
        }
        call.keyspace().countHits(true);
        boolean there = call.database().exists(from);
        call.keyspace().countHits(false);
        if (!there || !replace && target.exists(to)) {
            return Reply.integer(0);
        }
        call.database().copy(from, target, to);
        call.changed(target, to, Event.COPY_TO);
        return Reply.integer(1);
    }

    private static Reply move(Call call) {
        Bytes key = call.key();
        Database target = database(call.keyspace(), call.argument(2));
        if (target == call.database()) {
            throw SAME;
        }
        if (!call.database().exists(key) || target.exists(key)) {
            return Reply.integer(0);
        }
        call.database().move(key, target);
        call.changed(key, Event.MOVE_FROM);
        call.changed(target, key, Event.MOVE_TO);
        return Reply.integer(1);
    }

    private static Reply swapdb(Call call) {
        long first = index(call.argument(1), INVALID_FIRST, INVALID_FIRST);
        long second = index(call.argument(2), INVALID_SECOND, INVALID_SECOND);
        Database a = database(call.keyspace(), first);
        Database b = database(call.keyspace(), second);
        if (a != b) {
            call.swapping(a, b);
            call.keyspace().swap((int) first, (int) second);
        }
        return Reply.Status.OK;
    }

    private static Database database(Keyspace keyspace, Bytes index) {
        return database(
                keyspace,
                index(
                        index,
                        CommandError.NOT_AN_INTEGER,
                        "ERR value is out of range, value must between -2147483648 and 2147483647"));
    }

    private static Database database(Keyspace keyspace, long index) {
        if (index < 0 || index >= keyspace.databases().size()) {
            throw NO_SUCH_DATABASE;
        }
        return keyspace.database((int) index);
    }

    /** Redis reads it into 32 bits before it looks whether there is such a database. */
    private static long index(Bytes text, String notANumber, String beyond32Bits) {
        long index = Args.toLong(text, notANumber);
        if (index != (int) index) {
            throw new CommandError(beyond32Bits);
        }
        return index;
    }
}
