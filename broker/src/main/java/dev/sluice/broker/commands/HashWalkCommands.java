package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.pattern;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.HashValue;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** Hashes as a whole, at once or step by step. */
final class HashWalkCommands {
    private static final int FIELD_BYTES_EXPECTED = 32;
    private static final int REPLY_BYTES_EXPECTED_MAX = 1 << 20;

    private static final Reply NOTHING_SCANNED = Reply.array(Bytes.of("0"), Reply.Array.EMPTY);

    static final List<Command> TABLE = Group.HASH.rows(
            ofAll("HGETALL").says("All fields of a hash with their values.").runs(HashWalkCommands::hgetall),
            ofAll("HKEYS").says("All fields of a hash.").runs(HashWalkCommands::hkeys),
            ofAll("HVALS").says("The values of all fields of a hash.").runs(HashWalkCommands::hvals),
            read("HSCAN", -3, key(1, "RO", "access"))
                    .since("2.8.0")
                    .tips("nondeterministic_output")
                    .complexity("O(1) a call, O(N) for all N fields")
                    .says("Some fields of a hash with their values, and the cursor with which the next call goes on.")
                    .changed("7.4.0", "Option NOVALUES.")
                    .takes(key("key"), integer("cursor"))
                    .takes(pattern("pattern").token("MATCH").optional())
                    .takes(integer("count").token("COUNT").optional())
                    .takes(word("novalues", "NOVALUES").since("7.4.0").optional())
                    .runs(HashWalkCommands::hscan));

    private static Command ofAll(String name) {
        return read(name, 2, key(1, "RO", "access"))
                .since("2.0.0")
                .tips("nondeterministic_output_order")
                .complexity("O(N), N fields of the hash")
                .takes(key("key"));
    }

    private HashWalkCommands() {}

    /** An empty reply with room for so many fields or values. */
    static Packed replyOf(Packed.Kind kind, long items) {
        return new Packed(kind, (int) Math.min(items * FIELD_BYTES_EXPECTED, REPLY_BYTES_EXPECTED_MAX));
    }

    private static Reply hgetall(Call call) {
        HashValue hash = call.database().hash(call.key());
        if (hash == null) {
            return new Reply.Map(List.of());
        }
        Packed pairs = replyOf(Packed.Kind.MAP, 2 * hash.size());
        hash.forEach((array, field, fieldLength, value, valueLength) -> {
            pairs.add(array, field, fieldLength).add(array, value, valueLength);
            return true;
        });
        return pairs;
    }

    private static Reply hkeys(Call call) {
        HashValue hash = call.database().hash(call.key());
        if (hash == null) {
            return Reply.Array.EMPTY;
        }
        Packed fields = replyOf(Packed.Kind.ARRAY, hash.size());
        hash.forEach((array, field, fieldLength, value, valueLength) -> {
            fields.add(array, field, fieldLength);
            return true;
        });
        return fields;
    }

    private static Reply hvals(Call call) {
        HashValue hash = call.database().hash(call.key());
        if (hash == null) {
            return Reply.Array.EMPTY;
        }
        Packed values = replyOf(Packed.Kind.ARRAY, hash.size());
        hash.forEach((array, field, fieldLength, value, valueLength) -> {
            values.add(array, value, valueLength);
            return true;
        });
        return values;
    }

    private static Reply hscan(Call call) {
        long cursor = ScanOptions.cursor(call.argument(2));
        HashValue hash = call.database().hash(call.key());
        if (hash == null) {
            return NOTHING_SCANNED;
        }
        ScanOptions options = ScanOptions.ofFields(call.args(3));
        Packed found = Packed.array(256);
        long next = hash.scan(cursor, options.count(), (array, field, fieldLength, value, valueLength) -> {
            if (options.shows(Bytes.view(array, field, fieldLength))) {
                found.add(array, field, fieldLength);
                if (!options.noValues()) {
                    found.add(array, value, valueLength);
                }
            }
            return true;
        });
        return Reply.array(Bytes.of(Long.toUnsignedString(next)), found);
    }
}
