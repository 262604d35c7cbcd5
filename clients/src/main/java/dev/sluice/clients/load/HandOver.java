package dev.sluice.clients.load;

import dev.sluice.clients.load.Figures.Stopwatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Pairs of a producer and a consumer that waits in a blocking pop. A producer pushes its next element when it has its
 * reply and the element before has arrived at a consumer, which waits again by then. An operation is an element handed
 * over; its latency is from sending to arrival.
 */
final class HandOver implements AutoCloseable {
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int PRODUCER_DIGITS = 4;
    private static final int ELEMENT_BYTES = Digits.STAMP + PRODUCER_DIGITS;

    /** What producers push and consumers wait for; all replies to a consumer have the same length. */
    enum Kind {
        LIST("LPUSH %s %s", "BLPOP %s 0", "*2\r\n", ""),
        SORTED_SET("ZADD %s 1 %s", "BZPOPMIN %s 0", "*3\r\n", "$1\r\n1\r\n");

        private final String push;
        private final String pop;
        private final String head;
        private final String tail;

        Kind(String push, String pop, String head, String tail) {
            this.push = push;
            this.pop = pop;
            this.head = head;
            this.tail = tail;
        }

        /** The command that waits. */
        String title() {
            return pop.substring(0, pop.indexOf(' '));
        }
    }

    private final SelectorLoop loop = new SelectorLoop();
    private final Target target;
    private final Kind kind;
    private final List<Producer> producers = new ArrayList<>();
    private final Numbers numbers = new Numbers(1, 0);

    private Histogram latencies = Figures.histogram();
    private long handedOver;
    private long lastArrival;
    private int busy;

    /** @param shared all pairs use one key, and any consumer may get any element; else each pair has its own */
    HandOver(Target target, Kind kind, int pairs, boolean shared) {
        this.target = target;
        this.kind = kind;
        for (int i = 0; i < pairs; i++) {
            String key = String.format(Locale.ROOT, "bench:queue:%04d", shared ? 0 : i);
            new Consumer(key, loop.connect(target)).await();
            producers.add(new Producer(key, i, loop.connect(target)));
        }
    }

    /** Hands over for a time, then waits for the last element. */
    Figures runFor(long nanos) {
        latencies = Figures.histogram();
        handedOver = 0;
        Stopwatch stopwatch = new Stopwatch(target);
        lastArrival = stopwatch.start();
        for (Producer producer : producers) {
            producer.start(stopwatch.start() + nanos);
        }
        while (busy > 0) {
            loop.turn(100);
            if (System.nanoTime() - lastArrival > STALL_NANOS) {
                throw new IllegalStateException(target + " has handed nothing over for 30 s");
            }
        }
        ReplyCounter first = producers.getFirst().counter;
        return stopwatch.stop(handedOver, latencies, first.errors(), 0, first.firstError());
    }

    @Override
    public void close() {
        loop.close();
    }

    private final class Producer implements SelectorLoop.Handler {
        private final Batch push;
        private final SelectorLoop.Link link;
        private final ReplyCounter counter = new ReplyCounter();
        private int awaited; // the reply, and the arrival
        private long deadline;

        Producer(String key, int number, SelectorLoop.Link link) {
            String element = String.format(Locale.ROOT, "{stamp}%0" + PRODUCER_DIGITS + "d", number);
            this.push = Batch.of(String.format(Locale.ROOT, kind.push, key, element), 1, 0);
            this.link = link;
            link.handle(this);
        }

        void start(long until) {
            deadline = until;
            busy++;
            push(System.nanoTime());
        }

        private void push(long now) {
            awaited = 2;
            try {
                link.write(push.refreshed(numbers, now));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void arrived(long now) {
            if (--awaited > 0) {
                return;
            }
            if (now < deadline) {
                push(now);
            } else {
                busy--;
            }
        }

        @Override
        public void received(ByteBuffer in) {
            if (counter.feed(in) > 0) {
                arrived(System.nanoTime());
            }
        }

        @Override
        public void writable() throws IOException {
            link.write(push.remaining());
        }
    }

    private final class Consumer implements SelectorLoop.Handler {
        private final ByteBuffer pop;
        private final SelectorLoop.Link link;
        private final int elementAt;
        private final ByteBuffer reply;

        Consumer(String key, SelectorLoop.Link link) {
            this.pop = Batch.encoded(String.format(Locale.ROOT, kind.pop, key).split(" "));
            this.link = link;
            String head = kind.head + "$" + key.length() + "\r\n" + key + "\r\n$" + ELEMENT_BYTES + "\r\n";
            this.elementAt = head.length();
            this.reply = ByteBuffer.allocate(head.length() + ELEMENT_BYTES + 2 + kind.tail.length());
            link.handle(this);
        }

        void await() {
            try {
                link.write(pop.rewind());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void received(ByteBuffer in) {
            while (in.hasRemaining() && reply.hasRemaining()) {
                reply.put(in.get());
            }
            if (reply.get(0) != '*' || in.hasRemaining()) {
                String text = new String(reply.array(), 0, reply.position(), StandardCharsets.ISO_8859_1);
                throw new IllegalStateException("not what a consumer waits for: " + text);
            }
            if (!reply.hasRemaining()) {
                taken();
            }
        }

        private void taken() {
            long now = System.nanoTime();
            lastArrival = now;
            handedOver++;
            latencies.recordValue(now - Digits.read(reply, elementAt, Digits.STAMP));
            int producer = (int) Digits.read(reply, elementAt + Digits.STAMP, PRODUCER_DIGITS);
            reply.clear();
            await();
            producers.get(producer).arrived(now);
        }

        @Override
        public void writable() throws IOException {
            link.write(pop);
        }
    }
}
