package dev.sluice.broker.command;

import java.util.Locale;

/** What is peculiar about a command. The first block goes on the wire in COMMAND, in this
 * order; the second does not. */
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
    NO_MANDATORY_KEYS,
    NO_ASYNC_LOADING,
    NO_MULTI,
    /** Follows from the key specifications; rows do not set it. */
    MOVABLEKEYS,
    ALLOW_BUSY,

    /** Goes to replicas although it changes no data: PUBLISH. */
    MAY_REPLICATE,
    /** For the house and its tools; COMMAND DOCS says so. */
    SYSCMD,
    /** Runs at once although a transaction is open: EXEC, DISCARD, MULTI, WATCH, QUIT, RESET. */
    IMMEDIATE,
    /** One of these that a transaction cannot have inside, and so answers with an error there: MULTI, WATCH. */
    NOT_NESTED,
    /** Refusing it ends the transaction as well: EXEC. */
    ENDS_TRANSACTION,
    /** A RESP2 connection in subscriber mode may still run it. */
    SUBSCRIBER,
    /** Changes what a connection is; refused where a connection carries many independent requests (RSocket). */
    CONNECTION_STATE,
    /** Answers even while CLIENT REPLY is off. */
    ALWAYS_REPLIES,
    /** Needs enable-debug-command. */
    DEBUG,
    /** Asks about keys without accessing them: their access time stays. */
    NO_TOUCH,
    /** Needs enable-module-command. */
    MODULE,
    /** Is not shown to MONITOR and not timed by anybody, as it ends the connection: QUIT. */
    UNSEEN,
    /** Is refused while data cannot be written to disk, as writes are: who asks whether all is well must hear of it. PING. */
    TELLS_OF_DISK,
    /** Its arguments may hold a secret, which no log or MONITOR shows. */
    SECRET;

    /** Whether clients see it. */
    public boolean isPublic() {
        return compareTo(MAY_REPLICATE) < 0;
    }

    /** As COMMAND INFO prints it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
