package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link Route#LOCK_HOLD}: {@code {key*, owner*, leaseMs*, waitMs}}.
 *
 * @param leaseMs the lock is free so long after its holder was last heard of
 * @param waitMs how long to wait for it; 0 is for ever, {@link #NO_WAIT} not at all
 */
public record LockRequest(Bytes key, Bytes owner, long leaseMs, long waitMs) {
    public static final long NO_WAIT = -1;

    private static final long MISSING = -1;

    public static LockRequest of(Fields fields) {
        LockRequest request = new LockRequest(
                fields.string("key"),
                fields.string("owner"),
                fields.integer("leaseMs", MISSING, 1, Long.MAX_VALUE / 2),
                fields.integer("waitMs", NO_WAIT, 0, Long.MAX_VALUE / 2));
        if (request.leaseMs == MISSING) {
            throw Fields.error("leaseMs", "is missing");
        }
        fields.end();
        return request;
    }

    /** The payload, for clients. */
    public Reply payload() {
        List<Reply> pairs = new ArrayList<>(
                List.of(Bytes.of("key"), key, Bytes.of("owner"), owner, Bytes.of("leaseMs"), Reply.integer(leaseMs)));
        if (waitMs != NO_WAIT) {
            pairs.add(Bytes.of("waitMs"));
            pairs.add(Reply.integer(waitMs));
        }
        return new Reply.Map(pairs);
    }

    /** The one element of the answer: {@code {token}}. */
    public static Reply held(Reply token) {
        return Reply.map(Bytes.of("token"), token);
    }
}
