package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisProtocol;

/** Lettuce and Jedis as applications use them, against a whole broker. */
@Tag("clients")
class JavaClientsTest {
    private static final long SOON_SECONDS = 10;

    private final Broker broker = Broker.start(Settings.of(), new Ports(0, Ports.OFF, Ports.OFF));

    @AfterEach
    void close() {
        broker.close();
    }

    private RedisClient lettuce() {
        return RedisClient.create("redis://127.0.0.1:" + broker.respPort());
    }

    private Jedis jedis(RedisProtocol protocol) {
        return new Jedis(
                new HostAndPort("127.0.0.1", broker.respPort()),
                DefaultJedisClientConfig.builder().protocol(protocol).build());
    }

    @Test
    void lettuceCommandsPipelinesAndTransactions() throws Exception {
        try (RedisClient client = lettuce();
                var connection = client.connect()) {
            var sync = connection.sync();
            assertThat(sync.set("k", "v")).isEqualTo("OK");
            assertThat(sync.get("k")).isEqualTo("v");
            assertThat(sync.zadd("board", 2.5, "ann")).isEqualTo(1);
            assertThat(sync.zincrby("board", 1, "ann")).isEqualTo(3.5);
            assertThat(sync.zrevrangeWithScores("board", 0, -1).getFirst().getScore())
                    .isEqualTo(3.5);
            List<RedisFuture<Long>> pipeline = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                pipeline.add(connection.async().incr("n"));
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(pipeline.get(i).get(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo(i + 1);
            }
            assertThat(sync.multi()).isEqualTo("OK");
            sync.incr("n");
            sync.rpush("l", "a", "b");
            assertThat(sync.exec()).containsExactly(1001L, 2L);
            assertThat(sync.lrange("l", 0, -1)).containsExactly("a", "b");
        }
    }

    @Test
    void lettuceIsRefusedAWatchedKeyThatChanged() {
        try (RedisClient client = lettuce();
                var one = client.connect();
                var other = client.connect()) {
            one.sync().watch("k");
            other.sync().set("k", "1");
            one.sync().multi();
            one.sync().set("k", "2");
            assertThat(one.sync().exec().wasDiscarded()).isTrue();
            assertThat(other.sync().get("k")).isEqualTo("1");
        }
    }

    @Test
    void lettuceListensAndWaits() throws Exception {
        try (RedisClient client = lettuce();
                var listening = client.connectPubSub();
                var waiting = client.connect();
                var connection = client.connect()) {
            BlockingQueue<String> heard = new ArrayBlockingQueue<>(10);
            listening.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String channel, String message) {
                    heard.add(channel + " " + message);
                }

                @Override
                public void message(String pattern, String channel, String message) {
                    heard.add(pattern + " " + channel + " " + message);
                }
            });
            listening.sync().subscribe("news");
            listening.sync().psubscribe("n*");
            assertThat(connection.sync().publish("news", "m")).isEqualTo(2);
            assertThat(heard.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("news m");
            assertThat(heard.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("n* news m");
            RedisFuture<KeyValue<String, String>> taken = waiting.async().blpop(SOON_SECONDS, "q");
            connection.sync().rpush("q", "e");
            assertThat(taken.get(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo(KeyValue.just("q", "e"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RedisProtocol.class,
            names = {"RESP2", "RESP3"})
    void jedisCommandsPipelinesAndTransactions(RedisProtocol protocol) {
        try (Jedis jedis = jedis(protocol)) {
            assertThat(jedis.set("k", "v")).isEqualTo("OK");
            assertThat(jedis.get("k")).isEqualTo("v");
            assertThat(jedis.get("none")).isNull();
            jedis.zadd("board", 1.5, "ann");
            assertThat(jedis.zscore("board", "ann")).isEqualTo(1.5);
            assertThat(jedis.zrangeWithScores("board", 0, -1))
                    .singleElement()
                    .satisfies(ann -> assertThat(ann.getScore()).isEqualTo(1.5));
            var pipeline = jedis.pipelined();
            var replies = new ArrayList<redis.clients.jedis.Response<Long>>();
            for (int i = 0; i < 500; i++) {
                replies.add(pipeline.incr("n"));
            }
            pipeline.sync();
            assertThat(replies.getLast().get()).isEqualTo(500);
            var transaction = jedis.multi();
            transaction.incr("n");
            transaction.get("k");
            assertThat(transaction.exec()).containsExactly(501L, "v");
            assertThat(jedis.blpop(1, "missing")).isNull();
            jedis.rpush("q", "e");
            assertThat(jedis.blpop(1, "q")).containsExactly("q", "e");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RedisProtocol.class,
            names = {"RESP2", "RESP3"})
    void jedisListens(RedisProtocol protocol) throws Exception {
        BlockingQueue<String> heard = new ArrayBlockingQueue<>(10);
        CountDownLatch subscribed = new CountDownLatch(1);
        JedisPubSub listener = new JedisPubSub() {
            @Override
            public void onSubscribe(String channel, int count) {
                subscribed.countDown();
            }

            @Override
            public void onMessage(String channel, String message) {
                heard.add(channel + " " + message);
                unsubscribe();
            }
        };
        Thread thread = Thread.ofVirtual().start(() -> {
            try (Jedis jedis = jedis(protocol)) {
                jedis.subscribe(listener, "news");
                heard.add(jedis.ping());
            }
        });
        assertThat(subscribed.await(SOON_SECONDS, TimeUnit.SECONDS)).isTrue();
        try (Jedis publisher = jedis(protocol)) {
            assertThat(publisher.publish("news", "m")).isEqualTo(1);
        }
        assertThat(heard.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("news m");
        assertThat(heard.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("PONG");
        thread.join();
    }
}
