package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** LCS: what two strings have in common. */
final class LcsCommand {
    /** Whatever the setting says: a 32nd of this is taken. */
    private static final long TABLE_BYTES_MAX = 1L << 33;

    private static final Bytes MATCHES = Bytes.of("matches");
    private static final Bytes LEN = Bytes.of("len");

    private final LongSupplier tableBytesMax;

    /** @param tableBytesMax the setting proto-max-bulk-len, which also bounds what may be compared, as redis-server counts it */
    LcsCommand(LongSupplier tableBytesMax) {
        this.tableBytesMax = tableBytesMax;
    }

    List<Command> table() {
        return Group.STRING.rows(read("LCS", -3, keys(1, 1, 1, "RO", "access"))
                .since("7.0.0")
                .complexity("O(N*M), N and M bytes of the two strings")
                .says("The longest sequence of bytes that two strings have in common, or where it is in them.")
                .takes(
                        key("key1"),
                        key("key2"),
                        word("len", "LEN").optional(),
                        word("idx", "IDX").optional(),
                        integer("len").token("MINMATCHLEN").optional(),
                        word("withmatchlen", "WITHMATCHLEN").optional())
                .runs(this::lcs));
    }

    private record Options(boolean length, boolean indexes, long lengthMin, boolean withLengths) {
        static Options parse(Args args) {
            boolean length = false;
            boolean indexes = false;
            boolean withLengths = false;
            long lengthMin = 0;
            while (args.hasNext()) {
                if (args.skip("IDX")) {
                    indexes = true;
                } else if (args.skip("LEN")) {
                    length = true;
                } else if (args.skip("WITHMATCHLEN")) {
                    withLengths = true;
                } else if (args.skip("MINMATCHLEN")) {
                    lengthMin = args.nextLong();
                } else {
                    throw CommandError.syntax();
                }
            }
            if (length && indexes) {
                throw new CommandError("ERR If you want both the length and indexes, please just use IDX.");
            }
            return new Options(length, indexes, lengthMin, withLengths);
        }
    }

    private Reply lcs(Call call) {
        Value one = call.database().value(call.argument(1));
        Value other = call.database().value(call.argument(2));
        if (!isString(one) || !isString(other)) {
            throw new CommandError("ERR The specified keys must contain string values");
        }
        Options options = Options.parse(call.args(3));
        requireMemory(LongestCommonSubsequence.tableBytes(length(one), length(other)));
        LongestCommonSubsequence found = new LongestCommonSubsequence(bytes(one), bytes(other), !options.length());
        if (options.indexes()) {
            return indexes(found, options);
        }
        return options.length() ? Reply.integer(found.length()) : found.sequence();
    }

    private void requireMemory(long tableBytes) {
        if (tableBytes > tableBytesMax.getAsLong()) {
            throw new CommandError("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
        }
        if (tableBytes > TABLE_BYTES_MAX) {
            throw new CommandError("ERR Insufficient memory, failed allocating transient memory for LCS");
        }
    }

    private static boolean isString(@Nullable Value value) {
        return value == null || value instanceof StringValue;
    }

    private static int length(@Nullable Value value) {
        return value instanceof StringValue string ? string.length() : 0;
    }

    private static Bytes bytes(@Nullable Value value) {
        return value instanceof StringValue string ? string.bytes() : Bytes.EMPTY;
    }

    private static Reply indexes(LongestCommonSubsequence found, Options options) {
        List<Reply> matches = new ArrayList<>();
        found.stretches((oneFrom, oneTo, otherFrom, otherTo) -> {
            int length = oneTo - oneFrom + 1;
            if (length >= options.lengthMin()) {
                Reply inOne = Reply.array(Reply.integer(oneFrom), Reply.integer(oneTo));
                Reply inOther = Reply.array(Reply.integer(otherFrom), Reply.integer(otherTo));
                matches.add(
                        options.withLengths()
                                ? Reply.array(inOne, inOther, Reply.integer(length))
                                : Reply.array(inOne, inOther));
            }
        });
        return Reply.map(MATCHES, Reply.array(matches), LEN, Reply.integer(found.length()));
    }
}
