package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class PaceTest {
    private final Socket socket = new Socket();
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private int next;
    private int available = Integer.MAX_VALUE;

    /** A socket that takes as many elements as it is told to. */
    private static final class Socket implements Outlet {
        private final List<Runnable> waiting = new ArrayList<>();
        private long room = Long.MAX_VALUE;

        @Override
        public boolean isWritable() {
            return room > 0;
        }

        @Override
        public void onWritable(Runnable what) {
            waiting.add(what);
        }

        @Override
        public void removeOnWritable(Runnable what) {
            waiting.remove(what);
        }

        void takes(long more) {
            room = more;
            List.copyOf(waiting).forEach(Runnable::run);
        }
    }

    private Flux<Integer> numbers() {
        return Flux.create(sink -> {
            Pace pace = new Pace(socket, sink, turns::add, () -> {
                if (next == available) {
                    return Pace.Then.WAIT;
                }
                socket.room--;
                sink.next(next++);
                return Pace.Then.GO_ON;
            });
            sink.onDispose(pace::end);
            pace.begin();
        });
    }

    private void runTurns() {
        while (!turns.isEmpty()) {
            turns.remove().run();
        }
    }

    @Test
    void stepsAreTakenOnDemandAlone() {
        StepVerifier.create(numbers(), 0)
                .expectSubscription()
                .then(() -> assertThat(next).isZero())
                .thenRequest(1)
                .expectNext(0)
                .then(() -> assertThat(next).isEqualTo(1))
                .thenRequest(2)
                .expectNext(1, 2)
                .then(() -> assertThat(next).isEqualTo(3))
                .thenCancel()
                .verify();
        assertThat(socket.waiting).isEmpty();
    }

    @Test
    void unlimitedDemandIsLimitedByTheSocket() {
        socket.room = 3;
        StepVerifier.create(numbers())
                .expectNext(0, 1, 2)
                .then(() -> assertThat(next).isEqualTo(3))
                .then(() -> socket.takes(2))
                .expectNext(3, 4)
                .then(() -> assertThat(next).isEqualTo(5))
                .thenCancel()
                .verify();
    }

    @Test
    void othersHaveTheirTurnAfterSoManySteps() {
        available = 2 * Pace.STEPS_A_TURN + 5;
        StepVerifier.create(numbers())
                .expectNextCount(Pace.STEPS_A_TURN)
                .then(() -> {
                    assertThat(next).isEqualTo(Pace.STEPS_A_TURN);
                    socket.takes(Long.MAX_VALUE);
                    assertThat(next)
                            .as("a turn that is due is not taken before")
                            .isEqualTo(Pace.STEPS_A_TURN);
                    runTurns();
                })
                .expectNextCount(Pace.STEPS_A_TURN + 5)
                .thenCancel()
                .verify();
        assertThat(turns).isEmpty();
    }

    @Test
    void aSubscriberThatAsksForOneMoreInOnNextGetsOneAtATime() {
        available = 1000;
        List<Integer> outstanding = new ArrayList<>();
        numbers().subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(1);
            }

            @Override
            protected void hookOnNext(Integer element) {
                outstanding.add(next - 1 - element);
                request(1);
            }
        });
        runTurns();
        assertThat(outstanding).hasSize(1000).containsOnly(0);
    }

    @Test
    void cancellingEndsAlsoATurnThatIsDue() {
        StepVerifier.create(numbers(), Pace.STEPS_A_TURN + 10)
                .expectNextCount(Pace.STEPS_A_TURN)
                .thenCancel()
                .verify();
        runTurns();
        assertThat(next).isEqualTo(Pace.STEPS_A_TURN);
        assertThat(socket.waiting).isEmpty();
    }

    @Test
    void whoHasCancelledBeforeItBeginsIsNotWaitedFor() {
        numbers().subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                cancel();
            }
        });
        assertThat(socket.waiting).isEmpty();
        assertThat(next).isZero();
    }
}
