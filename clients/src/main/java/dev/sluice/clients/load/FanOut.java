package dev.sluice.clients.load;

import dev.sluice.clients.load.Figures.Stopwatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A few publishers and many subscribers of one channel; an operation is a delivery. All messages have the same length,
 * so deliveries are counted by bytes. A publisher sends its next batch when it has the replies to the last and the
 * subscribers are less than {@value #AHEAD} messages behind on average. The latency is from sending to
 * arrival at the first subscriber.
 */
final class FanOut implements AutoCloseable {
    /** Publishers, so that the server has work while the replies to one travel. */
    private static final int PUBLISHERS = 4;

    /** Messages by which the publishers may be ahead of the subscribers, so that no server cuts them off. */
    private static final int AHEAD = 2_048;

    private static final String CHANNEL = "bench:news";
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final SelectorLoop loop = new SelectorLoop();
    private final Target target;
    private final int messageBytes;
    private final int stampAt;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();
    private final Numbers numbers = new Numbers(1, 0);

    private Histogram latencies = Figures.histogram();
    private long published;
    private long receivedBytes;
    private long lastArrival;

    /** {@code payloadBytes} is at least {@value Digits#STAMP}. */
    FanOut(Target target, int subscriberCount, int pipeline, int payloadBytes) {
        this.target = target;
        int fill = Math.max(0, payloadBytes - Digits.STAMP);
        String message = "{stamp}" + (fill == 0 ? "" : "{data:" + fill + "}");
        String head = "*3\r\n$7\r\nmessage\r\n$" + CHANNEL.length() + "\r\n" + CHANNEL + "\r\n$" + (fill + Digits.STAMP)
                + "\r\n";
        stampAt = head.length();
        messageBytes = head.length() + fill + Digits.STAMP + 2;
        for (int i = 0; i < subscriberCount; i++) {
            subscribers.add(new Subscriber(loop.connect(target), i == 0));
        }
        for (int i = 0; i < PUBLISHERS; i++) {
            Batch batch = Batch.of("PUBLISH " + CHANNEL + " " + message, pipeline, 0);
            publishers.add(new Publisher(batch, loop.connect(target)));
        }
        await(() -> subscribers.stream().allMatch(Subscriber::subscribed));
    }

    /** Publishes for a time, then waits for the last delivery. */
    Figures runFor(long nanos) {
        latencies = Figures.histogram();
        published = 0;
        receivedBytes = 0;
        Stopwatch stopwatch = new Stopwatch(target);
        for (Publisher publisher : publishers) {
            publisher.start(stopwatch.start(), stopwatch.start() + nanos);
        }
        await(() -> publishers.stream().allMatch(publisher -> publisher.idle)
                && receivedBytes == deliveries() * messageBytes);
        ReplyCounter first = publishers.getFirst().counter;
        return stopwatch.stop(deliveries(), latencies, first.errors(), 0, first.firstError());
    }

    private long deliveries() {
        return published * subscribers.size();
    }

    private boolean subscribersKeepUp() {
        return deliveries() - receivedBytes / messageBytes <= (long) AHEAD * subscribers.size();
    }

    private interface Condition {
        boolean holds();
    }

    private void await(Condition condition) {
        lastArrival = System.nanoTime();
        while (!condition.holds()) {
            loop.turn(100);
            if (System.nanoTime() - lastArrival > STALL_NANOS) {
                throw new IllegalStateException(target + " has not delivered for 30 s");
            }
        }
    }

    @Override
    public void close() {
        loop.close();
    }

    private final class Publisher implements SelectorLoop.Handler {
        private final Batch batch;
        private final SelectorLoop.Link link;
        private final ReplyCounter counter = new ReplyCounter();
        private int awaited;
        private boolean idle = true;
        private long deadline;

        Publisher(Batch batch, SelectorLoop.Link link) {
            this.batch = batch;
            this.link = link;
            link.handle(this);
        }

        void start(long now, long until) {
            deadline = until;
            idle = false;
            next(now);
        }

        /** Sends a batch unless something is in the way of it; once time is up there are no more. */
        void next(long now) {
            if (awaited > 0 || idle) {
                return;
            }
            if (now >= deadline) {
                idle = true;
            } else if (subscribersKeepUp()) {
                awaited = batch.size();
                published += awaited;
                try {
                    link.write(batch.refreshed(numbers, now));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public void received(ByteBuffer in) {
            awaited -= counter.feed(in);
            next(System.nanoTime());
        }

        @Override
        public void writable() throws IOException {
            link.write(batch.remaining());
        }
    }

    private final class Subscriber implements SelectorLoop.Handler {
        private final ByteBuffer subscribe = Batch.encoded("SUBSCRIBE", CHANNEL);
        private final SelectorLoop.Link link;
        private final boolean timed;
        private @Nullable ReplyCounter confirmation = new ReplyCounter();
        private long position;

        Subscriber(SelectorLoop.Link link, boolean timed) {
            this.link = link;
            this.timed = timed;
            link.handle(this);
            try {
                link.write(subscribe);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        boolean subscribed() {
            return confirmation == null;
        }

        @Override
        public void received(ByteBuffer in) {
            long now = System.nanoTime();
            lastArrival = now;
            if (confirmation != null) {
                confirmation = confirmation.feed(in) > 0 ? null : confirmation;
                return;
            }
            int bytes = in.remaining();
            if (timed) {
                time(in, now);
            }
            position = (position + bytes) % messageBytes;
            receivedBytes += bytes;
            for (int i = 0; i < publishers.size(); i++) {
                publishers.get(i).next(now);
            }
        }

        /** Records the first message whose stamp lies within what has arrived. */
        private void time(ByteBuffer in, long now) {
            long at = stampAt - position;
            if (at < 0) {
                at += messageBytes;
            }
            if (at + Digits.STAMP <= in.limit()) {
                latencies.recordValue(Math.max(0, now - Digits.read(in, (int) at, Digits.STAMP)));
            }
        }

        @Override
        public void writable() throws IOException {
            link.write(subscribe);
        }
    }
}
