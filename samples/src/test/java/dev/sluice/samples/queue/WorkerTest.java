package dev.sluice.samples.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.clients.RSocketClient;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class WorkerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long SEED = Long.getLong("sluice.seed", 1);

    private final Broker broker = Broker.start(Settings.of(), new Ports(Ports.OFF, Ports.ANY, Ports.OFF));
    private final RSocketClient client = connect();

    @AfterEach
    void stop() {
        client.close();
        broker.close();
    }

    @Test
    void asManyJobsAreInHandAsWereAskedFor() {
        fill(5);
        StepVerifier.create(new Worker(client, "jobs", "ann").run(2, job -> Mono.never()))
                .then(() -> await("LLEN", "jobs:ann", 2))
                .thenCancel()
                .verify(PATIENCE);
        assertThat(list("jobs:ann")).containsExactly("job-1", "job-2");
        assertThat(list("jobs")).containsExactly("job-3", "job-4", "job-5");
    }

    @Test
    void whatALostWorkerHadInHandIsGivenBackInItsOrder() {
        fill(4);
        RSocketClient lost = connect();
        StepVerifier.create(new Worker(lost, "jobs", "ann").run(3, job -> Mono.never()))
                .then(() -> await("LLEN", "jobs:ann", 3))
                .then(lost::close)
                .expectError()
                .verify(PATIENCE);
        assertThat(new Worker(client, "jobs", "ann").giveBack().block(PATIENCE)).isEqualTo(3);
        assertThat(list("jobs")).containsExactly("job-1", "job-2", "job-3", "job-4");
        assertThat(list("jobs:ann")).isEmpty();
    }

    @Test
    void aJobThatFailsStaysInHandAndIsDoneByTheNextWorkerOfThatName() {
        fill(1);
        StepVerifier.create(new Worker(client, "jobs", "ann").run(1, job -> Mono.error(new IllegalStateException("x"))))
                .verifyErrorMessage("x");
        assertThat(list("jobs:ann")).containsExactly("job-1");
        StepVerifier.create(new Worker(client, "jobs", "ann").run(1, job -> Mono.empty()))
                .expectNext(Bytes.of("job-1"))
                .thenCancel()
                .verify(PATIENCE);
        assertThat(list("jobs:ann")).isEmpty();
    }

    /** Each worker is lost again and again, after a random number of jobs, until all are done. */
    @Test
    void workersThatAreLostInTheMiddleLoseNoJob() {
        int jobs = 300;
        fill(jobs);
        Random random = new Random(SEED);
        Collection<String> done = new ConcurrentLinkedQueue<>();
        for (int round = 0; !left().isEmpty(); round++) {
            assertThat(round).as("seed %d, still there: %s", SEED, left()).isLessThan(jobs);
            Flux.fromIterable(List.of("ann", "bob", "cho"))
                    .flatMap(name -> lostAfter(random.nextInt(30), name, 1 + random.nextInt(4), done))
                    .blockLast(PATIENCE);
        }
        assertThat(done)
                .as("seed %d", SEED)
                .containsAll(
                        IntStream.rangeClosed(1, jobs).mapToObj(i -> "job-" + i).toList());
    }

    /** A worker that does so many jobs, each a moment long, and whose connection then breaks with others in hand. */
    private Mono<Void> lostAfter(int jobs, String name, int atOnce, Collection<String> done) {
        return Mono.defer(() -> {
            RSocketClient own = connect();
            Worker worker = new Worker(own, "jobs", name);
            Flux<Bytes> work = worker.run(
                    atOnce,
                    job -> Mono.delay(Duration.ofMillis(1))
                            .doOnNext(end -> done.add(job.toString()))
                            .then());
            Mono<Long> emptied = client.command("LLEN", "jobs")
                    .filter(Reply.integer(0)::equals)
                    .map(n -> 0L)
                    .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(5)));
            return work.take(jobs).takeUntilOther(emptied).then().doFinally(end -> own.close());
        });
    }

    private List<String> left() {
        return Flux.just("jobs", "jobs:ann", "jobs:bob", "jobs:cho")
                .flatMapIterable(this::list)
                .collectList()
                .block(PATIENCE);
    }

    private void fill(int jobs) {
        for (int i = 1; i <= jobs; i++) {
            client.command(Request.of("RPUSH", "jobs", "job-" + i)).block(PATIENCE);
        }
    }

    private List<String> list(String key) {
        Reply reply =
                Objects.requireNonNull(client.command("LRANGE", key, "0", "-1").block(PATIENCE));
        return ((Reply.Array) reply).items().stream().map(Object::toString).toList();
    }

    private void await(String command, String key, long value) {
        client.command(command, key)
                .filter(Reply.integer(value)::equals)
                .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(5)))
                .block(PATIENCE);
    }

    private RSocketClient connect() {
        return Objects.requireNonNull(
                RSocketClient.tcp("127.0.0.1", broker.rsocketPort()).connect().block(PATIENCE));
    }
}
