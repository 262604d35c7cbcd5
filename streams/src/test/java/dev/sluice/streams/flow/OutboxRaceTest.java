package dev.sluice.streams.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** Offers, requests and cancels from threads of their own, many times over. */
class OutboxRaceTest {
    private static final int ROUNDS = 200 * Integer.getInteger("sluice.scale", 1);
    private static final int OFFERS = 1000;

    /** Every so many messages the subscriber takes its time, so that the others come in between. */
    private static final int LINGERING = 8;

    private final ExecutorService threads =
            Executors.newFixedThreadPool(4, Thread.ofPlatform().daemon().factory());

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Checks the rules that can be seen from outside, and counts. */
    private static final class Observer implements CoreSubscriber<Delivery<Integer>> {
        final AtomicBoolean signalling = new AtomicBoolean();
        final AtomicLong requested = new AtomicLong();
        final AtomicInteger violations = new AtomicInteger();
        final AtomicInteger ends = new AtomicInteger();
        // Plain on purpose: the outbox has to publish them from one emitting thread to the next.
        int received;
        long missed;
        int next;
        boolean gapsAreRight = true;
        volatile Subscription subscription;

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        void request(long n) {
            requested.addAndGet(n);
            subscription.request(n);
        }

        @Override
        public void onNext(Delivery<Integer> delivery) {
            enter();
            received++;
            if (received % LINGERING == 0) {
                spin(200);
            }
            missed += delivery.missed();
            gapsAreRight &= delivery.message() - delivery.missed() == next;
            next = delivery.message() + 1;
            if (received > requested.get() || ends.get() > 0) {
                violations.incrementAndGet();
            }
            leave();
        }

        @Override
        public void onError(Throwable thrown) {
            enter();
            ends.incrementAndGet();
            leave();
        }

        @Override
        public void onComplete() {
            onError(new IllegalStateException());
        }

        private void enter() {
            if (!signalling.compareAndSet(false, true)) {
                violations.incrementAndGet();
            }
        }

        private void leave() {
            signalling.set(false);
        }
    }

    @ParameterizedTest
    @EnumSource(Overflow.class)
    void offersAndRequests(Overflow policy) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            AtomicInteger dropped = new AtomicInteger();
            Outbox<Integer> outbox =
                    new Outbox<>(policy, limits(policy, round), m -> 0, m -> dropped.incrementAndGet());
            Observer observer = new Observer();
            outbox.subscribe(observer);
            together(
                    () -> offerAll(outbox),
                    () -> requestAll(observer, OFFERS / 2),
                    () -> requestAll(observer, OFFERS / 2));
            OutboxCounts counts = outbox.counts();
            // As much was asked for as was offered: what is still queued now, or demand for it, has been forgotten.
            assertThat(counts.queued()).isZero();
            assertThat(counts.offered()).isEqualTo(OFFERS);
            assertThat(counts.delivered()).isEqualTo(observer.received);
            assertThat(counts.lost()).isEqualTo(dropped.get());
            assertThat(counts.delivered() + counts.lost()).isEqualTo(OFFERS);
            assertThat(observer.gapsAreRight).isTrue();
            assertThat(observer.violations).hasValue(0);
            assertThat(observer.ends).hasValueLessThanOrEqualTo(policy == Overflow.DISCONNECT ? 1 : 0);
            if (policy == Overflow.THROTTLE) {
                assertThat(counts.lost()).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Overflow.class)
    void offersRequestsAndACancel(Overflow policy) throws Exception {
        Random random = new Random(seed());
        for (int round = 0; round < ROUNDS; round++) {
            AtomicInteger dropped = new AtomicInteger();
            Outbox<Integer> outbox =
                    new Outbox<>(policy, limits(policy, round), m -> 0, m -> dropped.incrementAndGet());
            Observer observer = new Observer();
            outbox.subscribe(observer);
            int pause = random.nextInt(5000);
            together(() -> offerAll(outbox), () -> requestAll(observer, OFFERS), () -> {
                spin(pause);
                observer.subscription.cancel();
                return null;
            });
            OutboxCounts counts = outbox.counts();
            assertThat(counts.queued()).isZero();
            assertThat(counts.delivered()).isEqualTo(observer.received);
            assertThat(counts.lost()).isEqualTo(dropped.get());
            assertThat(counts.delivered() + counts.lost()).isEqualTo(OFFERS);
            assertThat(observer.violations).hasValue(0);
        }
    }

    @Test
    void offersAndAnEnd() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            boolean completes = round % 2 == 0;
            AtomicInteger dropped = new AtomicInteger();
            Outbox<Integer> outbox = new Outbox<>(
                    Overflow.DROP_OLDEST, new OutboxLimits(OFFERS, OFFERS), m -> 0, m -> dropped.incrementAndGet());
            Observer observer = new Observer();
            outbox.subscribe(observer);
            together(() -> offerAll(outbox), () -> requestAll(observer, OFFERS), () -> {
                if (completes) {
                    outbox.complete();
                } else {
                    outbox.fail(new IllegalStateException("over"));
                }
                return null;
            });
            assertThat(observer.ends).hasValue(1);
            assertThat(observer.violations).hasValue(0);
            assertThat(observer.received + dropped.get()).isEqualTo(OFFERS);
        }
    }

    /** Narrow ones, but for the policy that would end at once with them. */
    private static OutboxLimits limits(Overflow policy, int round) {
        return new OutboxLimits(policy == Overflow.DISCONNECT ? OFFERS / 4 : 1 + round % 20, OFFERS, OFFERS);
    }

    @Test
    void twoPublishers() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Outbox<Integer> outbox =
                    new Outbox<>(Overflow.DISCONNECT, new OutboxLimits(2 * OFFERS, 2 * OFFERS), m -> 0, m -> {});
            Observer observer = new Observer();
            outbox.subscribe(observer);
            observer.request(2 * OFFERS);
            together(() -> offerAll(outbox), () -> offerAll(outbox));
            // Nobody comes any more: a message that is still queued has been forgotten.
            assertThat(outbox.counts()).isEqualTo(new OutboxCounts(2 * OFFERS, 2 * OFFERS, 0, 0, 0));
            assertThat(observer.received).isEqualTo(2 * OFFERS);
            assertThat(observer.violations).hasValue(0);
        }
    }

    private static long seed() {
        return Long.getLong("sluice.seed", 20_260_101L);
    }

    private static Void offerAll(Outbox<Integer> outbox) {
        for (int i = 0; i < OFFERS; i++) {
            outbox.offer(i, 1);
        }
        return null;
    }

    private static Void requestAll(Observer observer, int times) {
        for (int i = 0; i < times; i++) {
            observer.request(1);
        }
        return null;
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    @SafeVarargs
    private void together(Callable<Void>... parts) throws Exception {
        // Waking up from a lock takes longer than all that a part does: they spin until all are there.
        AtomicInteger missing = new AtomicInteger(parts.length);
        List<Future<Void>> running = new ArrayList<>();
        for (Callable<Void> part : parts) {
            running.add(threads.submit(() -> {
                missing.decrementAndGet();
                while (missing.get() > 0) {
                    Thread.yield();
                }
                return part.call();
            }));
        }
        for (Future<Void> part : running) {
            part.get(10, TimeUnit.SECONDS);
        }
    }
}
