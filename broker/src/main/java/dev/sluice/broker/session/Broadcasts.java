package dev.sluice.broker.session;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Prefixes that connections track in broadcasting mode, and the keys below each that changed since they were told. */
final class Broadcasts {
    /** Who is to be told of which keys. */
    record Message(Session session, Reply keys) {}

    private static final class Prefix {
        private final Set<Session> sessions = new LinkedHashSet<>();
        /** With the connection that changed it last; null for a key that went by itself. */
        private final TreeMap<Bytes, @Nullable Session> changed = new TreeMap<>();
    }

    private final TreeMap<Bytes, Prefix> prefixes = new TreeMap<>();

    boolean isEmpty() {
        return prefixes.isEmpty();
    }

    int size() {
        return prefixes.size();
    }

    void add(Session session, Bytes prefix) {
        prefixes.computeIfAbsent(prefix, p -> new Prefix()).sessions.add(session);
    }

    void remove(Session session, Set<Bytes> ofIt) {
        for (Bytes name : ofIt) {
            Prefix prefix = prefixes.get(name);
            if (prefix != null && prefix.sessions.remove(session) && prefix.sessions.isEmpty()) {
                prefixes.remove(name);
            }
        }
    }

    /**
     * A key changed; returns whether anybody is to be told.
     *
     * @param by who changed it; null if it went by itself
     * @param removed whether this says that the key is gone: then it has gone by itself if its last part had before
     */
    boolean changed(Bytes key, @Nullable Session by, boolean removed) {
        boolean any = false;
        for (Map.Entry<Bytes, Prefix> prefix : prefixes.entrySet()) {
            if (key.startsWith(prefix.getKey())) {
                put(prefix.getValue().changed, key, by, removed);
                any = true;
            }
        }
        return any;
    }

    private static void put(
            TreeMap<Bytes, @Nullable Session> changed, Bytes key, @Nullable Session by, boolean removed) {
        if (!removed || !changed.containsKey(key) || changed.get(key) != null) {
            changed.put(Bytes.of(key.toArray()), by);
        }
    }

    /** What is to be told now, prefix by prefix; all of it counts as told then. */
    List<Message> take() {
        List<Message> messages = new ArrayList<>();
        for (Prefix prefix : prefixes.values()) {
            if (!prefix.changed.isEmpty()) {
                Reply all = Reply.array(new ArrayList<>(prefix.changed.keySet()));
                for (Session session : prefix.sessions) {
                    Reply keys = isNoLoop(session) ? withoutOwn(prefix, session) : all;
                    if (keys != Reply.Array.EMPTY) {
                        messages.add(new Message(session, keys));
                    }
                }
                prefix.changed.clear();
            }
        }
        return messages;
    }

    private static boolean isNoLoop(Session session) {
        Tracking tracking = session.tracking();
        return tracking != null && tracking.isNoLoop();
    }

    private static Reply withoutOwn(Prefix prefix, Session session) {
        List<Reply> keys = new ArrayList<>();
        prefix.changed.forEach((key, by) -> {
            if (by != session) {
                keys.add(key);
            }
        });
        return keys.isEmpty() ? Reply.Array.EMPTY : Reply.array(keys);
    }
}
