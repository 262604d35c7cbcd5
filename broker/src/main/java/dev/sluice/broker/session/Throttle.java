package dev.sluice.broker.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The subscribers that throttle, and that the present call has filled: its reply waits until they have room. The call
 * itself is never held up, so EXEC waits once, behind all that it ran. Owned by the keyspace loop.
 */
public final class Throttle {
    /** A subscriber whose publishers have to wait. */
    public interface Full {
        /** Whose it is: a connection does not wait for itself. */
        Session.Connection connection();

        /** Completes when it has room again, or is gone. Whoever subscribes waits from now on. */
        Mono<Void> room();
    }

    private final Set<Full> full = new LinkedHashSet<>();

    /** A message was published to a subscriber that has no room for another. */
    public void add(Full subscriber) {
        full.add(subscriber);
    }

    public boolean isEmpty() {
        return full.isEmpty();
    }

    /** Forgets what somebody has filled for whom nobody waits: housekeeping, say. */
    public void clear() {
        full.clear();
    }

    /** Completes when all that were filled have room; null if the caller filled nobody but itself. Forgets them. */
    public @Nullable Mono<Void> take(Session.Connection caller) {
        List<Mono<Void>> rooms = new ArrayList<>(full.size());
        for (Full subscriber : full) {
            if (subscriber.connection() != caller) {
                rooms.add(subscriber.room());
            }
        }
        full.clear();
        return rooms.isEmpty() ? null : Mono.when(rooms);
    }
}
