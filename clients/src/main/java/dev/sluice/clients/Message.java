package dev.sluice.clients;

import dev.sluice.streams.message.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A message that a subscription delivered. {@code pattern} is the pattern that the channel matched, or null where the
 * channel itself was subscribed to; {@code missed} is how many messages this subscriber lost just before this one.
 */
public record Message(@Nullable Bytes pattern, Bytes channel, Bytes message, long missed) {
    /** The message as text. */
    public String text() {
        return message.toString();
    }
}
