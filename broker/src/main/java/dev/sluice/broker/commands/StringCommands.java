package dev.sluice.broker.commands;

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
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Strings as a whole, one at a time: get, set, and both at once. */
final class StringCommands {
    private static final KeySpec SET_KEY =
            key(1, "RW", "access", "update", "variable_flags").notes("read only where GET asks for the old value");
    private static final Argument SET_CONDITION = oneOf(
                    "condition",
                    Stream.concat(
                                    Stream.of(word("nx", "NX"), word("xx", "XX")),
                                    StringCondition.arguments("8.4.0").stream())
                            .toArray(Argument[]::new))
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

    static final List<Command> TABLE = Group.STRING.rows(
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
                    .changed("8.4.0", "Options IFEQ, IFNE, IFDEQ and IFDNE.")
                    .takes(key("key"), string("value"), SET_CONDITION, SET_GET, SET_EXPIRATION)
                    .keyFlags(StringCommands::keyFlags)
                    .runs(StringCommands::set),
            write("SETNX", 3, key(1, "OW", "insert"))
                    .since("1.0.0")
                    .flags(DENYOOM, FAST)
                    .complexity("O(1)")
                    .says("Stores a string under a key, unless the key is there.")
                    .takes(key("key"), string("value"))
                    .runs(StringCommands::setnx),
            write("SETEX", 4, key(1, "OW", "update"))
                    .since("2.0.0")
                    .flags(DENYOOM)
                    .complexity("O(1)")
                    .says("Stores a string under a key, with a time to live in seconds.")
                    .takes(key("key"), integer("seconds"), string("value"))
                    .runs(call -> setex(call, true)),
            write("PSETEX", 4, key(1, "OW", "update"))
                    .since("2.6.0")
                    .flags(DENYOOM)
                    .complexity("O(1)")
                    .says("Stores a string under a key, with a time to live in milliseconds.")
                    .takes(key("key"), integer("milliseconds"), string("value"))
                    .runs(call -> setex(call, false)),
            write("GETSET", 3, key(1, "RW", "access", "update"))
                    .since("1.0.0")
                    .deprecated("6.2.0", "`SET` with the `!GET` argument")
                    .flags(DENYOOM, FAST)
                    .complexity("O(1)")
                    .says("Stores a string under a key, and returns the one that was there.")
                    .takes(key("key"), string("value"))
                    .runs(StringCommands::getset),
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
                    .takes(
                            key("key"),
                            oneOf("expiration", Lifetime.options(word("persist", "PERSIST")))
                                    .optional())
                    .runs(StringCommands::getex));

    private StringCommands() {}

    private static Reply get(Call call) {
        StringValue value = call.database().string(call.key());
        return value == null ? Reply.Null.STRING : value.bytes();
    }

    /** As {@link #get} in a command that writes as well: what it reads counts as a hit or a miss, what it writes not. */
    private static Reply getCounted(Call call) {
        call.keyspace().countHits(true);
        Reply value = get(call);
        call.keyspace().countHits(false);
        return value;
    }

    private record SetOptions(@Nullable StringCondition condition, boolean get, Lifetime lifetime) {
        private static final SetOptions PLAIN = new SetOptions(null, false, Lifetime.NONE);

        static SetOptions parse(Call call) {
            if (call.size() == 3) {
                return PLAIN;
            }
            StringCondition condition = null;
            boolean get = false;
            Lifetime.Options lifetime = new Lifetime.Options(call);
            Args args = call.args(3);
            while (args.hasNext()) {
                StringCondition next = StringCondition.next(args, condition);
                if (next != null) {
                    condition = next;
                } else if (args.skip("GET")) {
                    get = true;
                } else if (!lifetime.take(args, "KEEPTTL")) {
                    throw CommandError.syntax();
                }
            }
            return new SetOptions(condition, get, lifetime.resolve());
        }
    }

    /** A SET that answers with the old value reads it. */
    private static List<String> keyFlags(Request request) {
        for (int i = 3; i < request.size(); i++) {
            if (request.argument(i).is("GET")) {
                return List.of("RW", "access", "update");
            }
        }
        return List.of("OW", "update");
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
        Reply old = options.get() ? getCounted(call) : Reply.Null.STRING;
        StringCondition condition = options.condition();
        if (condition != null && !condition.holds(call.database(), call.key())) {
            return old;
        }
        store(call, call.key(), call.argument(2), options.lifetime());
        return options.get() ? old : Reply.Status.OK;
    }

    /** Stores a string, and says so: the effect is a SET that depends on nothing. */
    static void store(Call call, Bytes key, Bytes value, Lifetime lifetime) {
        if (lifetime.keep()) {
            call.database().setStringKeepTtl(key, value);
            call.effect(Effects.setKeepTtl(key, value));
        } else if (lifetime.expires()) {
            call.database().setString(key, value, lifetime.atMs());
            call.effect(Effects.set(key, value, lifetime.atMs()));
        } else {
            call.database().setString(key, value, Database.NO_EXPIRY);
            call.effect(Effects.set(key, value));
        }
        call.changed(key, Event.SET);
        if (lifetime.expires()) {
            call.changed(key, Event.EXPIRE);
        }
    }

    private static Reply setnx(Call call) {
        if (call.database().exists(call.key())) {
            return Reply.integer(0);
        }
        call.database().setString(call.key(), call.argument(2), Database.NO_EXPIRY);
        call.changed(call.key(), Event.SET);
        return Reply.integer(1);
    }

    private static Reply setex(Call call, boolean seconds) {
        store(call, call.key(), call.argument(3), Lifetime.fromNow(call, call.argument(2), seconds));
        return Reply.Status.OK;
    }

    private static Reply getset(Call call) {
        Reply old = getCounted(call);
        store(call, call.key(), call.argument(2), Lifetime.NONE);
        return old;
    }

    private static Reply getdel(Call call) {
        Reply value = getCounted(call);
        if (value instanceof Bytes) {
            Effects.delete(call, call.key());
        }
        return value;
    }

    private static Reply getex(Call call) {
        Lifetime.Options options = new Lifetime.Options(call);
        Args args = call.args(2);
        while (args.hasNext()) {
            if (!options.take(args, "PERSIST")) {
                throw CommandError.syntax();
            }
        }
        Reply value = getCounted(call);
        if (!(value instanceof Bytes)) {
            return value;
        }
        Lifetime lifetime = options.resolve();
        if (lifetime.persist()) {
            if (call.database().persist(call.key())) {
                call.effect(Effects.persist(call.key()));
                call.changed(call.key(), Event.PERSIST);
            }
        } else if (lifetime.expires()) {
            ExpiryCommands.expireAt(call, call.key(), lifetime.atMs());
        }
        return value;
    }
}
