package dev.sluice.broker.commands;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.metric.InfoText;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Reply;

/** DEBUG OBJECT: a line about how a value is kept. */
final class DebugObject {
    private static final int DIGITS_MAX = 11; // longer texts are not stored as numbers in RDB
    private static final int SCORE_BYTES = 8;

    private DebugObject() {}

    static Reply describe(Call call) {
        Bytes key = call.argument(2);
        Value value = call.database().inspect(key);
        if (value == null) {
            throw CommandError.noSuchKey();
        }
        int mark = call.database().accessMark(key);
        return new Reply.Status("Value at:0x" + Long.toHexString(call.database().place(key)) + " refcount:1 encoding:"
                + value.encoding() + " serializedlength:" + serializedBytes(value) + " lru:" + mark
                + " lru_seconds_idle:" + call.keyspace().accesses().idleSeconds(mark)
                + (value instanceof ListValue list ? nodes(list, call) : ""));
    }

    private static String nodes(ListValue list, Call call) {
        long nodes = list.nodes();
        return " ql_nodes:" + nodes + " ql_avg_node:" + InfoText.decimal((double) list.size() / nodes, 2)
                + " ql_listpack_max:" + list.limits().listpackSize() + " ql_compressed:0 ql_uncompressed_size:"
                + list.bytes();
    }

    /** What the value takes in RDB in its plain form: elements one by one, nothing compressed. */
    private static long serializedBytes(Value value) {
        return switch (value) {
            case StringValue string ->
                string.length() <= DIGITS_MAX ? shortBytes(string.bytes()) : bytes(string.length());
            case ListValue list -> {
                long sum = lengthBytes(list.size());
                ListValue.Cursor cursor = list.cursor(0, false);
                while (cursor.next()) {
                    sum += bytes(cursor.element().length());
                }
                yield sum;
            }
            case SetValue set -> {
                long[] sum = {lengthBytes(set.size())};
                set.forEach((array, member, length, none, noLength) -> {
                    sum[0] += bytes(length);
                    return true;
                });
                yield sum[0];
            }
            case HashValue hash -> {
                long[] sum = {lengthBytes(hash.size())};
                hash.forEach((array, field, fieldLength, fieldValue, valueLength) -> {
                    sum[0] += bytes(fieldLength) + bytes(valueLength);
                    return true;
                });
                yield sum[0];
            }
            case SortedSet set -> {
                long[] sum = {lengthBytes(set.size())};
                set.range(0, set.size() - 1, false, (array, offset, length, score) -> {
                    sum[0] += bytes(length) + SCORE_BYTES;
                    return true;
                });
                yield sum[0];
            }
        };
    }

    private static long shortBytes(Bytes text) {
        if (!Numbers.isLong(text)) {
            return bytes(text.length());
        }
        long number = Numbers.toLong(text);
        return number == (byte) number
                ? 2
                : number == (short) number ? 3 : number == (int) number ? 5 : bytes(text.length());
    }

    private static long bytes(long length) {
        return lengthBytes(length) + length;
    }

    private static int lengthBytes(long length) {
        return length < 1 << 6 ? 1 : length < 1 << 14 ? 2 : length <= 0xffff_ffffL ? 5 : 9;
    }
}
