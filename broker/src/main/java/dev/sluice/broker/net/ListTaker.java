package dev.sluice.broker.net;

import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.rsocket.TakeRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * A {@code list.take} stream: an element leaves its list when the subscriber has asked for one and the socket takes it,
 * one per unit of demand. It waits in the same queue as BLPOP, which it is: each step is that command.
 */
final class ListTaker {
    private final RSocketListener.Shared shared;
    private final Session who;
    private final Request pop;
    private final FluxSink<Reply> sink;
    private final Pace pace;
    private @Nullable Disposable waiting;

    private ListTaker(
            RSocketListener.Shared shared,
            FrameConnection frames,
            Session who,
            TakeRequest request,
            FluxSink<Reply> sink) {
        this.shared = shared;
        this.who = who;
        this.pop = pop(request);
        this.sink = sink;
        this.pace = new Pace(frames, sink, this::take);
    }

    /** The elements, as {@code {key, value}}; cancelling ends the waiting, and no element is lost by it. */
    static Flux<Reply> open(RSocketListener.Shared shared, FrameConnection frames, Session who, TakeRequest request) {
        return Flux.create(sink -> new ListTaker(shared, frames, who, request, sink).begin());
    }

    private static Request pop(TakeRequest request) {
        List<Bytes> keys = request.keys();
        Bytes[] words = new Bytes[keys.size() + 2];
        words[0] = Bytes.of(request.side() == TakeRequest.Side.LEFT ? "BLPOP" : "BRPOP");
        for (int i = 0; i < keys.size(); i++) {
            words[i + 1] = keys.get(i);
        }
        words[words.length - 1] = Bytes.of(0);
        return new Request(words);
    }

    private void begin() {
        sink.onDispose(this::end);
        pace.begin();
    }

    private void end() {
        pace.end();
        Disposable waiter = waiting;
        if (waiter != null) {
            waiter.dispose();
        }
    }

    private void take() {
        while (waiting == null && pace.hasRoom()) {
            Reply reply = shared.dispatcher().run(who, pop);
            if (reply instanceof Reply.Later(var later)) {
                Disposable.Swap waiter = reactor.core.Disposables.swap();
                waiting = waiter;
                waiter.update(later.subscribe(this::served, sink::error));
            } else {
                emit(reply);
            }
        }
    }

    private void served(Reply reply) {
        waiting = null;
        emit(reply);
        pace.go();
    }

    private void emit(Reply reply) {
        switch (reply) {
            case Reply.Array(var items) -> sink.next(TakeRequest.taken((Bytes) items.getFirst(), items.getLast()));
            case Reply.Failure(String message) -> sink.error(new CommandError(message));
            default -> throw new IllegalStateException("a pop answered " + reply);
        }
    }
}
