package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * DEBUG POPULATE: many strings at once. Memory for all of them is asked for before the first, so that it is bounded by
 * what the arenas may take; a million short ones take less than a second.
 */
final class DebugPopulate {
    private static final String RANGE = "ERR value is out of range, must be positive";
    private static final int KEY_BYTES_MAX = 127; // redis-server's buffer, which cuts longer ones
    private static final int BLOCK_BYTES = 40; // of a key beside its bytes: header, slot, rounding
    private static final int INLINE_BYTES_MAX = 1 << 16; // longer ones are made in place, not in the heap

    private final LongSupplier stringBytesMax;

    DebugPopulate(LongSupplier stringBytesMax) {
        this.stringBytesMax = stringBytesMax;
    }

    Reply run(Call call) {
        long count = positive(call.argument(2));
        long size = call.size() < 5 ? 0 : positive(call.argument(4));
        byte[] prefix = prefix(call.size() < 4 ? Bytes.of("key") : call.argument(3));
        if (size > stringBytesMax.getAsLong()) {
            throw new CommandError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        }
        reserve(call.database(), count, prefix.length + size);
        for (long i = 0; i < count; i++) {
            byte[] number = Long.toString(i).getBytes(StandardCharsets.ISO_8859_1);
            Bytes key = key(prefix, number);
            if (!call.database().exists(key)) {
                store(call.database(), key, number, (int) size);
                call.changed(key, Event.NEW);
            }
        }
        return Reply.Status.OK;
    }

    private static long positive(Bytes text) {
        long value = Args.toLong(text, RANGE);
        if (value < 0) {
            throw new CommandError(RANGE);
        }
        return value;
    }

    private static void reserve(Database database, long count, long bytesEach) {
        if (count > Integer.MAX_VALUE || bytesEach + BLOCK_BYTES > Long.MAX_VALUE / Math.max(1, count)) {
            throw CommandError.outOfMemory();
        }
        database.reserve((int) count, count * (bytesEach + BLOCK_BYTES));
    }

    private static byte[] prefix(Bytes given) {
        int end = 0;
        while (end < given.length() && end < KEY_BYTES_MAX && given.at(end) != 0) {
            end++;
        }
        byte[] prefix = Arrays.copyOf(given.toArray(), end + 1);
        prefix[end] = ':';
        return prefix;
    }

    private static Bytes key(byte[] prefix, byte[] number) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + number.length);
        System.arraycopy(number, 0, key, prefix.length, number.length);
        return Bytes.of(key.length <= KEY_BYTES_MAX ? key : Arrays.copyOf(key, KEY_BYTES_MAX));
    }

    private static void store(Database database, Bytes key, byte[] number, int size) {
        byte[] text =
                ("value:" + new String(number, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
        if (size <= INLINE_BYTES_MAX) {
            database.setString(key, Bytes.of(size == 0 ? text : Arrays.copyOf(text, size)), Database.NO_EXPIRY);
        } else {
            database.setString(key, Bytes.of(text), Database.NO_EXPIRY);
            database.writeString(key, size - 1, Bytes.of(new byte[1]));
        }
    }
}
