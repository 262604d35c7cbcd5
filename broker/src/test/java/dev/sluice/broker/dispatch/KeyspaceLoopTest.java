package dev.sluice.broker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.ManualTime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

class KeyspaceLoopTest {
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final KeyspaceLoop loop = new KeyspaceLoop(executor, () -> true, new ManualTime(1_000));
    private final List<String> done = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        executor.close();
    }

    private Runnable turn(String name) {
        return () -> {
            done.add(name);
            loop.atEndOfTurn(() -> done.add("end of " + name));
        };
    }

    /** All that is due has run when what is asked for after it has; what that asks for the second time, and so on. */
    private void settle() throws Exception {
        for (int i = 0; i < 3; i++) {
            executor.schedule(() -> {}, 0, TimeUnit.MILLISECONDS).get();
        }
    }

    @Test
    void turnsThatAreDueTogetherEndTogether() throws Exception {
        executor.execute(() -> {
            loop.execute(turn("one"));
            loop.execute(turn("two"));
        });
        settle();
        assertThat(done).containsExactly("one", "two", "end of one", "end of two");
    }

    @Test
    void whatGoesOnSaysItselfWhichTurnIsTheLast() throws Exception {
        loop.goOn(turn("one"));
        settle();
        loop.goOn(turn("two"));
        settle();
        assertThat(done).containsExactly("one", "two");
        executor.execute(loop::endTurn);
        settle();
        assertThat(done).containsExactly("one", "two", "end of one", "end of two");
    }

    @Test
    void theTurnOfSomebodyElseEndsWhatGoesOn() throws Exception {
        loop.goOn(turn("one"));
        settle();
        loop.nextTurn(turn("another"));
        settle();
        assertThat(done).containsExactly("one", "another", "end of one", "end of another");
    }

    @Test
    void whatIsDoneRegularlyGoesOnAfterAFailure() throws Exception {
        CountDownLatch times = new CountDownLatch(3);
        Disposable regular = loop.every(1, () -> {
            times.countDown();
            throw new IllegalStateException("as a defect would");
        });
        assertThat(times.await(20, TimeUnit.SECONDS)).isTrue();
        regular.dispose();
    }

    @Test
    void aTurnThatFailsEndsLikeOthers() throws Exception {
        loop.nextTurn(() -> {
            turn("one").run();
            throw new IllegalStateException("as a defect would");
        });
        settle();
        assertThat(done).containsExactly("one", "end of one");
    }
}
