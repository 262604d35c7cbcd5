package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.hub.Glob;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import org.jspecify.annotations.Nullable;

/** What SCAN and its kin are told after the cursor. */
record ScanOptions(
        long count, @Nullable Bytes match, @Nullable Bytes type) {
    private static final long COUNT = 10;

    static ScanOptions ofKeys(Args args) {
        return parse(args, true);
    }

    /** Those of SSCAN, HSCAN and ZSCAN: members have no type. */
    static ScanOptions ofMembers(Args args) {
        return parse(args, false);
    }

    private static ScanOptions parse(Args args, boolean typed) {
        long count = COUNT;
        Bytes match = null;
        Bytes type = null;
        while (args.hasNext()) {
            if (args.remaining() > 1 && args.skip("COUNT")) {
                count = args.nextLong();
                if (count < 1) {
                    throw CommandError.syntax();
                }
            } else if (args.remaining() > 1 && args.skip("MATCH")) {
                match = args.next();
            } else if (typed && args.remaining() > 1 && args.skip("TYPE")) {
                type = args.next();
            } else {
                throw CommandError.syntax();
            }
        }
        return new ScanOptions(count, match, type);
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
