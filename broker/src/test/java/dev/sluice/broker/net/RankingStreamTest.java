package dev.sluice.broker.net;

import static dev.sluice.broker.net.RSocketPeer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.RangeRequest;
import dev.sluice.streams.rsocket.RankRequest;
import dev.sluice.streams.rsocket.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

/** {@code zset.watch} and {@code zset.rank} from end to end. */
class RankingStreamTest {
    private final Broker broker = Broker.start(Settings.of(), Ports.any());
    private final RSocketPeer peer = RSocketPeer.of(broker);

    @AfterEach
    void stop() {
        peer.close();
        broker.close();
    }

    private long figure(String name) {
        String info = peer.now("INFO", "stats").toString();
        return Long.parseLong(info.replaceAll("(?s).*" + name + ":(\\d+).*", "$1"));
    }

    /** A member as a type of data has it: CBOR and RESP3 know doubles, JSON has its own numbers. */
    private static Reply ranked(String member, double score, long rank) {
        return RangeRequest.ranked(Bytes.of(member), score, rank);
    }

    @ParameterizedTest
    @CsvSource({"TCP,JSON", "TCP,CBOR", "TCP,RESP3", "WEBSOCKET,JSON", "WEBSOCKET,CBOR", "WEBSOCKET,RESP3"})
    void aRangeAndARankNowAndOnChange(RSocketPeer.Transport transport, MimeType type) {
        peer.now("ZADD", "board", "1.5", "a", "2.5", "b");
        try (RSocketPeer watcher = RSocketPeer.of(broker, transport, type)) {
            StepVerifier.create(watcher.stream(Route.ZSET_WATCH, "{'key':'board'}"))
                    .expectNext(Reply.array(ranked("b", 2.5, 0), ranked("a", 1.5, 1)))
                    .then(() -> peer.now("ZADD", "board", "3.5", "a"))
                    .expectNext(Reply.array(ranked("a", 3.5, 0), ranked("b", 2.5, 1)))
                    .then(() -> peer.now("DEL", "board"))
                    .expectNext(Reply.array())
                    .then(() -> peer.now("ZADD", "board", "0.5", "c"))
                    .expectNext(Reply.array(ranked("c", 0.5, 0)))
                    .thenCancel()
                    .verify(SOON);
            StepVerifier.create(
                            watcher.stream(Route.ZSET_RANK, "{'key':'board','member':'x','around':1,'reverse':false}"))
                    .expectNext(RankRequest.standing(Reply.Null.STRING, Reply.Null.STRING, List.of(), List.of()))
                    .then(() -> peer.now("ZADD", "board", "1.5", "x"))
                    .expectNext(RankRequest.standing(
                            Reply.integer(1), Reply.decimal(1.5), List.of(ranked("c", 0.5, 0)), List.of()))
                    .thenCancel()
                    .verify(SOON);
        }
        await().until(() -> figure("ranking_watchers") == 0);
    }

    @Test
    void whileThereIsNoDemandOnlyTheNewestIsKept() {
        StepVerifier.create(peer.stream(Route.ZSET_WATCH, "{'key':'board','stop':0}"), 1)
                .expectNext(Reply.array())
                .then(() -> {
                    for (int i = 0; i < 100; i++) {
                        peer.now("ZADD", "board", i + ".5", "a");
                    }
                })
                .thenRequest(1)
                .expectNext(Reply.array(ranked("a", 99.5, 0)))
                .thenCancel()
                .verify(SOON);
        assertThat(figure("rankings_computed")).isEqualTo(2);
    }

    @Test
    void errorsEndTheStreamAndTheConnectionStays() {
        String wrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
        peer.now("SET", "text", "x");
        StepVerifier.create(peer.stream(Route.ZSET_WATCH, "{'key':'text'}"))
                .expectErrorMessage(wrongType)
                .verify(SOON);
        StepVerifier.create(peer.stream(Route.ZSET_RANK, "{'key':'board','member':'a'}"))
                .expectNextCount(1)
                .then(() -> peer.now("SET", "board", "x"))
                .expectErrorMessage(wrongType)
                .verify(SOON);
        StepVerifier.create(peer.stream(Route.ZSET_WATCH, "{'key':'board','start':'x'}"))
                .expectErrorSatisfies(error -> assertThat(error).hasMessageStartingWith("ERR field 'start' must be an"))
                .verify(SOON);
        StepVerifier.create(peer.stream(Route.ZSET_RANK, "{'key':'board'}"))
                .expectErrorMessage("ERR field 'member' is missing")
                .verify(SOON);
        assertThat(peer.now("PING")).hasToString("PONG");
        assertThat(figure("ranking_watchers")).isZero();
    }

    @Test
    void cancelAndDisconnectLeaveNobody() {
        RSocketPeer other = RSocketPeer.of(broker);
        List<Disposable> streams = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            RSocketPeer from = i < 20 ? peer : other;
            Route route = i % 2 == 0 ? Route.ZSET_WATCH : Route.ZSET_RANK;
            String request = i % 2 == 0 ? "{'key':'board','stop':" + i + "}" : "{'key':'board','member':'m'}";
            streams.add(from.stream(route, request).subscribe(value -> {}, closed -> {}));
        }
        await().until(() -> figure("ranking_watchers") == 40);
        streams.subList(0, 20).forEach(Disposable::dispose);
        await().until(() -> figure("ranking_watchers") == 20);
        other.close();
        await().until(() -> figure("ranking_watchers") == 0);
    }

    /** Many watchers of one board under many changes: all end with the same, which is what there is. */
    @Test
    void allSeeTheSameInTheEnd() {
        int watchers = 500;
        List<AtomicReference<Reply>> seen = new ArrayList<>();
        for (int i = 0; i < watchers; i++) {
            AtomicReference<Reply> last = new AtomicReference<>();
            seen.add(last);
            peer.stream(Route.ZSET_WATCH, "{'key':'board','stop':2}").subscribe(last::set, closed -> {});
        }
        for (int i = 0; i < 2000; i++) {
            peer.command("ZINCRBY", "board", "1." + i % 7, "m" + i % 10).subscribe();
        }
        Reply top = Objects.requireNonNull(
                peer.stream(Route.ZSET_WATCH, "{'key':'board','stop':2}").next().block(SOON));
        await().until(() -> seen.stream().allMatch(last -> top.equals(last.get())));
        long computed = figure("rankings_computed");
        peer.now("ZINCRBY", "board", "-1000", "m1");
        assertThat(computed).isLessThan(2200);
    }
}
