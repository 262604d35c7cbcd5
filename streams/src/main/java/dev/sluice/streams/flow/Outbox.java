package dev.sluice.streams.flow;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;

/**
 * What one subscriber has yet to receive: a bounded queue that publishers {@link #offer} to and that the subscriber
 * empties with its demand. For one subscriber; a second one is refused. Each message has one end: it is delivered, or
 * {@code dropped} is told of it, which gives its memory back.
 *
 * <p>Threads. As the broker uses it, offer, request, cancel and the signals all happen on the event loop of the
 * subscriber's connection, and nothing below is ever contended. It stays correct when they come from different threads:
 * all fields are guarded by the monitor, which is held for a few instructions and never while a signal, a dropped
 * message or a waiting publisher is told; and {@code emitting} elects the one thread that signals. Who finds it set
 * leaves his change in the fields and goes: the emitter looks again before it resigns ({@link #drain}; an emitter loop,
 * as David Karnok calls it: the flag is what a work-in-progress counter is to a lock-free queue drain). The same flag
 * makes it safe to request, cancel or offer from within onNext: there is no recursion.
 */
public final class Outbox<T> extends Flux<Delivery<T>> {
    /** What became of an offered message. */
    public enum Offered {
        /** Delivered or queued, perhaps at the cost of an older one. */
        TAKEN,
        /** Queued, and the outbox is full now: the publisher should wait for {@link Outbox#room()}. */
        WAIT,
        /** Dropped by the policy. */
        LOST,
        /** Dropped: the outbox has ended, perhaps by this very message. */
        CLOSED
    }

    private enum State {
        OPEN,
        /** Complete as soon as the queue is empty. */
        COMPLETING,
        /** The error is still to be signalled; the queue is gone. */
        FAILED,
        /** Cancelled, or the last signal was given. */
        ENDED
    }

    private static final class Node<T> {
        T message;
        int bytes;
        long sinceMs;
        long missed;

        @Nullable
        Node<T> next;

        Node(T message, int bytes, long sinceMs, long missed) {
            this.message = message;
            this.bytes = bytes;
            this.sinceMs = sinceMs;
            this.missed = missed;
        }
    }

    private final Function<? super T, ?> channelOf;
    private final Consumer<? super T> dropped;
    private final LongSupplier clockMs;

    private Overflow policy;
    private OutboxLimits limits;

    private State state = State.OPEN;
    private @Nullable Throwable error;
    private boolean subscribed;
    private boolean emitting;
    private @Nullable CoreSubscriber<? super Delivery<T>> subscriber;
    private long demand;

    private @Nullable Node<T> head;
    private @Nullable Node<T> tail;
    private int queued;
    private long queuedBytes;
    /** The newest queued message of each channel, under {@link Overflow#LATEST}. */
    private @Nullable Map<Object, Node<T>> newest;
    /** Lost since the newest message that was queued or delivered. */
    private long missedSince;

    private long offered;
    private long delivered;
    private long lost;

    /** Lost messages that {@code dropped} is yet to be told of. */
    private @Nullable Node<T> discarded;
    /** What throttled publishers wait for. */
    private Sinks.@Nullable Empty<Void> waiting;

    /**
     * @param channelOf what {@link Overflow#LATEST} conflates by
     * @param dropped told of each message that will not be delivered; must not throw
     */
    public Outbox(Overflow policy, OutboxLimits limits, Function<? super T, ?> channelOf, Consumer<? super T> dropped) {
        this(policy, limits, channelOf, dropped, () -> 0);
    }

    /** @param clockMs what {@link #oldestMs} goes by */
    public Outbox(
            Overflow policy,
            OutboxLimits limits,
            Function<? super T, ?> channelOf,
            Consumer<? super T> dropped,
            LongSupplier clockMs) {
        this.clockMs = clockMs;
        this.policy = policy;
        this.limits = limits;
        this.channelOf = channelOf;
        this.dropped = dropped;
    }

    /**
     * Takes a message over, whatever becomes of it. With demand at hand it is delivered at once and no limit applies.
     *
     * @param bytes what the message counts for in the limits; at least 1 is counted
     */
    public Offered offer(T message, int bytes) {
        CoreSubscriber<? super Delivery<T>> receiver = null;
        long missed = 0;
        Offered result = Offered.TAKEN;
        boolean elected;
        synchronized (this) {
            offered++;
            if (demand > 0 && head == null && !emitting && state == State.OPEN) {
                receiver = subscriber;
            }
            if (receiver != null) {
                missed = takeMissed();
                countDelivery();
                emitting = true;
                elected = true;
            } else {
                result = admit(message, Math.max(1, bytes));
                elected = elect();
            }
        }
        if (receiver != null) {
            emit(receiver, message, missed);
        } else {
            tell();
        }
        if (elected) {
            drain();
        }
        return result;
    }

