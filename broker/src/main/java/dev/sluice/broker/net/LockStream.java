package dev.sluice.broker.net;

import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.rsocket.LockRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * A {@code lock.hold} stream: LOCK, whose token is its one element; RELOCK, three times a lease, while the stream lives;
 * UNLOCK when it is cancelled or its connection is gone. It completes without an element when the lock cannot be had, and
 * fails when it has been lost.
 */
final class LockStream {
    private static final int RENEWALS_A_LEASE = 3;
    private static final Bytes LEASE = Bytes.of("LEASE");

    private final RSocketListener.Shared shared;
    private final Session who;
    private final LockRequest request;
    private final FluxSink<Reply> sink;
    private final Disposable.Swap busy = Disposables.swap();
    private boolean held;

    private LockStream(RSocketListener.Shared shared, Session who, LockRequest request, FluxSink<Reply> sink) {
        this.shared = shared;
        this.who = who;
        this.request = request;
        this.sink = sink;
    }

    static Flux<Reply> open(RSocketListener.Shared shared, Session who, LockRequest request) {
        return Flux.create(sink -> new LockStream(shared, who, request, sink).begin());
    }

    private void begin() {
        sink.onDispose(this::end);
        List<Bytes> lock = new ArrayList<>(
                List.of(Bytes.of("LOCK"), request.key(), request.owner(), LEASE, Bytes.of(request.leaseMs())));
        if (request.waitMs() != LockRequest.NO_WAIT) {
            lock.add(Bytes.of("WAIT"));
            lock.add(Bytes.of(request.waitMs()));
        }
        run(Request.of(lock), token -> {
            if (token instanceof Reply.Null) {
                sink.complete();
                return;
            }
            held = true;
            sink.next(LockRequest.held(token));
            renewLater();
        });
    }

    private void renewLater() {
        long period = Math.max(1, request.leaseMs() / RENEWALS_A_LEASE);
        busy.update(shared.loop().after(period, this::renew));
    }

    private void renew() {
        Request relock =
                new Request(Bytes.of("RELOCK"), request.key(), request.owner(), LEASE, Bytes.of(request.leaseMs()));
        run(relock, token -> {
            if (token instanceof Reply.Null) {
                held = false;
                sink.error(new CommandError("ERR the lock is lost"));
            } else {
                renewLater();
            }
        });
    }

    private void run(Request call, Consumer<Reply> then) {
        Reply reply = shared.dispatcher().run(who, call);
        if (reply instanceof Reply.Later(var later)) {
            Disposable.Swap waiter = Disposables.swap();
            busy.update(waiter);
            waiter.update(later.subscribe(served -> answered(served, then), sink::error));
        } else {
            answered(reply, then);
        }
    }

    private void answered(Reply reply, Consumer<Reply> then) {
        if (reply instanceof Reply.Failure(String message)) {
            sink.error(new CommandError(message));
        } else {
            then.accept(reply);
        }
    }

    private void end() {
        busy.dispose();
        if (held) {
            held = false;
            Reply reply = shared.dispatcher().run(who, new Request(Bytes.of("UNLOCK"), request.key(), request.owner()));
            if (reply instanceof Reply.Later(var later)) {
                later.subscribe();
            }
        }
    }
}
