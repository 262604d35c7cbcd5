package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.KeySpec;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.hub.Glob;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keys, whatever lives under them. */
final class KeyCommands {
    private static final KeySpec RENAME_FROM = key(1, "RW", "access", "delete");

    static final List<Command> TABLE = List.of(
            write("DEL", -2, keys(1, -1, 1, "RM", "delete")).runs(call -> delete(call, false)),
            write("UNLINK", -2, keys(1, -1, 1, "RM", "delete")).flags(FAST).runs(call -> delete(call, true)),
            read("EXISTS", -2, keys(1, -1, 1, "RO")).flags(FAST).runs(KeyCommands::exists),
            read("TYPE", 2, key(1, "RO")).flags(FAST).runs(KeyCommands::type),
            read("KEYS", 2).categories("keyspace", "dangerous").runs(KeyCommands::keysMatching),
            read("SCAN", -2).categories("keyspace").runs(KeyCommands::scan),
            read("DBSIZE", 1)
                    .flags(FAST)
                    .categories("keyspace")
                    .runs(call -> Reply.integer(call.database().size())),
            write("RENAME", 3, RENAME_FROM, key(2, "OW", "update")).runs(KeyCommands::rename),
            write("FLUSHDB", -1).categories("keyspace", "dangerous").runs(KeyCommands::flushdb),
            write("FLUSHALL", -1).categories("keyspace", "dangerous").runs(KeyCommands::flushall));

    private KeyCommands() {}

    private static Reply delete(Call call, boolean lazily) {
        int deleted = 0;
        for (int i = 1; i < call.size(); i++) {
            Bytes key = call.argument(i);
            if (lazily ? call.database().unlink(key) : call.database().delete(key)) {
                call.changed(key, Event.DEL);
                deleted++;
            }
        }
        return Reply.integer(deleted);
    }

    private static Reply exists(Call call) {
        int found = 0;
        for (int i = 1; i < call.size(); i++) {
            found += call.database().exists(call.argument(i)) ? 1 : 0;
        }
        return Reply.integer(found);
    }

    private static Reply type(Call call) {
        Value.Type type = call.database().type(call.key());
        return new Reply.Status(type == null ? "none" : type.text());
    }

    private static Reply keysMatching(Call call) {
        Bytes pattern = call.argument(1);
        boolean all = pattern.length() == 1 && pattern.at(0) == '*';
        Packed names = Packed.array(1024);
        call.database().forEachKey((array, offset, length, type) -> {
            if (all || Glob.matches(pattern, Bytes.view(array, offset, length))) {
                names.add(array, offset, length);
            }
        });
        return names;
    }

    /** What SCAN is told. */
    private record ScanOptions(
            long count, @Nullable Bytes match, @Nullable Bytes type) {
        static ScanOptions parse(Args args) {
            long count = 10;
            Bytes match = null;
            Bytes type = null;
            while (args.hasNext()) {
                if (args.remaining() > 1 && args.skip("COUNT")) {
                    count = args.nextLong();
                    if (count < 1) {
                        throw CommandError.syntax();
                    }
                } else if (args.remaining() > 1 && args.skip("MATCH")) {
                    match = args.next();
                } else if (args.remaining() > 1 && args.skip("TYPE")) {
                    type = args.next();
                } else {
                    throw CommandError.syntax();
                }
            }
            return new ScanOptions(count, match, type);
        }

        boolean shows(Bytes name, Value.Type of) {
            return (type == null || type.toLatin1().equalsIgnoreCase(of.text()))
                    && (match == null || Glob.matches(match, name));
        }
    }

    private static Reply scan(Call call) {
        long cursor = cursor(call.argument(1));
        ScanOptions options = ScanOptions.parse(call.args(2));
        Packed names = Packed.array(256);
        long next = call.database().scan(cursor, options.count(), (array, offset, length, type) -> {
            if (options.shows(Bytes.view(array, offset, length), type)) {
                names.add(array, offset, length);
            }
        });
        return Reply.array(Bytes.of(Long.toUnsignedString(next)), names);
    }

    /** A cursor as strtoul reads it: unsigned, or negative and then wrapped. */
    static long cursor(Bytes text) {
        String digits = text.toLatin1();
        try {
            if (digits.startsWith("-")) {
                return -Long.parseUnsignedLong(digits.substring(1));
            }
            return Long.parseUnsignedLong(digits);
        } catch (NumberFormatException e) {
            throw new CommandError("ERR invalid cursor");
        }
    }

    private static Reply rename(Call call) {
        Bytes from = call.argument(1);
        Bytes to = call.argument(2);
        if (!call.database().exists(from)) {
            throw CommandError.noSuchKey();
        }
        if (!from.equals(to)) {
            call.database().rename(from, to);
            call.changed(from, Event.RENAME_FROM);
            call.changed(to, Event.RENAME_TO);
        }
        return Reply.Status.OK;
    }

    private static void checkFlushMode(Call call) {
        if (call.size() > 2
                || call.size() == 2
                        && !call.argument(1).is("SYNC")
                        && !call.argument(1).is("ASYNC")) {
            throw CommandError.syntax();
        }
    }

    private static Reply flushdb(Call call) {
        checkFlushMode(call);
        flush(call, call.database());
        return Reply.Status.OK;
    }

    private static Reply flushall(Call call) {
        checkFlushMode(call);
        call.keyspace().databases().forEach(database -> flush(call, database));
        return Reply.Status.OK;
    }

    private static void flush(Call call, Database database) {
        call.changedAll(database);
        database.clear();
    }
}
