package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.hub.Glob;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import org.jspecify.annotations.Nullable;

/** What SCAN and its kin are told after the cursor. */
record ScanOptions(
        long count, @Nullable Bytes match, @Nullable Bytes type, boolean noValues) {
    private static final long COUNT = 10;

    /** What not every command of the family takes. */
    private enum Option {
        NONE,
        TYPE,
        NOVALUES
    }

    static ScanOptions ofKeys(Args args) {
        return parse(args, Option.TYPE);
    }

    /** Those of SSCAN and ZSCAN: members have no type. */
    static ScanOptions ofMembers(Args args) {
        return parse(args, Option.NONE);
    }

    /** Those of HSCAN. */
    static ScanOptions ofFields(Args args) {
        return parse(args, Option.NOVALUES);
    }

    private static ScanOptions parse(Args args, Option own) {
        long count = COUNT;
        Bytes match = null;
        Bytes type = null;
        boolean noValues = false;
        while (args.hasNext()) {
            if (args.remaining() > 1 && args.skip("COUNT")) {
                count = args.nextLong();
                if (count < 1) {
                    throw CommandError.syntax();
                }
            } else if (args.remaining() > 1 && args.skip("MATCH")) {
                match = args.next();
            } else if (own == Option.TYPE && args.remaining() > 1 && args.skip("TYPE")) {
                type = args.next();
            } else if (own == Option.NOVALUES && args.skip("NOVALUES")) {
                noValues = true;
            } else {
                throw CommandError.syntax();
            }
        }
        boolean all = match != null && match.length() == 1 && match.at(0) == '*';
        return new ScanOptions(count, all ? null : match, type, noValues);
    }

    boolean shows(Bytes name) {
        return match == null || Glob.matches(match, name);
    }

    boolean shows(Bytes name, Value.Type of) {
        return (type == null || type.toLatin1().equalsIgnoreCase(of.text())) && shows(name);
    }

    /** A cursor as strtoul reads it: unsigned, or negative and then wrapped; nothing is 0. */
    static long cursor(Bytes text) {
        String digits = text.toLatin1();
        if (digits.isEmpty()) {
            return 0;
        }
        try {
            if (digits.startsWith("-")) {
                return -Long.parseUnsignedLong(digits.substring(1));
            }
            return Long.parseUnsignedLong(digits);
        } catch (NumberFormatException e) {
            throw new CommandError("ERR invalid cursor");
        }
    }
}
