package dev.sluice.broker.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all connections hold together, and {@code maxmemory-clients}: where that is too much, the largest are closed. They
 * are sorted by classes of size, each twice the one before, so that finding the largest is no walk over all of them. See
 * "Client eviction" in Redis's documentation.
 *
 * <p>A connection says when what it holds may have changed ({@link #update}); {@link #look} goes round all of them in
 * addition, for what happens without one: a socket takes bytes, a subscriber is given some.
 */
public final class ClientMemory {
    private static final Logger log = LoggerFactory.getLogger(ClientMemory.class);
    private static final int CLASS_BITS_MIN = 15;
    private static final int CLASSES = 19;
    private static final long BYTES_MAX_LEAST = 128 << 10;
    private static final int LOOKS_A_ROUND = 10;
    private static final int LOOKED_AT_LEAST = 100;

    private final Sessions sessions;
    private final List<Set<Session>> classes = new ArrayList<>(CLASSES);
    /** Those that are counted, in the order in which they are looked at; some have gone. */
    private final ArrayDeque<Session> round = new ArrayDeque<>();

    private boolean on;
    private long bytesMax;
    private long bytes;
    private long evicted;
    private boolean evicting;

    public ClientMemory(Sessions sessions) {
        this.sessions = sessions;
        for (int i = 0; i < CLASSES; i++) {
            classes.add(new LinkedHashSet<>());
        }
        sessions.onClose(this::forget);
    }

    /**
     * The limit that {@code maxmemory-clients} stands for, 0 for none.
     *
     * @param setting bytes, or the negative of a percentage of {@code maxmemory}
     * @param maxmemory 0 for none
     */
    public static long bytesMax(long setting, long maxmemory) {
        if (setting == 0) {
            return 0;
        }
        // Redis takes a percentage of nothing for no limit that can be reached.
        long bytes = setting > 0 ? setting : maxmemory == 0 ? Long.MAX_VALUE : (long) (maxmemory * (-setting / 100.0));
        return Math.max(bytes, BYTES_MAX_LEAST);
    }

    /**
     * The limit, 0 for none.
     *
     * @param counts whether what connections hold is to be counted although there is no limit
     */
    public void limit(long bytesMax, boolean counts) {
        this.bytesMax = bytesMax;
        boolean was = on;
        on = counts || bytesMax > 0;
        if (on && !was) {
            sessions.all().forEach(this::update);
        } else if (was && !on) {
            sessions.all().forEach(this::forget);
            round.clear();
        }
    }

    /** Whether anything is counted: if not, {@link #update} does nothing. */
    public boolean isOn() {
        return on;
    }

    /** What they held when each was last looked at; 0 while nothing is counted. */
    public long bytes() {
        return bytes;
    }

    /** Connections closed because all together held too much. */
    public long evicted() {
        return evicted;
    }

    public void resetStatistics() {
        evicted = 0;
    }

    /** What this one holds may have changed. */
    public void update(Session session) {
        if (!on || session.isClosed() || session.isGuest()) {
            return;
        }
        if (session.sizeClass == Session.NOT_COUNTED) {
            round.add(session);
            session.sizeClass = Session.NOT_EVICTABLE;
        }
        long holds = session.heldBytes();
        bytes += holds - session.countedBytes;
        session.countedBytes = holds;
        put(session, session.isNoEvict() ? Session.NOT_EVICTABLE : classOf(holds));
    }

    private void put(Session session, int sizeClass) {
        if (session.sizeClass != sizeClass) {
            if (session.sizeClass >= 0) {
                classes.get(session.sizeClass).remove(session);
            }
            if (sizeClass >= 0) {
                classes.get(sizeClass).add(session);
            }
            session.sizeClass = sizeClass;
        }
    }

    private static int classOf(long bytes) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(bytes);
        return Math.clamp(bits - CLASS_BITS_MIN, 0, CLASSES - 1);
    }

    private void forget(Session session) {
        if (session.sizeClass != Session.NOT_COUNTED) {
            put(session, Session.NOT_COUNTED);
            bytes -= session.countedBytes;
            session.countedBytes = 0;
        }
    }

    /** Whether they hold more than they may: then {@link #evict}, before anything else is run. */
    public boolean isOver() {
        return bytesMax > 0 && bytes >= bytesMax;
    }

    /** Closes the largest ones, at once, until the rest is within the limit, or may not be closed. */
    public void evict() {
        if (evicting) {
            return;
        }
        evicting = true;
        try {
            for (int i = CLASSES - 1; i >= 0 && isOver(); i--) {
                if (!classes.get(i).isEmpty()) {
                    evict(i);
                }
            }
        } finally {
            evicting = false;
        }
    }

    private void evict(int sizeClass) {
        for (Session session : List.copyOf(classes.get(sizeClass))) {
            if (!isOver()) {
                return;
            }
            update(session); // it may hold less by now
            if (session.sizeClass >= sizeClass && isOver()) {
                log.info(
                        "Evicting client {} at {}: it holds {} bytes, all clients {}",
                        session.id(),
                        session.connection().address(),
                        session.countedBytes,
                        bytes);
                evicted++;
                session.connection().close(false);
            }
        }
    }

    /** A tenth of the connections are looked at, or a hundred if those are fewer; to be called ten times a second. */
    public void look() {
        if (!on) {
            return;
        }
        int left = Math.min(round.size(), Math.max(LOOKED_AT_LEAST, round.size() / LOOKS_A_ROUND + 1));
        for (; left > 0; left--) {
            Session session = round.remove();
            if (session.sizeClass != Session.NOT_COUNTED) {
                update(session);
                round.add(session);
            }
        }
        if (isOver()) {
            evict();
        }
    }
}
