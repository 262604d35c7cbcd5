package dev.sluice.streams.hub;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published;
import org.jspecify.annotations.Nullable;

/** A channel, pattern or shard channel that somebody is subscribed to, in the order of subscription. */
final class Topic extends Roster.Slot {
    /** One listener's subscription to one topic. */
    static final class Subscription extends Roster.Slot {
        final Topic topic;
        private final Listener listener;
        /** The number of the last publication before the subscription: it receives the later ones. */
        private final long since;

        Subscription(Topic topic, Listener listener, long since) {
            this.topic = topic;
            this.listener = listener;
            this.since = since;
        }
    }

    final Published.Kind kind;
    final Bytes name;
    final Roster<Subscription> subscriptions = new Roster<>();

    Topic(Published.Kind kind, Bytes name) {
        this.kind = kind;
        this.name = name;
    }

    /** Hands publication {@code number} to each who subscribed before it; returns how many that were. */
    long deliver(Bytes channel, Bytes message, long number) {
        Bytes pattern = kind == Published.Kind.PATTERN ? name : null;
        Published published = new Published(kind, pattern, channel, message);
        long receivers = 0;
        subscriptions.begin();
        try {
            for (int i = 0; i < subscriptions.end(); i++) {
                @Nullable Subscription subscription = subscriptions.at(i);
                if (subscription != null && subscription.since < number) {
                    receivers++;
                    subscription.listener.deliver(published);
                }
            }
        } finally {
            subscriptions.finish();
        }
        return receivers;
    }
}
