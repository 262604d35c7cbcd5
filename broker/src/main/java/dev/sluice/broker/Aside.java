package dev.sluice.broker;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads beside the loops, for work that may wait. A loop that hands them something never waits itself. */
final class Aside {
    private Aside() {}

    /** One thread. Its queue has no lock, and it is there before the first work: else a loop might wait for either. */
    static ThreadPoolExecutor thread(ThreadFactory factory) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.MILLISECONDS, new LinkedTransferQueue<>(), factory);
        executor.prestartAllCoreThreads();
        return executor;
    }
}
