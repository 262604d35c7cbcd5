package dev.sluice.streams.resp;

import dev.sluice.streams.message.Reply;

/**
 * What arrived is not RESP, or breaks a limit. The connection answers with {@link #reply()} and closes. It has no stack
 * trace: a client can cause as many as it likes.
 */
public final class ProtocolError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean silent;

    private ProtocolError(String message, boolean silent) {
        super(message, null, false, false);
        this.silent = silent;
    }

    /** An error that the peer is told of. */
    static ProtocolError of(String what) {
        return new ProtocolError("ERR Protocol error: " + what, false);
    }

    /** The query buffer's limit: redis-server closes without a word. */
    static ProtocolError queryBufferFull() {
        return new ProtocolError("query buffer limit reached", true);
    }

    /** What to say before closing; {@link Reply.None} if nothing is to be said. */
    public Reply reply() {
        return silent ? Reply.None.NONE : Reply.error(String.valueOf(getMessage()));
    }
}
