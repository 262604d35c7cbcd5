package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.BLOCKING;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.Timeout;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Lock;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Locks with a lease and a fencing token; our addition. Who waits gets the lock in the order of asking, as soon as the
 * owner has unlocked or its lease is over. What a lock can promise, and what needs the token, is in the README of the
 * module.
 */
final class LockCommands {
    private static final Bytes OWNER = Bytes.of("owner");
    private static final Bytes TOKEN = Bytes.of("token");
    private static final Bytes LEASE_MS = Bytes.of("lease-ms");
    private static final Bytes WAITING = Bytes.of("waiting");

    private static final String SINCE = "7.2.4"; // with the first Sluice
    private static final long NONE = -1;
    private static final long LEASE_MS_MAX = Long.MAX_VALUE / 2; // so that its end is a time

    static final List<Command> TABLE = Group.GENERIC.rows(
            write("LOCK", -5, key(1, "RW", "access", "update"))
                    .since(SINCE)
                    .flags(DENYOOM, FAST, BLOCKING)
                    .complexity("O(1)")
                    .says("Takes a lock for so long, or waits for it, and returns its fencing token.")
                    .takes(
                            key("key"),
                            string("owner"),
                            integer("milliseconds").token("LEASE"),
                            integer("milliseconds").token("WAIT").optional())
                    .runs(LockCommands::lock),
            write("RELOCK", 5, key(1, "RW", "access", "update"))
                    .since(SINCE)
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Renews the lease of a lock that the owner still holds, and returns its fencing token.")
                    .takes(key("key"), string("owner"), integer("milliseconds").token("LEASE"))
                    .runs(LockCommands::relock),
            write("UNLOCK", 3, key(1, "RW", "delete"))
                    .since(SINCE)
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Gives a lock back, if the owner still holds it.")
                    .takes(key("key"), string("owner"))
                    .runs(LockCommands::unlock),
            read("LOCKINFO", 2, key(1, "RO", "access"))
                    .since(SINCE)
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Who holds a lock, with which token and for how long, and how many wait for it.")
                    .takes(key("key"))
                    .runs(LockCommands::lockinfo));

    private LockCommands() {}

    private static Reply lock(Call call) {
        Bytes owner = owner(call);
        Args args = call.args(3);
        long leaseMs = NONE;
        long waitMs = NONE;
        while (args.hasNext()) {
            if (leaseMs == NONE && args.skip("LEASE")) {
                leaseMs = leaseMs(call, args.next());
            } else if (waitMs == NONE && args.skip("WAIT")) {
                waitMs = Timeout.wholeMs(args.next());
            } else {
                throw CommandError.syntax();
            }
        }
        if (leaseMs == NONE) {
            throw CommandError.syntax();
        }
        Lock held = held(call);
        if (held != null && held.owner().equals(owner)) {
            return hold(call, held, leaseMs);
        }
        if (held == null && call.awaitingGone(call.key()) == 0) { // else it would overtake them
            return take(call, leaseMs);
        }
        if (waitMs == NONE || !call.mayWait()) {
            return Reply.Null.STRING;
        }
        long lease = leaseMs;
        return call.waitUntilGone(call.key(), waitMs, Reply.Null.STRING, (served, key) -> take(served, lease));
    }

    private static Reply take(Call call, long leaseMs) {
        return hold(call, new Lock(call.keyspace().nextToken(), call.argument(2)), leaseMs);
    }

    private static Reply relock(Call call) {
        if (!call.argument(3).is("LEASE")) {
            throw CommandError.syntax();
        }
        long leaseMs = leaseMs(call, call.argument(4));
        Lock held = held(call);
        return held != null && held.owner().equals(owner(call)) ? hold(call, held, leaseMs) : Reply.Null.STRING;
    }

    /** Stores it, with a lease from now on. */
    private static Reply hold(Call call, Lock lock, long leaseMs) {
        Bytes key = call.key();
        Bytes text = lock.text();
        long until = call.now() + leaseMs;
        call.database().setString(key, text, until);
        call.effect(Effects.set(key, text, until));
        call.changed(key, Event.SET);
        call.followed(key, Event.EXPIRE);
        return Reply.integer(lock.token());
    }

    private static Reply unlock(Call call) {
        Lock held = held(call);
        if (held == null || !held.owner().equals(owner(call))) {
            return Reply.integer(0);
        }
        Effects.delete(call, call.key());
        return Reply.integer(1);
    }

    private static Reply lockinfo(Call call) {
        Lock held = held(call);
        if (held == null) {
            return Reply.Null.STRING;
        }
        return Reply.map(
                OWNER,
                held.owner(),
                TOKEN,
                Reply.integer(held.token()),
                LEASE_MS,
                Reply.integer(leaseLeftMs(call)),
                WAITING,
                Reply.integer(call.awaitingGone(call.key())));
    }

    private static long leaseLeftMs(Call call) {
        long until = call.database().expireAt(call.key());
        return until == Database.NO_EXPIRY ? NONE : until - call.now();
    }

    private static @Nullable Lock held(Call call) {
        Value value = call.database().value(call.key());
        if (value == null) {
            return null;
        }
        Lock lock = Lock.of(value);
        if (lock == null) {
            throw CommandError.wrongType();
        }
        return lock;
    }

    private static Bytes owner(Call call) {
        Bytes owner = call.argument(2);
        if (owner.length() > Lock.OWNER_BYTES_MAX) {
            throw new CommandError("ERR the owner of a lock has at most " + Lock.OWNER_BYTES_MAX + " bytes");
        }
        return owner;
    }

    private static long leaseMs(Call call, Bytes text) {
        String refusal = "ERR invalid expire time in '" + call.command().fullName() + "' command";
        return Args.toLong(text, 1, LEASE_MS_MAX, refusal);
    }
}
