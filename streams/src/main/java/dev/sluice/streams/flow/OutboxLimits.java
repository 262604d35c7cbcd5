package dev.sluice.streams.flow;

/**
 * How much an {@link Outbox} holds while its subscriber has no demand.
 *
 * @param messagesMax messages, at least 1
 * @param bytesMax bytes, as the publishers state them, at least 1
 * @param throttledBytesMax bytes at which even {@link Overflow#THROTTLE} ends the subscription: publishers that cannot
 *     wait one by one (a script, EXEC) go on adding above the other two limits; at least {@code bytesMax}
 */
public record OutboxLimits(int messagesMax, long bytesMax, long throttledBytesMax) {
    public OutboxLimits {
        if (messagesMax < 1 || bytesMax < 1 || throttledBytesMax < bytesMax) {
            throw new IllegalArgumentException("an outbox holds at least one message and one byte");
        }
    }

    /** With throttled publishers going up to four times {@code bytesMax}. */
    public OutboxLimits(int messagesMax, long bytesMax) {
        this(messagesMax, bytesMax, bytesMax > Long.MAX_VALUE / 4 ? Long.MAX_VALUE : bytesMax * 4);
    }
}
