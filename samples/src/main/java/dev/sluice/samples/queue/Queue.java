package dev.sluice.samples.queue;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.clients.RSocketClient;
import dev.sluice.streams.message.Bytes;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Three workers share a queue, each with as many jobs in hand as it asked for. One is lost in the middle of a job; when
 * it comes back it gives the job back first, for whoever asks next.
 */
public final class Queue {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration A_JOB = Duration.ofMillis(100);
    private static final String JOBS = "queue:jobs";
    private static final int JOBS_TOTAL = 12;
    private static final String UNLUCKY = "bob";

    private final String host;
    private final int port;
    private final Consumer<String> out;

    private Queue(String host, int port, Consumer<String> out) {
        this.host = host;
        this.port = port;
        this.out = out;
    }

    /** Without arguments starts a broker of its own; else {@code host rsocket-port} of one that runs. */
    public static void main(String[] arguments) {
        Consumer<String> print = System.out::println;
        if (arguments.length == 2) {
            run(arguments[0], Integer.parseInt(arguments[1]), print);
        } else {
            try (Broker broker = Broker.start(Settings.of(), new Ports(Ports.OFF, Ports.ANY, Ports.OFF))) {
                run("127.0.0.1", broker.rsocketPort(), print);
            }
        }
    }

    /** Fills the queue and empties it; {@code out} gets a line for each thing that happened. */
    static void run(String host, int port, Consumer<String> out) {
        Queue queue = new Queue(host, port, out);
        queue.fill();
        Flux.merge(queue.worker("ann", 1), queue.unluckyWorker(), queue.worker("cho", 2))
                .take(JOBS_TOTAL)
                .blockLast(PATIENCE);
        out.accept(JOBS_TOTAL + " jobs, all done");
    }

    private void fill() {
        try (RSocketClient client = Objects.requireNonNull(connect().block(PATIENCE))) {
            Flux.just("ann", UNLUCKY, "cho")
                    .map(name -> Worker.inHandOf(JOBS, name))
                    .startWith(JOBS)
                    .concatMap(key -> client.command("DEL", key))
                    .thenMany(Flux.range(1, JOBS_TOTAL).concatMap(i -> client.command("RPUSH", JOBS, "job-" + i)))
                    .blockLast(PATIENCE);
        }
    }

    private Flux<Bytes> worker(String name, int atOnce) {
        return Flux.usingWhen(
                connect(),
                client -> new Worker(client, JOBS, name).run(atOnce, job -> work(name, job)),
                client -> Mono.fromRunnable(client::close));
    }

    /** Its connection ends while it has a job in hand, as if its process had; then it starts once more. */
    private Flux<Bytes> unluckyWorker() {
        Flux<Bytes> lost = connect()
                .flatMapMany(client -> new Worker(client, JOBS, UNLUCKY).run(1, job -> lose(client, job)))
                .onErrorComplete();
        return lost.concatWith(Flux.defer(() -> worker(UNLUCKY, 1)));
    }

    private Mono<Void> work(String name, Bytes job) {
        return Mono.delay(A_JOB)
                .doOnNext(end -> out.accept(name + " did " + job))
                .then();
    }

    private Mono<Void> lose(RSocketClient client, Bytes job) {
        return Mono.delay(A_JOB)
                .doOnNext(end -> out.accept(UNLUCKY + " is lost with " + job + " in hand"))
                .doOnNext(end -> client.close())
                .then(Mono.never());
    }

    private Mono<RSocketClient> connect() {
        return RSocketClient.tcp(host, port).connect();
    }
}
