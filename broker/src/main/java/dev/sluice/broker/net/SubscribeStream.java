package dev.sluice.broker.net;

import dev.sluice.streams.flow.Delivery;
import dev.sluice.streams.flow.Outbox;
import dev.sluice.streams.hub.Listener;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.rsocket.SubscribeRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/** A {@code pubsub.subscribe} stream: the hub on one side, one subscriber's demand and socket on the other. */
final class SubscribeStream implements Listener {
    private static final int OVERHEAD_BYTES = 64;

    private final Outbox<Published> outbox;
    private final Subscriptions subscriptions;

    private SubscribeStream(RSocketListener.Shared shared, SubscribeRequest request) {
        this.outbox = new Outbox<>(
                request.overflow(),
                OutboxStream.limits(shared, request.buffer()),
                Published::conflationKey,
                lost -> {});
        this.subscriptions = shared.hub().join(this);
    }

    /** The messages, from the subscription on; cancelling unsubscribes. */
    static Flux<Delivery<Published>> open(RSocketListener.Shared shared, Outlet frames, SubscribeRequest request) {
        return Flux.create(sink -> new SubscribeStream(shared, request).begin(shared, frames, request, sink));
    }

    private void begin(
            RSocketListener.Shared shared,
            Outlet frames,
            SubscribeRequest request,
            FluxSink<Delivery<Published>> sink) {
        request.channels().forEach(name -> subscriptions.add(Published.Kind.CHANNEL, name));
        request.patterns().forEach(name -> subscriptions.add(Published.Kind.PATTERN, name));
        request.shardChannels().forEach(name -> subscriptions.add(Published.Kind.SHARD, name));
        new OutboxStream<>(shared, frames, sink, outbox, subscriptions::close).begin();
    }

    @Override
    public void deliver(Published message) {
        outbox.offer(message, message.message().length() + message.channel().length() + OVERHEAD_BYTES);
    }
}
