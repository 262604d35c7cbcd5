package dev.sluice.broker.keyspace;

import dev.sluice.broker.seam.Timer;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
    private enum State {
        WAITING,
        CLAIMED,
        CANCELLED
    }

    private final Timer timer;
    private final Map<Watches.Key, LinkedHashSet<Waiter>> queues = new HashMap<>();
    private final LinkedHashSet<Watches.Key> ready = new LinkedHashSet<>();
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
     * @param attempt given a key that may be ready: the reply, or null if this waiter cannot be served by it
     */
    public Mono<Reply> await(
            int database, List<Bytes> keys, long timeoutMs, Reply onTimeout, Function<Bytes, @Nullable Reply> attempt) {
        return Mono.create(sink -> {
            Waiter waiter = new Waiter(database, keys, attempt, sink);
            waiter.begin(timeoutMs, onTimeout);
            sink.onCancel(() -> waiter.end(State.CANCELLED));
        });
    }

    void changed(int database, Bytes key) {
        Watches.Key probe = new Watches.Key(database, key);
        if (queues.containsKey(probe)) {
            ready.add(new Watches.Key(database, key.detached()));
        }
    }

    /** Any key of a database may be ready now. */
    void changedAll(int database) {
        for (Watches.Key key : queues.keySet()) {
            if (key.database() == database) {
                ready.add(key);
            }
        }
    }

    /** Serves all that can be served, also what these servings make ready in turn. Between calls only. */
    public void serve(Keyspace keyspace) {
        while (!ready.isEmpty()) {
            Watches.Key key = ready.removeFirst();
            serve(key, keyspace.database(key.database()));
        }
    }

    private void serve(Watches.Key key, Database database) {
        LinkedHashSet<Waiter> queue = queues.get(key);
        while (queue != null && !queue.isEmpty() && database.exists(key.name())) {
            if (!queue.getFirst().serve(key.name())) {
                serveOthers(key.name(), queue);
                return;
            }
        }
    }

    /** The first cannot be served by this key (it waits for another type): those behind it may be. */
    private static void serveOthers(Bytes key, LinkedHashSet<Waiter> queue) {
        List<Waiter> others = new ArrayList<>(queue);
        for (Waiter waiter : others.subList(1, others.size())) {
            waiter.serve(key);
        }
    }

    private final class Waiter {
        private final int database;
        private final List<Bytes> keys;
        private final Function<Bytes, @Nullable Reply> attempt;
        private final MonoSink<Reply> sink;
        private State state = State.WAITING;
        private @Nullable Disposable timeout;

        Waiter(int database, List<Bytes> keys, Function<Bytes, @Nullable Reply> attempt, MonoSink<Reply> sink) {
            this.database = database;
            this.keys = new ArrayList<>(new LinkedHashSet<>(keys));
            this.attempt = attempt;
            this.sink = sink;
        }

        void begin(long timeoutMs, Reply onTimeout) {
            waiting++;
            for (Bytes key : keys) {
                queues.computeIfAbsent(new Watches.Key(database, key), k -> new LinkedHashSet<>())
                        .add(this);
            }
            if (timeoutMs > 0) {
                timed++;
                timeout = timer.after(timeoutMs, () -> complete(onTimeout));
            }
        }

        /** Whether this waiter is done with, so that the next one is the first. */
        boolean serve(Bytes key) {
            if (state != State.WAITING) {
                return true;
            }
            Reply reply = attempt.apply(key);
            if (reply != null) {
                complete(reply);
            }
            return reply != null;
        }

        void complete(Reply reply) {
            if (end(State.CLAIMED)) {
                sink.success(reply);
            }
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
            for (Bytes key : keys) {
                Watches.Key name = new Watches.Key(database, key);
                LinkedHashSet<Waiter> queue = queues.get(name);
                if (queue != null && queue.remove(this) && queue.isEmpty()) {
                    queues.remove(name);
                }
            }
            return true;
        }
    }
}
