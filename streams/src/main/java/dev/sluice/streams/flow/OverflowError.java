package dev.sluice.streams.flow;

/** A subscription ended because its subscriber was too slow. Stackless: a slow client can cause as many as it likes. */
public final class OverflowError extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The message begins with {@code ERR overflow}, as a client reads it. */
    OverflowError(int messages, long bytes) {
        super(
                "ERR overflow: the subscriber is too slow, " + messages + " messages (" + bytes + " bytes) are waiting",
                null,
                false,
                false);
    }
}
