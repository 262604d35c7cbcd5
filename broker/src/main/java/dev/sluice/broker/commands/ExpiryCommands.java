package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.unixTime;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.NO_TOUCH;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** When keys go by themselves. */
final class ExpiryCommands {
    private static final Argument CONDITION = ExpiryCondition.ARGUMENT.since("7.0.0");

    static final List<Command> TABLE = Group.GENERIC.rows(
            expiring("EXPIRE")
                    .since("1.0.0")
                    .says("Gives a key a time to live in seconds.")
                    .takes(key("key"), integer("seconds"), CONDITION)
                    .runs(call -> expire(call, true, true)),
            expiring("PEXPIRE")
                    .since("2.6.0")
                    .says("Gives a key a time to live in milliseconds.")
                    .takes(key("key"), integer("milliseconds"), CONDITION)
                    .runs(call -> expire(call, false, true)),
            expiring("EXPIREAT")
                    .since("1.2.0")
                    .says("Lets a key live until a time, in seconds of Unix time.")
                    .takes(key("key"), unixTime("unix-time-seconds"), CONDITION)
                    .runs(call -> expire(call, true, false)),
            expiring("PEXPIREAT")
                    .since("2.6.0")
                    .says("Lets a key live until a time, in milliseconds of Unix time.")
                    .takes(key("key"), unixTime("unix-time-milliseconds"), CONDITION)
                    .runs(call -> expire(call, false, false)),
            write("PERSIST", 2, key(1, "RW", "update"))
                    .since("2.2.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Lets a key live for ever.")
                    .takes(key("key"))
                    .runs(ExpiryCommands::persist),
            asking("TTL")
                    .since("1.0.0")
                    .tips("nondeterministic_output")
                    .says("How many seconds a key has to live.")
                    .changed("2.8.0", "Answers -2 where there is no key.")
                    .runs(call -> seconds(left(call))),
            asking("PTTL")
                    .since("2.6.0")
                    .tips("nondeterministic_output")
                    .says("How many milliseconds a key has to live.")
                    .changed("2.8.0", "Answers -2 where there is no key.")
                    .runs(call -> Reply.integer(left(call))),
            asking("EXPIRETIME")
                    .since("7.0.0")
                    .says("Until when a key lives, in seconds of Unix time.")
                    .runs(call -> seconds(at(call))),
            asking("PEXPIRETIME")
                    .since("7.0.0")
                    .says("Until when a key lives, in milliseconds of Unix time.")
                    .runs(call -> Reply.integer(at(call))));

    private static Command expiring(String name) {
        return write(name, -3, key(1, "RW", "update"))
                .flags(FAST)
                .complexity("O(1)")
                .changed("7.0.0", "Options NX, XX, GT and LT.");
    }

    private static Command asking(String name) {
        return read(name, 2, key(1, "RO", "access"))
                .flags(FAST, NO_TOUCH)
                .complexity("O(1)")
                .takes(key("key"));
    }

    private ExpiryCommands() {}

    private static Reply expire(Call call, boolean seconds, boolean relative) {
        ExpiryCondition condition = ExpiryCondition.parse(call.args(3));
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
        if (call.isPast(atMs)) {
            Effects.delete(call, key);
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
        return Reply.integer(ms < 0 ? ms : ms / 1000 + (ms % 1000 >= 500 ? 1 : 0));
    }
}
