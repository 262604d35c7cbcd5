package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
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

/** Strings as rows of bits: one bit, how many are set, where the first is. */
final class BitmapCommands {
    private static final Argument UNIT = oneOf("index_unit", word("byte", "BYTE"), word("bit", "BIT"))
            .since("7.0.0")
            .optional();

    private final BitOffset offsets;

    /** @param stringBytesMax the setting proto-max-bulk-len, which bounds what SETBIT may make */
    BitmapCommands(LongSupplier stringBytesMax) {
        offsets = new BitOffset(stringBytesMax);
    }

    List<Command> table() {
        return Group.BITMAP.rows(
                write("SETBIT", 4, key(1, "RW", "access", "update"))
                        .since("2.2.0")
                        .flags(DENYOOM)
                        .complexity("O(1), but for zeros where the string grows")
                        .says("Sets or clears a bit of the string under a key, and returns what it was.")
                        .takes(key("key"), integer("offset"), integer("value"))
                        .runs(this::setbit),
                read("GETBIT", 3, key(1, "RO", "access"))
                        .since("2.2.0")
                        .flags(FAST)
                        .complexity("O(1)")
                        .says("A bit of the string under a key; 0 beyond its end.")
                        .takes(key("key"), integer("offset"))
                        .runs(this::getbit),
                read("BITCOUNT", -2, key(1, "RO", "access"))
                        .since("2.6.0")
                        .complexity("O(N), N bytes of the range")
                        .says("Number of bits that are set in the string under a key, or in a part of it.")
                        .changed("7.0.0", "Option BYTE or BIT.")
                        .takes(
                                key("key"),
                                block("index", integer("start"), integer("end"), UNIT)
                                        .optional())
                        .runs(BitmapCommands::bitcount),
                read("BITPOS", -3, key(1, "RO", "access"))
                        .since("2.8.7")
                        .complexity("O(N), N bytes up to the bit")
                        .says("Where the first bit that is set, or is not, lies in the string under a key.")
                        .changed("7.0.0", "Option BYTE or BIT.")
                        .takes(
                                key("key"),
                                integer("bit"),
                                block(
                                                "index",
                                                integer("start"),
                                                block("end_index", integer("end"), UNIT)
                                                        .optional())
                                        .optional())
                        .runs(BitmapCommands::bitpos));
    }

    private Reply setbit(Call call) {
        long offset = offsets.parse(call.argument(2));
        String refusal = "ERR bit is not an integer or out of range";
        long bit = Args.toLong(call.argument(3), refusal);
        if (bit != 0 && bit != 1) {
            throw new CommandError(refusal);
        }
        int index = (int) (offset >>> 3);
        StringValue string = call.database().string(call.key());
        boolean grows = string == null || index >= string.length();
        if (string == null || grows || !string.isRaw()) {
            string = call.database().rawString(call.key(), index + 1);
        }
        int old = string.byteAt(index);
        int mask = 0x80 >>> (offset & 7);
        int changed = bit == 1 ? old | mask : old & ~mask;
        if (grows || changed != old) {
            string.putByte(index, changed);
            call.changed(call.key(), Event.SETBIT);
        }
        return Reply.integer((old & mask) == 0 ? 0 : 1);
    }

    private Reply getbit(Call call) {
        long offset = offsets.parse(call.argument(2));
        StringValue string = call.database().string(call.key());
        int index = (int) (offset >>> 3);
        boolean set = string != null && index < string.length() && (string.byteAt(index) & 0x80 >>> (offset & 7)) != 0;
        return Reply.integer(set ? 1 : 0);
    }

    private static Reply bitcount(Call call) {
        StringValue string = call.database().string(call.key());
        if (string == null) {
            return Reply.integer(0);
        }
        if (call.size() == 2) {
            return Reply.integer(string.bitCount(0, string.length() * 8L));
        }
        if (call.size() == 3 || call.size() > 5) {
            throw CommandError.syntax();
        }
        long start = Args.toLong(call.argument(2));
        long end = Args.toLong(call.argument(3));
        if (start < 0 && end < 0 && start > end) {
            return Reply.integer(0);
        }
        boolean bits = call.size() == 5 && isBit(call.argument(4));
        BitRange range = BitRange.of(start, end, bits, string.length());
        return Reply.integer(string.bitCount(range.from(), range.to()));
    }

    private static Reply bitpos(Call call) {
        long bit = Args.toLong(call.argument(2));
        if (bit != 0 && bit != 1) {
            throw new CommandError("ERR The bit argument must be 1 or 0.");
        }
        StringValue string = call.database().string(call.key());
        if (string == null) {
            return Reply.integer(bit == 0 ? 0 : -1);
        }
        if (call.size() > 6) {
            throw CommandError.syntax();
        }
        long start = call.size() > 3 ? Args.toLong(call.argument(3)) : 0;
        boolean bits = call.size() == 6 && isBit(call.argument(5));
        boolean endGiven = call.size() > 4;
        long end = endGiven ? Args.toLong(call.argument(4)) : -1;
        BitRange range = BitRange.of(start, end, bits, string.length());
        long position = string.indexOfBit(bit == 1, range.from(), range.to());
        if (position < 0 && bit == 0 && !endGiven && !range.isEmpty()) {
            return Reply.integer(range.to()); // as if zeros came behind the string
        }
        return Reply.integer(position);
    }

    private static boolean isBit(Bytes unit) {
        if (!unit.is("BIT") && !unit.is("BYTE")) {
            throw CommandError.syntax();
        }
        return unit.is("BIT");
    }
}
