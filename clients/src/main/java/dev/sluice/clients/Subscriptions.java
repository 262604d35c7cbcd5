package dev.sluice.clients;

import dev.sluice.clients.RespLink.Kind;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

/**
 * Who listens to what on one connection. Changes on the event loop of the connection only, but for the counters of
 * messages that are still to be taken. The server is told of a name when the first listens, and when the last has gone.
 */
final class Subscriptions {
    private static final int MESSAGES_RESUME = RespLink.MESSAGES_BUFFERED_MAX / 2;

    private final RespLink link;
    /** By name. The lists never change, for a listener may cancel while a message is being delivered. */
    private final Map<Kind, Map<Bytes, List<Listener>>> listeners = new EnumMap<>(Kind.class);

    private final Map<Bytes, Long> missed = new HashMap<>();
    private final Set<Listener> all = ConcurrentHashMap.newKeySet();

    Subscriptions(RespLink link) {
        this.link = link;
        for (Kind kind : Kind.values()) {
            listeners.put(kind, new HashMap<>());
        }
    }

    Flux<Message> open(Kind kind, List<Bytes> names, Runnable whenSubscribed) {
        return Flux.defer(() -> {
            Listener listener = new Listener(kind, new HashSet<>(names), whenSubscribed);
            link.onLoop(() -> add(listener));
            return listener.sink
                    .asFlux()
                    .doOnNext(message -> listener.taken())
                    .doOnCancel(() -> link.onLoop(() -> remove(listener)));
        });
    }

    /** Whether a listener has so many messages to take that nothing more should be read. */
    boolean areBehind() {
        return mostBuffered() >= RespLink.MESSAGES_BUFFERED_MAX;
    }

    /** Messages that are still to be taken by the listener who is furthest behind. */
    int mostBuffered() {
        int most = 0;
        for (Listener listener : all) {
            most = Math.max(most, listener.buffered.get());
        }
        return most;
    }

    /** Whether the push answers a change of subscriptions. */
    static boolean isConfirmation(Reply.Push push) {
        return !push.items().isEmpty()
                && push.items().get(0) instanceof Bytes word
                && (word.is("SUBSCRIBE") || word.is("PSUBSCRIBE") || word.is("UNSUBSCRIBE") || word.is("PUNSUBSCRIBE"));
    }

    /** Hands a message or a loss to those whom it concerns; other pushes are not ours. */
    void received(Reply.Push push) {
        List<Reply> items = push.items();
        if (items.isEmpty() || !(items.get(0) instanceof Bytes word)) {
            return;
        }
        if (word.is("MESSAGE") && items.size() == 3) {
            deliver(Kind.CHANNEL, null, items.get(1), items.get(1), items.get(2));
        } else if (word.is("PMESSAGE") && items.size() == 4) {
            deliver(Kind.PATTERN, items.get(1), items.get(1), items.get(2), items.get(3));
        } else if (word.is("MISSED") && items.size() == 3) {
            if (items.get(1) instanceof Bytes channel && items.get(2) instanceof Reply.Int count) {
                missed.merge(channel, count.value(), Long::sum);
            }
        }
    }

    void end(Throwable cause) {
        for (Listener listener : all) {
            listener.sink.tryEmitError(cause);
        }
        all.clear();
        listeners.values().forEach(Map::clear);
    }

    private void add(Listener listener) {
        if (link.hasEnded()) {
            listener.sink.tryEmitError(new java.io.IOException("the connection is closed"));
            return;
        }
        all.add(listener);
        // Each listener asks for all of its names, so that each is confirmed: subscribing twice is harmless.
        for (Bytes name : listener.names) {
            names(listener.kind).merge(name, List.of(listener), Subscriptions::both);
        }
        link.sendSubscription(listener.kind.request(true, List.copyOf(listener.names)))
                .subscribe(reply -> answered(listener, reply), error -> {});
    }

    private void answered(Listener listener, Reply reply) {
        if (reply instanceof Reply.Failure failure) {
            remove(listener);
            listener.sink.tryEmitError(new CommandError(failure.message()));
        } else {
            listener.whenSubscribed.run();
        }
    }

    private void remove(Listener listener) {
        if (!all.remove(listener)) {
            return;
        }
        List<Bytes> left = new ArrayList<>();
        for (Bytes name : listener.names) {
            List<Listener> others = without(listener, names(listener.kind).getOrDefault(name, List.of()));
            names(listener.kind).put(name, others);
            if (others.isEmpty()) {
                names(listener.kind).remove(name);
                left.add(name);
            }
        }
        if (!left.isEmpty()) {
            link.sendSubscription(listener.kind.request(false, left)).subscribe(reply -> {}, error -> {});
        }
        link.resume();
    }

    private static List<Listener> both(List<Listener> left, List<Listener> right) {
        List<Listener> both = new ArrayList<>(left);
        both.addAll(right);
        return List.copyOf(both);
    }

    private static List<Listener> without(Listener listener, List<Listener> from) {
        return from.stream().filter(other -> other != listener).toList();
    }

    private Map<Bytes, List<Listener>> names(Kind kind) {
        Map<Bytes, List<Listener>> names = listeners.get(kind);
        if (names == null) {
            throw new IllegalStateException("no such kind: " + kind);
        }
        return names;
    }

    private void deliver(Kind kind, @Nullable Reply pattern, Reply name, Reply channel, Reply text) {
        if (!(name instanceof Bytes key) || !(channel instanceof Bytes from) || !(text instanceof Bytes bytes)) {
            return;
        }
        Long lost = missed.isEmpty() ? null : missed.remove(from);
        Message message = new Message(pattern == null ? null : key, from, bytes, lost == null ? 0 : lost);
        for (Listener listener : names(kind).getOrDefault(key, List.of())) {
            listener.offer(message);
        }
    }

    /** One subscriber of messages. */
    private final class Listener {
        private final Kind kind;
        private final Set<Bytes> names;
        private final Runnable whenSubscribed;
        private final AtomicInteger buffered = new AtomicInteger();
        private final Sinks.Many<Message> sink = Sinks.many()
                .unicast()
                .onBackpressureBuffer(Queues.<Message>unbounded(64).get());

        Listener(Kind kind, Set<Bytes> names, Runnable whenSubscribed) {
            this.kind = kind;
            this.names = names;
            this.whenSubscribed = whenSubscribed;
        }

        void offer(Message message) {
            buffered.incrementAndGet();
            sink.tryEmitNext(message);
        }

        /** On the subscriber's thread. */
        void taken() {
            if (buffered.decrementAndGet() == MESSAGES_RESUME) {
                link.resume();
            }
        }
    }
}
