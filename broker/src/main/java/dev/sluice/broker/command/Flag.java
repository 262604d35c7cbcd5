package dev.sluice.broker.command;

import java.util.Locale;

/** What is peculiar about a command. The first block goes on the wire in COMMAND; the second is for the house alone. */
public enum Flag {
    WRITE,
    READONLY,
    DENYOOM,
    ADMIN,
    PUBSUB,
    NOSCRIPT,
    BLOCKING,
    LOADING,
    STALE,
    SKIP_MONITOR,
    SKIP_SLOWLOG,
    ASKING,
    FAST,
    NO_AUTH,
    MAY_REPLICATE,
    NO_MULTI,
    MOVABLEKEYS,
    ALLOW_BUSY,
    NO_ASYNC_LOADING,

    /** Runs at once although a transaction is open: EXEC, DISCARD, MULTI, WATCH, QUIT, RESET. */
    IMMEDIATE,
    /** A RESP2 connection in subscriber mode may still run it. */
    SUBSCRIBER,
    /** Changes what a connection is; refused where a connection carries many independent requests (RSocket). */
    CONNECTION_STATE,
    /** Answers even while CLIENT REPLY is off. */
    ALWAYS_REPLIES,
    /** Needs enable-debug-command. */
    DEBUG,
    /** Its arguments may hold a secret, which no log or MONITOR shows. */
    SECRET;

    /** Whether clients see it. */
    public boolean isPublic() {
        return compareTo(IMMEDIATE) < 0;
    }

    /** As COMMAND INFO prints it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
