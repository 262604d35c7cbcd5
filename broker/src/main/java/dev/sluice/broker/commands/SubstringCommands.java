package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;
import java.util.function.LongSupplier;

/** Strings: parts of them, their ends, their lengths. */
final class SubstringCommands {
    private static final String PART_COMPLEXITY =
            "O(N), N bytes of the part; next to nothing where it is short, for nothing else is looked at";

    private final LongSupplier stringBytesMax;

    /** @param stringBytesMax the setting proto-max-bulk-len, which also bounds what APPEND and SETRANGE may make */
    SubstringCommands(LongSupplier stringBytesMax) {
        this.stringBytesMax = stringBytesMax;
    }

    List<Command> table() {
        return Group.STRING.rows(
                write("APPEND", 3, key(1, "RW", "insert"))
                        .since("2.0.0")
                        .flags(DENYOOM, FAST)
                        .complexity("O(1), amortized: room to grow is kept")
                        .says("Adds to the end of the string under a key; creates the key if it is missing.")
                        .takes(key("key"), string("value"))
                        .runs(this::append),
                read("STRLEN", 2, key(1, "RO"))
                        .since("2.2.0")
                        .flags(FAST)
                        .complexity("O(1)")
                        .says("Length of the string under a key, in bytes.")
                        .takes(key("key"))
                        .runs(SubstringCommands::strlen),
                read("GETRANGE", 4, key(1, "RO", "access"))
                        .since("2.4.0")
                        .complexity(PART_COMPLEXITY)
                        .says("A part of the string under a key; negative indexes count from its end.")
                        .takes(key("key"), integer("start"), integer("end"))
                        .runs(SubstringCommands::getrange),
                read("SUBSTR", 4, key(1, "RO", "access"))
                        .since("1.0.0")
                        .deprecated("2.0.0", "`GETRANGE`")
                        .complexity(PART_COMPLEXITY)
                        .says("A part of the string under a key, as GETRANGE.")
                        .takes(key("key"), integer("start"), integer("end"))
                        .runs(SubstringCommands::getrange),
                write("SETRANGE", 4, key(1, "RW", "update"))
                        .since("2.2.0")
                        .flags(DENYOOM)
                        .complexity("O(1) for a short value into a short string, else O(M), M bytes of the value")
                        .says(
                                "Overwrites a part of the string under a key, which grows if need be, with zeros in between.")
                        .takes(key("key"), integer("offset"), string("value"))
                        .runs(this::setrange));
    }

    private Reply append(Call call) {
        StringValue old = call.database().string(call.key());
        Bytes tail = call.argument(2);
        long length = (old == null ? 0 : old.length()) + (long) tail.length();
        if (old != null) {
            requireLength(length);
        }
        call.database().append(call.key(), tail);
        call.changed(call.key(), Event.APPEND);
        return Reply.integer(length);
    }

    /** The broker's own strings end at 2 GiB. */
    private void requireLength(long length) {
        if (length > Math.min(stringBytesMax.getAsLong(), Integer.MAX_VALUE)) {
            throw new CommandError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        }
    }

    private static Reply strlen(Call call) {
        StringValue value = call.database().string(call.key());
        return Reply.integer(value == null ? 0 : value.length());
    }

    private static Reply getrange(Call call) {
        long start = Args.toLong(call.argument(2));
        long end = Args.toLong(call.argument(3));
        StringValue value = call.database().string(call.key());
        if (value == null || start < 0 && end < 0 && start > end) {
            return Bytes.EMPTY;
        }
        int length = value.length();
        long from = start < 0 ? Math.max(0, start + length) : start;
        long last = Math.min(length - 1L, end < 0 ? Math.max(0, end + length) : end);
        return from > last ? Bytes.EMPTY : value.bytes((int) from, (int) last + 1);
    }

    private Reply setrange(Call call) {
        long offset = Args.toLong(call.argument(2));
        if (offset < 0) {
            throw new CommandError("ERR offset is out of range");
        }
        StringValue old = call.database().string(call.key());
        int length = old == null ? 0 : old.length();
        Bytes part = call.argument(3);
        if (part.isEmpty()) {
            return Reply.integer(length);
        }
        long end = offset > Integer.MAX_VALUE ? offset : offset + part.length();
        requireLength(end);
        call.database().writeString(call.key(), (int) offset, part);
        call.changed(call.key(), Event.SETRANGE);
        return Reply.integer(Math.max(length, end));
    }
}
