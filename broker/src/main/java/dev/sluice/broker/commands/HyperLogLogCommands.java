package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.MAY_REPLICATE;
import static dev.sluice.broker.command.Flag.SYSCMD;
import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.HyperLogLog;
import dev.sluice.broker.data.HyperLogLogSelfTest;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** HyperLogLogs: about how many distinct elements there were. They are strings, in Redis's own representation. */
final class HyperLogLogCommands {
    private final LongSupplier sparseBytesMax;

    /** @param sparseBytesMax the setting hll-sparse-max-bytes: what would be longer becomes dense */
    HyperLogLogCommands(LongSupplier sparseBytesMax) {
        this.sparseBytesMax = sparseBytesMax;
    }

    List<Command> table() {
        return Group.HYPERLOGLOG.rows(
                write("PFADD", -2, key(1, "RW", "insert"))
                        .since("2.8.9")
                        .flags(DENYOOM, FAST)
                        .complexity("O(1) for each element")
                        .says(
                                "Counts elements in, and tells whether that changed the estimate. Creates the key if it is missing.")
                        .takes(key("key"), string("element").optional().multiple())
                        .runs(this::pfadd),
                read(
                                "PFCOUNT",
                                -2,
                                keys(1, -1, 1, "RW", "access")
                                        .notes("written to where the cardinality is computed, which is kept with it"))
                        .since("2.8.9")
                        .flags(MAY_REPLICATE)
                        .complexity("O(1) for one key, less if it was counted before; O(N) for N keys")
                        .says(
                                "About how many distinct elements were counted in under a key, or under several together.")
                        .takes(key("key").multiple())
                        .runs(HyperLogLogCommands::pfcount),
                write("PFMERGE", -2, key(1, "RW", "access", "insert"), keys(2, -1, 1, "RO", "access"))
                        .since("2.8.9")
                        .flags(DENYOOM)
                        .complexity("O(N), N keys")
                        .says("Counts into the first key whatever was counted into the others.")
                        .takes(key("destkey"), key("sourcekey", 1).multiple())
                        .runs(this::pfmerge),
                write("PFDEBUG", 3, key(2, "RW", "access"))
                        .since("2.8.9")
                        .flags(ADMIN, DENYOOM, SYSCMD)
                        .complexity("N/A")
                        .says("Shows the representation of a HyperLogLog, or makes it dense.")
                        .takes(string("subcommand"), key("key"))
                        .runs(HyperLogLogCommands::pfdebug),
                control("PFSELFTEST", 1)
                        .since("2.8.9")
                        .flags(ADMIN, SYSCMD)
                        .complexity("N/A")
                        .says("Tests the arithmetic of HyperLogLogs.")
                        .runs(call -> pfselftest()));
    }

    private Reply pfadd(Call call) {
        StringValue stored = call.database().string(call.key());
        HyperLogLog counted = stored == null ? HyperLogLog.empty() : HyperLogLog.copyOf(stored);
        boolean changed = stored == null;
        for (int i = 2; i < call.size(); i++) {
            try {
                changed |= counted.add(call.argument(i), sparseBytesMax.getAsLong());
            } catch (CommandError corrupted) {
                if (changed) {
                    keepFirst(call, i, stored, counted);
                }
                return corrupted.reply();
            }
        }
        if (changed) {
            counted.expireCardinality();
            store(call, call.key(), stored, counted);
            call.changed(call.key(), Event.PFADD);
        } else {
            rawFrom(call, call.key(), stored);
        }
        return Reply.integer(changed ? 1 : 0);
    }

    /** What was counted in before it showed that the rest is corrupted stays, as in Redis. */
    private static void keepFirst(Call call, int end, @Nullable StringValue stored, HyperLogLog counted) {
        store(call, call.key(), stored, counted);
        Bytes[] words = new Bytes[end];
        for (int i = 0; i < end; i++) {
            words[i] = call.argument(i);
        }
        call.effect(new Request(words));
    }

    private static Reply pfcount(Call call) {
        if (call.size() > 2) {
            byte[] registers = new byte[HyperLogLog.REGISTERS];
            for (int i = 1; i < call.size(); i++) {
                StringValue stored = call.database().string(call.argument(i));
                if (stored != null) {
                    HyperLogLog.copyOf(stored).addTo(registers);
                }
            }
            return Reply.integer(HyperLogLog.cardinality(registers));
        }
        StringValue stored = call.database().string(call.key());
        return Reply.integer(stored == null ? 0 : cardinality(call, stored));
    }

