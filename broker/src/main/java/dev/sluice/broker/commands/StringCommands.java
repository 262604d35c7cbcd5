package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.unixTime;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.KeySpec;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Strings: get, set, count. */
final class StringCommands {
    private static final Bytes SET = Bytes.of("SET");
    private static final Bytes PXAT = Bytes.of("PXAT");
    private static final Bytes KEEPTTL = Bytes.of("KEEPTTL");

    private static final KeySpec SET_KEY =
            key(1, "RW", "access", "update", "variable_flags").notes("read only where GET asks for the old value");
    private static final Argument SET_CONDITION = oneOf("condition", word("nx", "NX"), word("xx", "XX"))
            .since("2.6.12")
            .optional();
    private static final Argument SET_GET = word("get", "GET").since("6.2.0").optional();
    private static final Argument SET_EXPIRATION = oneOf(
                    "expiration",
                    integer("seconds").token("EX").since("2.6.12"),
                    integer("milliseconds").token("PX").since("2.6.12"),
                    unixTime("unix-time-seconds").token("EXAT").since("6.2.0"),
                    unixTime("unix-time-milliseconds").token("PXAT").since("6.2.0"),
                    word("keepttl", "KEEPTTL").since("6.0.0"))
            .optional();
    private static final Argument GETEX_EXPIRATION = oneOf(
                    "expiration",
                    integer("seconds").token("EX"),
                    integer("milliseconds").token("PX"),
                    unixTime("unix-time-seconds").token("EXAT"),
                    unixTime("unix-time-milliseconds").token("PXAT"),
                    word("persist", "PERSIST"))
            .optional();

    private final LongSupplier stringBytesMax;

    /** @param stringBytesMax the setting proto-max-bulk-len, which also bounds what APPEND may make */
    StringCommands(LongSupplier stringBytesMax) {
        this.stringBytesMax = stringBytesMax;
    }

    List<Command> table() {
        return Group.STRING.rows(
                read("GET", 2, key(1, "RO", "access"))
                        .since("1.0.0")
                        .flags(FAST)
                        .complexity("O(1)")
                        .says("The string under a key.")
                        .takes(key("key"))
                        .runs(StringCommands::get),
                write("SET", -3, SET_KEY)
                        .since("1.0.0")
                        .flags(DENYOOM)
                        .complexity("O(1)")
                        .says(
                                "Stores a string under a key, whatever was there, on a condition and with a time to live if asked for.")
                        .changed("2.6.12", "Options EX, PX, NX and XX.")
                        .changed("6.0.0", "Option KEEPTTL.")
                        .changed("6.2.0", "Options GET, EXAT and PXAT.")
                        .changed("7.0.0", "NX and GET go together.")
                        .takes(key("key"), string("value"), SET_CONDITION, SET_GET, SET_EXPIRATION)
                        .runs(StringCommands::set),
                write("GETDEL", 2, key(1, "RW", "access", "delete"))
                        .since("6.2.0")
                        .flags(FAST)
                        .complexity("O(1)")
                        .says("The string under a key, which is removed.")
                        .takes(key("key"))
                        .runs(StringCommands::getdel),
                write("GETEX", -2, key(1, "RW", "access", "update").notes("UPDATE stands for the time to live"))
                        .since("6.2.0")
                        .flags(FAST)
                        .complexity("O(1)")
                        .says("The string under a key, whose time to live is set or taken away if asked for.")
                        .takes(key("key"), GETEX_EXPIRATION)
                        .runs(StringCommands::getex),
                read("MGET", -2, keys(1, -1, 1, "RO", "access"))
                        .since("1.0.0")
                        .flags(FAST)
                        .tips("request_policy:multi_shard")
                        .complexity("O(N), N keys")
                        .says("The strings under several keys.")
                        .takes(key("key").multiple())
                        .runs(StringCommands::mget),
                write("MSET", -3, keys(1, -1, 2, "OW", "update"))
                        .since("1.0.1")
                        .flags(DENYOOM)
                        .tips("request_policy:multi_shard", "response_policy:all_succeeded")
                        .complexity("O(N), N keys")
                        .says("Stores several strings at once, whatever was there.")
                        .takes(block("key_value", key("key"), string("value")).multiple())
                        .runs(StringCommands::mset),
                counter("INCR", 2)
                        .says("Adds one to the whole number under a key; a key that is missing counts as 0.")
                        .takes(key("key"))
                        .runs(call -> add(call, 1)),
                counter("DECR", 2)
                        .says("Takes one from the whole number under a key; a key that is missing counts as 0.")
                        .takes(key("key"))
                        .runs(call -> add(call, -1)),
                counter("INCRBY", 3)
                        .says("Adds to the whole number under a key; a key that is missing counts as 0.")
                        .takes(key("key"), integer("increment"))
                        .runs(call -> add(call, Args.toLong(call.argument(2)))),
                counter("DECRBY", 3)
                        .says("Takes from the whole number under a key; a key that is missing counts as 0.")
                        .takes(key("key"), integer("decrement"))
                        .runs(StringCommands::decrby),
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
                        .runs(StringCommands::strlen));
    }

