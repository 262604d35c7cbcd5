package dev.sluice.broker.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The connections there are, in the order in which they came. */
public final class Sessions {
    private final Map<Long, Session> byId = new LinkedHashMap<>();
    private final List<Consumer<Session>> onClose = new ArrayList<>();
    private final Users users;
    private long lastId;
    private final Map<String, Wire> wires = new LinkedHashMap<>();

    public Sessions(Users users) {
        this.users = users;
    }

    /** A connection has come. */
    public Session open(Session.Connection connection, long nowMs) {
        Session session = new Session(++lastId, connection, nowMs);
        users.admit(session);
        byId.put(session.id(), session);
        Wire wire = wire(connection.wire());
        wire.open++;
        wire.received++;
        return session;
    }

    /** A session for one request that says itself who asks; it is in no list and nothing is kept on its behalf. */
    public Session guest(Session.Connection connection, long nowMs) {
        Session session = new Session(0, connection, nowMs);
        users.admit(session);
        return session;
    }

    /** A connection is gone: all that is kept on its behalf goes too. Does nothing the second time. */
    public void close(Session session) {
        if (byId.remove(session.id()) != null) {
            wire(session.connection().wire()).open--;
            session.closed();
            onClose.forEach(what -> what.accept(session));
        }
    }

    /** What each owner of something per connection does when one is gone. */
    public void onClose(Consumer<Session> what) {
        onClose.add(what);
    }

    /** A connection was turned away at {@code maxclients}. */
    public void refuse(String wire) {
        wire(wire).refused++;
    }

    private Wire wire(String name) {
        return wires.computeIfAbsent(name, Wire::new);
    }

    public @Nullable Session byId(long id) {
        return byId.get(id);
    }

    public Collection<Session> all() {
        return byId.values();
    }

    public int count() {
        return byId.size();
    }

    /** Connections accepted since the start. */
    public long received() {
        return wires.values().stream().mapToLong(Wire::received).sum();
    }

    public long refused() {
        return wires.values().stream().mapToLong(Wire::refused).sum();
    }

    /** The same figures by wire: those that have had a connection. */
    public Collection<Wire> wires() {
        return wires.values();
    }

    public void resetCounters() {
        for (Wire wire : wires.values()) {
            wire.received = 0;
            wire.refused = 0;
        }
    }

    /** How many connections of one kind there are and were. */
    public static final class Wire {
        private final String name;
        private long open;
        private long received;
        private long refused;

        private Wire(String name) {
            this.name = name;
        }

        /** {@code resp} or {@code rsocket}. */
        public String name() {
            return name;
        }

        public long open() {
            return open;
        }

        public long received() {
            return received;
        }

        public long refused() {
            return refused;
        }
    }
}
