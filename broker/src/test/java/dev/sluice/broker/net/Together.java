package dev.sluice.broker.net;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Several clients at the same time. */
final class Together {
    private Together() {}

    /** What all of them returned, when all are done. What failed in any of them is in one failure: one causes another. */
    static <T> List<T> run(ExecutorService threads, List<Callable<List<T>>> clients) throws InterruptedException {
        List<T> all = new ArrayList<>();
        AssertionError failures = new AssertionError("of one client or more");
        for (Future<List<T>> done : threads.invokeAll(clients)) {
            try {
                all.addAll(done.get());
            } catch (ExecutionException failed) {
                failures.addSuppressed(failed.getCause());
            }
        }
        if (failures.getSuppressed().length > 0) {
            throw failures;
        }
        return all;
    }
}
