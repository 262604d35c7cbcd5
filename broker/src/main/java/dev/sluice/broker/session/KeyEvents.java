package dev.sluice.broker.session;

import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.hub.Glob;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.rsocket.KeyWatchRequest;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who watches what happens to keys, by patterns of their names, whatever {@code notify-keyspace-events} says. Each is told
 * of an event once, as it happens, however many of its patterns match. A change costs one match for each different
 * pattern; while nobody watches, nothing.
 */
public final class KeyEvents implements Changes.Observer {
    private static final Map<Bytes, Event> NAMED = new HashMap<>();
    private static final Bytes[] TEXTS = new Bytes[Event.values().length];
    private static final Set<Event> USUAL = EnumSet.complementOf(EnumSet.of(Event.NEW, Event.MISS, Event.UNTOLD));

    static {
        for (Event event : Event.values()) {
            TEXTS[event.ordinal()] = Bytes.of(event.text());
            if (event != Event.UNTOLD) {
                NAMED.put(TEXTS[event.ordinal()], event);
            }
        }
    }

    /** What happened; a value that can be kept. */
    public record KeyEvent(Bytes key, Bytes event) {}

    private final Changes changes;
    private final Keyspace keyspace;
    private final Map<Bytes, Set<Watcher>> byPattern = new LinkedHashMap<>();
    private int watchers;

    public KeyEvents(Changes changes, Keyspace keyspace) {
        this.changes = changes;
        this.keyspace = keyspace;
    }

    /** Who watches now. */
    public int watchers() {
        return watchers;
    }

    /** Patterns that are watched, each counted once. */
    public int patterns() {
        return byPattern.size();
    }

    /**
     * Tells of the keys of a database from now on.
     *
     * @param told called from within the call that changes; it may close the watcher
     * @throws dev.sluice.streams.message.CommandError if the request names an event that there is not
     */
    public Watcher watch(int database, KeyWatchRequest request, Consumer<KeyEvent> told) {
        Watcher watcher = new Watcher(database, request.patterns(), events(request.events()), told);
        for (Bytes pattern : request.patterns()) {
            byPattern.computeIfAbsent(pattern, p -> new LinkedHashSet<>()).add(watcher);
        }
        if (watchers++ == 0) {
            changes.observe(this);
        }
        wantRare(watcher, true);
        return watcher;
    }

    private static Set<Event> events(List<Bytes> names) {
        if (names.isEmpty()) {
            return USUAL;
        }
        Set<Event> events = EnumSet.noneOf(Event.class);
        for (Bytes name : names) {
            Event event = NAMED.get(name);
            if (event == null) {
                throw KeyWatchRequest.noSuchEvent(name);
            }
            events.add(event);
        }
        return events;
    }

    private void wantRare(Watcher watcher, boolean more) {
        if (watcher.events.contains(Event.NEW)) {
            keyspace.tellOfNew(more);
        }
        if (watcher.events.contains(Event.MISS)) {
            keyspace.tellOfMisses(more);
        }
    }

    @Override
    public void changed(Database database, Bytes key, Event event) {
        Set<Watcher> matching = null;
        for (Map.Entry<Bytes, Set<Watcher>> watched : byPattern.entrySet()) {
            if (Glob.matches(watched.getKey(), key)) {
                matching = matching == null ? new LinkedHashSet<>() : matching;
                matching.addAll(watched.getValue());
            }
        }
        if (matching != null) {
            tell(matching, database, key, event);
        }
    }

    private static void tell(Set<Watcher> matching, Database database, Bytes key, Event event) {
        KeyEvent happened = new KeyEvent(key.detached(), TEXTS[event.ordinal()]);
        for (Watcher watcher : matching) {
            if (watcher.database == database.index() && watcher.events.contains(event)) {
                watcher.told.accept(happened);
            }
        }
    }

    /** One that watches, until it is closed. */
    public final class Watcher {
        private final int database;
        private final List<Bytes> patterns;
        private final Set<Event> events;
        private final Consumer<KeyEvent> told;
        private boolean closed;

        private Watcher(int database, List<Bytes> patterns, Set<Event> events, Consumer<KeyEvent> told) {
            this.database = database;
            this.patterns = patterns;
            this.events = events;
            this.told = told;
        }

        /** Is told of nothing any more. Does nothing the second time. */
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            for (Bytes pattern : patterns) {
                Set<Watcher> all = byPattern.get(pattern);
                if (all != null && all.remove(this) && all.isEmpty()) {
                    byPattern.remove(pattern);
                }
            }
            wantRare(this, false);
            if (--watchers == 0) {
                changes.leave(KeyEvents.this);
            }
        }
    }
}
