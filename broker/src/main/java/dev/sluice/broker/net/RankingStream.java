package dev.sluice.broker.net;

import dev.sluice.broker.ranking.Ranking;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.rsocket.SharedReply;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/** A {@code zset.watch} or {@code zset.rank} stream: the newest value whenever there is demand and it is another. */
final class RankingStream {
    private final FluxSink<SharedReply> sink;
    private final Pace pace;
    private final Ranking ranking;

    private RankingStream(
            RSocketListener.Shared shared,
            Outlet frames,
            Function<Runnable, Ranking> watch,
            FluxSink<SharedReply> sink) {
        this.sink = sink;
        this.pace = new Pace(frames, sink, shared.loop()::nextTurn, this::step);
        this.ranking = watch.apply(pace::go);
    }

    /** @param watch begins to watch, given what is to be run when there is something to take */
    static Flux<SharedReply> open(RSocketListener.Shared shared, Outlet frames, Function<Runnable, Ranking> watch) {
        return Flux.create(sink -> new RankingStream(shared, frames, watch, sink).begin());
    }

    private void begin() {
        sink.onDispose(this::end);
        pace.begin();
    }

    private void end() {
        pace.end();
        ranking.close();
    }

    private Pace.Then step() {
        SharedReply next = take();
        if (next != null) {
            sink.next(next);
            if (pace.hasRoom()) {
                ranking.await();
            }
        }
        return Pace.Then.WAIT;
    }

    private @Nullable SharedReply take() {
        try {
            return ranking.take();
        } catch (CommandError none) {
            sink.error(none);
            return null;
        }
    }
}