    /**
     * Completes when the outbox is below its limits or has ended; at once if it is already. On the thread whose request
     * made the room.
     */
    public synchronized Mono<Void> room() {
        if (state != State.OPEN || !full()) {
            return Mono.empty();
        }
        if (waiting == null) {
            waiting = Sinks.empty();
        }
        return waiting.asMono();
    }

    /** Completes the subscription after what is queued; what is offered from now on is dropped. */
    public void complete() {
        boolean elected;
        synchronized (this) {
            if (state != State.OPEN) {
                return;
            }
            state = State.COMPLETING;
            elected = elect();
        }
        tell();
        if (elected) {
            drain();
        }
    }

    /** Ends the subscription with an error at once; what is queued is lost. */
    public void fail(Throwable reason) {
        boolean elected;
        synchronized (this) {
            failed(reason);
            elected = elect();
        }
        tell();
        if (elected) {
            drain();
        }
    }

    /** Ends the subscription as an overflow does: its subscriber was waited for long enough. */
    public void giveUp() {
        OutboxCounts now = counts();
        fail(new OverflowError(now.queued(), now.queuedBytes()));
    }

    /** Another policy and other limits, which the next message that has to be queued will meet. */
    public void change(Overflow policyNow, OutboxLimits limitsNow) {
        synchronized (this) {
            policy = policyNow;
            limits = limitsNow;
            newest = null;
            if (policyNow == Overflow.LATEST) {
                for (Node<T> node = head; node != null; node = node.next) {
                    index(node);
                }
            }
        }
        tell();
    }

    public synchronized Overflow policy() {
        return policy;
    }

    public synchronized OutboxCounts counts() {
        return new OutboxCounts(offered, delivered, lost, queued, queuedBytes);
    }

    /** When the oldest queued message came, by the clock; 0 if none is queued. */
    public synchronized long oldestMs() {
        return head == null ? 0 : head.sinceMs;
    }

    /** Bytes of the queued messages, as their publishers stated them. */
    public synchronized long queuedBytes() {
        return queuedBytes;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Delivery<T>> actual) {
        boolean first;
        synchronized (this) {
            first = !subscribed;
            subscribed = true;
            emitting |= first;
        }
        if (!first) {
            Operators.error(actual, new IllegalStateException("an outbox has one subscriber"));
            return;
        }
        actual.onSubscribe(new Demand());
        synchronized (this) {
            if (state != State.ENDED) {
                subscriber = actual;
            }
        }
        drain();
    }

    private final class Demand implements Subscription {
        @Override
        public void request(long n) {
            boolean elected;
            synchronized (Outbox.this) {
                if (n > 0) {
                    demand = Operators.addCap(demand, n);
                } else {
                    failed(new IllegalArgumentException("§3.9: the demand must be positive, it was " + n));
                }
                elected = elect();
            }
            if (n <= 0) {
                tell();
            }
            if (elected) {
                drain();
            }
        }

        @Override
        public void cancel() {
            end();
        }
    }

    // From here on methods either say that they take the monitor, or are called with it held.

    /** Puts a message into the queue, or does what the policy says. */
    private Offered admit(T message, int bytes) {
        if (state != State.OPEN) {
            discard(message, bytes);
            return Offered.CLOSED;
        }
        return switch (policy) {
            case DISCONNECT -> {
                if (fits(bytes)) {
                    append(message, bytes);
                    yield Offered.TAKEN;
                }
                yield overflow(message, bytes);
            }
            case DROP_NEWEST -> {
                if (fits(bytes)) {
                    append(message, bytes);
                    yield Offered.TAKEN;
                }
                yield lose(message, bytes);
            }
            case DROP_OLDEST -> appendAtTheCostOfOlder(message, bytes);
            case LATEST -> {
                Node<T> older = newest == null ? null : newest.get(channelOf.apply(message));
                yield older == null ? appendAtTheCostOfOlder(message, bytes) : conflate(older, message, bytes);
            }
            case THROTTLE -> {
                if (queuedBytes + bytes > limits.throttledBytesMax()) {
                    yield overflow(message, bytes);
                }
                append(message, bytes);
                yield full() ? Offered.WAIT : Offered.TAKEN;
            }
        };
    }

    private boolean fits(int bytes) {
        return queued < limits.messagesMax() && queuedBytes + bytes <= limits.bytesMax();
    }

    private boolean full() {
        return queued >= limits.messagesMax() || queuedBytes >= limits.bytesMax();
    }

    private Offered overflow(T message, int bytes) {
        OverflowError overflow = new OverflowError(queued + 1, queuedBytes + bytes);
        discard(message, bytes);
        failed(overflow);
        return Offered.CLOSED;
    }

    private Offered lose(T message, int bytes) {
        missedSince++;
        discard(message, bytes);
        return Offered.LOST;
    }

    private Offered appendAtTheCostOfOlder(T message, int bytes) {
        if (bytes > limits.bytesMax()) {
            return lose(message, bytes);
        }
        while (!fits(bytes)) {
            loseOldest();
        }
        append(message, bytes);
        return Offered.TAKEN;
    }

