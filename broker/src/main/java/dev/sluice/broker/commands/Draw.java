package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;

/**
 * How many members a request wants by chance.
 *
 * @param count below 0 for so many that may be the same more than once
 * @param pairs each with its value or score
 */
record Draw(long count, boolean pairs) {
    /** A reply with members more than once is not longer than this. */
    private static final int REPEATED_BYTES_MAX = 128 << 20;

    /** More than what any connection may have unsent. */
    private static final int SENT_BYTES = 64 * 1024;

    /** A packed element may be so much longer than a sent one. */
    private static final int PACKED_TO_SENT = 4;

    private static final long PAIRS_MAX = Long.MAX_VALUE / 2;

    /** Reads a count, and perhaps a word (given in upper case) that asks for pairs. */
    static Draw of(Call call, String pairsWord) {
        long count = count(call);
        boolean pairs = call.size() > 3;
        if (call.size() > 4 || pairs && !call.argument(3).is(pairsWord)) {
            throw CommandError.syntax();
        }
        if (pairs && Math.abs(count) > PAIRS_MAX) {
            throw tooMany();
        }
        return new Draw(count, pairs);
    }

    static long count(Call call) {
        return Args.toLong(
                call.argument(2),
                -Long.MAX_VALUE,
                Long.MAX_VALUE,
                "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
    }

    /**
     * Draws so many times into a reply, each time perhaps the same; not on when the connection will be closed for what is
     * there already, and nothing of it is sent.
     */
    static Packed repeat(Call call, long times, Packed reply, Runnable draw) {
        long most = call.mayWait() ? call.session().connection().outputBytesMax() : Long.MAX_VALUE;
        long hopeless = most > REPEATED_BYTES_MAX ? Long.MAX_VALUE : Math.max(SENT_BYTES, most * PACKED_TO_SENT);
        for (long left = times; left > 0 && reply.bytes() <= hopeless; left--) {
            draw.run();
            if (reply.bytes() > REPEATED_BYTES_MAX) {
                reply.release();
                throw tooMany();
            }
        }
        return reply;
    }

    private static CommandError tooMany() {
        return new CommandError("ERR value is out of range");
    }
}