    private static long cardinality(Call call, StringValue stored) {
        HyperLogLog counted = HyperLogLog.copyOf(stored);
        long known = counted.knownCardinality();
        if (known >= 0) {
            rawFrom(call, call.key(), stored);
            return known;
        }
        long cardinality = counted.computeCardinality();
        store(call, call.key(), stored, counted);
        call.changed(call.key(), Event.UNTOLD);
        return cardinality;
    }

    private Reply pfmerge(Call call) {
        byte[] registers = new byte[HyperLogLog.REGISTERS];
        boolean dense = false;
        call.keyspace().countHits(true);
        for (int i = 1; i < call.size(); i++) {
            StringValue source = call.database().string(call.argument(i));
            if (source != null) {
                HyperLogLog counted = HyperLogLog.copyOf(source);
                counted.addTo(registers);
                dense |= counted.isDense();
            }
        }
        call.keyspace().countHits(false);
        StringValue stored = call.database().string(call.key());
        HyperLogLog merged = stored == null ? HyperLogLog.empty() : HyperLogLog.copyOf(stored);
        if (dense) {
            merged.toDense();
        }
        merged.addAll(registers, sparseBytesMax.getAsLong());
        merged.expireCardinality();
        store(call, call.key(), stored, merged);
        call.changed(call.key(), Event.PFADD);
        return Reply.ok();
    }

    private static Reply pfdebug(Call call) {
        Bytes key = call.argument(2);
        StringValue stored = call.database().string(key);
        if (stored == null) {
            throw new CommandError("ERR The specified key does not exist");
        }
        HyperLogLog counted = HyperLogLog.copyOf(stored);
        Bytes what = call.argument(1);
        if (what.is("GETREG")) {
            byte[] registers = counted.registers();
            toDense(call, key, stored, counted);
            return numbers(registers);
        }
        if (what.is("TODENSE")) {
            return Reply.integer(toDense(call, key, stored, counted) ? 1 : 0);
        }
        rawFrom(call, key, stored);
        if (what.is("DECODE")) {
            String decoded = counted.decoded();
            if (decoded == null) {
                throw new CommandError("ERR HLL encoding is not sparse");
            }
            return Bytes.of(decoded);
        }
        if (what.is("ENCODING")) {
            return new Reply.Status(counted.isDense() ? "dense" : "sparse");
        }
        throw new CommandError("ERR Unknown PFDEBUG subcommand '" + what + "'");
    }

    /** Whether it was sparse. That it is dense now is no news to anybody but the journal. */
    private static boolean toDense(Call call, Bytes key, StringValue stored, HyperLogLog counted) {
        if (counted.isDense()) {
            return false;
        }
        counted.toDense();
        store(call, key, stored, counted);
        call.effect(call.request());
        return true;
    }

    private static Reply numbers(byte[] values) {
        List<Reply> numbers = new ArrayList<>(values.length);
        for (byte value : values) {
            numbers.add(Reply.integer(value));
        }
        return Reply.array(numbers);
    }

    private Reply pfselftest() {
        String failure = HyperLogLogSelfTest.failure(sparseBytesMax.getAsLong());
        return failure == null ? Reply.ok() : Reply.error("ERR TESTFAILED " + failure);
    }

    /** In place of what is there, of which the time to live stays. */
    private static void store(Call call, Bytes key, @Nullable StringValue old, HyperLogLog counted) {
        Bytes bytes = counted.bytes();
        if (old != null && old.length() > bytes.length()) {
            call.database().setStringKeepTtl(key, bytes);
            rawFrom(call, key, call.database().string(key));
        } else {
            StringValue place = old != null && old.isRaw() && old.length() == bytes.length()
                    ? old
                    : call.database().rawString(key, bytes.length());
            place.put(0, bytes.array(), bytes.offset(), bytes.length());
        }
    }

    /** As Redis does with one that it may write to, even if it does not. */
    private static void rawFrom(Call call, Bytes key, @Nullable StringValue stored) {
        if (stored != null && !stored.isRaw()) {
            call.database().rawString(key, stored.length());
        }
    }
}
