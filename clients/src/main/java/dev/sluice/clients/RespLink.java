package dev.sluice.clients;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.resp.ReplyLimits;
import dev.sluice.streams.resp.ReplyReader;
import dev.sluice.streams.resp.RequestWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.util.concurrent.Queues;

/**
 * The connection behind a {@link RespClient}. Requests come in through one queue from any thread; everything else lives
 * on the connection's event loop. Written is what the socket takes, in batches, and read is one buffer at a time, as
 * long as no subscription has too much that nobody requested.
 */
final class RespLink {
    /** Messages that a subscription keeps for its subscriber before the socket is no longer read. */
    static final int MESSAGES_BUFFERED_MAX = 1_024;

    private static final int REQUESTS_UNDER_WAY_MAX = 1 << 20;
    private static final int WRITE_BYTES = 64 << 10;

    /** How a name is subscribed to. */
    enum Kind {
        CHANNEL("SUBSCRIBE", "UNSUBSCRIBE"),
        PATTERN("PSUBSCRIBE", "PUNSUBSCRIBE");

        private final Bytes subscribe;
        private final Bytes unsubscribe;

        Kind(String subscribe, String unsubscribe) {
            this.subscribe = Bytes.of(subscribe);
            this.unsubscribe = Bytes.of(unsubscribe);
        }

        Request request(boolean on, List<Bytes> names) {
            Bytes[] words = new Bytes[names.size() + 1];
            words[0] = on ? subscribe : unsubscribe;
            for (int i = 0; i < names.size(); i++) {
                words[i + 1] = names.get(i);
            }
            return new Request(words);
        }
    }

    private final Connection connection;
    private final Channel channel;
    private final Queue<Call> submitted = Queues.<Call>unboundedMultiproducer().get();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger flushes = new AtomicInteger();
    private final Queue<Call> awaited = new ArrayDeque<>();
    private final Subscriptions subscriptions = new Subscriptions(this);
    private final Sinks.Many<Reply.Push> pushes = Sinks.many().multicast().directBestEffort();
    private final Inbound inbound = new Inbound();
    private volatile boolean ended;

    RespLink(Connection connection) {
        this.connection = connection;
        this.channel = connection.channel();
        connection.addHandlerLast("sluice.writability", new Writability());
        connection.onDispose(() -> onLoop(() -> end(new IOException("the connection was closed"))));
        connection.inbound().receive().subscribe(inbound);
    }

    Mono<Reply> send(Request request) {
        return send(request, 0);
    }

    /**
     * Sends a change of subscriptions, which is answered by as many pushes as it has names, or by one refusal. Completes
     * with {@link Reply.None} once all have come.
     */
    Mono<Reply> sendSubscription(Request request) {
        return send(request, request.size() - 1);
    }

    private Mono<Reply> send(Request request, int confirmations) {
        return Mono.create(sink -> {
            if (underWay.incrementAndGet() > REQUESTS_UNDER_WAY_MAX) {
                underWay.decrementAndGet();
                sink.error(new IllegalStateException("more than " + REQUESTS_UNDER_WAY_MAX + " requests under way"));
                return;
            }
            Call call = new Call(request, sink, confirmations);
            sink.onCancel(() -> call.cancelled = true);
            submitted.add(call);
            scheduleFlush();
        });
    }

    Flux<Message> subscribe(Kind kind, List<Bytes> names, Runnable whenSubscribed) {
        return subscriptions.open(kind, names, whenSubscribed);
    }

    Flux<Reply.Push> pushes() {
        return pushes.asFlux();
    }

    /** Messages kept for the subscription that is furthest behind; from any thread. */
    int mostBuffered() {
        return subscriptions.mostBuffered();
    }

    Mono<Void> closed() {
        return connection.onDispose();
    }

    void close() {
        connection.dispose();
    }

