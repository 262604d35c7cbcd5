package dev.sluice.samples.hello;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.clients.Message;
import dev.sluice.clients.RSocketClient;
import dev.sluice.clients.Taken;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.TakeRequest;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Two clients that know nothing of each other meet on one broker: Lettuce speaks RESP, the other one RSocket. They
 * share a channel, a list of jobs and a leaderboard.
 */
public final class Hello {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration RETRY = Duration.ofMillis(10);

    private static final String NEWS = "hello:news";
    private static final String JOBS = "hello:jobs";
    private static final String SCORES = "hello:scores";

    private final RedisReactiveCommands<String, String> redis;
    private final RSocketClient rsocket;
    private final Consumer<String> out;

    private Hello(RedisReactiveCommands<String, String> redis, RSocketClient rsocket, Consumer<String> out) {
        this.redis = redis;
        this.rsocket = rsocket;
        this.out = out;
    }

    /** Without arguments starts a broker of its own; else {@code host resp-port rsocket-port} of one that runs. */
    public static void main(String[] arguments) {
        Consumer<String> print = System.out::println;
        if (arguments.length == 3) {
            run(arguments[0], Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), print);
        } else {
            try (Broker broker = Broker.start(Settings.of(), new Ports(Ports.ANY, Ports.ANY, Ports.OFF))) {
                run("127.0.0.1", broker.respPort(), broker.rsocketPort(), print);
            }
        }
    }

    /** Meets, works and ranks; {@code out} gets a line for each thing that happened. */
    static void run(String host, int respPort, int rsocketPort, Consumer<String> out) {
        RedisClient lettuce = RedisClient.create(RedisURI.create(host, respPort));
        try (StatefulRedisConnection<String, String> connection = lettuce.connect();
                RSocketClient rsocket = Objects.requireNonNull(
                        RSocketClient.tcp(host, rsocketPort).connect().block(PATIENCE))) {
            Hello hello = new Hello(connection.reactive(), rsocket, out);
            hello.cleanUp()
                    .then(hello.meet())
                    .then(hello.work())
                    .then(hello.rank())
                    .block(PATIENCE);
        } finally {
            lettuce.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    private Mono<Long> cleanUp() {
        return redis.del(JOBS, SCORES);
    }

    /** A message that Lettuce publishes reaches the RSocket subscriber. */
    private Mono<Void> meet() {
        Mono<Message> received = rsocket.subscribe(NEWS).next();
        Mono<Long> published = redis.publish(NEWS, "hello from a Redis client")
                .filter(receivers -> receivers > 0)
                .repeatWhenEmpty(empty -> empty.delayElements(RETRY));
        return Mono.zip(received, published)
                .doOnNext(both -> out.accept("news: " + both.getT1().text()))
                .then();
    }

    /** Lettuce fills a list; the worker takes one element at a time, and none that it did not ask for. */
    private Mono<Void> work() {
        Flux<Taken> jobs =
                rsocket.take(TakeRequest.Side.LEFT, JOBS).limitRate(1).take(3);
        return redis.rpush(JOBS, "paint", "polish", "pack")
                .thenMany(jobs)
                .doOnNext(job -> out.accept("job:  " + job.value()))
                .then();
    }

    /** Lettuce scores twelve players; the top 10 is read over RSocket. */
    private Mono<Void> rank() {
        return Flux.range(1, 12)
                .concatMap(i -> redis.zadd(SCORES, i * 37 % 100, "player-" + i))
                .then(rsocket.command("ZREVRANGE", SCORES, "0", "9", "WITHSCORES"))
                .doOnNext(this::printTop)
                .then();
    }

    /** Over RSocket replies have the shapes of RESP3: a member and its score are a pair. */
    private void printTop(Reply reply) {
        if (!(reply instanceof Reply.Array(List<Reply> pairs))) {
            throw new IllegalStateException("no ranking: " + reply);
        }
        for (int i = 0; i < pairs.size(); i++) {
            if (pairs.get(i) instanceof Reply.Array(List<Reply> pair)
                    && pair.get(1) instanceof Reply.Decimal(double score)) {
                out.accept("%2d.   %s %.0f".formatted(i + 1, pair.get(0), score));
            }
        }
    }
}
