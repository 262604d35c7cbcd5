package dev.sluice.clients.load;

import dev.sluice.clients.load.Figures.Stopwatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Requests at a fixed rate, whether or not the server keeps up; the latency of a reply counts from the moment at which
 * its request was due, so a stalled server cannot hide its queue. The rate must be below saturation for the figures to
 * mean anything. It spins, for a sleep on Linux is too coarse: its CPU figure says nothing.
 */
final class OpenLoop implements AutoCloseable {
    /** Requests under way per connection; beyond it the server is far past saturation. */
    private static final int UNDER_WAY_MAX = 1 << 16;

    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final SelectorLoop loop = new SelectorLoop();
    private final List<Worker> workers = new ArrayList<>();
    private final Target target;
    private final Numbers numbers;
    private Histogram latencies = Figures.histogram();
    private long replies;

    /** {@code shape.pipeline()} is not used: requests go out one by one. */
    OpenLoop(Target target, Shape shape) {
        this(target, shape, List.of(shape.line()));
    }

    /** Each connection sends requests of one of the lines, in turn. */
    OpenLoop(Target target, Shape shape, List<String> lines) {
        this.target = target;
        this.numbers = new Numbers(shape.keys(), shape.seed());
        for (int i = 0; i < shape.connections(); i++) {
            Batch batch = Batch.of(lines.get(i % lines.size()), 1, shape.seed() + i);
            workers.add(new Worker(batch, loop.connect(target)));
        }
    }

    /** Sends {@code perSecond} requests a second for a time, then waits for what is under way. */
    Figures runFor(long nanos, double perSecond) {
        return run((long) (perSecond * nanos / 1e9), perSecond);
    }

    /** Sends {@code operations} requests; ascending numbers begin at 0. */
    Figures runOperations(long operations, double perSecond) {
        numbers.restart();
        return run(operations, perSecond);
    }

    private Figures run(long total, double perSecond) {
        latencies = Figures.histogram();
        replies = 0;
        double interval = 1e9 / perSecond;
        Stopwatch stopwatch = new Stopwatch(target);
        long start = stopwatch.start();
        long sent = 0;
        long now = start;
        while (sent < total) {
            sent = sendDue(start, interval, sent, total, now);
            loop.turn(0);
            now = System.nanoTime();
        }
        while (replies < sent) {
            loop.turn(100);
            if (System.nanoTime() - now > DRAIN_NANOS) {
                throw new IllegalStateException(target + " has not replied for 30 s");
            }
        }
        ReplyCounter first = workers.getFirst().counter;
        return stopwatch.stop(replies, latencies, first.errors(), first.nulls(), first.firstError());
    }

    private long sendDue(long start, double interval, long sent, long total, long now) {
        long next = sent;
        long due = start + (long) (next * interval);
        while (due <= now && next < total) {
            workers.get((int) (next % workers.size())).send(due);
            next++;
            due = start + (long) (next * interval);
        }
        return next;
    }

    @Override
    public void close() {
        loop.close();
    }

    /** Due times from {@code oldest} on are in a ring: first those sent, behind them those that wait for the socket. */
    private final class Worker implements SelectorLoop.Handler {
        private final Batch batch;
        private final SelectorLoop.Link link;
        private final ReplyCounter counter = new ReplyCounter();
        private final long[] due = new long[UNDER_WAY_MAX];
        private long oldest;
        private long unsent;
        private long newest;

        Worker(Batch batch, SelectorLoop.Link link) {
            this.batch = batch;
            this.link = link;
            batch.remaining().position(batch.remaining().limit());
            link.handle(this);
        }

        void send(long dueAt) {
            if (newest - oldest == UNDER_WAY_MAX) {
                throw new IllegalStateException(target + " is far past saturation: choose a lower rate");
            }
            due[(int) (newest++ & (UNDER_WAY_MAX - 1))] = dueAt;
            try {
                writable();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void writable() throws IOException {
            if (batch.remaining().hasRemaining()) {
                link.write(batch.remaining());
            }
            while (unsent < newest && !batch.remaining().hasRemaining()) {
                unsent++;
                link.write(batch.refreshed(numbers, 0));
            }
        }

        @Override
        public void received(ByteBuffer in) {
            int count = counter.feed(in);
            long now = System.nanoTime();
            for (int i = 0; i < count; i++) {
                latencies.recordValue(now - due[(int) (oldest++ & (UNDER_WAY_MAX - 1))]);
            }
            replies += count;
        }
    }
}
