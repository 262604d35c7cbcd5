package dev.sluice.broker.session;

import dev.sluice.streams.flow.Overflow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Subscribers for whom messages wait now. A walk over all connections, when somebody asks. */
public final class SlowSubscribers {
    /** One of them. */
    public record Slow(Session session, Session.Pushes pushes) {}

    private static final Comparator<Slow> SLOWEST_FIRST = Comparator.comparingLong(
                    (Slow slow) -> slow.pushes().lagMs())
            .thenComparingLong(slow -> slow.pushes().queuedBytes())
            .reversed()
            .thenComparingLong(slow -> slow.session().id());

    private final Sessions sessions;

    public SlowSubscribers(Sessions sessions) {
        this.sessions = sessions;
    }

    /** Those whose oldest message has waited longest, at most so many. */
    public List<Slow> top(int count, long nowMs) {
        List<Slow> slow = new ArrayList<>();
        for (Session session : sessions.all()) {
            for (Session.Pushes pushes : session.connection().pushes(nowMs)) {
                if (pushes.queued() > 0) {
                    slow.add(new Slow(session, pushes));
                }
            }
        }
        slow.sort(SLOWEST_FIRST);
        return List.copyOf(slow.subList(0, Math.min(count, slow.size())));
    }

    /** The longest lag of each policy on a wire, in milliseconds; a policy that nobody lags under is not there. */
    public Map<Overflow, Long> lags(String wire, long nowMs) {
        Map<Overflow, Long> lags = new EnumMap<>(Overflow.class);
        for (Slow slow : top(Integer.MAX_VALUE, nowMs)) {
            if (slow.session().connection().wire().equals(wire)) {
                lags.merge(slow.pushes().overflow(), slow.pushes().lagMs(), Math::max);
            }
        }
        return lags;
    }
}
