package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * INCREX: a counter between bounds, with a time to live; what rate limiters are made of. After the documentation and the
 * test suite of Redis 8.8.
 */
final class IncrexCommand {
    static final List<Command> TABLE = Group.STRING.rows(write("INCREX", -2, key(1, "RW", "access", "update"))
            .since("8.8.0")
            .flags(DENYOOM, FAST)
            .complexity("O(1)")
            .says("Adds to the number under a key, within bounds, and sets its time to live if asked for.")
            .takes(
                    key("key"),
                    oneOf(
                                    "increment",
                                    number("float").token("BYFLOAT"),
                                    integer("integer").token("BYINT"))
                            .optional(),
                    word("saturate", "SATURATE").optional(),
                    string("lowerbound").token("LBOUND").optional(),
                    string("upperbound").token("UBOUND").optional(),
                    oneOf("expiration", Lifetime.options(word("persist", "PERSIST")))
                            .optional(),
                    word("enx", "ENX").optional())
            .runs(IncrexCommand::increx));

    private IncrexCommand() {}

    /** Each option at most once; numbers are read later, for what they are depends on BYFLOAT. */
    private static final class Options {
        private final Lifetime.Options lifetime;
        private @Nullable Bytes by;
        private @Nullable Bytes least;
        private @Nullable Bytes most;
        private boolean floating;
        private boolean saturates;
        private boolean onlyIfNone;

        Options(Call call) {
            lifetime = new Lifetime.Options(call);
            Args args = call.args(2);
            while (args.hasNext()) {
                if (by == null && args.skip("BYINT")) {
                    by = args.next();
                } else if (by == null && args.skip("BYFLOAT")) {
                    by = args.next();
                    floating = true;
                } else if (least == null && args.skip("LBOUND")) {
                    least = args.next();
                } else if (most == null && args.skip("UBOUND")) {
                    most = args.next();
                } else if (!saturates && args.skip("SATURATE")) {
                    saturates = true;
                } else if (!onlyIfNone && args.skip("ENX")) {
                    onlyIfNone = true;
                } else if (lifetime.isGiven() || !lifetime.take(args, "PERSIST")) {
                    throw CommandError.syntax();
                }
            }
            if (onlyIfNone && lifetime.isWord()) {
                throw CommandError.syntax();
            }
            if (onlyIfNone && !lifetime.isGiven()) {
                throw new CommandError("ERR ENX flag requires an expiration");
            }
        }

        void requireOrder(boolean ordered) {
            if (!ordered) {
                throw new CommandError("ERR LBOUND can't be greater than UBOUND");
            }
        }
    }

    private static Reply increx(Call call) {
        Options options = new Options(call);
        return options.floating ? floating(call, options) : whole(call, options);
    }

    private static Reply whole(Call call, Options options) {
        long by = whole(options.by, 1, "Increment");
        long least = whole(options.least, Long.MIN_VALUE, "LBOUND");
        long most = whole(options.most, Long.MAX_VALUE, "UBOUND");
        options.requireOrder(least <= most);
        Lifetime lifetime = options.lifetime.resolve();
        StringValue old = call.database().string(call.key());
        long value = old == null ? 0 : Args.toLong(old.numeral());
        long sum = value + by;
        boolean overflows = ((value ^ sum) & (by ^ sum)) < 0;
        boolean above = overflows ? by > 0 : sum > most;
        boolean below = overflows ? by < 0 : sum < least;
        if (above || below) {
            if (!options.saturates) {
                return Reply.array(Reply.integer(value), Reply.integer(0));
            }
            sum = above ? most : least;
        }
        long applied = sum - value;
        if (((sum ^ value) & (sum ^ applied)) < 0) {
            throw appliedOverflows();
        }
        store(call, Bytes.of(sum), false, lifetime, options.onlyIfNone);
        return Reply.array(Reply.integer(sum), Reply.integer(applied));
    }

    private static long whole(@Nullable Bytes text, long otherwise, String name) {
        return text == null ? otherwise : Args.toLong(text, "ERR " + name + " is not an integer or out of range");
    }

    private static Reply floating(Call call, Options options) {
        LongDouble by = floating(options.by, LongDouble.ZERO, "Increment");
        if (!by.isFinite()) {
            throw new CommandError("ERR BYFLOAT increment cannot be Infinity");
        }
        LongDouble least = floating(options.least, LongDouble.MAX.negate(), "LBOUND");
        LongDouble most = floating(options.most, LongDouble.MAX, "UBOUND");
        options.requireOrder(least.compareTo(most) <= 0);
        Lifetime lifetime = options.lifetime.resolve();
        StringValue old = call.database().string(call.key());
        LongDouble value = old == null ? LongDouble.ZERO : LongDouble.parse(old.bytes());
        if (!value.isFinite()) {
            throw new CommandError("ERR value cannot be Infinity");
        }
        LongDouble sum = value.plus(by);
        boolean above = sum.compareTo(most) > 0 || sum.equals(LongDouble.POSITIVE_INFINITY);
        if (above || sum.compareTo(least) < 0 || !sum.isFinite()) {
            if (!options.saturates) {
                return Reply.array(reply(call, value), reply(call, LongDouble.ZERO));
            }
            sum = above ? most : least;
        }
        LongDouble applied = sum.plus(value.negate());
        if (!applied.isFinite()) {
            throw appliedOverflows();
        }
        store(call, Bytes.of(sum.text()), true, lifetime, options.onlyIfNone);
        return Reply.array(reply(call, sum), reply(call, applied));
    }

    private static LongDouble floating(@Nullable Bytes text, LongDouble otherwise, String name) {
        return text == null ? otherwise : LongDouble.parse(text, "ERR " + name + " is not a valid float");
    }

    private static CommandError appliedOverflows() {
        return new CommandError("ERR applied increment would overflow");
    }

    private static Reply reply(Call call, LongDouble number) {
        return call.resp3() ? Reply.decimal(number.doubleValue()) : Bytes.of(number.text());
    }

    /** The effect is a SET that depends on nothing, or where the time is over already, a DEL. */
    private static void store(Call call, Bytes text, boolean floating, Lifetime lifetime, boolean onlyIfNone) {
        Database database = call.database();
        Bytes key = call.key();
        boolean had = database.expireAt(key) >= 0;
        boolean keeps = !lifetime.given() || onlyIfNone && had;
        if (!keeps && lifetime.expires() && call.isPast(lifetime.atMs())) {
            Effects.delete(call, call.key());
            return;
        }
        if (floating) {
            database.setTextKeepTtl(key, text);
        } else {
            database.setStringKeepTtl(key, text);
        }
        call.changed(key, floating ? Event.INCRBYFLOAT : Event.INCRBY);
        if (keeps) {
            call.effect(Effects.setKeepTtl(key, text));
        } else if (lifetime.expires()) {
            database.setExpireAt(key, lifetime.atMs());
            call.effect(Effects.set(key, text, lifetime.atMs()));
            call.changed(key, Event.EXPIRE);
        } else {
            call.effect(Effects.set(key, text));
            if (database.persist(key)) {
                call.changed(key, Event.PERSIST);
            }
        }
    }
}
