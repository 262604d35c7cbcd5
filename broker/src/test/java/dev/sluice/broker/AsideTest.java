package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AsideTest {
    /** A lock is found taken once in millions of times, on a busy machine: so it is the queue itself that is looked at. */
    @Test
    void whoHandsItSomethingNeverWaits() throws Exception {
        try (ThreadPoolExecutor aside = Aside.thread(Thread.ofPlatform().factory())) {
            assertThat(aside.getQueue()).isInstanceOf(LinkedTransferQueue.class);
            assertThat(aside.getPoolSize()).as("threads before the first work").isEqualTo(1);
            assertThat(aside.submit(() -> 7).get(20, TimeUnit.SECONDS)).isEqualTo(7);
        }
    }
}