    private static Command counter(String name, int arity) {
        return write(name, arity, key(1, "RW", "access", "update"))
                .since("1.0.0")
                .flags(DENYOOM, FAST)
                .complexity("O(1)");
    }

    private static Reply get(Call call) {
        StringValue value = call.database().string(call.key());
        return value == null ? Reply.Null.STRING : value.bytes();
    }

    /** What SET and GETEX are told about the time to live. */
    private record Lifetime(boolean given, boolean keep, boolean persist, long atMs) {
        static final Lifetime NONE = new Lifetime(false, false, false, Database.NO_EXPIRY);
        static final Lifetime KEEP = new Lifetime(true, true, false, Database.NO_EXPIRY);
        static final Lifetime PERSIST = new Lifetime(true, false, true, Database.NO_EXPIRY);
    }

    private record SetOptions(boolean nx, boolean xx, boolean get, Lifetime lifetime) {
        private static final SetOptions PLAIN = new SetOptions(false, false, false, Lifetime.NONE);

        static SetOptions parse(Call call) {
            if (call.size() == 3) {
                return PLAIN;
            }
            boolean nx = false;
            boolean xx = false;
            boolean get = false;
            PendingLifetime lifetime = new PendingLifetime(call);
            Args args = call.args(3);
            while (args.hasNext()) {
                if (!xx && args.skip("NX")) {
                    nx = true;
                } else if (!nx && args.skip("XX")) {
                    xx = true;
                } else if (args.skip("GET")) {
                    get = true;
                } else if (!lifetime.take(args, "KEEPTTL")) {
                    throw CommandError.syntax();
                }
            }
            return new SetOptions(nx, xx, get, lifetime.resolve());
        }
    }

    /** Options of time to live while they are read: at most one of them, checked for syntax before for its number. */
    private static final class PendingLifetime {
        private final Call call;
        private @Nullable Bytes number;
        private boolean seconds;
        private boolean relative;
        private boolean word;
        private @Nullable String taken;

        PendingLifetime(Call call) {
            this.call = call;
        }

        /** Takes one option; {@code wordOption} is the one without a number that this command knows. */
        boolean take(Args args, String wordOption) {
            if (option(args, wordOption)) {
                word = true;
                return true;
            }
            if (option(args, "EX")) {
                return number(args, true, true);
            }
            if (option(args, "PX")) {
                return number(args, false, true);
            }
            if (option(args, "EXAT")) {
                return number(args, true, false);
            }
            return option(args, "PXAT") && number(args, false, false);
        }

        /** The same option again is fine with Redis, and the last one counts; another one is not. */
        private boolean option(Args args, String option) {
            if ((taken == null || taken.equals(option)) && args.skip(option)) {
                taken = option;
                return true;
            }
            return false;
        }

        private boolean number(Args args, boolean inSeconds, boolean fromNow) {
            number = args.next();
            seconds = inSeconds;
            relative = fromNow;
            return true;
        }

        Lifetime resolve() {
            if (word) {
                return "PERSIST".equals(taken) ? Lifetime.PERSIST : Lifetime.KEEP;
            }
            if (number == null) {
                return Lifetime.NONE;
            }
            long value = Args.toLong(number);
            if (value <= 0 || seconds && value > Long.MAX_VALUE / 1000) {
                throw invalidExpireTime(call);
            }
            long ms = seconds ? value * 1000 : value;
            long at = relative ? ms + call.now() : ms;
            if (at <= 0) {
                throw invalidExpireTime(call);
            }
            return new Lifetime(true, false, false, at);
        }
    }

    private static CommandError invalidExpireTime(Call call) {
        return new CommandError("ERR invalid expire time in '" + call.command().fullName() + "' command");
    }

