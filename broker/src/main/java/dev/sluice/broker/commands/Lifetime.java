package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import org.jspecify.annotations.Nullable;

/**
 * What a command that stores or reads a string is told about the time to live. {@code atMs}: when the key expires, in ms
 * since 1970, or {@link Database#NO_EXPIRY}.
 */
record Lifetime(boolean given, boolean keep, boolean persist, long atMs) {
    static final Lifetime NONE = new Lifetime(false, false, false, Database.NO_EXPIRY);
    private static final Lifetime KEEP = new Lifetime(true, true, false, Database.NO_EXPIRY);
    private static final Lifetime PERSIST = new Lifetime(true, false, true, Database.NO_EXPIRY);

    /** Whether the key gets a time of expiry. */
    boolean expires() {
        return atMs != Database.NO_EXPIRY;
    }

    /** So much time from the moment of the call on; {@code number} is as the client wrote it. */
    static Lifetime fromNow(Call call, Bytes number, boolean seconds) {
        return at(call, Args.toLong(number), seconds, true);
    }

    private static Lifetime at(Call call, long value, boolean seconds, boolean relative) {
        if (value <= 0 || seconds && value > Long.MAX_VALUE / 1000) {
            throw invalid(call);
        }
        long ms = seconds ? value * 1000 : value;
        long at = relative ? ms + call.now() : ms;
        if (at <= 0) {
            throw invalid(call);
        }
        return new Lifetime(true, false, false, at);
    }

    private static CommandError invalid(Call call) {
        return new CommandError("ERR invalid expire time in '" + call.command().fullName() + "' command");
    }

    /** The options as COMMAND DOCS lists them; {@code word} is the one without a number. */
    static Argument[] options(Argument word) {
        return new Argument[] {
            Argument.integer("seconds").token("EX"),
            Argument.integer("milliseconds").token("PX"),
            Argument.unixTime("unix-time-seconds").token("EXAT"),
            Argument.unixTime("unix-time-milliseconds").token("PXAT"),
            word
        };
    }

    /** The options while they are read: at most one of them, checked for syntax before for its number. */
    static final class Options {
        private final Call call;
        private @Nullable Bytes number;
        private boolean seconds;
        private boolean relative;
        private boolean word;
        private @Nullable String taken;

        Options(Call call) {
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

        boolean isGiven() {
            return taken != null;
        }

        /** Whether it is the one without a number. */
        boolean isWord() {
            return word;
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
                return "PERSIST".equals(taken) ? PERSIST : KEEP;
            }
            return number == null ? NONE : at(call, Args.toLong(number), seconds, relative);
        }
    }
}
