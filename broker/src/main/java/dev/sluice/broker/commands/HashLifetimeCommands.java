package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hashes, as Redis 8 has them: fields are read or set, and with the same call they go or get a time to live. */
final class HashLifetimeCommands {
    private static final Argument FIELDS =
            block("fields", integer("numfields"), string("field").multiple()).token("FIELDS");
    private static final Argument PAIRS = block(
                    "fields",
                    integer("numfields"),
                    block("data", string("field"), string("value")).multiple())
            .token("FIELDS");

    static final List<Command> TABLE = Group.HASH.rows(
            write("HGETDEL", -5, key(1, "RW", "access", "delete"))
                    .since("8.0.0")
                    .flags(FAST)
                    .complexity("O(N), N fields to take")
                    .says("Takes fields out of a hash and answers their values; removes the hash with the last one.")
                    .takes(key("key"), FIELDS)
                    .runs(HashLifetimeCommands::hgetdel),
            write("HGETEX", -5, key(1, "RW", "access", "update").notes("UPDATE stands for the time to live"))
                    .since("8.0.0")
                    .flags(FAST)
                    .complexity("O(N), N fields asked for")
                    .says("Values of fields of a hash, whose times to live are set or taken away if asked for.")
                    .takes(
                            key("key"),
                            oneOf("expiration", Lifetime.options(word("persist", "PERSIST")))
                                    .optional(),
                            FIELDS)
                    .runs(HashLifetimeCommands::hgetex),
            write("HSETEX", -6, key(1, "RW", "update"))
                    .since("8.0.0")
                    .flags(DENYOOM, FAST)
                    .complexity("O(N), N fields to set")
                    .says("Sets fields of a hash, on a condition and with a time to live if asked for.")
                    .takes(
                            key("key"),
                            oneOf("condition", word("fnx", "FNX"), word("fxx", "FXX"))
                                    .optional(),
                            oneOf("expiration", Lifetime.options(word("keepttl", "KEEPTTL")))
                                    .optional(),
                            PAIRS)
                    .runs(HashLifetimeCommands::hsetex));

    private HashLifetimeCommands() {}

    /** Reads FIELDS and the count; what is left then are the fields. */
    private static void count(Args args) {
        if (!args.skip("FIELDS")) {
            throw new CommandError("ERR Mandatory argument FIELDS is missing or not at the right position");
        }
        String refusal = "ERR Number of fields must be a positive integer";
        long count = Args.toLong(args.next(), refusal);
        if (count < 1) {
            throw new CommandError(refusal);
        }
        if (count != args.remaining()) {
            throw new CommandError("ERR The `numfields` parameter must match the number of arguments");
        }
    }

    private static Reply hgetdel(Call call) {
        HashValue hash = call.database().hash(call.key());
        Args args = call.args(2);
        count(args);
        int first = args.position();
        Packed values = HashCommands.valuesOf(args.remaining());
        boolean any = false;
        while (args.hasNext()) {
            Bytes field = args.next();
            Bytes value = hash == null ? null : hash.get(field);
            HashCommands.add(values, value);
            any |= hash != null && hash.remove(field);
        }
        if (hash != null && any) {
            call.effect(Effects.hdel(call.key(), call.request(), first));
            HashCommands.removed(call, hash);
        }
        return values;
    }

    /** What HGETEX does with the fields that it finds. */
    private sealed interface Turn {
        /** Returns whether that changed anything. */
        boolean on(HashValue hash, Bytes field);
    }

    private record Stays() implements Turn {
        @Override
        public boolean on(HashValue hash, Bytes field) {
            return false;
        }
    }

    private record Persists() implements Turn {
        @Override
        public boolean on(HashValue hash, Bytes field) {
            return hash.persistMember(field);
        }
    }

    private record Expires(long atMs) implements Turn {
        @Override
        public boolean on(HashValue hash, Bytes field) {
            hash.expireMemberAt(field, atMs);
            return true;
        }
    }

    /** Its time has come already. */
    private record Goes() implements Turn {
        @Override
        public boolean on(HashValue hash, Bytes field) {
            return hash.remove(field);
        }
    }

    private static Turn turn(Call call, Args args) {
        if (args.skip("PERSIST")) {
            return new Persists();
        }
        long atMs = expireAt(call, args, false);
        return atMs == Members.NO_EXPIRY ? new Stays() : atOnceOrAt(call, atMs);
    }

    private static Turn atOnceOrAt(Call call, long atMs) {
        return call.isPast(atMs) ? new Goes() : new Expires(atMs);
    }

    /** Reads a time to live, or a time of expiry, if that is what comes next; {@link Members#NO_EXPIRY}. */
    private static long expireAt(Call call, Args args, boolean timed) {
        boolean ex = args.skip("EX");
        boolean px = !ex && args.skip("PX");
        boolean exat = !ex && !px && args.skip("EXAT");
        boolean given = ex || px || exat || args.skip("PXAT");
        if (!given) {
            return Members.NO_EXPIRY;
        }
        checkOnly(timed);
        if (!args.hasNext()) {
            throw new CommandError("ERR missing expire time");
        }
        return MemberExpiryCommands.expireAt(call, args.next(), ex || exat, ex || px);
    }

