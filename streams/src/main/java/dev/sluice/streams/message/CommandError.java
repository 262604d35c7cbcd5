package dev.sluice.streams.message;

/**
 * A refusal, thrown where it is found; the dispatcher makes a reply of it in one place. It has no stack trace: a client
 * can cause as many as it likes. May be thrown only before a call's first change.
 */
public final class CommandError extends RuntimeException {
    private static final long serialVersionUID = 1;

    public static final String SYNTAX = "ERR syntax error";
    public static final String NOT_AN_INTEGER = "ERR value is not an integer or out of range";
    public static final String NOT_A_FLOAT = "ERR value is not a valid float";

    /** The message begins with its code, as a client reads it after the {@code -}. */
    public CommandError(String message) {
        super(message, null, false, false);
    }

    public static CommandError syntax() {
        return new CommandError(SYNTAX);
    }

    public static CommandError wrongType() {
        return new CommandError("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    public static CommandError noSuchKey() {
        return new CommandError("ERR no such key");
    }

    public static CommandError outOfMemory() {
        return new CommandError("OOM command not allowed when used memory > 'maxmemory'.");
    }

    public Reply.Failure reply() {
        return new Reply.Failure(String.valueOf(getMessage()));
    }
}
