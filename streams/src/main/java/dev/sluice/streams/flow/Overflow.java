package dev.sluice.streams.flow;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an {@link Outbox} does when its subscriber is slower than its publishers. */
public enum Overflow {
    /** Ends the subscription with an {@link OverflowError}; what was queued is lost. The Redis way. */
    DISCONNECT,
    /** Makes room by losing the oldest queued messages. */
    DROP_OLDEST,
    /** Loses the message that does not fit. */
    DROP_NEWEST,
    /** Keeps the newest message of each channel; when there are too many channels, loses the oldest. */
    LATEST,
    /** Loses nothing: the publisher's reply waits until there is room. */
    THROTTLE;

    /** The name in settings, commands and payloads: {@code drop-oldest}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The policy of that name, whatever the case; null if there is none. */
    public static @Nullable Overflow named(String text) {
        for (Overflow policy : values()) {
            if (policy.text().equalsIgnoreCase(text)) {
                return policy;
            }
        }
        return null;
    }
}
