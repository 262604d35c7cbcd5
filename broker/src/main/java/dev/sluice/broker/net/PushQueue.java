package dev.sluice.broker.net;

import dev.sluice.broker.session.Session;
import dev.sluice.streams.flow.Delivery;
import dev.sluice.streams.flow.Outbox;
import dev.sluice.streams.flow.OutboxCounts;
import dev.sluice.streams.flow.OutboxLimits;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** The outbox of a RESP connection whose socket does not take all its pushes, and the outbox's one subscriber. */
final class PushQueue extends BaseSubscriber<Delivery<Published>> {
    private final RespListener.Shared shared;
    private final RespConnection connection;
    private final Session session;
    private final Outbox<Published> outbox;
    private final Patience patience;
    private final Missed missed = new Missed();
    private Overflow overflow;
    private OutboxLimits limits;
    private boolean asked;
    private boolean lostWhatMustNotBe;

    PushQueue(RespListener.Shared shared, RespConnection connection) {
        this.shared = shared;
        this.connection = connection;
        this.session = connection.session();
        this.overflow = connection.policy().overflow();
        this.limits = limits(connection.policy());
        this.outbox = new Outbox<>(
                overflow,
                limits,
                Published::conflationKey,
                this::lost,
                () -> shared.time().epochMillis());
        this.patience = new Patience(shared.patience(), connection, outbox, this::giveUp, this::waited);
        outbox.subscribe(this);
    }

    void offer(Published message, int bytes) {
        follow();
        if (overflow == Overflow.DISCONNECT && connection.isOverHardLimit(bytes)) {
            connection.overflowed("its pushes reached the hard limit of its output");
            return;
        }
        switch (outbox.offer(message, bytes)) {
            case WAIT -> {
                if (!message.isRaw()) {
                    patience.full();
                }
            }
            case CLOSED -> connection.close(false);
            case TAKEN, LOST -> {}
        }
        if (lostWhatMustNotBe) {
            connection.overflowed("it would have missed what it must not");
        }
    }

    /** Policy and limits are what they are now: settings, subscriptions or the client itself may have changed them. */
    void follow() {
        PushPolicy policy = connection.policy();
        long bytesMax = shared.pushBytesMax(session.isSubscriber(), policy.overflow());
        if (policy.overflow() != overflow
                || policy.messagesMax() != limits.messagesMax()
                || bytesMax != limits.bytesMax()) {
            overflow = policy.overflow();
            limits = limits(policy);
            outbox.change(overflow, limits);
        }
    }

    private OutboxLimits limits(PushPolicy policy) {
        return new OutboxLimits(policy.messagesMax(), shared.pushBytesMax(session.isSubscriber(), policy.overflow()));
    }

    private void lost(Published message) {
        shared.traffic().pushes(overflow).lost++;
        if (connection.isClosed()) {
            return;
        }
        if (message.isVital()) {
            lostWhatMustNotBe = true;
        } else if (!message.isRaw()) {
            missed.add(message.channel());
        }
    }

    boolean isEmpty() {
        return outbox.queuedBytes() == 0;
    }

    long queuedBytes() {
        return outbox.queuedBytes();
    }

    void pull() {
        if (!asked && connection.takesPushes()) {
            asked = true;
            request(1);
        }
    }

    /** Moves all that is queued before a reply that comes after it: a client's own PUBLISH, or what it waited for. */
    void letAllOut() {
        for (int left = isEmpty() ? 0 : outbox.counts().queued(); left > 0; left--) {
            asked = true;
            request(1);
        }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        pull();
    }

    @Override
    protected void hookOnNext(Delivery<Published> delivery) {
        asked = false;
        if (delivery.missed() > 0) {
            tellMissed();
        }
        Bytes push = shared.encoded(delivery.message(), session.protocol());
        shared.traffic().pushes(overflow).delivered++;
        connection.append(push);
        if (isEmpty()) {
            tellMissed(); // perhaps nothing comes behind it for long
        }
        pull();
    }

    /** RESP2 has no place for it: there it is in CLIENT LIST. */
    private void tellMissed() {
        if (missed.isEmpty()) {
            return;
        }
        if (session.protocol() == 3) {
            missed.tell(push -> connection.append(connection.encoded(push)));
        } else {
            missed.clear();
        }
    }

    @Override
    protected void hookOnError(Throwable error) {
        connection.overflowed(String.valueOf(error.getMessage()));
    }

    private void giveUp() {
        connection.overflowed("publishers waited for it for too long");
    }

    private void waited(long nanos) {
        shared.traffic().pushes(overflow).throttledNanos += nanos;
    }

    Session.Pushes pushes(long nowMs) {
        OutboxCounts counts = outbox.counts();
        long lagMs = counts.queued() == 0 ? 0 : Math.max(0, nowMs - outbox.oldestMs());
        return new Session.Pushes(overflow, counts.queued(), counts.queuedBytes(), counts.lost(), lagMs);
    }
}