    private static Reply set(Call call) {
        SetOptions options = SetOptions.parse(call);
        if (options == SetOptions.PLAIN) {
            call.database().setString(call.key(), call.argument(2), Database.NO_EXPIRY);
            call.changed(call.key(), Event.SET);
            return Reply.Status.OK;
        }
        return set(call, options);
    }

    private static Reply set(Call call, SetOptions options) {
        Database database = call.database();
        Bytes key = call.key();
        Reply old = options.get() ? get(call) : Reply.Null.STRING;
        if ((options.nx() || options.xx()) && database.exists(key) == options.nx()) {
            return old;
        }
        Lifetime lifetime = options.lifetime();
        if (lifetime.keep()) {
            database.setStringKeepTtl(key, call.argument(2));
            call.effect(new Request(SET, key, call.argument(2), KEEPTTL));
        } else if (lifetime.given()) {
            database.setString(key, call.argument(2), lifetime.atMs());
            call.effect(new Request(SET, key, call.argument(2), PXAT, Bytes.of(lifetime.atMs())));
        } else {
            database.setString(key, call.argument(2), Database.NO_EXPIRY);
            call.effect(new Request(SET, key, call.argument(2)));
        }
        call.changed(key, Event.SET);
        if (lifetime.given() && !lifetime.keep()) {
            call.changed(key, Event.EXPIRE);
        }
        return options.get() ? old : Reply.Status.OK;
    }

    private static Reply getdel(Call call) {
        Reply value = get(call);
        if (value instanceof Bytes) {
            call.database().delete(call.key());
            call.effect(Effects.del(call.key()));
            call.changed(call.key(), Event.DEL);
        }
        return value;
    }

    private static Reply getex(Call call) {
        PendingLifetime pending = new PendingLifetime(call);
        Args args = call.args(2);
        while (args.hasNext()) {
            if (!pending.take(args, "PERSIST")) {
                throw CommandError.syntax();
            }
        }
        Reply value = get(call);
        if (!(value instanceof Bytes)) {
            return value;
        }
        Lifetime lifetime = pending.resolve();
        if (lifetime.persist()) {
            if (call.database().persist(call.key())) {
                call.effect(Effects.persist(call.key()));
                call.changed(call.key(), Event.PERSIST);
            }
        } else if (lifetime.given()) {
            ExpiryCommands.expireAt(call, call.key(), lifetime.atMs());
        }
        return value;
    }

    private static Reply mget(Call call) {
        Packed values = Packed.array(call.size() * 64);
        for (int i = 1; i < call.size(); i++) {
            if (call.database().value(call.argument(i)) instanceof StringValue value) {
                value.addTo(values);
            } else {
                values.addNull();
            }
        }
        return values;
    }

    private static Reply mset(Call call) {
        if (call.size() % 2 == 0) {
            throw new CommandError("ERR wrong number of arguments for 'mset' command");
        }
        for (int i = 1; i < call.size(); i += 2) {
            call.database().setString(call.argument(i), call.argument(i + 1), Database.NO_EXPIRY);
            call.changed(call.argument(i), Event.SET);
        }
        return Reply.Status.OK;
    }

    private static Reply decrby(Call call) {
        long by = Args.toLong(call.argument(2));
        if (by == Long.MIN_VALUE) {
            throw new CommandError("ERR decrement would overflow");
        }
        return add(call, -by);
    }

    private static Reply add(Call call, long by) {
        StringValue old = call.database().string(call.key());
        long value = old == null ? 0 : Args.toLong(old.bytes());
        if (by < 0 ? value < Long.MIN_VALUE - by : value > Long.MAX_VALUE - by) {
            throw new CommandError("ERR increment or decrement would overflow");
        }
        long sum = value + by;
        call.database().setStringKeepTtl(call.key(), Bytes.of(sum));
        call.changed(call.key(), Event.INCRBY);
        return Reply.integer(sum);
    }

    private Reply append(Call call) {
        StringValue old = call.database().string(call.key());
        Bytes tail = call.argument(2);
        long length = (old == null ? 0 : old.length()) + (long) tail.length();
        if (old != null && length > stringBytesMax.getAsLong()) {
            throw new CommandError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        }
        call.database().append(call.key(), tail);
        call.changed(call.key(), Event.APPEND);
        return Reply.integer(length);
    }

    private static Reply strlen(Call call) {
        StringValue value = call.database().string(call.key());
        return Reply.integer(value == null ? 0 : value.length());
    }
}