    private static Reply hgetex(Call call) {
        HashValue hash = call.database().hash(call.key());
        Args args = call.args(2);
        Turn turn = turn(call, args);
        int rest = args.position();
        count(args);
        if (turn instanceof Expires) {
            call.database().reserve(call.size(), call.request().bytes());
        }
        Packed values = HashCommands.valuesOf(args.remaining());
        boolean any = false;
        while (args.hasNext()) {
            Bytes field = args.next();
            Bytes value = hash == null ? null : hash.get(field);
            HashCommands.add(values, value);
            any |= hash != null && value != null && turn.on(hash, field);
        }
        if (hash != null && any) {
            tell(call, hash, turn, rest);
        }
        return values;
    }

    private static void tell(Call call, HashValue hash, Turn turn, int rest) {
        Bytes key = call.key();
        switch (turn) {
            case Stays() -> {}
            case Persists() -> {
                call.database().membersExpire(key, hash);
                call.effect(Effects.hpersist(key, call.request(), rest));
                call.changed(key, Event.HPERSIST);
            }
            case Expires(var atMs) -> {
                call.database().membersExpire(key, hash);
                call.effect(Effects.hexpireAt(key, atMs, call.request(), rest));
                call.changed(key, Event.HEXPIRE);
            }
            case Goes() -> {
                call.effect(Effects.hdel(key, call.request(), rest + 2));
                HashCommands.removed(call, hash);
            }
        }
    }

    private enum Condition {
        NONE,
        NO_FIELD_IS_THERE,
        ALL_FIELDS_ARE_THERE
    }

    /** What HSETEX is told before the fields; the word FIELDS is at {@code rest}. */
    private record Options(Condition condition, boolean keepTtl, long atMs, int rest) {
        static Options parse(Call call) {
            Condition condition = Condition.NONE;
            boolean keepTtl = false;
            long atMs = Members.NO_EXPIRY;
            Args args = call.args(2);
            while (!args.skip("FIELDS")) {
                boolean timed = keepTtl || atMs != Members.NO_EXPIRY;
                if (args.skip("FNX")) {
                    condition = only(condition, Condition.NO_FIELD_IS_THERE);
                } else if (args.skip("FXX")) {
                    condition = only(condition, Condition.ALL_FIELDS_ARE_THERE);
                } else if (args.skip("KEEPTTL")) {
                    checkOnly(timed);
                    keepTtl = true;
                } else {
                    atMs = expireAt(call, args, timed);
                    if (atMs == Members.NO_EXPIRY) {
                        throw new CommandError(
                                "ERR unknown argument: " + args.next().toLatin1());
                    }
                }
            }
            checkCount(call, args);
            return new Options(condition, keepTtl, atMs, args.position() - 2);
        }

        private static Condition only(Condition known, Condition next) {
            if (known != Condition.NONE) {
                throw new CommandError("ERR Only one of FXX or FNX arguments can be specified");
            }
            return next;
        }

        private static void checkCount(Call call, Args args) {
            CommandError arity = new CommandError(
                    "ERR wrong number of arguments for '" + call.command().fullName() + "' command");
            if (args.remaining() < 2) {
                throw arity;
            }
            String refusal = "ERR invalid number of fields";
            long count = Args.toLong(args.next(), refusal);
            if (count < 1 || count > Integer.MAX_VALUE) {
                throw new CommandError(refusal);
            }
            if (args.remaining() != 2 * count) {
                throw arity;
            }
        }

        int pairs() {
            return rest + 2;
        }

        boolean hold(Call call, @Nullable HashValue hash) {
            if (condition == Condition.NONE) {
                return true;
            }
            boolean wanted = condition == Condition.ALL_FIELDS_ARE_THERE;
            for (int i = pairs(); i < call.size(); i += 2) {
                if ((hash != null && hash.has(call.argument(i))) != wanted) {
                    return false;
                }
            }
            return true;
        }
    }

    private static void checkOnly(boolean timed) {
        if (timed) {
            throw new CommandError("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
        }
    }

    private static Reply hsetex(Call call) {
        Options options = Options.parse(call);
        if (!options.hold(call, call.database().hash(call.key()))) {
            return Reply.integer(0);
        }
        call.database().reserve(2 * call.size(), 2 * call.request().bytes());
        HashValue hash = call.database().hashOrNew(call.key());
        for (int i = options.pairs(); i < call.size(); i += 2) {
            set(call, hash, i, options);
        }
        call.changed(call.key(), Event.HSET);
        if (options.atMs() == Members.NO_EXPIRY) {
            return Reply.integer(1);
        }
        if (!call.isPast(options.atMs())) {
            call.database().membersExpire(call.key(), hash);
            call.effect(Effects.hset(call.key(), options.atMs(), call.request(), options.rest()));
            call.changed(call.key(), Event.HEXPIRE);
        } else {
            call.effect(Effects.hdel(call.key(), fields(call, options.pairs())));
            HashCommands.removed(call, hash);
        }
        return Reply.integer(1);
    }

    private static void set(Call call, HashValue hash, int at, Options options) {
        Bytes field = call.argument(at);
        if (options.keepTtl()) {
            hash.putKeepTtl(field, call.argument(at + 1));
            return;
        }
        hash.put(field, call.argument(at + 1));
        if (options.atMs() != Members.NO_EXPIRY) {
            atOnceOrAt(call, options.atMs()).on(hash, field);
        }
    }

    private static List<Bytes> fields(Call call, int from) {
        List<Bytes> fields = new ArrayList<>();
        for (int i = from; i < call.size(); i += 2) {
            fields.add(call.argument(i));
        }
        return fields;
    }
}