    /** Replaces the queued message of the same channel where it stands, so that a busy channel cannot starve another. */
    private Offered conflate(Node<T> node, T message, int bytes) {
        if (bytes > limits.bytesMax()) {
            return lose(message, bytes);
        }
        queuedBytes += bytes - node.bytes;
        discard(node.message, node.bytes);
        node.message = message;
        node.bytes = bytes;
        node.sinceMs = clockMs.getAsLong();
        node.missed += 1 + (node == tail ? takeMissed() : 0);
        Offered result = Offered.TAKEN;
        while (queuedBytes > limits.bytesMax()) {
            if (head == node) {
                result = Offered.LOST;
            }
            loseOldest();
        }
        return result;
    }

    private void loseOldest() {
        Node<T> node = removeOldest();
        long missed = node.missed + 1;
        if (head == null) {
            missedSince += missed;
        } else {
            head.missed += missed;
        }
        discard(node.message, node.bytes);
    }

    private void append(T message, int bytes) {
        Node<T> node = new Node<>(message, bytes, clockMs.getAsLong(), takeMissed());
        if (tail == null) {
            head = node;
        } else {
            tail.next = node;
        }
        tail = node;
        queued++;
        queuedBytes += bytes;
        if (policy == Overflow.LATEST) {
            index(node);
        }
    }

    private Node<T> removeOldest() {
        Node<T> node = Objects.requireNonNull(head);
        head = node.next;
        if (head == null) {
            tail = null;
        }
        queued--;
        queuedBytes -= node.bytes;
        if (newest != null) {
            newest.remove(channelOf.apply(node.message), node);
        }
        return node;
    }

    private void index(Node<T> node) {
        if (newest == null) {
            newest = new HashMap<>();
        }
        newest.put(channelOf.apply(node.message), node);
    }

    private long takeMissed() {
        long missed = missedSince;
        missedSince = 0;
        return missed;
    }

    private void countDelivery() {
        delivered++;
        if (demand != Long.MAX_VALUE) {
            demand--;
        }
    }

    private void discard(T message, int bytes) {
        lost++;
        Node<T> node = new Node<>(message, bytes, 0, 0);
        node.next = discarded;
        discarded = node;
    }

    private void discardQueue() {
        if (tail != null) {
            lost += queued;
            tail.next = discarded;
            discarded = head;
        }
        head = null;
        tail = null;
        newest = null;
        queued = 0;
        queuedBytes = 0;
    }

    private void failed(Throwable reason) {
        if (state == State.OPEN || state == State.COMPLETING) {
            state = State.FAILED;
            error = reason;
            discardQueue();
        }
    }

    /** Whether the caller shall {@link #drain} because there is something to signal and nobody does it. */
    private boolean elect() {
        if (emitting || subscriber == null) {
            return false;
        }
        emitting = switch (state) {
            case OPEN -> head != null && demand > 0;
            case COMPLETING -> head == null || demand > 0;
            case FAILED -> true;
            case ENDED -> false;
        };
        return emitting;
    }

    /** Signals whatever there is to signal. Called by who was elected, without the monitor; takes it for each step. */
    private void drain() {
        while (true) {
            CoreSubscriber<? super Delivery<T>> receiver;
            Node<T> node = null;
            Throwable failure;
            boolean publishersWait;
            synchronized (this) {
                receiver = subscriber;
                emitting = false;
                if (!elect() || receiver == null) {
                    return;
                }
                failure = error;
                if (head != null) {
                    node = removeOldest();
                    countDelivery();
                } else {
                    state = State.ENDED;
                    subscriber = null;
                }
                publishersWait = waiting != null;
            }
            if (node != null) {
                emit(receiver, node.message, node.missed);
                if (publishersWait) {
                    tell();
                }
            } else if (failure != null) {
                receiver.onError(failure);
            } else {
                receiver.onComplete();
            }
        }
    }

    /** Gives one message to the subscriber, without the monitor. One that throws breaks the rules and has cancelled. */
    private void emit(CoreSubscriber<? super Delivery<T>> receiver, T message, long missed) {
        try {
            receiver.onNext(new Delivery<>(message, missed));
        } catch (Throwable thrown) {
            Exceptions.throwIfJvmFatal(thrown);
            end();
            Operators.onErrorDropped(thrown, receiver.currentContext());
        }
    }

    /** Cancels: takes the monitor. */
    private void end() {
        synchronized (this) {
            state = State.ENDED;
            subscriber = null;
            discardQueue();
        }
        tell();
    }

    /** Tells, without the monitor, what was decided with it: who lost a message, and who need not wait any more. */
    private void tell() {
        Node<T> node;
        Sinks.Empty<Void> opened = null;
        synchronized (this) {
            node = discarded;
            discarded = null;
            if (state != State.OPEN || !full()) {
                opened = waiting;
                waiting = null;
            }
        }
        for (; node != null; node = node.next) {
            dropped.accept(node.message);
        }
        if (opened != null) {
            opened.tryEmitEmpty();
        }
    }
}
