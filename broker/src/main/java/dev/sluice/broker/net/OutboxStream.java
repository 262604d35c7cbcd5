package dev.sluice.broker.net;

import dev.sluice.broker.config.Setting;
import dev.sluice.streams.flow.Delivery;
import dev.sluice.streams.flow.Outbox;
import dev.sluice.streams.flow.OutboxLimits;
import dev.sluice.streams.flow.OverflowError;
import dev.sluice.streams.message.CommandError;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.FluxSink;

/** What is put into an outbox, out of it as a stream: at the pace of its subscriber and its socket. */
final class OutboxStream<T> extends BaseSubscriber<Delivery<T>> {
    private final FluxSink<Delivery<T>> sink;
    private final Outbox<T> outbox;
    private final Runnable onEnd;
    private final Pace pace;
    private boolean asked;

    /** @param onEnd nothing more needs to be put into the outbox; may be run more than once */
    OutboxStream(
            RSocketListener.Shared shared,
            Outlet frames,
            FluxSink<Delivery<T>> sink,
            Outbox<T> outbox,
            Runnable onEnd) {
        this.sink = sink;
        this.outbox = outbox;
        this.onEnd = onEnd;
        this.pace = new Pace(frames, sink, shared.loop()::nextTurn, this::pull);
    }

    /** How much an outbox may hold that wants to hold so many messages. */
    static OutboxLimits limits(RSocketListener.Shared shared, int messages) {
        return new OutboxLimits(
                Math.min(messages, shared.settings().integer(Setting.RSOCKET_OUTBOX_MESSAGES_MAX)),
                shared.settings().number(Setting.RSOCKET_OUTBOX_BYTES_MAX));
    }

    void begin() {
        sink.onDispose(this::end);
        outbox.subscribe(this);
        pace.begin();
    }

    private void end() {
        pace.end();
        onEnd.run();
        cancel();
    }

    private Pace.Then pull() {
        if (!asked) {
            asked = true;
            request(1);
        }
        return asked ? Pace.Then.WAIT : Pace.Then.GO_ON;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        pace.go();
    }

    @Override
    protected void hookOnNext(Delivery<T> delivery) {
        asked = false;
        pace.emit(() -> sink.next(delivery));
    }

    @Override
    protected void hookOnError(Throwable failed) {
        sink.error(failed instanceof OverflowError ? new CommandError(String.valueOf(failed.getMessage())) : failed);
    }
}
