package dev.sluice.broker.net;

import dev.sluice.broker.config.Setting;
import dev.sluice.streams.flow.Delivery;
import dev.sluice.streams.flow.Outbox;
import dev.sluice.streams.flow.OutboxLimits;
import dev.sluice.streams.flow.OverflowError;
import dev.sluice.streams.hub.Listener;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.rsocket.SubscribeRequest;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/** A {@code pubsub.subscribe} stream: the hub on one side, one subscriber's demand and socket on the other. */
final class SubscribeStream extends BaseSubscriber<Delivery<Published>> implements Listener {
    private static final int OVERHEAD_BYTES = 64;

    private final FluxSink<Delivery<Published>> sink;
    private final Pace pace;
    private final Outbox<Published> outbox;
    private final Subscriptions subscriptions;
    private boolean asked;

    private SubscribeStream(
            RSocketListener.Shared shared,
            FrameConnection frames,
            SubscribeRequest request,
            FluxSink<Delivery<Published>> sink) {
        this.sink = sink;
        this.pace = new Pace(frames, sink, shared.loop()::nextTurn, this::pull);
        this.outbox = new Outbox<>(
                request.overflow(),
                new OutboxLimits(
                        Math.min(request.buffer(), shared.settings().integer(Setting.RSOCKET_OUTBOX_MESSAGES_MAX)),
                        shared.settings().number(Setting.RSOCKET_OUTBOX_BYTES_MAX)),
                Published::conflationKey,
                lost -> {});
        this.subscriptions = shared.hub().join(this);
    }

    /** The messages, from the subscription on; cancelling unsubscribes. */
    static Flux<Delivery<Published>> open(
            RSocketListener.Shared shared, FrameConnection frames, SubscribeRequest request) {
        return Flux.create(sink -> new SubscribeStream(shared, frames, request, sink).begin(request));
    }

    private void begin(SubscribeRequest request) {
        request.channels().forEach(name -> subscriptions.add(Published.Kind.CHANNEL, name));
        request.patterns().forEach(name -> subscriptions.add(Published.Kind.PATTERN, name));
        request.shardChannels().forEach(name -> subscriptions.add(Published.Kind.SHARD, name));
        sink.onDispose(this::end);
        outbox.subscribe(this);
        pace.begin();
    }

    private void end() {
        pace.end();
        subscriptions.close();
        cancel();
    }

    @Override
    public void deliver(Published message) {
        outbox.offer(message, message.message().length() + message.channel().length() + OVERHEAD_BYTES);
    }

    private boolean pull() {
        if (asked) {
            return false;
        }
        asked = true;
        request(1);
        return !asked;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        pace.go();
    }

    @Override
    protected void hookOnNext(Delivery<Published> delivery) {
        asked = false;
        pace.emit(() -> sink.next(delivery));
    }

    @Override
    protected void hookOnError(Throwable failed) {
        sink.error(failed instanceof OverflowError ? new CommandError(String.valueOf(failed.getMessage())) : failed);
    }
}
