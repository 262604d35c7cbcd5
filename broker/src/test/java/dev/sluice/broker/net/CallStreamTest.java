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
import dev.sluice.streams.rsocket.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;

/** {@code list.take}, {@code list.move} and {@code zset.pop} from end to end. */
class CallStreamTest {
    private final Broker broker = Broker.start(Settings.of(), Ports.any());
    private final RSocketPeer peer = RSocketPeer.of(broker);

    @AfterEach
    void stop() {
        peer.close();
        broker.close();
    }

    private long waiting() {
        String info = peer.now("INFO", "clients").toString();
        return Long.parseLong(info.replaceAll("(?s).*blocked_clients:(\\d+).*", "$1"));
    }

    private static Reply list(String... items) {
        return Reply.array(
                List.of(items).stream().map(item -> (Reply) Bytes.of(item)).toList());
    }

    @ParameterizedTest
    @CsvSource({"TCP,JSON", "TCP,CBOR", "TCP,RESP3", "WEBSOCKET,JSON", "WEBSOCKET,CBOR", "WEBSOCKET,RESP3"})
    void eachUnitOfDemandMovesOneElement(RSocketPeer.Transport transport, MimeType type) {
        peer.now("RPUSH", "q", "a", "b", "c");
        try (RSocketPeer worker = RSocketPeer.of(broker, transport, type)) {
            StepVerifier.create(worker.stream(Route.LIST_MOVE, "{'source':'q','destination':'mine'}"), 1)
                    .expectNext(Bytes.of("a"))
                    .then(() -> {
                        assertThat(peer.now("LRANGE", "q", "0", "-1")).isEqualTo(list("b", "c"));
                        assertThat(peer.now("LRANGE", "mine", "0", "-1")).isEqualTo(list("a"));
                    })
                    .thenRequest(3)
                    .expectNext(Bytes.of("b"), Bytes.of("c"))
                    .then(() -> peer.now("RPUSH", "q", "d", "e"))
                    .expectNext(Bytes.of("d"))
                    .thenCancel()
                    .verify(SOON);
        }
        assertThat(peer.now("LRANGE", "q", "0", "-1")).isEqualTo(list("e"));
        assertThat(peer.now("LRANGE", "mine", "0", "-1")).isEqualTo(list("a", "b", "c", "d"));
    }

    @ParameterizedTest
    @EnumSource(MimeType.class)
    void eachUnitOfDemandPopsOneMember(MimeType type) {
        peer.now("ZADD", "z", "1", "low", "2.5", "middle", "1e300", "high");
        Bytes score = Bytes.of("score");
        try (RSocketPeer worker = RSocketPeer.of(broker, RSocketPeer.Transport.TCP, type)) {
            StepVerifier.create(worker.stream(Route.ZSET_POP, "{'keys':['none','z'],'side':'max'}"), 1)
                    .assertNext(popped -> assertThat(popped)
                            .isEqualTo(Reply.map(
                                    Bytes.of("key"),
                                    Bytes.of("z"),
                                    Bytes.of("member"),
                                    Bytes.of("high"),
                                    score,
                                    type == MimeType.RESP3
                                            ? Reply.decimal(1e300)
                                            : Bytes.of("1.0000000000000001e+300"))))
                    .then(() -> assertThat(peer.now("ZCARD", "z")).isEqualTo(Reply.integer(2)))
                    .thenRequest(1)
                    .assertNext(popped -> assertThat(popped)
                            .isEqualTo(Reply.map(
                                    Bytes.of("key"),
                                    Bytes.of("z"),
                                    Bytes.of("member"),
                                    Bytes.of("middle"),
                                    score,
                                    Reply.decimal(2.5))))
                    .thenCancel()
                    .verify(SOON);
            StepVerifier.create(worker.stream(Route.ZSET_POP, "{'keys':['z']}").take(2))
                    .assertNext(popped -> assertThat(popped.toString()).contains("low"))
                    .then(() -> peer.now("ZADD", "z", "7", "late"))
                    .assertNext(popped -> assertThat(popped.toString()).contains("late"))
                    .expectComplete()
                    .verify(SOON);
        }
    }

