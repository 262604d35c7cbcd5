package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Value;
import dev.sluice.broker.seam.Timer;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Clients that wait for keys. A waiter is served in the order in which it began to wait on the key that became ready,
 * by an attempt that runs as a call of its own, after the call that made the key ready. A waiter has one state:
 * WAITING, then CLAIMED or CANCELLED, so that neither an element nor a wake-up is lost or given twice.
 */
public final class Waiters {
    /** On whose behalf somebody waits. */
    public interface Client {
        /** Tries to serve it with a key that may be ready. Returns null if it cannot be served by this key. */
        @Nullable
        Reply serve(Bytes key);

        /** Of what type a key can serve it; null if it waits until the key is gone. */
        Value.@Nullable Type type();

        /** The waiting begins. */
        void begins(Wait wait);

        /** The waiting is over, however it ended; what it is answered comes after this. */
        void ends();
    }

    /** The waiting of one client. */
    public interface Wait {
        /** Ends it with a reply. Returns false if it is over already. */
        boolean complete(Reply reply);
    }

    private enum State {
        WAITING,
        CLAIMED,
        CANCELLED
    }

    private static final long NEVER = -1;

    private final Timer timer;
    private final Map<Watches.Key, Queue> queues = new HashMap<>();
    private final ArrayDeque<Queue> ready = new ArrayDeque<>();
    private final PriorityQueue<Queue> expiring =
            new PriorityQueue<>(Comparator.comparingLong(queue -> queue.lookAtMs));
    private int waiting;
    private int timed;

    public Waiters(Timer timer) {
        this.timer = timer;
    }

    public boolean isEmpty() {
        return waiting == 0;
    }

    /** Clients waiting now. */
    public int waiting() {
        return waiting;
    }

    /** Those of them that do not wait for ever. */
    public int timed() {
        return timed;
    }

    /** Whether a key that somebody waits for has changed since it was last served. */
    public boolean hasReady() {
        return !ready.isEmpty();
    }

    /**
     * Waits on several keys at once; subscribing begins it, cancelling ends it.
     *
     * @param keys names that can be kept
     * @param timeoutMs 0 waits for ever
     */
    public Mono<Reply> await(int database, List<Bytes> keys, long timeoutMs, Reply onTimeout, Client client) {
        return Mono.create(sink -> {
            Waiter waiter = new Waiter(client, sink);
            waiter.begin(database, keys, timeoutMs, onTimeout);
            sink.onCancel(() -> waiter.end(State.CANCELLED));
        });
    }

    void changed(int database, Bytes key) {
        Queue queue = queues.get(new Watches.Key(database, key));
        if (queue != null) {
            becomesReady(queue);
        }
    }

    /** Any key of a database may be ready now. */
    void changedAll(int database) {
        for (Queue queue : queues.values()) {
            if (queue.key.database() == database) {
                becomesReady(queue);
            }
        }
    }

    private void becomesReady(Queue queue) {
        if (!queue.ready) {
            queue.ready = true;
            ready.add(queue);
        }
    }

    /** How many wait until a key is gone. */
    public int awaitingGone(int database, Bytes key) {
        Queue queue = queues.get(new Watches.Key(database, key));
        return queue == null ? 0 : queue.awaitingGone;
    }

    /**
     * Looks at the keys that somebody waits to see the end of and whose time may be over: else the walk of expiry might
     * find them late. To be called often, in a call of its own.
     */
    public void expire(Keyspace keyspace) {
        for (Queue next; (next = expiring.peek()) != null && next.lookAtMs < keyspace.now(); ) {
            expiring.remove();
            next.lookAtMs = NEVER;
            long expireAtMs = keyspace.database(next.key.database()).inspectExpireAt(next.key.name());
            if (expireAtMs == Database.NO_KEY) {
                becomesReady(next);
            } else {
                lookAt(next, expireAtMs);
            }
        }
    }

    /** Not before, and not at all if it is no time. */
    private void lookAt(Queue queue, long ms) {
        if (queue.lookAtMs != NEVER) {
            expiring.remove(queue);
        }
        queue.lookAtMs = ms < 0 ? NEVER : ms;
        if (queue.lookAtMs != NEVER) {
            expiring.add(queue);
        }
    }

    /** Serves all that can be served, also what these servings make ready in turn. Between calls only. */
    public void serve(Keyspace keyspace) {
        for (Queue queue; (queue = ready.poll()) != null; ) {
            queue.ready = false;
            serve(queue, keyspace.database(queue.key.database()));
        }
    }

