package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;

/** Jedis as applications use it, pooled and by single connection, against a whole broker. */
@Tag("clients")
@ParameterizedClass
@EnumSource(
        value = RedisProtocol.class,
        names = {"RESP2", "RESP3"})
class JedisTest {
    private static final long SOON_SECONDS = 10;

    private final RestartableBroker broker = RestartableBroker.start();
    private final RedisProtocol protocol;

    JedisTest(RedisProtocol protocol) {
        this.protocol = protocol;
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private DefaultJedisClientConfig.Builder options() {
        return DefaultJedisClientConfig.builder().protocol(protocol);
    }

    private HostAndPort address() {
        return new HostAndPort("127.0.0.1", broker.port());
    }

    private Jedis connect() {
        return new Jedis(address(), options().build());
    }

    private RedisClient pool() {
        return RedisClient.builder()
                .hostAndPort(address())
                .clientConfig(options().build())
                .build();
    }

    @Test
    void connectsWithNothingButAnAddress() {
        try (RedisClient client = RedisClient.create("127.0.0.1", broker.port());
                Jedis jedis = new Jedis("127.0.0.1", broker.port())) {
            assertThat(client.ping()).isEqualTo("PONG");
            assertThat(jedis.ping()).isEqualTo("PONG");
        }
    }

    @Test
    void saysWhoItIs() {
        try (Jedis jedis =
                new Jedis(address(), options().clientName("app").database(3).build())) {
            String line = jedis.clientInfo();
            assertThat(line).contains(" name=app ", " db=3 ", " resp=" + protocol.version());
            assertThat(line).contains(" lib-name=jedis ").containsPattern(" lib-ver=8\\.[0-9.]+");
        }
    }

    @Test
    void commands() {
        try (RedisClient client = pool()) {
            assertThat(client.set("k", "v", SetParams.setParams().ex(100).nx())).isEqualTo("OK");
            assertThat(client.set("k", "w", SetParams.setParams().nx())).isNull();
            assertThat(client.get("k")).isEqualTo("v");
            assertThat(client.get("none")).isNull();
            assertThat(client.ttl("k")).isBetween(99L, 100L);
            assertThat(client.persist("k")).isEqualTo(1);
            assertThat(client.mset("a", "1", "b", "2")).isEqualTo("OK");
            assertThat(client.mget("a", "none", "b")).containsExactly("1", null, "2");
            assertThat(client.incrBy("a", 41)).isEqualTo(42);
            assertThat(client.incrByFloat("a", 0.5)).isEqualTo(42.5);
            client.zadd("board", 1.5, "ann");
            assertThat(client.zscore("board", "ann")).isEqualTo(1.5);
            assertThat(client.zrangeWithScores("board", 0, -1))
                    .singleElement()
                    .satisfies(ann -> assertThat(ann.getScore()).isEqualTo(1.5));
            assertThat(client.rpush("l", "a", "b")).isEqualTo(2);
            assertThat(client.lrange("l", 0, -1)).containsExactly("a", "b");
            assertThat(client.info("server")).contains("redis_version:7.");
            assertThatThrownBy(() -> client.get("l"))
                    .isInstanceOf(JedisDataException.class)
                    .hasMessageStartingWith("WRONGTYPE");
        }
    }

    @Test
    void anyBytes() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        try (RedisClient client = pool()) {
            client.set(all, all);
            assertThat(client.get(all)).isEqualTo(all);
        }
    }

    @Test
    void scanning() {
        try (RedisClient client = pool()) {
            Set<String> keys = new HashSet<>();
            try (var pipeline = client.pipelined()) {
                for (int i = 0; i < 1000; i++) {
                    keys.add("key:" + i);
                    pipeline.set("key:" + i, "v");
                }
            }
            client.set("other", "v");
            Set<String> found = new HashSet<>();
            ScanParams matching = new ScanParams().match("key:*").count(100);
            String cursor = ScanParams.SCAN_POINTER_START;
            do {
                var page = client.scan(cursor, matching);
                found.addAll(page.getResult());
                cursor = page.getCursor();
            } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
            assertThat(found).isEqualTo(keys);
            found.clear();
            client.scanIteration(100, "key:*").collect(found);
            assertThat(found).isEqualTo(keys);
        }
    }

