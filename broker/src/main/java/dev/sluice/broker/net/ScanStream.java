package dev.sluice.broker.net;

import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.rsocket.ScanRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * A {@code key.scan} stream: SCAN, a step further whenever the subscriber has demand and all keys of the steps before have
 * left. It shows what SCAN shows: each key that is there all the time, some of them perhaps twice.
 */
final class ScanStream {
    private static final Bytes BEGIN = Bytes.of(0);

    private final RSocketListener.Shared shared;
    private final Session who;
    private final ScanRequest request;
    private final FluxSink<Reply> sink;
    private final Pace pace;
    private final Queue<Bytes> keys = new ArrayDeque<>();
    private Bytes cursor = BEGIN;
    private boolean atEnd;

    private ScanStream(
            RSocketListener.Shared shared, Outlet frames, Session who, ScanRequest request, FluxSink<Reply> sink) {
        this.shared = shared;
        this.who = who;
        this.request = request;
        this.sink = sink;
        this.pace = new Pace(frames, sink, shared.loop()::nextTurn, this::step);
    }

    static Flux<Reply> open(RSocketListener.Shared shared, Outlet frames, Session who, ScanRequest request) {
        return Flux.create(sink -> {
            ScanStream stream = new ScanStream(shared, frames, who, request, sink);
            sink.onDispose(stream.pace::end);
            stream.pace.begin();
        });
    }

    private Pace.Then step() {
        Bytes key = keys.poll();
        boolean looks = key == null;
        if (looks) {
            look();
        } else {
            sink.next(key);
        }
        if (keys.isEmpty() && atEnd) {
            sink.complete();
        }
        return looks && keys.isEmpty() ? Pace.Then.NEXT_TURN : Pace.Then.GO_ON;
    }

    private void look() {
        Reply reply = shared.dispatcher().run(who, scan());
        try {
            switch (reply) {
                case Reply.Array(var items) -> {
                    cursor = (Bytes) items.get(0);
                    atEnd = cursor.equals(BEGIN);
                    keep((Packed) items.get(1));
                }
                case Reply.Failure(String message) -> sink.error(new CommandError(message));
                default -> throw new IllegalStateException("SCAN answered " + reply);
            }
        } finally {
            reply.release();
        }
    }

    private void keep(Packed names) {
        Packed.Cursor at = names.cursor();
        while (at.next()) {
            keys.add(at.string().detached());
        }
    }

    private Request scan() {
        List<Bytes> words = new ArrayList<>(List.of(Bytes.of("SCAN"), cursor, Bytes.of("COUNT")));
        words.add(Bytes.of(request.count()));
        if (request.match() != null) {
            words.add(Bytes.of("MATCH"));
            words.add(request.match());
        }
        if (request.type() != null) {
            words.add(Bytes.of("TYPE"));
            words.add(request.type());
        }
        return new Request(words.toArray(Bytes[]::new));
    }
}
