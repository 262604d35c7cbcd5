package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.pattern;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Category.DANGEROUS;
import static dev.sluice.broker.command.Category.KEYSPACE;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.NO_TOUCH;
import static dev.sluice.broker.command.Group.SERVER;
import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.hub.Glob;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** Keys, whatever lives under them. */
final class KeyCommands {
    static final String SHARDS_ALL = "request_policy:all_shards";
    private static final String SHARDS_MANY = "request_policy:multi_shard";
    private static final String SUM = "response_policy:agg_sum";

    private static final Argument SCAN_MATCH = pattern("pattern").token("MATCH").optional();
    private static final Argument SCAN_COUNT = integer("count").token("COUNT").optional();
    private static final Argument SCAN_TYPE =
            string("type").token("TYPE").since("6.0.0").optional();

    static final List<Command> TABLE = Group.GENERIC.rows(
            write("DEL", -2, keys(1, -1, 1, "RM", "delete"))
                    .since("1.0.0")
                    .tips(SHARDS_MANY, SUM)
                    .complexity("O(N), N keys")
                    .says("Removes keys and what is under them.")
                    .takes(key("key").multiple())
                    .runs(call -> delete(call, false)),
            write("UNLINK", -2, keys(1, -1, 1, "RM", "delete"))
                    .since("4.0.0")
                    .flags(FAST)
                    .tips(SHARDS_MANY, SUM)
                    .complexity("O(1) a key; large values are freed later, O(N) for N blocks")
                    .says("Removes keys; the memory of what is under them is freed in the background.")
                    .takes(key("key").multiple())
                    .runs(call -> delete(call, true)),
            read("EXISTS", -2, keys(1, -1, 1, "RO"))
                    .since("1.0.0")
                    .flags(FAST, NO_TOUCH)
                    .tips(SHARDS_MANY, SUM)
                    .complexity("O(N), N keys")
                    .says("How many of the keys there are; one that is named twice counts twice.")
                    .changed("3.0.3", "Several keys.")
                    .takes(key("key").multiple())
                    .runs(KeyCommands::exists),
            read("TYPE", 2, key(1, "RO"))
                    .since("1.0.0")
                    .flags(FAST, NO_TOUCH)
                    .complexity("O(1)")
                    .says("Type of what is under a key.")
                    .takes(key("key"))
                    .runs(KeyCommands::type),
            read("KEYS", 2)
                    .since("1.0.0")
                    .categories(KEYSPACE, DANGEROUS)
                    .tips(SHARDS_ALL, "nondeterministic_output_order")
                    .complexity("O(N), N keys of the database")
                    .says("All keys that match a pattern.")
                    .takes(pattern("pattern"))
                    .runs(KeyCommands::keysMatching),
            read("SCAN", -2)
                    .since("2.8.0")
                    .tips("nondeterministic_output", "request_policy:special")
                    .complexity("O(1) a call, O(N) for all N keys")
                    .says("Some keys, and the cursor with which the next call goes on.")
                    .changed("6.0.0", "Option TYPE.")
                    .takes(integer("cursor"), SCAN_MATCH, SCAN_COUNT, SCAN_TYPE)
                    .runs(KeyCommands::scan),
            read("DBSIZE", 1)
                    .group(SERVER)
                    .since("1.0.0")
                    .flags(FAST)
                    .categories(KEYSPACE)
                    .tips(SHARDS_ALL, SUM)
                    .complexity("O(1)")
                    .says("Number of keys of the database.")
                    .runs(call -> Reply.integer(call.database().size())),
            write("RENAME", 3, key(1, "RW", "access", "delete"), key(2, "OW", "update"))
                    .since("1.0.0")
                    .complexity("O(1)")
                    .says("Gives a key another name, whatever was there.")
                    .takes(key("key"), key("newkey", 1))
                    .runs(KeyCommands::rename),
            write("RENAMENX", 3, key(1, "RW", "access", "delete"), key(2, "OW", "insert"))
                    .since("1.0.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Gives a key another name, unless there is such a key already.")
                    .changed("3.2.0", "The same name twice is no error.")
                    .takes(key("key"), key("newkey", 1))
                    .runs(KeyCommands::renamenx),
            read("RANDOMKEY", 1)
                    .since("1.0.0")
                    .tips(SHARDS_ALL, "nondeterministic_output")
                    .complexity("O(1)")
                    .says("Any of the keys, each as likely as another.")
                    .runs(KeyCommands::randomkey),
            read("TOUCH", -2, keys(1, -1, 1, "RO"))
                    .since("3.2.1")
                    .flags(FAST)
                    .tips(SHARDS_MANY, SUM)
                    .complexity("O(N), N keys")
                    .says("Makes keys count as accessed now; says how many there are.")
                    .takes(key("key").multiple())
                    .runs(KeyCommands::touch));

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

    private static Reply scan(Call call) {
        long cursor = ScanOptions.cursor(call.argument(1));
        ScanOptions options = ScanOptions.ofKeys(call.args(2));
        Packed names = Packed.array(256);
        long next = call.database().scan(cursor, options.count(), (array, offset, length, type) -> {
            if (options.shows(Bytes.view(array, offset, length), type)) {
                names.add(array, offset, length);
            }
        });
        return Reply.array(Bytes.of(Long.toUnsignedString(next)), names);
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

    private static Reply renamenx(Call call) {
        Bytes from = call.argument(1);
        Bytes to = call.argument(2);
        if (!call.database().exists(from)) {
            throw CommandError.noSuchKey();
        }
        if (from.equals(to) || call.database().exists(to)) {
            return Reply.integer(0);
        }
        rename(call);
        return Reply.integer(1);
    }

    private static Reply randomkey(Call call) {
        Bytes key = call.database().randomKey();
        return key == null ? Reply.Null.STRING : key;
    }

    /** The one command that touches keys also for who asked for NO-TOUCH. */
    private static Reply touch(Call call) {
        call.keyspace().accesses().stand(false);
        return exists(call);
    }
}
