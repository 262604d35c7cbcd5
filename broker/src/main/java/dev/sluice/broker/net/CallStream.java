package dev.sluice.broker.net;

import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.rsocket.MoveRequest;
import dev.sluice.streams.rsocket.PopRequest;
import dev.sluice.streams.rsocket.TakeRequest;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * A stream that is one command again and again: each unit of demand is a call, once the socket takes its reply, and each
 * reply an element. The command is one that waits until it has something, in the same queue as it does for others; so an
 * element leaves its list when it was asked for, and cancelling ends the waiting and loses none.
 */
final class CallStream {
    private static final Bytes FOR_EVER = Bytes.of(0);

    private final RSocketListener.Shared shared;
    private final Session who;
    private final Request call;
    private final Function<Reply, Reply> element;
    private final FluxSink<Reply> sink;
    private final Pace pace;
    private @Nullable Disposable waiting;

    private CallStream(
            RSocketListener.Shared shared,
            FrameConnection frames,
            Session who,
            Request call,
            Function<Reply, Reply> element,
            FluxSink<Reply> sink) {
        this.shared = shared;
        this.who = who;
        this.call = call;
        this.element = element;
        this.sink = sink;
        this.pace = new Pace(frames, sink, shared.loop()::nextTurn, this::step);
    }

    /** {@code list.take}: the elements, as {@code {key, value}}. */
    static Flux<Reply> take(RSocketListener.Shared shared, FrameConnection frames, Session who, TakeRequest request) {
        String command = request.side() == TakeRequest.Side.LEFT ? "BLPOP" : "BRPOP";
        return open(
                shared,
                frames,
                who,
                ofKeys(command, request.keys()),
                popped -> TakeRequest.taken((Bytes) item(popped, 0), item(popped, 1)));
    }

    /** {@code list.move}: the elements. */
    static Flux<Reply> move(RSocketListener.Shared shared, FrameConnection frames, Session who, MoveRequest request) {
        Request call = new Request(
                Bytes.of("BLMOVE"),
                request.source(),
                request.destination(),
                Bytes.of(request.from().name()),
                Bytes.of(request.to().name()),
                FOR_EVER);
        return open(shared, frames, who, call, moved -> moved);
    }

    /** {@code zset.pop}: the members, as {@code {key, member, score}}. */
    static Flux<Reply> pop(RSocketListener.Shared shared, FrameConnection frames, Session who, PopRequest request) {
        String command = request.side() == PopRequest.Side.MIN ? "BZPOPMIN" : "BZPOPMAX";
        return open(
                shared,
                frames,
                who,
                ofKeys(command, request.keys()),
                popped -> PopRequest.popped(item(popped, 0), item(popped, 1), item(popped, 2)));
    }

    private static Flux<Reply> open(
            RSocketListener.Shared shared,
            FrameConnection frames,
            Session who,
            Request call,
            Function<Reply, Reply> element) {
        return Flux.create(sink -> new CallStream(shared, frames, who, call, element, sink).begin());
    }

    private static Request ofKeys(String command, List<Bytes> keys) {
        Bytes[] words = new Bytes[keys.size() + 2];
        words[0] = Bytes.of(command);
        for (int i = 0; i < keys.size(); i++) {
            words[i + 1] = keys.get(i);
        }
        words[words.length - 1] = FOR_EVER;
        return new Request(words);
    }

    private static Reply item(Reply array, int index) {
        return ((Reply.Array) array).items().get(index);
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

    private Pace.Then step() {
        if (waiting != null) {
            return Pace.Then.WAIT;
        }
        Reply reply = shared.dispatcher().run(who, call);
        if (reply instanceof Reply.Later(var later)) {
            Disposable.Swap waiter = Disposables.swap();
            waiting = waiter;
            waiter.update(later.subscribe(this::served, sink::error));
            return Pace.Then.WAIT;
        }
        emit(reply);
        return Pace.Then.GO_ON;
    }

    /** Even if the socket takes no more by now: the element has left its list. */
    private void served(Reply reply) {
        waiting = null;
        pace.emit(() -> emit(reply));
    }

    private void emit(Reply reply) {
        switch (reply) {
            case Reply.Failure(String message) -> sink.error(new CommandError(message));
            case Reply.Null unblocked -> {} // by CLIENT UNBLOCK: it has nothing to go on to but the same
            default -> sink.next(element.apply(reply));
        }
    }
}