    @Test
    void errorsAreThoseOfTheCommandAndTheConnectionStays() {
        peer.now("SET", "text", "x");
        peer.now("RPUSH", "q", "a");
        String wrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
        for (Route route : List.of(Route.LIST_TAKE, Route.ZSET_POP)) {
            StepVerifier.create(peer.stream(route, "{'keys':['text']}"))
                    .expectErrorMessage(wrongType)
                    .verify(SOON);
        }
        StepVerifier.create(peer.stream(Route.LIST_MOVE, "{'source':'q','destination':'text'}"))
                .expectErrorMessage(wrongType)
                .verify(SOON);
        StepVerifier.create(peer.stream(Route.LIST_MOVE, "{'source':'q'}"))
                .expectErrorMessage("ERR field 'destination' is missing")
                .verify(SOON);
        StepVerifier.create(peer.stream(Route.ZSET_POP, "{'keys':['z'],'side':'left'}"))
                .expectErrorMessage("ERR field 'side' must be min or max")
                .verify(SOON);
        assertThat(peer.now("LLEN", "q")).isEqualTo(Reply.integer(1));
        assertThat(waiting()).isZero();
    }

    @Test
    void aClientThatIsUnblockedWaitsAgainOrEndsWithTheError() {
        String id = peer.now("CLIENT", "ID").toString();
        StepVerifier.create(peer.stream(Route.LIST_MOVE, "{'source':'q','destination':'mine'}"))
                .then(() -> await().until(() -> waiting() == 1))
                .then(() -> peer.now("CLIENT", "UNBLOCK", digits(id)))
                .then(() -> await().until(() -> waiting() == 1))
                .then(() -> peer.now("RPUSH", "q", "a"))
                .expectNext(Bytes.of("a"))
                .then(() -> await().until(() -> waiting() == 1))
                .then(() -> peer.now("CLIENT", "UNBLOCK", digits(id), "ERROR"))
                .expectErrorMessage("UNBLOCKED client unblocked via CLIENT UNBLOCK")
                .verify(SOON);
        assertThat(waiting()).isZero();
    }

    private static String digits(String text) {
        return text.replaceAll("\\D", "");
    }

    @Test
    void cancelAndDisconnectEndTheWaiting() {
        List<BaseSubscriber<Reply>> streams = new ArrayList<>();
        RSocketPeer other = RSocketPeer.of(broker);
        for (int i = 0; i < 10; i++) {
            RSocketPeer from = i < 5 ? peer : other;
            BaseSubscriber<Reply> stream = new BaseSubscriber<>() {
                @Override
                protected void hookOnError(Throwable closed) {}
            };
            streams.add(stream);
            Route route = i % 2 == 0 ? Route.LIST_TAKE : Route.ZSET_POP;
            from.stream(route, "{'keys':['none','nothing']}").subscribe(stream);
        }
        await().until(() -> waiting() == 10);
        streams.subList(0, 5).forEach(BaseSubscriber::cancel);
        await().until(() -> waiting() == 5);
        other.close();
        await().until(() -> waiting() == 0);
    }

    /** Asks for a few at a time and leaves at any moment; what it has got is counted. */
    private static final class Worker extends BaseSubscriber<Reply> {
        private final AtomicLong taken;

        Worker(AtomicLong taken) {
            this.taken = taken;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(Reply element) {
            taken.incrementAndGet();
        }
    }

    /**
     * Elements are moved, so that none may be missing whatever the workers do; and no more may be moved than were asked
     * for.
     */
    @Test
    void whatWasPushedIsMovedOrThereWhateverIsCancelled() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        String hint = "-Dsluice.seed=" + seed;
        Random random = new Random(seed);
        AtomicLong taken = new AtomicLong();
        long asked = 0;
        long pushed = 0;
        for (int i = 300 * Integer.getInteger("sluice.scale", 1); i > 0; i--) {
            Worker worker = new Worker(taken);
            peer.stream(Route.LIST_MOVE, "{'source':'q','destination':'mine','from':'right'}")
                    .subscribe(worker);
            int demand = random.nextInt(1, 20);
            asked += demand;
            worker.request(demand);
            int more = random.nextInt(10);
            for (int n = 0; n < more; n++) {
                peer.command("LPUSH", "q", "e").subscribe();
                pushed++;
            }
            if (random.nextBoolean()) {
                peer.now("PING");
            }
            worker.cancel();
        }
        await(hint).until(() -> waiting() == 0);
        long left = number(peer.now("LLEN", "q"));
        long moved = number(peer.now("LLEN", "mine"));
        assertThat(left + moved).as(hint).isEqualTo(pushed);
        assertThat(moved).as(hint).isBetween(taken.get(), asked);
    }

    private static long number(Reply reply) {
        return ((Reply.Int) reply).value();
    }
}
