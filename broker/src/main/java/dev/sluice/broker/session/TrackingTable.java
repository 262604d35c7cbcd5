package dev.sluice.broker.session;

import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Client-side caching: remembers what connections have read and tells them when it changes. Each is told once, and again
 * only after it has read the key again.
 *
 * <p>What a connection is told because of its own request comes behind the reply ({@link #end}), all else at once; what
 * is broadcast comes at the end of the turn, all keys of a prefix together.
 */
public final class TrackingTable implements Changes.Observer {
    private static final Bytes INVALIDATE = Bytes.of("invalidate");
    private static final Bytes REDIRECT_BROKEN = Bytes.of("tracking-redir-broken");
    private static final Bytes MESSAGE = Bytes.of("message");
    private static final Bytes CHANNEL = Bytes.of("__redis__:invalidate");
    private static final Set<Event> GOES_BY_ITSELF =
            EnumSet.of(Event.EXPIRED, Event.EVICTED, Event.HEXPIRED, Event.SEXPIRED, Event.ZEXPIRED);
    private static final int EFFORT = 100;

    /** Something to be told behind a reply that is not there yet. */
    private record Pending(Session session, long redirect, Reply keys) {}

    private final Sessions sessions;
    private final Randomness randomness;
    private final LongSupplier keysMax;
    private final LongSupplier bytesMax;
    private final Consumer<Runnable> atEndOfTurn;
    private final TrackedKeys keys = new TrackedKeys();
    private final Broadcasts broadcasts = new Broadcasts();
    private final List<Pending> pending = new ArrayList<>();
    private @Nullable Session running;
    private @Nullable Session serving;
    private boolean on;
    private boolean broadcastDue;
    private int clients;
    private int effort = EFFORT;

    /**
     * @param keysMax so many keys are remembered; 0 for as many as there are
     * @param bytesMax and so many bytes: names can be long
     * @param atEndOfTurn runs something when what is to be done now has been done
     */
    public TrackingTable(
            Sessions sessions,
            Randomness randomness,
            LongSupplier keysMax,
            LongSupplier bytesMax,
            Consumer<Runnable> atEndOfTurn) {
        this.sessions = sessions;
        this.randomness = randomness;
        this.keysMax = keysMax;
        this.bytesMax = bytesMax;
        this.atEndOfTurn = atEndOfTurn;
    }

    /** Whether anybody tracks, or did when the present call began: if not, nothing else here needs to be called. */
    public boolean isOn() {
        return on;
    }

    /** Connections that track. */
    public int clients() {
        return clients;
    }

    public int keys() {
        return keys.size();
    }

    /** Connections of all keys together. */
    public long items() {
        return keys.items();
    }

    /** Prefixes that are broadcast. */
    public int prefixes() {
        return broadcasts.size();
    }

    /** Memory that this takes, about. */
    public long bytes() {
        return keys.bytes();
    }

    /** The session tracks from now on, or otherwise than before: a call of its own that is running says so. */
    public void enable(Session session, Tracking.Options options) {
        Tracking tracking = session.tracking();
        if (tracking == null) {
            tracking = new Tracking(options);
            session.tracking(tracking);
            clients++;
        } else {
            tracking.change(options);
        }
        on = true;
        running = session;
        if (options.broadcast()) {
            for (Bytes prefix : options.prefixes().isEmpty() ? List.of(Bytes.EMPTY) : options.prefixes()) {
                tracking.addPrefix(prefix);
                broadcasts.add(session, prefix);
            }
        }
    }

    /** The session does not track any more, or is gone. With the last one, all that is remembered goes. */
    public void disable(Session session) {
        Tracking tracking = session.tracking();
        if (tracking == null) {
            return;
        }
        broadcasts.remove(session, tracking.prefixes());
        session.tracking(null);
        clients--;
        if (clients == 0) {
            keys.clear();
            on = running != null || serving != null;
        }
    }

    /** A call of this session begins. */
    public void begin(Session session) {
        running = session;
    }

    /** It has ended, and all that it brought with it; returns the reply and what the session is to be told behind it. */
    public Reply end(Session session, Reply reply) {
        running = null;
        on = clients > 0;
        return pending.isEmpty() ? reply : withPending(session, reply);
    }

    /** A call of this session that waited goes on, because of the one that runs. */
    public void serve(Session session) {
        serving = session;
    }

    /** As {@link #end}; null if it goes on to wait. */
    public @Nullable Reply served(Session session, @Nullable Reply reply) {
        serving = null;
        if (pending.isEmpty()) {
            return reply;
        }
        Reply all = withPending(session, reply == null ? Reply.None.NONE : reply);
        return reply == null ? null : all;
    }

    private Reply withPending(Session session, Reply reply) {
        List<Reply> all = new ArrayList<>();
        all.add(reply);
        boolean hasReply = !(reply instanceof Reply.Later) && reply != Reply.None.NONE && !session.isSilent();
        List<Pending> due = pending.stream().filter(p -> p.session == session).toList();
        pending.removeIf(p -> p.session == session);
        for (Pending told : due) {
            send(told.session, told.redirect, told.keys, hasReply ? all : null);
        }
        return all.size() == 1 ? reply : new Reply.Sequence(all);
    }

    /** Whether the keys of a request that the session has run now are to be remembered. */
    public static boolean remembers(Session session) {
        Tracking tracking = session.tracking();
        return tracking != null && tracking.remembers();
    }

    /** The session has read the key. Where that is too much to remember, others count as changed, or this one does. */
    public void remember(Session session, Bytes key) {
        keys.add(key, session.id());
        while (keys.bytes() > bytesMax.getAsLong()) {
            invalidate(keys.removeAny(randomness));
        }
    }

    @Override
    public void changed(Database database, Bytes key, Event event) {
        if (!on || event == Event.NEW || event == Event.MISS) {
            return;
        }
        if (!broadcasts.isEmpty() && broadcasts.changed(key, causeOf(event), event == Event.DEL)) {
            broadcastLater();
        }
        TrackedKeys.Entry readers = keys.remove(key);
        if (readers != null) {
            invalidate(readers);
        }
    }

    private @Nullable Session causeOf(Event event) {
        return GOES_BY_ITSELF.contains(event) ? null : present();
    }

    private @Nullable Session present() {
        return serving != null ? serving : running;
    }

    private void invalidate(TrackedKeys.Entry readers) {
        Reply key = Reply.array(readers.key());
        for (int i = 0; i < readers.count(); i++) {
            Session session = sessions.byId(readers.id(i));
            Tracking tracking = session == null ? null : session.tracking();
            if (session == null || tracking == null || tracking.isBroadcast()) {
                continue;
            }
            if (!tracking.isNoLoop() || session != present()) {
                tell(session, tracking, key);
            }
        }
    }

    private void tell(Session session, Tracking tracking, Reply what) {
        if (session == running || session == serving) {
            pending.add(new Pending(session, tracking.redirect(), what));
        } else {
            send(session, tracking.redirect(), what, null);
        }
    }

    /** All that is remembered counts as changed: who tracks is told so by a null in place of keys. */
    @Override
    public void flushed() {
        if (!on) {
            return;
        }
        for (Session session : List.copyOf(sessions.all())) {
            Tracking tracking = session.tracking();
            if (tracking != null) {
                tell(session, tracking, Reply.Null.STRING);
            }
        }
        keys.clear();
    }

    private void broadcastLater() {
        if (!broadcastDue) {
            broadcastDue = true;
            atEndOfTurn.accept(this::broadcast);
        }
    }

    private void broadcast() {
        broadcastDue = false;
        for (Broadcasts.Message message : broadcasts.take()) {
            Tracking tracking = message.session().tracking();
            if (tracking != null) {
                send(message.session(), tracking.redirect(), message.keys(), null);
            }
        }
    }

    /**
     * Forgets keys while there are more than may be, and says of them that they have changed: a bite, which is the larger
     * the more often it was not enough. Between calls.
     */
    public void limit() {
        long max = keysMax.getAsLong();
        for (int left = effort; max != 0 && keys.size() > max; left--) {
            if (left == 0) {
                effort += EFFORT;
                return;
            }
            invalidate(keys.removeAny(randomness));
        }
        effort = EFFORT;
    }

    /** @param behind where what this same session is told is to be put; null to send it now */
    private void send(Session session, long redirect, Reply what, @Nullable List<Reply> behind) {
        Session to = redirect == 0 ? session : sessions.byId(redirect);
        if (to == null) {
            redirectIsBroken(session, redirect, behind);
        } else if (to.protocol() == 3) {
            give(to, session, new Reply.Push(List.of(INVALIDATE, what)), behind);
        } else if (redirect != 0 && to.isSubscriber()) {
            give(to, session, new Reply.Push(List.of(MESSAGE, CHANNEL, what)), behind);
        }
    }

    private static void redirectIsBroken(Session session, long redirect, @Nullable List<Reply> behind) {
        Tracking tracking = session.tracking();
        if (tracking != null) {
            tracking.broken();
        }
        if (session.protocol() == 3) {
            Reply push = new Reply.Push(List.of(REDIRECT_BROKEN, Reply.integer(redirect)));
            give(session, session, push, behind);
        }
    }

    private static void give(Session to, Session session, Reply push, @Nullable List<Reply> behind) {
        if (behind != null && to == session) {
            behind.add(push);
        } else {
            to.connection().push(push);
        }
    }
}