    private void serve(Queue queue, Database database) {
        Bytes key = queue.key.name();
        for (Place first; (first = queue.first) != null && (queue.awaitingGone > 0 || database.exists(key)); ) {
            if (!first.waiter.serve(key)) {
                serveOthers(key, first);
                break;
            }
        }
        if (queue.awaitingGone > 0) {
            long expireAtMs = database.inspectExpireAt(key);
            lookAt(queue, expireAtMs == Database.NO_KEY ? 0 : expireAtMs); // not served although it is gone: again soon
        }
    }

    /** The first cannot be served by what this key is now: those behind it that wait for something else may be. */
    private static void serveOthers(Bytes key, Place first) {
        Value.Type type = first.waiter.client.type();
        List<Waiter> others = new ArrayList<>();
        for (Place place = first.behind; place != null; place = place.behind) {
            if (place.waiter.client.type() != type) {
                others.add(place.waiter);
            }
        }
        for (Waiter waiter : others) {
            waiter.serve(key);
        }
    }

    /** Who waits for a key, in the order in which they came; linked, so that anybody can leave at once. */
    private static final class Queue {
        private final Watches.Key key;
        private @Nullable Place first;
        private @Nullable Place last;
        private boolean ready;
        private int awaitingGone;
        private long lookAtMs = NEVER; // among those that expire, unless it is that

        Queue(Watches.Key key) {
            this.key = key;
        }

        Place add(Waiter waiter) {
            Place place = new Place(this, waiter, last);
            if (last == null) {
                first = place;
            } else {
                last.behind = place;
            }
            last = place;
            return place;
        }

        void remove(Place place) {
            Place before = place.before;
            Place behind = place.behind;
            if (before == null) {
                first = behind;
            } else {
                before.behind = behind;
            }
            if (behind == null) {
                last = before;
            } else {
                behind.before = before;
            }
        }
    }

    /** Where a waiter stands in one of its queues. */
    private static final class Place {
        private final Queue queue;
        private final Waiter waiter;
        private @Nullable Place before;
        private @Nullable Place behind;

        Place(Queue queue, Waiter waiter, @Nullable Place before) {
            this.queue = queue;
            this.waiter = waiter;
            this.before = before;
        }
    }

    private final class Waiter implements Wait {
        private final Client client;
        private final MonoSink<Reply> sink;
        private Place[] places = {};
        private State state = State.WAITING;
        private @Nullable Disposable timeout;

        Waiter(Client client, MonoSink<Reply> sink) {
            this.client = client;
            this.sink = sink;
        }

        void begin(int database, List<Bytes> keys, long timeoutMs, Reply onTimeout) {
            waiting++;
            // a key that is named twice is waited for once
            List<Bytes> names = keys.size() == 1 ? keys : List.copyOf(new LinkedHashSet<>(keys));
            places = new Place[names.size()];
            for (int i = 0; i < places.length; i++) {
                Watches.Key key = new Watches.Key(database, names.get(i));
                places[i] = queues.computeIfAbsent(key, Queue::new).add(this);
                if (client.type() == null) {
                    becomesReady(places[i].queue); // to learn when the key's time is over
                    places[i].queue.awaitingGone++;
                }
            }
            if (timeoutMs > 0) {
                timed++;
                timeout = timer.after(timeoutMs, () -> complete(onTimeout));
            }
            client.begins(this);
        }

        /** Whether this waiter is done with, so that the next one is the first. */
        boolean serve(Bytes key) {
            if (state != State.WAITING) {
                return true;
            }
            Reply reply = client.serve(key);
            if (reply != null) {
                complete(reply);
            }
            return reply != null;
        }

        @Override
        public boolean complete(Reply reply) {
            boolean ended = end(State.CLAIMED);
            if (ended) {
                sink.success(reply);
            }
            return ended;
        }

        boolean end(State how) {
            if (state != State.WAITING) {
                return false;
            }
            state = how;
            waiting--;
            if (timeout != null) {
                timed--;
                timeout.dispose();
            }
            for (Place place : places) {
                place.queue.remove(place);
                if (client.type() == null) {
                    place.queue.awaitingGone--;
                    if (place.queue.awaitingGone == 0) {
                        lookAt(place.queue, NEVER);
                    }
                }
                if (place.queue.first == null) {
                    queues.remove(place.queue.key);
                }
            }
            client.ends();
            return true;
        }
    }
}
