package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** When keys go by themselves. */
final class ExpiryCommands {
    static final List<Command> TABLE = List.of(
            write("EXPIRE", -3, key(1, "RW", "update")).flags(FAST).runs(call -> expire(call, true, true)),
            write("PEXPIRE", -3, key(1, "RW", "update")).flags(FAST).runs(call -> expire(call, false, true)),
            write("EXPIREAT", -3, key(1, "RW", "update")).flags(FAST).runs(call -> expire(call, true, false)),
            write("PEXPIREAT", -3, key(1, "RW", "update")).flags(FAST).runs(call -> expire(call, false, false)),
            write("PERSIST", 2, key(1, "RW", "update")).flags(FAST).runs(ExpiryCommands::persist),
            read("TTL", 2, key(1, "RO", "access")).flags(FAST).runs(call -> seconds(left(call))),
            read("PTTL", 2, key(1, "RO", "access")).flags(FAST).runs(call -> Reply.integer(left(call))),
            read("EXPIRETIME", 2, key(1, "RO", "access")).flags(FAST).runs(call -> seconds(at(call))),
            read("PEXPIRETIME", 2, key(1, "RO", "access")).flags(FAST).runs(call -> Reply.integer(at(call))));

    private ExpiryCommands() {}

    private record Condition(boolean nx, boolean xx, boolean gt, boolean lt) {
        static Condition parse(Args args) {
            boolean nx = false;
            boolean xx = false;
            boolean gt = false;
            boolean lt = false;
            while (args.hasNext()) {
                Bytes option = args.next();
                if (option.is("NX")) {
                    nx = true;
                } else if (option.is("XX")) {
                    xx = true;
                } else if (option.is("GT")) {
                    gt = true;
                } else if (option.is("LT")) {
                    lt = true;
                } else {
                    throw new CommandError("ERR Unsupported option " + option.toLatin1());
                }
            }
            if (nx && (xx || gt || lt)) {
                throw new CommandError("ERR NX and XX, GT or LT options at the same time are not compatible");
            }
            if (gt && lt) {
                throw new CommandError("ERR GT and LT options at the same time are not compatible");
            }
            return new Condition(nx, xx, gt, lt);
        }

        /** {@code current} is -1 where the key lives for ever, which is later than any time. */
        boolean allows(long current, long atMs) {
            boolean forever = current == Database.NO_EXPIRY;
            return !(nx && !forever)
                    && !(xx && forever)
                    && !(gt && (forever || atMs <= current))
                    && !(lt && !forever && atMs >= current);
        }
    }

    private static Reply expire(Call call, boolean seconds, boolean relative) {
        Condition condition = Condition.parse(call.args(3));
        long when = Args.toLong(call.argument(2));
        if (seconds) {
            if (when > Long.MAX_VALUE / 1000 || when < Long.MIN_VALUE / 1000) {
                throw invalidExpireTime(call);
            }
            when *= 1000;
        }
        if (relative) {
            if (when > Long.MAX_VALUE - call.now()) {
                throw invalidExpireTime(call);
            }
            when += call.now();
        }
        Bytes key = call.key();
        if (!call.database().exists(key) || !condition.allows(call.database().expireAt(key), when)) {
            return Reply.integer(0);
        }
        expireAt(call, key, when);
        return Reply.integer(1);
    }

    private static CommandError invalidExpireTime(Call call) {
        return new CommandError("ERR invalid expire time in '" + call.command().fullName() + "' command");
    }

    /** Lets an existing key expire at a time; at once if that has come. */
    static void expireAt(Call call, Bytes key, long atMs) {
        if (atMs <= call.now()) {
            call.database().delete(key);
            call.effect(Effects.del(key));
            call.changed(key, Event.DEL);
        } else {
            call.database().setExpireAt(key, atMs);
            call.effect(Effects.expireAt(key, atMs));
            call.changed(key, Event.EXPIRE);
        }
    }

    private static Reply persist(Call call) {
        if (!call.database().persist(call.key())) {
            return Reply.integer(0);
        }
        call.changed(call.key(), Event.PERSIST);
        return Reply.integer(1);
    }

    private static long at(Call call) {
        return call.database().expireAt(call.key());
    }

    private static long left(Call call) {
        long at = at(call);
        return at < 0 ? at : Math.max(0, at - call.now());
    }

    private static Reply seconds(long ms) {
        return Reply.integer(ms < 0 ? ms : (ms + 500) / 1000);
    }
}
