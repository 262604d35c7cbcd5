package dev.sluice.broker.command;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;

/** How long a command waits: seconds, with fractions, as a client says it. */
public final class Timeout {
    private Timeout() {}

    /** Milliseconds, rounded up; 0 is for ever. */
    public static long ms(Bytes seconds) {
        double value = Numbers.toDouble(seconds);
        if (Double.isNaN(value)) {
            throw new CommandError("ERR timeout is not a float or out of range");
        }
        double ms = Math.ceil(value * 1000);
        // Redis converts without looking: what is too long for it comes out negative, and is called so.
        if (ms < 0 || ms > Long.MAX_VALUE / 2.0) {
            throw new CommandError("ERR timeout is negative");
        }
        return (long) ms;
    }

    /** Of a command that takes whole milliseconds; 0 is for ever. */
    public static long wholeMs(Bytes ms) {
        long value = Args.toLong(ms, "ERR timeout is not an integer or out of range");
        if (value < 0) {
            throw new CommandError("ERR timeout is negative");
        }
        return value;
    }
}
