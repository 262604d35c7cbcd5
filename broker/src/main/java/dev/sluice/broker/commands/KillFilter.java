package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Users;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The filters of CLIENT KILL: a connection must pass all of them. Of one that is given twice the last holds.
 *
 * @param id 0 for any
 * @param maxAgeSeconds connections at least so old; 0 for any
 */
record KillFilter(
        long id,
        @Nullable Predicate<Session> type,
        @Nullable String address,
        @Nullable String localAddress,
        @Nullable String user,
        long maxAgeSeconds,
        boolean skipMe) {

    boolean matches(Session session, long nowMs) {
        return (id == 0 || session.id() == id)
                && (type == null || type.test(session))
                && (address == null || session.connection().address().equals(address))
                && (localAddress == null || session.connection().localAddress().equals(localAddress))
                && (user == null || session.user().equals(user))
                && (nowMs - session.createdMs()) / 1000 >= maxAgeSeconds;
    }

    static KillFilter parse(Args args) {
        long id = 0;
        Predicate<Session> type = null;
        String address = null;
        String localAddress = null;
        String user = null;
        long maxAge = 0;
        boolean skipMe = true;
        while (args.hasNext()) {
            Bytes word = args.next();
            Bytes value = args.next();
            if (word.is("ID")) {
                id = id(value);
            } else if (word.is("TYPE")) {
                type = ofType(value);
            } else if (word.is("ADDR")) {
                address = value.toLatin1();
            } else if (word.is("LADDR")) {
                localAddress = value.toLatin1();
            } else if (word.is("USER")) {
                user = user(value);
            } else if (word.is("SKIPME")) {
                skipMe = yesOrNo(value);
            } else if (word.is("MAXAGE")) {
                maxAge = maxAge(value);
            } else {
                throw CommandError.syntax();
            }
        }
        return new KillFilter(id, type, address, localAddress, user, maxAge, skipMe);
    }

    /** Connections of a kind, as CLIENT LIST TYPE names it too. */
    static Predicate<Session> ofType(Bytes type) {
        return switch (type.toLatin1().toLowerCase(Locale.ROOT)) {
            case "normal" -> session -> !session.isSubscriber();
            case "pubsub" -> session -> session.isSubscriber();
            case "master", "replica", "slave" -> session -> false;
            default -> throw new CommandError("ERR Unknown client type '" + type.toLatin1() + "'");
        };
    }

    private static long id(Bytes value) {
        String refusal = "ERR client-id should be greater than 0";
        long id = Args.toLong(value, refusal);
        if (id < 1) {
            throw new CommandError(refusal);
        }
        return id;
    }

    private static String user(Bytes value) {
        String name = value.toLatin1();
        if (!name.equals(Users.DEFAULT)) {
            throw new CommandError("ERR No such user '" + name + "'");
        }
        return name;
    }

    private static boolean yesOrNo(Bytes value) {
        if (!value.is("YES") && !value.is("NO")) {
            throw CommandError.syntax();
        }
        return value.is("YES");
    }

    private static long maxAge(Bytes value) {
        long seconds = Args.toLong(value, "ERR maxage is not an integer or out of range");
        if (seconds <= 0) {
            throw new CommandError("ERR maxage should be greater than 0");
        }
        return seconds;
    }
}
