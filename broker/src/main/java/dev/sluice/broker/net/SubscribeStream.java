package dev.sluice.broker.net;

import dev.sluice.broker.session.Session;
import dev.sluice.streams.flow.Delivery;
import dev.sluice.streams.flow.Outbox;
import dev.sluice.streams.flow.OutboxCounts;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.hub.Listener;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.rsocket.SubscribeRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/** A {@code pubsub.subscribe} stream: the hub on one side, one subscriber's demand and socket on the other. */
final class SubscribeStream implements Listener {
    private static final int OVERHEAD_BYTES = 64;

    private final RSocketSession session;
    private final Overflow overflow;
    private final Outbox<Published> outbox;
    private final Patience patience;
    private final Subscriptions subscriptions;

    private SubscribeStream(RSocketListener.Shared shared, RSocketSession session, SubscribeRequest request) {
        this.session = session;
        this.overflow = request.overflow();
        Traffic.Pushes counts = shared.traffic().pushes(overflow);
        this.outbox = new Outbox<>(
                overflow,
                OutboxStream.limits(shared, request.buffer()),
                Published::conflationKey,
                lost -> counts.lost++,
                () -> shared.time().epochMillis());
        this.patience = new Patience(
                shared.patience(), session, outbox, outbox::giveUp, nanos -> counts.throttledNanos += nanos);
        this.subscriptions = shared.hub().join(this);
    }

    /** The messages, from the subscription on; cancelling unsubscribes. */
    static Flux<Delivery<Published>> open(
            RSocketListener.Shared shared, Outlet frames, RSocketSession session, SubscribeRequest request) {
        Traffic.Pushes counts = shared.traffic().pushes(request.overflow());
        return Flux.<Delivery<Published>>create(
                        sink -> new SubscribeStream(shared, session, request).begin(shared, frames, request, sink))
                .doOnNext(delivery -> counts.delivered++);
    }

    private void begin(
            RSocketListener.Shared shared,
            Outlet frames,
            SubscribeRequest request,
            FluxSink<Delivery<Published>> sink) {
        request.channels().forEach(name -> subscriptions.add(Published.Kind.CHANNEL, name));
        request.patterns().forEach(name -> subscriptions.add(Published.Kind.PATTERN, name));
        request.shardChannels().forEach(name -> subscriptions.add(Published.Kind.SHARD, name));
        session.subscribers().add(this);
        new OutboxStream<>(shared, frames, sink, outbox, this::end).begin();
    }

    private void end() {
        subscriptions.close();
        session.subscribers().remove(this);
    }

    @Override
    public void deliver(Published message) {
        int bytes = message.message().length() + message.channel().length() + OVERHEAD_BYTES;
        if (outbox.offer(message, bytes) == Outbox.Offered.WAIT) {
            patience.full();
        }
    }

    Session.Pushes pushes(long nowMs) {
        OutboxCounts now = outbox.counts();
        long lagMs = now.queued() == 0 ? 0 : Math.max(0, nowMs - outbox.oldestMs());
        return new Session.Pushes(overflow, now.queued(), now.queuedBytes(), now.lost(), lagMs);
    }
}
