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
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.commands.BitfieldType.Overflow;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** BITFIELD: integers of any width at any bit of a string, read, set and counted up. */
final class BitfieldCommand {
    private static final Argument ENCODING = string("encoding");
    private static final Argument OFFSET = integer("offset");
    private static final Argument GET =
            block("encoding_offset", ENCODING, OFFSET).token("GET");
    private static final Argument OVERFLOW = oneOf(
                    "wrap_sat_fail", word("wrap", "WRAP"), word("sat", "SAT"), word("fail", "FAIL"))
            .token("OVERFLOW")
            .optional();
    private static final Argument WRITE = oneOf(
            "write_operation",
            block("encoding_offset_value", ENCODING, OFFSET, integer("value")).token("SET"),
            block("encoding_offset_increment", ENCODING, OFFSET, integer("increment"))
                    .token("INCRBY"));

    private final BitOffset offsets;

    /** @param stringBytesMax the setting proto-max-bulk-len, which bounds what BITFIELD may make */
    BitfieldCommand(LongSupplier stringBytesMax) {
        offsets = new BitOffset(stringBytesMax);
    }

    List<Command> table() {
        return Group.BITMAP.rows(
                write(
                                "BITFIELD",
                                -2,
                                key(1, "RW", "access", "update", "variable_flags")
                                        .notes("read only where there is nothing but GET"))
                        .since("3.2.0")
                        .flags(DENYOOM)
                        .complexity("O(1) for each of the operations")
                        .says("Reads, sets and adds to integers of any width at any bit of the string under a key.")
                        .takes(
                                key("key"),
                                oneOf("operation", GET, block("write", OVERFLOW, WRITE))
                                        .optional()
                                        .multiple())
                        .keyFlags(BitfieldCommand::keyFlags)
                        .runs(call -> bitfield(call, false)),
                read("BITFIELD_RO", -2, key(1, "RO", "access"))
                        .since("6.0.0")
                        .flags(FAST)
                        .complexity("O(1) for each of the operations")
                        .says("Reads integers of any width at any bit of the string under a key.")
                        .takes(key("key"), GET.optional().multiple().multipleToken())
                        .runs(call -> bitfield(call, true)));
    }

    private enum Kind {
        GET,
        SET,
        INCRBY
    }

    /** {@code operand} is what is set or added. */
    private record Operation(Kind kind, BitfieldType type, long offset, long operand, Overflow overflow) {
        boolean writes() {
            return kind != Kind.GET;
        }

        /** Number of bytes that a string must have for it. */
        int lengthMin() {
            return writes() ? (int) (offset + type.bits() - 1 >>> 3) + 1 : 0;
        }

        boolean fails(long before) {
            return switch (kind) {
                case GET -> false;
                case SET -> overflow == Overflow.FAIL && type.overflows(operand, 0);
                case INCRBY -> overflow == Overflow.FAIL && type.overflows(before, operand);
            };
        }

        long after(long before) {
            return switch (kind) {
                case GET -> before;
                case SET -> type.add(operand, 0, overflow);
                case INCRBY -> type.add(before, operand, overflow);
            };
        }
    }

    /** Nothing but GET reads only. */
    private static List<String> keyFlags(Request request) {
        int i = 2;
        while (i < request.size()) {
            int left = request.size() - i - 1;
            if (request.argument(i).is("GET") && left >= 2) {
                i += 3;
            } else if (request.argument(i).is("OVERFLOW") && left >= 1) {
                i += 2;
            } else {
                return List.of("RW", "access", "update");
            }
        }
        return List.of("RO", "access");
    }

    private Reply bitfield(Call call, boolean readOnly) {
        List<Operation> operations = parse(call.args(2));
        int lengthMin = 0;
        for (Operation operation : operations) {
            lengthMin = Math.max(lengthMin, operation.lengthMin());
        }
        if (lengthMin == 0) {
            return get(call, operations);
        }
        if (readOnly) {
            throw new CommandError("ERR BITFIELD_RO only supports the GET subcommand");
        }
        return update(call, operations, lengthMin);
    }

    private List<Operation> parse(Args args) {
        List<Operation> operations = new ArrayList<>();
        Overflow overflow = Overflow.WRAP;
        while (args.hasNext()) {
            boolean enough = args.remaining() > 3;
            if (args.remaining() > 2 && args.skip("GET")) {
                operations.add(operation(Kind.GET, args, overflow));
            } else if (enough && args.skip("SET")) {
                operations.add(operation(Kind.SET, args, overflow));
            } else if (enough && args.skip("INCRBY")) {
                operations.add(operation(Kind.INCRBY, args, overflow));
            } else if (args.remaining() > 1 && args.skip("OVERFLOW")) {
                overflow = overflow(args);
            } else {
                throw CommandError.syntax();
            }
        }
        return operations;
    }

    private Operation operation(Kind kind, Args args, Overflow overflow) {
        BitfieldType type = BitfieldType.parse(args.next());
        long offset = offsets.parse(args.next(), type.bits());
        return new Operation(kind, type, offset, kind == Kind.GET ? 0 : args.nextLong(), overflow);
    }

    private static Overflow overflow(Args args) {
        if (args.skip("WRAP")) {
            return Overflow.WRAP;
        } else if (args.skip("SAT")) {
            return Overflow.SAT;
        } else if (args.skip("FAIL")) {
            return Overflow.FAIL;
        }
        throw new CommandError("ERR Invalid OVERFLOW type specified");
    }

    /** What is read counts as a hit or a miss, although the command may write. */
    private static Reply get(Call call, List<Operation> operations) {
        call.keyspace().countHits(true);
        StringValue string = call.database().string(call.key());
        call.keyspace().countHits(false);
        Bitfield fields = new Bitfield();
        List<Reply> replies = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            replies.add(Reply.integer(fields.read(string, operation.offset(), operation.type())));
        }
        return Reply.array(replies);
    }

    private static Reply update(Call call, List<Operation> operations, int lengthMin) {
        StringValue old = call.database().string(call.key());
        boolean grows = old == null || old.length() < lengthMin;
        StringValue string = inPlace(call, old, lengthMin);
        Bitfield fields = new Bitfield();
        List<Reply> replies = new ArrayList<>(operations.size());
        boolean changed = false;
        for (Operation operation : operations) {
            long before = fields.read(string, operation.offset(), operation.type());
            if (operation.fails(before)) {
                replies.add(Reply.Null.STRING);
                continue;
            }
            long after = operation.after(before);
            replies.add(Reply.integer(operation.kind() == Kind.INCRBY ? after : before));
            if (after != before) {
                fields.write(string, operation.offset(), operation.type(), after);
            }
            changed |= after != before || grows && operation.writes();
        }
        tell(call, grows, changed);
        return Reply.array(replies);
    }

    private static StringValue inPlace(Call call, @Nullable StringValue old, int lengthMin) {
        return old != null && old.isRaw() && old.length() >= lengthMin
                ? old
                : call.database().rawString(call.key(), lengthMin);
    }

    /** A string that grew for nothing but failures is no change for anybody, as in redis-server; yet it is journalled. */
    private static void tell(Call call, boolean grows, boolean changed) {
        if (changed) {
            call.changed(call.key(), Event.SETBIT);
        } else if (grows) {
            call.effect(call.request());
        }
    }
}
