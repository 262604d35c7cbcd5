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
    private long received;
    private long refused;

    public Sessions(Users users) {
        this.users = users;
    }

    /** A connection has come. */
    public Session open(Session.Connection connection, long nowMs) {
        Session session = new Session(++lastId, connection, nowMs);
        users.admit(session);
        byId.put(session.id(), session);
        received++;
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
            session.closed();
            onClose.forEach(what -> what.accept(session));
        }
    }

    /** What each owner of something per connection does when one is gone. */
    public void onClose(Consumer<Session> what) {
        onClose.add(what);
    }

    /** A connection was turned away at {@code maxclients}. */
    public void refuse() {
        refused++;
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
        return received;
    }

    public long refused() {
        return refused;
    }

    public void resetCounters() {
        received = 0;
        refused = 0;
    }
}