    @Test
    void pipelinesAndTransactions() {
        try (Jedis jedis = connect();
                Jedis other = connect()) {
            var pipeline = jedis.pipelined();
            List<Response<Long>> replies = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                replies.add(pipeline.incr("n"));
            }
            pipeline.sync();
            assertThat(replies.getLast().get()).isEqualTo(500);
            jedis.set("k", "v");
            var transaction = jedis.multi();
            transaction.incr("n");
            transaction.get("k");
            assertThat(transaction.exec()).containsExactly(501L, "v");
            jedis.watch("k");
            other.set("k", "w");
            var stale = jedis.multi();
            stale.set("k", "x");
            assertThat(stale.exec()).isNull();
            assertThat(jedis.get("k")).isEqualTo("w");
        }
    }

    @Test
    void transactionsWithErrorsAndWithoutAnEnd() {
        try (RedisClient client = pool();
                Jedis jedis = connect()) {
            jedis.set("s", "text");
            var failing = jedis.multi();
            failing.set("a", "1");
            failing.incr("s");
            failing.blpop(0, "none");
            List<Object> outcome = failing.exec();
            assertThat(outcome).hasSize(3).startsWith("OK").endsWith((Object) null);
            assertThat(outcome.get(1)).isInstanceOf(JedisDataException.class);
            try (var discarded = client.multi()) {
                discarded.set("a", "2");
                discarded.discard();
            }
            try (var closed = client.multi()) {
                closed.set("a", "3");
            }
            assertThat(client.get("a")).isEqualTo("1");
        }
    }

    /** Threads that count by WATCH: what another counts in between makes one try again. */
    @Test
    void optimisticLocks() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try (Jedis jedis = connect()) {
                    for (int counted = 0; counted < 25; ) {
                        jedis.watch("n");
                        String seen = jedis.get("n");
                        var transaction = jedis.multi();
                        transaction.set("n", Integer.toString(seen == null ? 1 : Integer.parseInt(seen) + 1));
                        counted += transaction.exec() == null ? 0 : 1;
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        try (Jedis jedis = connect()) {
            assertThat(jedis.get("n")).isEqualTo("100");
        }
    }

    @Test
    void waiting() throws Exception {
        BlockingQueue<List<String>> taken = new ArrayBlockingQueue<>(1);
        Thread thread = Thread.ofVirtual().start(() -> {
            try (Jedis jedis = connect()) {
                taken.add(jedis.blpop(0, "q", "r"));
            }
        });
        try (Jedis jedis = connect()) {
            await().until(() -> jedis.info("clients").contains("blocked_clients:1"));
            jedis.rpush("r", "e");
            assertThat(taken.poll(SOON_SECONDS, TimeUnit.SECONDS)).containsExactly("r", "e");
            assertThat(jedis.brpop(0.01, "q")).isNull();
        }
        thread.join();
    }

    @Test
    void listening() throws Exception {
        BlockingQueue<String> heard = new ArrayBlockingQueue<>(10);
        CountDownLatch subscribed = new CountDownLatch(2);
        JedisPubSub listener = new JedisPubSub() {
            @Override
            public void onSubscribe(String channel, int count) {
                subscribed.countDown();
                psubscribe("n*");
            }

            @Override
            public void onPSubscribe(String pattern, int count) {
                subscribed.countDown();
            }

            @Override
            public void onMessage(String channel, String message) {
                heard.add(channel + " " + message);
            }

            @Override
            public void onPMessage(String pattern, String channel, String message) {
                heard.add(pattern + " " + channel + " " + message);
                unsubscribe();
                punsubscribe();
            }
        };
        Thread thread = Thread.ofVirtual().start(() -> {
            try (Jedis jedis = connect()) {
                jedis.subscribe(listener, "news");
                heard.add(jedis.ping());
            }
        });
        assertThat(subscribed.await(SOON_SECONDS, TimeUnit.SECONDS)).isTrue();
        try (Jedis publisher = connect()) {
            assertThat(publisher.publish("news", "m")).isEqualTo(2);
        }
        for (String expected : List.of("news m", "n* news m", "PONG")) {
            assertThat(heard.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo(expected);
        }
        thread.join();
    }

    /** A pool hands out its broken connection once, and a new one after that. */
    @Test
    void reconnecting() {
        try (RedisClient client = pool()) {
            client.set("k", "v");
            broker.restart();
            assertThatThrownBy(() -> client.get("k")).isInstanceOf(JedisConnectionException.class);
            assertThat(client.get("k")).isNull();
            assertThat(client.set("k", "w")).isEqualTo("OK");
        }
    }
}
