package dev.sluice.broker.net;

import dev.sluice.broker.session.KeyEvents;
import dev.sluice.broker.session.KeyEvents.KeyEvent;
import dev.sluice.broker.session.Session;
import dev.sluice.streams.flow.Delivery;
import dev.sluice.streams.flow.Outbox;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.rsocket.KeyWatchRequest;
import reactor.core.publisher.Flux;

/** A {@code key.watch} stream: what happens to keys. Of what waits too long the oldest goes, and is counted. */
final class KeyWatchStream {
    private static final int OVERHEAD_BYTES = 64;

    private KeyWatchStream() {}

    /** The events from now on; cancelling ends the watching. */
    static Flux<Delivery<KeyEvent>> open(
            RSocketListener.Shared shared, Outlet frames, Session who, KeyWatchRequest request) {
        return Flux.create(sink -> {
            Outbox<KeyEvent> outbox = new Outbox<>(
                    Overflow.DROP_OLDEST,
                    OutboxStream.limits(shared, KeyWatchRequest.BUFFER_EVENTS),
                    KeyEvent::key,
                    lost -> {});
            try {
                KeyEvents.Watcher watcher =
                        shared.keyEvents().watch(who.database(), request, event -> outbox.offer(event, bytes(event)));
                new OutboxStream<>(shared, frames, sink, outbox, watcher::close).begin();
            } catch (CommandError refused) {
                sink.error(refused);
            }
        });
    }

    private static int bytes(KeyEvent event) {
        return event.key().length() + event.event().length() + OVERHEAD_BYTES;
    }
}
