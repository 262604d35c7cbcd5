package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Category.DANGEROUS;
import static dev.sluice.broker.command.Category.KEYSPACE;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.AccessClock;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.broker.persist.CorruptRdbException;
import dev.sluice.broker.persist.Dump;
import dev.sluice.broker.persist.MemberTimes;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Values as bytes, in the form of Redis. */
final class DumpCommands {
    private static final Logger LOG = LoggerFactory.getLogger(DumpCommands.class);
    private static final CommandError BUSY = new CommandError("BUSYKEY Target key name already exists.");
    private static final CommandError NOT_INTACT = new CommandError("ERR DUMP payload version or checksum are wrong");
    private static final CommandError CORRUPT = new CommandError("ERR Bad data format");
    private static final Bytes RESTORE = Bytes.of("RESTORE");
    private static final Bytes REPLACE = Bytes.of("REPLACE");
    private static final Bytes ABSTTL = Bytes.of("ABSTTL");
    private static final int FREQUENCY_MAX = 255;
    private static final int NOT_GIVEN = -1;

    private final Settings settings;
    private final Persistence persistence;

    DumpCommands(Settings settings, Persistence persistence) {
        this.persistence = persistence;
        this.settings = settings;
    }

    List<Command> table() {
        return Group.GENERIC.rows(
                read("DUMP", 2, key(1, "RO", "access"))
                        .since("2.6.0")
                        .tips("nondeterministic_output")
                        .complexity("O(1) for the key and O(N) for N bytes of the value")
                        .says("The value of a key as bytes that RESTORE takes.")
                        .takes(key("key"))
                        .runs(this::dump),
                write("RESTORE", -4, key(1, "OW", "update"))
                        .since("2.6.0")
                        .flags(DENYOOM)
                        .categories(KEYSPACE, DANGEROUS)
                        .complexity(
                                "O(1) for the key and O(N) for N bytes of the value; O(N log(N)) for a sorted set of N members")
                        .changed("3.0.0", "REPLACE.")
                        .changed("5.0.0", "ABSTTL.")
                        .changed("5.0.0", "IDLETIME and FREQ.")
                        .says("Creates a key from the bytes that DUMP made.")
                        .takes(key("key"), integer("ttl"), string("serialized-value"))
                        .takes(word("replace", "REPLACE").since("3.0.0").optional())
                        .takes(word("absttl", "ABSTTL").since("5.0.0").optional())
                        .takes(integer("seconds")
                                .token("IDLETIME")
                                .since("5.0.0")
                                .optional())
                        .takes(integer("frequency").token("FREQ").since("5.0.0").optional())
                        .runs(this::restore));
    }

    private Reply dump(Call call) {
        Value value = call.database().value(call.key());
        return value == null ? Reply.Null.STRING : Dump.of(value, settings.isOn(Setting.RDBCOMPRESSION));
    }

    /** {@code idleSeconds} and {@code frequency} may be {@value #NOT_GIVEN}. */
    private record Restoring(boolean replace, boolean absoluteTtl, long idleSeconds, int frequency) {
        static Restoring parse(Args args) {
            boolean replace = false;
            boolean absoluteTtl = false;
            long idleSeconds = NOT_GIVEN;
            long frequency = NOT_GIVEN;
            while (args.hasNext()) {
                if (args.skip("REPLACE")) {
                    replace = true;
                } else if (args.skip("ABSTTL")) {
                    absoluteTtl = true;
                } else if (args.remaining() > 1 && frequency == NOT_GIVEN && args.skip("IDLETIME")) {
                    idleSeconds =
                            Args.toLong(args.next(), 0, Long.MAX_VALUE, "ERR Invalid IDLETIME value, must be >= 0");
                } else if (args.remaining() > 1 && idleSeconds == NOT_GIVEN && args.skip("FREQ")) {
                    frequency = Args.toLong(
                            args.next(), 0, FREQUENCY_MAX, "ERR Invalid FREQ value, must be >= 0 and <= 255");
                } else {
                    throw CommandError.syntax();
                }
            }
            return new Restoring(replace, absoluteTtl, idleSeconds, (int) frequency);
        }
    }

    private Reply restore(Call call) {
        Restoring options = Restoring.parse(call.args(4));
        Bytes key = call.key();
        Database database = call.database();
        if (!options.replace() && database.exists(key)) {
            throw BUSY;
        }
        long ttl = Args.toLong(call.argument(2), 0, Long.MAX_VALUE, "ERR Invalid TTL value, must be >= 0");
        Bytes payload = call.argument(3);
        if (!Dump.isIntact(payload, persistence.verifiesChecksums())) {
            throw NOT_INTACT;
        }
        long expireAt = ttl == 0 || options.absoluteTtl() ? ttl : ttl + call.now();
        try (Fresh<? extends Value> value = Dump.read(payload, database, key)) {
            if (ttl != 0 && call.isPast(expireAt)) {
                Effects.delete(call, key); // what comes back dead only takes away what was there
                return Reply.Status.OK;
            }
            if (ttl != 0) {
                value.expireAt(expireAt);
            }
            database.reserve(1, key.length());
            database.delete(key); // so that it is a new key
            value.store();
        } catch (CorruptRdbException corrupt) {
            LOG.warn("Internal error in RDB reading -> {}", corrupt.reason());
            throw CORRUPT;
        }
        mark(call, key, options);
        call.changed(key, Event.RESTORE);
        if (Dump.isNewer(payload)) {
            Value stored = Objects.requireNonNull(database.inspect(key));
            call.effect(restored(key, expireAt, Dump.withoutTimes(stored, false), options));
            MemberTimes.forEach(key, stored, times -> call.effect(times.detached()));
        } else if (ttl != 0 && !options.absoluteTtl()) {
            call.effect(restored(key, expireAt, payload, options));
        }
        return Reply.Status.OK;
    }

    private static Request restored(Bytes key, long expireAt, Bytes payload, Restoring options) {
        return options.replace()
                ? new Request(RESTORE, key, Bytes.of(expireAt), payload, REPLACE, ABSTTL)
                : new Request(RESTORE, key, Bytes.of(expireAt), payload, ABSTTL);
    }

    private static void mark(Call call, Bytes key, Restoring options) {
        AccessClock accesses = call.keyspace().accesses();
        if (accesses.countsFrequency()) {
            if (options.frequency() != NOT_GIVEN) {
                call.database().putAccessMark(key, accesses.counted(options.frequency()));
            }
        } else if (options.idleSeconds() != NOT_GIVEN) {
            call.database().putAccessMark(key, accesses.idle(options.idleSeconds()));
        }
    }
}
