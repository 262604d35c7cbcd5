package dev.sluice.streams.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.flow.Outbox.Offered;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class OutboxTest {
    private static final long BYTES_MAX = 1000;

    private final List<String> dropped = new ArrayList<>();

    /** Messages are {@code channel:number}; the limit is 3 messages. */
    private Outbox<String> outbox(Overflow policy) {
        return outbox(policy, new OutboxLimits(3, BYTES_MAX));
    }

    private Outbox<String> outbox(Overflow policy, OutboxLimits limits) {
        return new Outbox<>(policy, limits, message -> message.charAt(0), dropped::add);
    }

    private static void offer(Outbox<String> outbox, String... messages) {
        for (String message : messages) {
            outbox.offer(message, 10);
        }
    }

    private static Delivery<String> delivery(String message) {
        return new Delivery<>(message, 0);
    }

    private static Delivery<String> delivery(String message, long missed) {
        return new Delivery<>(message, missed);
    }

    @Test
    void deliversAsMuchAsIsAskedFor() {
        Outbox<String> outbox = outbox(Overflow.DISCONNECT);
        StepVerifier.create(outbox, 0)
                .expectSubscription()
                .then(() -> offer(outbox, "a:1", "a:2", "a:3"))
                .thenRequest(1)
                .expectNext(delivery("a:1"))
                .then(() -> assertThat(outbox.counts()).isEqualTo(new OutboxCounts(3, 1, 0, 2, 20)))
                .thenRequest(2)
                .expectNext(delivery("a:2"), delivery("a:3"))
                .thenRequest(1)
                .then(() -> offer(outbox, "a:4", "a:5"))
                .expectNext(delivery("a:4"))
                .then(outbox::complete)
                .thenRequest(1)
                .expectNext(delivery("a:5"))
                .verifyComplete();
        assertThat(dropped).isEmpty();
        assertThat(outbox.counts()).isEqualTo(new OutboxCounts(5, 5, 0, 0, 0));
    }

    @Test
    void queuesBeforeItIsSubscribedTo() {
        Outbox<String> outbox = outbox(Overflow.DROP_OLDEST);
        offer(outbox, "a:1", "a:2", "a:3", "a:4");
        outbox.complete();
        assertThat(outbox.offer("a:5", 10)).isEqualTo(Offered.CLOSED);
        StepVerifier.create(outbox)
                .expectNext(delivery("a:2", 1), delivery("a:3"), delivery("a:4"))
                .verifyComplete();
        assertThat(dropped).containsExactly("a:1", "a:5");
    }

    @Test
    void disconnectEndsWithAnErrorAtOnceAndFreesTheQueue() {
        Outbox<String> outbox = outbox(Overflow.DISCONNECT);
        StepVerifier.create(outbox, 0)
                .expectSubscription()
                .then(() -> offer(outbox, "a:1", "a:2", "a:3"))
                .then(() -> assertThat(outbox.offer("a:4", 10)).isEqualTo(Offered.CLOSED))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(OverflowError.class)
                        .hasMessage("ERR overflow: the subscriber is too slow, 4 messages (40 bytes) are waiting"));
        assertThat(dropped).containsExactlyInAnyOrder("a:1", "a:2", "a:3", "a:4");
        assertThat(outbox.counts()).isEqualTo(new OutboxCounts(4, 0, 4, 0, 0));
        assertThat(outbox.offer("a:5", 10)).isEqualTo(Offered.CLOSED);
    }

    @Test
    void disconnectAlsoGoesByBytes() {
        Outbox<String> outbox = outbox(Overflow.DISCONNECT);
        StepVerifier.create(outbox, 0)
                .then(() -> outbox.offer("a:1", 600))
                .then(() -> outbox.offer("a:2", 400))
                .then(() -> assertThat(outbox.queuedBytes()).isEqualTo(1000))
                .then(() -> outbox.offer("a:3", 1))
                .verifyError(OverflowError.class);
    }

    @Test
    void dropOldestTellsHowManyWereMissedBeforeTheNext() {
        Outbox<String> outbox = outbox(Overflow.DROP_OLDEST);
        StepVerifier.create(outbox, 0)
                .expectSubscription()
                .then(() -> offer(outbox, "a:1", "a:2", "a:3", "a:4", "a:5"))
                .thenRequest(2)
                .expectNext(delivery("a:3", 2), delivery("a:4"))
                .then(() -> assertThat(outbox.offer("a:6", 995)).isEqualTo(Offered.TAKEN))
                .thenRequest(1)
                .expectNext(delivery("a:6", 1))
                .thenCancel()
                .verify();
        assertThat(dropped).containsExactly("a:1", "a:2", "a:5");
        assertThat(outbox.counts()).isEqualTo(new OutboxCounts(6, 3, 3, 0, 0));
    }

    @Test
    void aMessageLargerThanTheWholeBufferIsLostUnlessThereIsDemand() {
        Outbox<String> outbox = outbox(Overflow.DROP_OLDEST);
        StepVerifier.create(outbox, 1)
                .then(() -> outbox.offer("a:1", 5000))
                .expectNext(delivery("a:1"))
                .then(() -> offer(outbox, "a:2"))
                .then(() -> assertThat(outbox.offer("a:3", 5000)).isEqualTo(Offered.LOST))
                .then(() -> offer(outbox, "a:4"))
                .thenRequest(2)
                .expectNext(delivery("a:2"), delivery("a:4", 1))
                .thenCancel()
                .verify();
    }

    @Test
    void dropNewestKeepsWhatIsQueued() {
        Outbox<String> outbox = outbox(Overflow.DROP_NEWEST);
        StepVerifier.create(outbox, 0)
                .expectSubscription()
                .then(() -> offer(outbox, "a:1", "a:2", "a:3"))
                .then(() -> assertThat(outbox.offer("a:4", 10)).isEqualTo(Offered.LOST))
                .then(() -> assertThat(outbox.offer("a:5", 10)).isEqualTo(Offered.LOST))
                .thenRequest(2)
                .expectNext(delivery("a:1"), delivery("a:2"))
                .then(() -> offer(outbox, "a:6"))
                .thenRequest(10)
                .expectNext(delivery("a:3"), delivery("a:6", 2))
                .then(() -> offer(outbox, "a:7"))
                .expectNext(delivery("a:7"))
                .thenCancel()
                .verify();
        assertThat(dropped).containsExactly("a:4", "a:5");
    }

    @Test
    void aLossIsAlsoToldToAMessageThatNeedNotQueue() {
        Outbox<String> outbox = outbox(Overflow.DROP_NEWEST);
        StepVerifier.create(outbox, 0)
                .expectSubscription()
                .then(() -> offer(outbox, "a:1", "a:2", "a:3", "a:4"))
                .thenRequest(4)
                .expectNextCount(3)
                .then(() -> offer(outbox, "a:5"))
                .expectNext(delivery("a:5", 1))
                .thenCancel()
                .verify();
    }

    @Test
    void latestKeepsTheNewestOfEachChannel() {
        Outbox<String> outbox = outbox(Overflow.LATEST);
        StepVerifier.create(outbox, 0)
                .expectSubscription()
                .then(() -> offer(outbox, "a:1", "b:1", "a:2", "a:3", "b:2"))
                .thenRequest(1)
                .expectNext(delivery("a:3", 2))
                .then(() -> offer(outbox, "a:4", "b:3"))
                .thenRequest(3)
                .expectNext(delivery("b:3", 2), delivery("a:4"))
                .then(() -> offer(outbox, "a:5"))
                .expectNext(delivery("a:5"))
                .thenCancel()
                .verify();
        assertThat(dropped).containsExactly("a:1", "a:2", "b:1", "b:2");
    }

    @Test
    void latestWithTooManyChannelsLosesTheOldest() {
        Outbox<String> outbox = outbox(Overflow.LATEST);
        StepVerifier.create(outbox, 0)
                .expectSubscription()
                .then(() -> offer(outbox, "a:1", "b:1", "c:1", "a:2", "d:1", "a:3"))
                .thenRequest(9)
                .expectNext(delivery("c:1", 3), delivery("d:1"), delivery("a:3"))
                .thenCancel()
                .verify();
        assertThat(dropped).containsExactly("a:1", "a:2", "b:1");
    }

    @Test
    void latestStaysWithinItsBytesWhenAMessageGrows() {
        Outbox<String> outbox = outbox(Overflow.LATEST);
        StepVerifier.create(outbox, 0)
                .expectSubscription()
                .then(() -> offer(outbox, "a:1", "b:1", "c:1"))
                .then(() -> assertThat(outbox.offer("b:2", 985)).isEqualTo(Offered.TAKEN))
                .then(() -> assertThat(outbox.queuedBytes()).isEqualTo(995))
                .then(() -> assertThat(outbox.offer("b:3", 995)).isEqualTo(Offered.LOST))
                .then(() -> assertThat(outbox.offer("c:2", 1001)).isEqualTo(Offered.LOST))
                .then(() -> offer(outbox, "b:4"))
                .thenRequest(9)
                // a:1, b:1, b:2, b:3 were lost before c:1, and c:2 before b:4.
                .expectNext(delivery("c:1", 4), delivery("b:4", 1))
                .thenCancel()
                .verify();
    }

    @Test
    void throttleLosesNothingAndAsksThePublisherToWait() {
        Outbox<String> outbox = outbox(Overflow.THROTTLE);
        List<String> told = new ArrayList<>();
        StepVerifier.create(outbox, 0)
                .expectSubscription()
                .then(() -> {
                    assertThat(outbox.offer("a:1", 10)).isEqualTo(Offered.TAKEN);
                    assertThat(outbox.offer("a:2", 10)).isEqualTo(Offered.TAKEN);
                    outbox.room().subscribe(null, null, () -> told.add("room at once"));
                    assertThat(outbox.offer("a:3", 10)).isEqualTo(Offered.WAIT);
                    outbox.room().subscribe(null, null, () -> told.add("first"));
                    assertThat(outbox.offer("a:4", 10)).isEqualTo(Offered.WAIT);
                    outbox.room().subscribe(null, null, () -> told.add("second"));
                })
                .thenRequest(1)
                .expectNext(delivery("a:1"))
                .then(() -> assertThat(told).containsExactly("room at once"))
                .thenRequest(1)
                .expectNext(delivery("a:2"))
                .then(() -> assertThat(told).containsExactly("room at once", "first", "second"))
                .thenRequest(5)
                .expectNext(delivery("a:3"), delivery("a:4"))
                .thenCancel()
                .verify();
        assertThat(dropped).isEmpty();
    }

    @Test
    void aThrottledPublisherMayOfferAgainAsSoonAsThereIsRoom() {
        Outbox<String> outbox = outbox(Overflow.THROTTLE, new OutboxLimits(1, BYTES_MAX));
        publishAll(outbox, 1);
        StepVerifier.create(outbox, 0)
                .thenRequest(1000)
                .expectNextCount(1000)
                .thenRequest(1000)
                .expectNextCount(1000)
                .thenCancel()
                .verify();
        assertThat(outbox.counts().queued()).isZero();
        assertThat(outbox.counts().delivered()).isEqualTo(2000);
    }

    /** Publishes the next message whenever it may; the last one is cancelled with the outbox. */
    private static void publishAll(Outbox<String> outbox, int number) {
        if (outbox.offer("a:" + number, 10) == Offered.WAIT) {
            outbox.room().subscribe(null, null, () -> publishAll(outbox, number + 1));
        }
    }

    @Test
    void whoeverWaitsForRoomIsFreedWhenTheSubscriberGoes() {
        Outbox<String> outbox = outbox(Overflow.THROTTLE);
        offer(outbox, "a:1", "a:2", "a:3");
        StepVerifier.create(outbox, 0)
                .expectSubscription()
                .then(() -> StepVerifier.create(outbox.room())
                        .then(() -> outbox.fail(new IllegalStateException("gone")))
                        .verifyComplete())
                .verifyError(IllegalStateException.class);
        StepVerifier.create(outbox.room()).verifyComplete();
    }

    @Test
    void waitingForRoomCanBeBoundedInTime() {
        Outbox<String> outbox = outbox(Overflow.THROTTLE);
        offer(outbox, "a:1", "a:2", "a:3");
        StepVerifier.withVirtualTime(() -> outbox.room().timeout(Duration.ofSeconds(5)))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(4999))
                .thenAwait(Duration.ofMillis(1))
                .verifyError(TimeoutException.class);
    }

    @Test
    void throttleHasAnEndToo() {
        Outbox<String> outbox = outbox(Overflow.THROTTLE, new OutboxLimits(3, 100, 200));
        assertThat(outbox.offer("a:1", 150)).isEqualTo(Offered.WAIT);
        assertThat(outbox.offer("a:2", 50)).isEqualTo(Offered.WAIT);
        Mono<Void> room = outbox.room();
        assertThat(outbox.offer("a:3", 1)).isEqualTo(Offered.CLOSED);
        StepVerifier.create(room).verifyComplete();
        StepVerifier.create(outbox).verifyError(OverflowError.class);
        assertThat(dropped).hasSize(3);
    }

    @Test
    void theLimitsCanChangeWhileMessagesAreQueued() {
        Outbox<String> outbox = outbox(Overflow.THROTTLE);
        offer(outbox, "a:1", "b:1", "a:2", "c:1");
        Mono<Void> room = outbox.room();
        outbox.change(Overflow.LATEST, new OutboxLimits(5, BYTES_MAX));
        StepVerifier.create(room).verifyComplete();
        offer(outbox, "a:3", "b:2");
        outbox.change(Overflow.DROP_OLDEST, new OutboxLimits(2, BYTES_MAX));
        offer(outbox, "d:1");
        outbox.complete();
        StepVerifier.create(outbox)
                .expectNext(delivery("c:1", 5), delivery("d:1"))
                .verifyComplete();
    }

    @Test
    void aRequestFromWithinOnNextDoesNotRecurse() {
        Outbox<Integer> outbox =
                new Outbox<>(Overflow.DISCONNECT, new OutboxLimits(100_000, BYTES_MAX * 1000), m -> m, m -> {});
        for (int i = 0; i < 100_000; i++) {
            outbox.offer(i, 1);
        }
        List<Integer> received = new ArrayList<>();
        outbox.subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(1);
            }

            @Override
            protected void hookOnNext(Delivery<Integer> delivery) {
                received.add(delivery.message());
                request(1);
            }
        });
        assertThat(received).hasSize(100_000);
    }

    @Test
    void anOfferFromWithinOnNextIsDeliveredAfterwards() {
        Outbox<String> outbox = outbox(Overflow.DISCONNECT);
        List<String> received = new ArrayList<>();
        outbox.subscribe(delivery -> {
            if (delivery.message().equals("a:1")) {
                offer(outbox, "a:2");
            }
            received.add(delivery.message());
        });
        offer(outbox, "a:1");
        assertThat(received).containsExactly("a:1", "a:2");
    }

    @Test
    void nothingArrivesAfterACancelFromWithinOnNext() {
        Outbox<String> outbox = outbox(Overflow.DISCONNECT);
        offer(outbox, "a:1", "a:2", "a:3");
        StepVerifier.create(outbox.take(1)).expectNext(delivery("a:1")).verifyComplete();
        offer(outbox, "a:4");
        assertThat(dropped).containsExactly("a:2", "a:3", "a:4");
        assertThat(outbox.counts()).isEqualTo(new OutboxCounts(4, 1, 3, 0, 0));
    }

    @Test
    void demandAddsUpAndStopsAtTheLargestNumber() {
        Outbox<String> outbox = outbox(Overflow.DISCONNECT);
        StepVerifier.create(outbox, 0)
                .thenRequest(Long.MAX_VALUE - 1)
                .thenRequest(Long.MAX_VALUE - 1)
                .then(() -> {
                    for (int i = 0; i < 10; i++) {
                        offer(outbox, "a:" + i);
                    }
                })
                .expectNextCount(10)
                .thenCancel()
                .verify();
    }

    @Test
    void demandThatIsNotPositiveIsAnError() {
        for (long demand : new long[] {0, -1, Long.MIN_VALUE}) {
            dropped.clear();
            Outbox<String> outbox = outbox(Overflow.DISCONNECT);
            offer(outbox, "a:1");
            AtomicReference<Throwable> error = new AtomicReference<>();
            outbox.subscribe(new org.reactivestreams.Subscriber<>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    subscription.request(demand);
                }

                @Override
                public void onNext(Delivery<String> delivery) {
                    throw new AssertionError();
                }

                @Override
                public void onError(Throwable thrown) {
                    error.set(thrown);
                }

                @Override
                public void onComplete() {
                    throw new AssertionError();
                }
            });
            assertThat(error.get()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3.9");
            assertThat(dropped).containsExactly("a:1");
        }
    }

    @Test
    void aSecondSubscriberIsRefused() {
        Outbox<String> outbox = outbox(Overflow.DISCONNECT);
        StepVerifier.create(outbox)
                .then(() -> StepVerifier.create(outbox).verifyError(IllegalStateException.class))
                .then(() -> offer(outbox, "a:1"))
                .expectNext(delivery("a:1"))
                .thenCancel()
                .verify();
    }

    @Test
    void anEndBeforeTheSubscriptionIsKeptForIt() {
        Outbox<String> failed = outbox(Overflow.DISCONNECT);
        offer(failed, "a:1");
        failed.fail(new IllegalStateException("first"));
        failed.fail(new IllegalStateException("second"));
        failed.complete();
        StepVerifier.create(failed, 0).verifyErrorMessage("first");
        Outbox<String> completed = outbox(Overflow.DISCONNECT);
        completed.complete();
        StepVerifier.create(completed, 0).verifyComplete();
        assertThat(dropped).containsExactly("a:1");
    }

    @Test
    void aSubscriberThatThrowsIsTakenForGone() {
        List<Throwable> errors = new ArrayList<>();
        Hooks.onErrorDropped(errors::add);
        try {
            Outbox<String> outbox = outbox(Overflow.DISCONNECT);
            offer(outbox, "a:1", "a:2");
            outbox.subscribe(new BaseSubscriber<>() {
                @Override
                public void hookOnNext(Delivery<String> delivery) {
                    throw new IllegalStateException("of its own");
                }

                @Override
                protected void hookOnError(Throwable thrown) {
                    throw reactor.core.Exceptions.propagate(thrown);
                }
            });
            assertThat(outbox.offer("a:3", 10)).isEqualTo(Offered.CLOSED);
        } finally {
            Hooks.resetOnErrorDropped();
        }
        assertThat(dropped).containsExactly("a:2", "a:3");
        assertThat(errors).isNotEmpty();
    }

    @Test
    void everyBufferHasOneEnd() {
        for (Overflow policy : Overflow.values()) {
            List<ByteBuf> all = new ArrayList<>();
            Outbox<ByteBuf> outbox =
                    new Outbox<>(policy, new OutboxLimits(3, 100, 120), ByteBuf::readableBytes, ByteBuf::release);
            BaseSubscriber<Delivery<ByteBuf>> subscriber = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    request(2);
                }

                @Override
                protected void hookOnNext(Delivery<ByteBuf> delivery) {
                    delivery.message().release();
                }

                @Override
                protected void hookOnError(Throwable thrown) {}
            };
            outbox.subscribe(subscriber);
            for (int i = 0; i < 20; i++) {
                ByteBuf buffer = Unpooled.buffer().writeBytes(new byte[1 + i * 7 % 40]);
                all.add(buffer);
                outbox.offer(buffer, buffer.readableBytes());
            }
            subscriber.cancel();
            assertThat(all).as("%s", policy).allMatch(buffer -> buffer.refCnt() == 0);
            OutboxCounts counts = outbox.counts();
            assertThat(counts.offered()).isEqualTo(20);
            assertThat(counts.delivered() + counts.lost()).isEqualTo(20);
        }
    }

    /** Random offers, requests and ends, with the sums checked after each step and each gap against its number. */
    @ParameterizedTest
    @EnumSource(Overflow.class)
    void theSumsAlwaysAgree(Overflow policy) {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<Integer> lostOnes = new ArrayList<>();
            List<Delivery<Integer>> received = new ArrayList<>();
            OutboxLimits limits = new OutboxLimits(1 + random.nextInt(8), 1 + random.nextInt(200));
            int channels = 1 + random.nextInt(4);
            Outbox<Integer> outbox = new Outbox<>(policy, limits, m -> m % channels, lostOnes::add);
            BaseSubscriber<Delivery<Integer>> subscriber = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {}

                @Override
                protected void hookOnNext(Delivery<Integer> delivery) {
                    received.add(delivery);
                }

                @Override
                protected void hookOnError(Throwable thrown) {}
            };
            outbox.subscribe(subscriber);
            int offered = 0;
            for (int step = 0; step < 200; step++) {
                int kind = random.nextInt(200);
                if (kind == 0) {
                    subscriber.cancel();
                } else if (kind < 60) {
                    subscriber.request(1 + random.nextInt(4));
                } else {
                    outbox.offer(offered++, random.nextInt(100));
                }
                OutboxCounts counts = outbox.counts();
                assertThat(counts.offered()).as("seed %d", seed).isEqualTo(offered);
                assertThat(counts.delivered()).as("seed %d", seed).isEqualTo(received.size());
                assertThat(counts.lost()).as("seed %d", seed).isEqualTo(lostOnes.size());
                assertThat(counts.delivered() + counts.lost() + counts.queued())
                        .as("seed %d", seed)
                        .isEqualTo(offered);
                if (policy != Overflow.THROTTLE) {
                    assertThat(counts.queued()).as("seed %d", seed).isLessThanOrEqualTo(limits.messagesMax());
                    assertThat(counts.queuedBytes()).as("seed %d", seed).isLessThanOrEqualTo(limits.bytesMax());
                } else {
                    assertThat(counts.queuedBytes())
                            .as("seed %d", seed)
                            .isLessThanOrEqualTo(limits.throttledBytesMax());
                }
            }
            if (channels == 1 || policy != Overflow.LATEST) {
                long expected = 0;
                for (Delivery<Integer> delivery : received) {
                    assertThat(delivery.message() - delivery.missed())
                            .as("seed %d", seed)
                            .isEqualTo(expected);
                    expected = delivery.message() + 1;
                }
            }
        }
    }
}
