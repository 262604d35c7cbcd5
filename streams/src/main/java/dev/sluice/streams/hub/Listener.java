package dev.sluice.streams.hub;

import dev.sluice.streams.message.Published;

/** Receives what its {@link Subscriptions} match. */
public interface Listener {
    /**
     * Called on the hub's thread, once per matching subscription. It must not throw or wait. It may subscribe,
     * unsubscribe, close and publish.
     */
    void deliver(Published message);
}
