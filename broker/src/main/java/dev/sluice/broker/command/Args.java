package dev.sluice.broker.command;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Request;

/** A cursor over a request's arguments; what it cannot read it refuses in Redis's words. */
public final class Args {
    private final Request request;
    private int next;

    Args(Request request, int from) {
        this.request = request;
        this.next = from;
    }

    public boolean hasNext() {
        return next < request.size();
    }

    public int remaining() {
        return request.size() - next;
    }

    /** Position of the next argument in the request. */
    public int position() {
        return next;
    }

    /** The next argument; a syntax error if there is none. */
    public Bytes next() {
        if (next >= request.size()) {
            throw CommandError.syntax();
        }
        return request.argument(next++);
    }

    /** Takes the next argument if it is this word (given in upper case). */
    public boolean skip(String word) {
        if (next < request.size() && request.argument(next).is(word)) {
            next++;
            return true;
        }
        return false;
    }

    public long nextLong() {
        return toLong(next());
    }

    public double nextDouble() {
        return toDouble(next());
    }

    /** A 64-bit integer, or the refusal {@value CommandError#NOT_AN_INTEGER}. */
    public static long toLong(Bytes text) {
        return toLong(text, CommandError.NOT_AN_INTEGER);
    }

    public static long toLong(Bytes text, String refusal) {
        if (!Numbers.isLong(text)) {
            throw new CommandError(refusal);
        }
        return Numbers.toLong(text);
    }

    /** A number between two bounds, both included; outside of them the refusal. */
    public static long toLong(Bytes text, long least, long most, String refusal) {
        long value = toLong(text);
        if (value < least || value > most) {
            throw new CommandError(refusal);
        }
        return value;
    }

    /** A floating-point number, infinite perhaps but never NaN. */
    public static double toDouble(Bytes text) {
        double value = Numbers.toDouble(text);
        if (Double.isNaN(value)) {
            throw new CommandError(CommandError.NOT_A_FLOAT);
        }
        return value;
    }
}
