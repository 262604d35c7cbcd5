package dev.sluice.samples.queue;

import dev.sluice.clients.RSocketClient;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes jobs from a list as it can do them. A job that is taken moves to a list of the worker's own, and leaves that
 * one when it is done; what a lost worker had in hand therefore waits there until a worker of the same name starts, or
 * somebody gives it back. A job is done at least once: twice if its worker was lost between doing it and saying so.
 */
final class Worker {
    private final RSocketClient client;
    private final Bytes jobs;
    private final Bytes inHand;

    /**
     * @param name one living worker at a time has it, and it starts again only once the broker knows that the one before
     *     is gone: what the broker moves for a connection that is not yet known to be dead waits for the next start
     */
    Worker(RSocketClient client, String jobs, String name) {
        this.client = client;
        this.jobs = Bytes.of(jobs);
        this.inHand = Bytes.of(inHandOf(jobs, name));
    }

    /** The list that holds what a worker has in hand. */
    static String inHandOf(String jobs, String worker) {
        return jobs + ":" + worker;
    }

    /**
     * Puts back what an earlier worker of this name had in hand, then takes and does jobs until cancelled.
     *
     * @param atOnce jobs in hand at most: what {@code request(n)} asks the broker for
     * @return each job once it is done
     */
    Flux<Bytes> run(int atOnce, Function<Bytes, ? extends Publisher<Void>> work) {
        Flux<Bytes> done = client.move(jobs.toString(), inHand.toString())
                .flatMap(job -> Mono.from(work.apply(job)).then(remove(job)), atOnce);
        return giveBack().thenMany(done);
    }

    /** Newest first to the head of the queue, so that they stand there in the order in which they were taken. */
    Mono<Long> giveBack() {
        Request move = new Request(Bytes.of("LMOVE"), inHand, jobs, Bytes.of("RIGHT"), Bytes.of("LEFT"));
        return client.command(move)
                .map(Worker::orThrow)
                .repeat()
                .takeWhile(moved -> !(moved instanceof Reply.Null))
                .count();
    }

    private Mono<Bytes> remove(Bytes job) {
        return client.command(new Request(Bytes.of("LREM"), inHand, Bytes.of("1"), job))
                .map(Worker::orThrow)
                .thenReturn(job);
    }

    private static Reply orThrow(Reply reply) {
        if (reply instanceof Reply.Failure failure) {
            throw new CommandError(failure.message());
        }
        return reply;
    }
}
