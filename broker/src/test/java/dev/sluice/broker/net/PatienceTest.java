package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.streams.flow.Delivery;
import dev.sluice.streams.flow.Outbox;
import dev.sluice.streams.flow.OutboxLimits;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** Publishers that wait for a slow subscriber, in virtual time. */
class PatienceTest {
    private static final long WAIT_MS_MAX = 5_000;

    private final InMemoryBroker broker = new InMemoryBroker();
    private final InMemoryBroker.Client slow = broker.client();
    private final InMemoryBroker.Client publisher = broker.client();
    private long waitedMs;
    private final List<String> received = new ArrayList<>();
    private final Outbox<Published> outbox =
            new Outbox<>(Overflow.THROTTLE, new OutboxLimits(2, 1_000), Published::conflationKey, lost -> {});
    private final BaseSubscriber<Delivery<Published>> reader = new BaseSubscriber<>() {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(Delivery<Published> delivery) {
            received.add(delivery.message().message().toString());
        }

        @Override
        protected void hookOnError(Throwable overflow) {
            received.add(overflow.getMessage());
        }
    };
    private final Patience patience = new Patience(
            new Patience.Parts(broker.throttle, broker.time, broker.time, () -> WAIT_MS_MAX),
            slow,
            outbox,
            outbox::giveUp,
            nanos -> waitedMs += nanos / 1_000_000);

    @BeforeEach
    void subscribe() {
        outbox.subscribe(reader);
        Subscriptions subscriptions = broker.hub.join(message -> {
            if (outbox.offer(message, 1) == Outbox.Offered.WAIT) {
                patience.full();
            }
        });
        subscriptions.add(Published.Kind.CHANNEL, Bytes.of("c"));
        subscriptions.add(Published.Kind.CHANNEL, Bytes.of("__keyevent@0__:expired"));
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void aPublisherWaitsUntilThereIsRoomAndNothingIsLost() {
        publisher.run("PUBLISH", "c", "1").is(1);
        InMemoryBroker.Answer second = publisher.run("PUBLISH", "c", "2");
        second.waits();
        broker.pass(WAIT_MS_MAX - 1);
        second.hasAnswered("(waits)");
        reader.request(1);
        second.hasAnswered("1");
        assertThat(waitedMs).isEqualTo(WAIT_MS_MAX - 1);
        reader.request(10);
        assertThat(received).containsExactly("1", "2");
        publisher.run("PUBLISH", "c", "3").is(1);
        broker.pass(10 * WAIT_MS_MAX);
        assertThat(received).containsExactly("1", "2", "3");
    }

    @Test
    void otherChannelsAndOtherConnectionsAreNotSlowed() {
        publisher.run("PUBLISH", "c", "1").is(1);
        publisher.run("PUBLISH", "c", "2").waits();
        InMemoryBroker.Client other = broker.client();
        other.run("PUBLISH", "d", "1").is(0);
        other.run("SET", "k", "v").is("OK");
        other.run("PUBLISH", "c", "3").waits();
        other.run("PUBLISH", "d", "2").is(0);
    }

    @Test
    void execRunsAllAndWaitsOnce() {
        publisher.run("MULTI").is("OK");
        for (int i = 0; i < 4; i++) {
            publisher.run("PUBLISH", "c", "" + i).is("QUEUED");
        }
        publisher.run("INCR", "n").is("QUEUED");
        InMemoryBroker.Answer exec = publisher.run("EXEC");
        exec.waits();
        broker.run("GET", "n").is("1");
        reader.request(2);
        exec.hasAnswered("(waits)");
        reader.request(1);
        exec.hasAnswered("[1, 1, 1, 1, 1]");
        reader.request(1);
        assertThat(received).containsExactly("0", "1", "2", "3");
    }

    @Test
    void aConnectionDoesNotWaitForItself() {
        slow.run("PUBLISH", "c", "1").is(1);
        slow.run("PUBLISH", "c", "2").is(1);
        slow.run("PUBLISH", "c", "3").is(1);
    }

    @Test
    void whoMakesOthersWaitForTooLongGoes() {
        publisher.run("PUBLISH", "c", "1").is(1);
        InMemoryBroker.Answer second = publisher.run("PUBLISH", "c", "2");
        broker.pass(3_000);
        InMemoryBroker.Answer third = broker.client().run("PUBLISH", "c", "3");
        broker.pass(WAIT_MS_MAX - 3_001);
        assertThat(received).isEmpty();
        broker.pass(1);
        assertThat(received).singleElement().asString().startsWith("ERR overflow");
        second.hasAnswered("1");
        third.hasAnswered("1");
        assertThat(waitedMs).isEqualTo(WAIT_MS_MAX);
    }

    @Test
    void patienceBeginsAnewWithEachTimeThatThereIsRoom() {
        publisher.run("PUBLISH", "c", "0").is(1);
        for (int i = 0; i < 10; i++) {
            InMemoryBroker.Answer answer = publisher.run("PUBLISH", "c", "m");
            broker.pass(WAIT_MS_MAX - 1);
            reader.request(1);
            answer.hasAnswered("1");
        }
        assertThat(received).hasSize(10);
    }

    @Test
    void nobodyWaitsForWhatHousekeepingPublished() {
        publisher.run("PUBLISH", "c", "1").is(1);
        broker.dispatcher.housekeeping(() -> broker.hub.publish(Bytes.of("__keyevent@0__:expired"), Bytes.of("k")));
        publisher.run("PING").is("PONG");
        publisher.run("PUBLISH", "c", "2").waits();
    }

    @Test
    void aPublisherThatLeavesWaitsNoMore() {
        publisher.run("PUBLISH", "c", "1").is(1);
        publisher.run("PUBLISH", "c", "2").waits();
        publisher.close(false);
        reader.request(5);
        assertThat(received).containsExactly("1", "2");
        broker.run("PUBLISH", "c", "3").is(1);
    }
}
