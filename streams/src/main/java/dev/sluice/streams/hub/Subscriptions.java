package dev.sluice.streams.hub;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one listener is subscribed to. An empty one costs next to nothing and need not be closed. */
public final class Subscriptions implements AutoCloseable {
    private static final int KINDS = Kind.values().length;
    private static final int SUBSCRIPTION_BYTES = 160; // its places here and in the hub, about

    private final Hub hub;
    private final Listener listener;
    /** By kind, then by name, in the order of subscription; null until there is one. */
    private @Nullable Map<Bytes, Topic.Subscription> @Nullable [] byKind;

    private long bytes;

    Subscriptions(Hub hub, Listener listener) {
        this.hub = hub;
        this.listener = listener;
    }

    /** Subscribes from the next publication on; false if there was such a subscription. Copies the name if it keeps it. */
    public boolean add(Kind kind, Bytes name) {
        Map<Bytes, Topic.Subscription> names = namesToChange(kind);
        if (names.containsKey(name)) {
            return false;
        }
        Topic.Subscription subscription = hub.subscribe(kind, name, listener);
        names.put(subscription.topic.name, subscription);
        bytes += SUBSCRIPTION_BYTES + name.length();
        return true;
    }

    /** Unsubscribes: nothing is delivered through this subscription any more. False if there was none. */
    public boolean remove(Kind kind, Bytes name) {
        Map<Bytes, Topic.Subscription> names = names(kind);
        Topic.Subscription subscription = names == null ? null : names.remove(name);
        if (subscription == null) {
            return false;
        }
        hub.unsubscribe(subscription);
        bytes -= SUBSCRIPTION_BYTES + name.length();
        return true;
    }

    public boolean contains(Kind kind, Bytes name) {
        Map<Bytes, Topic.Subscription> names = names(kind);
        return names != null && names.containsKey(name);
    }

    /** The names subscribed to, oldest first; a copy. */
    public List<Bytes> list(Kind kind) {
        Map<Bytes, Topic.Subscription> names = names(kind);
        return names == null ? List.of() : List.copyOf(names.keySet());
    }

    public int count(Kind kind) {
        Map<Bytes, Topic.Subscription> names = names(kind);
        return names == null ? 0 : names.size();
    }

    /** Channels and patterns together, the number that the confirmations of both state. */
    public int count() {
        return count(Kind.CHANNEL) + count(Kind.PATTERN);
    }

    /** Memory that they take, about: names count in full, although all who listen to one share it. */
    public long bytes() {
        return bytes;
    }

    public boolean isEmpty() {
        return count() + count(Kind.SHARD) == 0;
    }

    /** Leaves everything, in time proportional to the number of subscriptions. May be used again afterwards. */
    @Override
    public void close() {
        if (byKind == null) {
            return;
        }
        for (Map<Bytes, Topic.Subscription> names : byKind) {
            if (names != null) {
                names.values().forEach(hub::unsubscribe);
            }
        }
        byKind = null;
        bytes = 0;
    }

    private @Nullable Map<Bytes, Topic.Subscription> names(Kind kind) {
        return byKind == null ? null : byKind[kind.ordinal()];
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Map<Bytes, Topic.Subscription> namesToChange(Kind kind) {
        if (byKind == null) {
            byKind = new Map[KINDS];
        }
        Map<Bytes, Topic.Subscription> names = byKind[kind.ordinal()];
        if (names == null) {
            names = new LinkedHashMap<>();
            byKind[kind.ordinal()] = names;
        }
        return names;
    }
}
