package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;

/** When EXPIRE and its kin may set a time: if there is none, if there is one, if the new one is later or earlier. */
record ExpiryCondition(boolean nx, boolean xx, boolean gt, boolean lt) {
    static final Argument ARGUMENT = oneOf(
                    "condition", word("nx", "NX"), word("xx", "XX"), word("gt", "GT"), word("lt", "LT"))
            .optional();

    /** All options that are left. */
    static ExpiryCondition parse(Args args) {
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
        return new ExpiryCondition(nx, xx, gt, lt);
    }

    /** The next word if it is a condition, else none. */
    static ExpiryCondition parseOne(Args args) {
        boolean nx = args.skip("NX");
        boolean xx = !nx && args.skip("XX");
        boolean gt = !nx && !xx && args.skip("GT");
        boolean lt = !nx && !xx && !gt && args.skip("LT");
        return new ExpiryCondition(nx, xx, gt, lt);
    }

    /** {@code current} is {@link Database#NO_EXPIRY} for what lives for ever, which is later than any time. */
    boolean allows(long current, long atMs) {
        boolean forever = current == Database.NO_EXPIRY;
        return !(nx && !forever)
                && !(xx && forever)
                && !(gt && (forever || atMs <= current))
                && !(lt && !forever && atMs >= current);
    }
}
