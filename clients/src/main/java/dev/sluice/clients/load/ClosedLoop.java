package dev.sluice.clients.load;

import dev.sluice.clients.load.Figures.Stopwatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A number of connections, each of which sends a batch of requests, waits for all its replies, and sends the next, as
 * redis-benchmark does. The latency of a reply is that of its batch. The connections stay open between runs.
 */
final class ClosedLoop implements AutoCloseable {
    /** Replies that do not come for so long end the run with an error. */
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final SelectorLoop loop = new SelectorLoop();
    private final List<Worker> workers = new ArrayList<>();
    private final Target target;
    private final Numbers numbers;
    private final @Nullable PingProbe probe;

    private Histogram latencies = Figures.histogram();
    private PingProbe.Pauses pauses = new PingProbe.Pauses(Figures.histogram(), 0);
    private long operations;
    private long operationsSent;
    private long operationsMax;
    private long deadline;
    private long lastReply;
    private int busy;

    /** {@code probed} adds one connection that is pinged every millisecond beside the load. */
    ClosedLoop(Target target, Shape shape, boolean probed) {
        this.target = target;
        this.numbers = new Numbers(shape.keys(), shape.seed());
        for (int i = 0; i < shape.connections(); i++) {
            workers.add(new Worker(Batch.of(shape.line(), shape.pipeline(), shape.seed() + i), loop.connect(target)));
        }
        probe = probed ? new PingProbe(loop, target) : null;
    }

    /** Runs for a time. */
    Figures runFor(long nanos) {
        return run(Long.MAX_VALUE, nanos);
    }

    /** Sends at least {@code operations} requests: whole batches. Ascending numbers begin at 0. */
    Figures runOperations(long operations) {
        numbers.restart();
        return run(operations, Long.MAX_VALUE / 2);
    }

    /** What the probe saw of the last run; nothing without one. */
    PingProbe.Pauses pauses() {
        return pauses;
    }

    private Figures run(long most, long nanos) {
        latencies = Figures.histogram();
        operations = 0;
        operationsSent = 0;
        operationsMax = most;
        long errorsBefore = errors();
        long nullsBefore = nulls();
        if (probe != null) {
            probe.restart();
        }
        Stopwatch stopwatch = new Stopwatch(target);
        deadline = stopwatch.start() + nanos;
        lastReply = stopwatch.start();
        start();
        while (busy > 0) {
            turn();
        }
        if (probe != null) {
            pauses = probe.pauses();
        }
        return stopwatch.stop(operations, latencies, errors() - errorsBefore, nulls() - nullsBefore, firstError());
    }

    private void start() {
        try {
            for (Worker worker : workers) {
                if (operationsSent < operationsMax) {
                    busy++;
                    worker.send(System.nanoTime());
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void turn() {
        if (probe == null) {
            loop.turn(1_000);
        } else {
            loop.turn(1);
            probe.tick(System.nanoTime());
        }
        if (System.nanoTime() - lastReply > STALL_NANOS) {
            throw new IllegalStateException(target + " has not replied for 30 s");
        }
    }

    private long errors() {
        return workers.stream().mapToLong(worker -> worker.counter.errors()).sum();
    }

    private long nulls() {
        return workers.stream().mapToLong(worker -> worker.counter.nulls()).sum();
    }

    private @Nullable String firstError() {
        for (Worker worker : workers) {
            if (worker.counter.firstError() != null) {
                return worker.counter.firstError();
            }
        }
        return null;
    }

    @Override
    public void close() {
        if (probe != null) {
            probe.close();
        }
        loop.close();
    }

    private final class Worker implements SelectorLoop.Handler {
        private final Batch batch;
        private final SelectorLoop.Link link;
        private final ReplyCounter counter = new ReplyCounter();
        private int awaited;
        private long sentAt;

        Worker(Batch batch, SelectorLoop.Link link) {
            this.batch = batch;
            this.link = link;
            link.handle(this);
        }

        void send(long now) throws IOException {
            awaited = batch.size();
            sentAt = now;
            operationsSent += awaited;
            link.write(batch.refreshed(numbers, now));
        }

        @Override
        public void received(ByteBuffer in) throws IOException {
            awaited -= counter.feed(in);
            if (awaited < 0) {
                throw new IllegalStateException("more replies than requests from " + target);
            }
            if (awaited == 0) {
                replied(System.nanoTime());
            }
        }

        private void replied(long now) throws IOException {
            latencies.recordValueWithCount(now - sentAt, batch.size());
            operations += batch.size();
            lastReply = now;
            if (now < deadline && operationsSent < operationsMax) {
                send(now);
            } else {
                busy--;
            }
        }

        @Override
        public void writable() throws IOException {
            link.write(batch.remaining());
        }
    }
}