    /** Runs on the event loop, now if that is where we are; at once if the loop has gone. */
    void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
            return;
        }
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    boolean hasEnded() {
        return ended;
    }

    /** Goes on reading, if it was held up. */
    void resume() {
        onLoop(inbound::requestNext);
    }

    private void scheduleFlush() {
        if (flushes.getAndIncrement() == 0) {
            onLoop(this::flush);
        }
    }

    /** Writes all that was submitted, as long as the socket takes it; {@link Writability} calls again. */
    private void flush() {
        int missed;
        do {
            missed = flushes.get();
            if (ended) {
                failSubmitted(new IOException("the connection is closed"));
            } else {
                while (channel.isWritable() && !submitted.isEmpty()) {
                    channel.writeAndFlush(batch());
                }
            }
        } while (flushes.addAndGet(-missed) != 0);
    }

    private ByteBuf batch() {
        ByteBuf out = channel.alloc().buffer();
        Call call;
        while (out.readableBytes() < WRITE_BYTES && (call = submitted.poll()) != null) {
            if (call.cancelled) {
                underWay.decrementAndGet();
            } else {
                RequestWriter.write(call.request, out);
                awaited.add(call);
            }
        }
        return out;
    }

    private void received(Reply reply) throws IOException {
        if (reply instanceof Reply.Push push) {
            if (Subscriptions.isConfirmation(push)) {
                confirmed();
            } else {
                subscriptions.received(push);
            }
            pushes.tryEmitNext(push);
            return;
        }
        Call call = awaited.poll();
        if (call == null) {
            throw new IOException("a reply that nobody asked for: " + reply);
        }
        underWay.decrementAndGet();
        call.sink.success(reply);
    }

    /** Replies and confirmations keep the order of the requests, so this one belongs to the oldest. */
    private void confirmed() {
        Call call = awaited.peek();
        if (call != null && call.confirmations > 0 && --call.confirmations == 0) {
            awaited.remove();
            underWay.decrementAndGet();
            call.sink.success(Reply.None.NONE);
        }
    }

    private void end(Throwable cause) {
        if (ended) {
            return;
        }
        ended = true;
        for (Call call = awaited.poll(); call != null; call = awaited.poll()) {
            underWay.decrementAndGet();
            call.sink.error(cause);
        }
        failSubmitted(cause);
        subscriptions.end(cause);
        pushes.tryEmitComplete();
        connection.dispose();
    }

    private void failSubmitted(Throwable cause) {
        for (Call call = submitted.poll(); call != null; call = submitted.poll()) {
            underWay.decrementAndGet();
            call.sink.error(cause);
        }
    }

    /** A request and who waits for its reply. */
    private static final class Call {
        private final Request request;
        private final MonoSink<Reply> sink;
        private int confirmations;
        private volatile boolean cancelled;

        Call(Request request, MonoSink<Reply> sink, int confirmations) {
            this.request = request;
            this.sink = sink;
            this.confirmations = confirmations;
        }
    }

    private final class Inbound extends BaseSubscriber<ByteBuf> {
        private final ReplyReader reader = new ReplyReader(ReplyLimits.DEFAULT);
        private boolean requested;

        /** Asks for the next buffer unless one is due already or a subscriber is behind. */
        void requestNext() {
            if (!requested && !subscriptions.areBehind()) {
                requested = true;
                request(1);
            }
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            requestNext();
        }

        @Override
        protected void hookOnNext(ByteBuf in) {
            requested = false;
            try {
                reader.feed(in);
                for (Reply reply = reader.next(); reply != null; reply = reader.next()) {
                    received(reply);
                }
            } catch (IOException | RuntimeException e) {
                end(e);
                return;
            }
            requestNext();
        }

        @Override
        protected void hookOnComplete() {
            end(new IOException("the server closed the connection"));
        }

        @Override
        protected void hookOnError(Throwable error) {
            end(error);
        }
    }

    private final class Writability extends ChannelInboundHandlerAdapter {
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (channel.isWritable()) {
                scheduleFlush();
            }
            context.fireChannelWritabilityChanged();
        }
    }
}
