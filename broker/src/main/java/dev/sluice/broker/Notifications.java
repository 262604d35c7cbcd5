package dev.sluice.broker;

import dev.sluice.broker.config.KeyspaceEvents;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.hub.Hub;
import dev.sluice.streams.message.Bytes;

/**
 * Publishes what happens to keys, as {@code notify-keyspace-events} says: on the channel of the key its event, and on the
 * channel of the event the key. In the order of the changes, as they happen.
 */
final class Notifications implements Changes.Observer {
    private static final int[] CLASSES = new int[Event.values().length];
    private static final Bytes[] TEXTS = new Bytes[CLASSES.length];

    static {
        for (Event event : Event.values()) {
            CLASSES[event.ordinal()] = KeyspaceEvents.of(event.kind());
            TEXTS[event.ordinal()] = Bytes.of(event.text());
        }
    }

    private final Hub hub;
    private final Keyspace keyspace;
    private KeyspaceEvents events = new KeyspaceEvents(0);

    Notifications(Hub hub, Keyspace keyspace) {
        this.hub = hub;
        this.keyspace = keyspace;
    }

    /** The setting. */
    void publish(KeyspaceEvents which) {
        boolean somewhere = which.has(KeyspaceEvents.KEYSPACE | KeyspaceEvents.KEYEVENT);
        KeyspaceEvents before = events;
        events = somewhere ? which : new KeyspaceEvents(0);
        if (events.has(KeyspaceEvents.NEW) != before.has(KeyspaceEvents.NEW)) {
            keyspace.tellOfNew(events.has(KeyspaceEvents.NEW));
        }
        if (events.has(KeyspaceEvents.MISS) != before.has(KeyspaceEvents.MISS)) {
            keyspace.tellOfMisses(events.has(KeyspaceEvents.MISS));
        }
    }

    @Override
    public void changed(Database database, Bytes key, Event event) {
        if (!events.has(CLASSES[event.ordinal()])) {
            return;
        }
        Bytes text = TEXTS[event.ordinal()];
        if (events.has(KeyspaceEvents.KEYSPACE)) {
            hub.publish(channel("__keyspace@", database, key), text);
        }
        if (events.has(KeyspaceEvents.KEYEVENT)) {
            hub.publish(channel("__keyevent@", database, text), key);
        }
    }

    private static Bytes channel(String prefix, Database database, Bytes name) {
        Bytes head = Bytes.of(prefix + database.index() + "__:");
        byte[] channel = new byte[head.length() + name.length()];
        System.arraycopy(head.array(), head.offset(), channel, 0, head.length());
        System.arraycopy(name.array(), name.offset(), channel, head.length(), name.length());
        return Bytes.of(channel);
    }
}
