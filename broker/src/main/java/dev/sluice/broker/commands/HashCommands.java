package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hashes: fields are set, read, removed. Whole hashes, counting and random fields have tables of their own. */
final class HashCommands {
    private static final int VALUE_BYTES_EXPECTED = 32;
    private static final int REPLY_BYTES_EXPECTED_MAX = 1 << 20;

    private static final Argument PAIRS =
            block("field_value", string("field"), string("value")).multiple();

    static final List<Command> TABLE = Group.HASH.rows(
            setting("HSET", -4, "update")
                    .complexity("O(1) a field")
                    .says("Sets fields of a hash; creates it if it is missing. Says how many fields are new.")
                    .changed("4.0.0", "Several fields.")
                    .takes(key("key"), PAIRS)
                    .runs(HashCommands::hset),
            setting("HMSET", -4, "update")
                    .complexity("O(N), N fields to set")
                    .deprecated("4.0.0", "`HSET` with multiple field-value pairs")
                    .says("Sets fields of a hash; creates it if it is missing.")
                    .takes(key("key"), PAIRS)
                    .runs(HashCommands::hmset),
            setting("HSETNX", 4, "insert")
                    .complexity("O(1)")
                    .says("Sets a field of a hash, unless there is such a field already.")
                    .takes(key("key"), string("field"), string("value"))
                    .runs(HashCommands::hsetnx),
            read("HGET", 3, key(1, "RO", "access"))
                    .since("2.0.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Value of a field of a hash.")
                    .takes(key("key"), string("field"))
                    .runs(HashCommands::hget),
            read("HMGET", -3, key(1, "RO", "access"))
                    .since("2.0.0")
                    .flags(FAST)
                    .complexity("O(N), N fields asked for")
                    .says("Values of fields of a hash.")
                    .takes(key("key"), string("field").multiple())
                    .runs(HashCommands::hmget),
            read("HLEN", 2, key(1, "RO"))
                    .since("2.0.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Number of fields of a hash.")
                    .takes(key("key"))
                    .runs(HashCommands::hlen),
            read("HSTRLEN", 3, key(1, "RO"))
                    .since("3.2.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Number of bytes in the value of a field of a hash.")
                    .takes(key("key"), string("field"))
                    .runs(HashCommands::hstrlen),
            read("HEXISTS", 3, key(1, "RO"))
                    .since("2.0.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Whether a hash has a field.")
                    .takes(key("key"), string("field"))
                    .runs(HashCommands::hexists),
            write("HDEL", -3, key(1, "RW", "delete"))
                    .since("2.0.0")
                    .flags(FAST)
                    .complexity("O(N), N fields to remove")
                    .says("Removes fields from a hash, and the hash with the last one.")
                    .changed("2.4.0", "Several fields.")
                    .takes(key("key"), string("field").multiple())
                    .runs(HashCommands::hdel));

    private static Command setting(String name, int arity, String access) {
        return write(name, arity, key(1, "RW", access)).since("2.0.0").flags(DENYOOM, FAST);
    }

    private HashCommands() {}

    private static Reply hset(Call call) {
        return Reply.integer(setAll(call));
    }

    private static Reply hmset(Call call) {
        setAll(call);
        return Reply.Status.OK;
    }

    /** Returns how many fields are new. */
    private static int setAll(Call call) {
        if (call.size() % 2 != 0) {
            throw new CommandError(
                    "ERR wrong number of arguments for '" + call.command().fullName() + "' command");
        }
        HashValue hash = call.database().hashOrNew(call.key());
        int added = 0;
        for (int i = 2; i < call.size(); i += 2) {
            added += hash.put(call.argument(i), call.argument(i + 1)) ? 1 : 0;
        }
        call.changed(call.key(), Event.HSET);
        return added;
    }

    private static Reply hsetnx(Call call) {
        HashValue hash = call.database().hashOrNew(call.key());
        if (hash.has(call.argument(2))) {
            return Reply.integer(0);
        }
        hash.put(call.argument(2), call.argument(3));
        call.changed(call.key(), Event.HSET);
        return Reply.integer(1);
    }

    private static Reply hget(Call call) {
        HashValue hash = call.database().hash(call.key());
        Bytes value = hash == null ? null : hash.get(call.argument(2));
        return value == null ? Reply.Null.STRING : value;
    }

    private static Reply hmget(Call call) {
        HashValue hash = call.database().hash(call.key());
        Packed values = valuesOf(call.size() - 2);
        for (int i = 2; i < call.size(); i++) {
            add(values, hash == null ? null : hash.get(call.argument(i)));
        }
        return values;
    }

    /** An empty reply with room for so many values. */
    static Packed valuesOf(long count) {
        return Packed.array((int) Math.min(count * VALUE_BYTES_EXPECTED, REPLY_BYTES_EXPECTED_MAX));
    }

    static void add(Packed values, @Nullable Bytes value) {
        if (value == null) {
            values.addNull();
        } else {
            values.add(value);
        }
    }

    private static Reply hlen(Call call) {
        HashValue hash = call.database().hash(call.key());
        return Reply.integer(hash == null ? 0 : hash.size());
    }

    private static Reply hstrlen(Call call) {
        HashValue hash = call.database().hash(call.key());
        return Reply.integer(hash == null ? 0 : Math.max(0, hash.valueLength(call.argument(2))));
    }

    private static Reply hexists(Call call) {
        HashValue hash = call.database().hash(call.key());
        return Reply.integer(hash != null && hash.has(call.argument(2)) ? 1 : 0);
    }

    private static Reply hdel(Call call) {
        HashValue hash = call.database().hash(call.key());
        if (hash == null) {
            return Reply.integer(0);
        }
        int removed = 0;
        for (int i = 2; i < call.size(); i++) {
            removed += hash.remove(call.argument(i)) ? 1 : 0;
        }
        if (removed > 0) {
            removed(call, hash);
        }
        return Reply.integer(removed);
    }

    /** Says that fields were removed, and removes the key with the last one. */
    static void removed(Call call, HashValue hash) {
        call.changed(call.key(), Event.HDEL);
        if (hash.size() == 0) {
            call.deleteIfEmpty(call.key());
        }
    }
}
