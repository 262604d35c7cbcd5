package dev.sluice.broker.net;

import dev.sluice.broker.config.OutputLimits;
import dev.sluice.broker.session.Session;
import dev.sluice.streams.flow.Overflow;
import org.jspecify.annotations.Nullable;

/** How much may wait for one RESP client: {@code client-output-buffer-limit}, and the policy for pushes beside it. */
final class OutputWatch {
    private static final int ALWAYS_ALLOWED_BYTES = 16 * 1024;
    private static final long NEVER = -1;

    private final RespListener.Shared shared;
    private final Session session;
    private @Nullable PushPolicy chosen;
    private long softSinceMs = NEVER;

    OutputWatch(RespListener.Shared shared, Session session) {
        this.shared = shared;
        this.session = session;
    }

    /** The client's own choice; null for that of the settings. */
    void choose(@Nullable PushPolicy policy) {
        chosen = policy;
    }

    /** What messages are counted under. */
    PushPolicy policyOfMessages() {
        return chosen == null ? shared.standardPolicy() : chosen;
    }

    /** What the settings choose is for subscribers: others must not miss what they are told. */
    PushPolicy policy() {
        if (chosen != null) {
            return chosen;
        }
        return session.isSubscriber() ? shared.standardPolicy() : shared.strictPolicy();
    }

    /**
     * Whether so much as waits closes the client. As in Redis, less than 16 KiB are no reason; the queue counts where it
     * is not bounded by another policy.
     */
    boolean isOverHardLimit(long written, long queued) {
        long waiting = policy().overflow() == Overflow.DISCONNECT ? written + queued : written;
        return waiting >= Math.max(ALWAYS_ALLOWED_BYTES, hardBytes());
    }

    long hardBytes() {
        return shared.hardBytes(session.isSubscriber());
    }

    /** Whether so much has waited for longer than the soft limit allows; to be asked again and again. */
    boolean isOverSoftLimit(long waiting) {
        OutputLimits.Limit limit = shared.outputLimit(session.isSubscriber());
        if (limit.softBytes() == 0
                || Long.compareUnsigned(waiting, limit.softBytes()) < 0
                || policy().overflow() != Overflow.DISCONNECT) {
            softSinceMs = NEVER;
            return false;
        }
        long nowMs = shared.time().epochMillis();
        if (softSinceMs == NEVER) {
            softSinceMs = nowMs;
        }
        return nowMs - softSinceMs > limit.softSeconds() * 1000;
    }
}
