package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class AsideTest {
    private static final int TASKS = 300_000;

    /** BlockHound watches: with a queue that has a lock, the thread that hands over finds it taken now and then. */
    @Test
    void whoHandsItSomethingNeverWaits() throws Exception {
        AtomicInteger done = new AtomicInteger();
        Scheduler loop = Schedulers.newParallel("loop", 1);
        try (ExecutorService aside = Aside.thread(Thread.ofPlatform().factory())) {
            Mono.fromRunnable(() -> {
                        for (int i = 0; i < TASKS; i++) {
                            aside.execute(done::incrementAndGet);
                        }
                    })
                    .subscribeOn(loop)
                    .block();
            Future<Integer> last = aside.submit(done::get);
            assertThat(last.get(20, TimeUnit.SECONDS)).isEqualTo(TASKS);
        } finally {
            loop.dispose();
        }
    }
}
