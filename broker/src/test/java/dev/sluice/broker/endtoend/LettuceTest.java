package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.SetArgs;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Lettuce as applications use it, against a whole broker. RESP3 is its default. */
@Tag("clients")
@ParameterizedClass
@EnumSource(
        value = ProtocolVersion.class,
        names = {"RESP2", "RESP3"})
class LettuceTest {
    private static final long SOON_SECONDS = 10;

    private final RestartableBroker broker = RestartableBroker.start();
    private final RedisClient client;
    private final ProtocolVersion protocol;

    LettuceTest(ProtocolVersion protocol) {
        this.protocol = protocol;
        client = RedisClient.create(uri().build());
        if (protocol == ProtocolVersion.RESP2) {
            client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
        }
    }

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private RedisURI.Builder uri() {
        return RedisURI.builder().withHost("127.0.0.1").withPort(broker.port());
    }

    private static BlockingQueue<String> heardBy(StatefulRedisPubSubConnection<String, String> listening) {
        BlockingQueue<String> heard = new ArrayBlockingQueue<>(100);
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
        return heard;
    }

    @Test
    void saysWhoItIs() {
        RedisURI named = uri().withClientName("app").withDatabase(3).build();
        try (var connection = client.connect(named)) {
            String line = connection.sync().clientInfo();
            assertThat(line).contains(" name=app ", " db=3 ", " resp=" + (protocol == ProtocolVersion.RESP2 ? 2 : 3));
            assertThat(line).contains(" lib-name=Lettuce ").containsPattern(" lib-ver=7\\.[0-9.]+");
        }
    }

    @Test
    void commands() {
        try (var connection = client.connect()) {
            var sync = connection.sync();
            assertThat(sync.set("k", "v", SetArgs.Builder.ex(100).nx())).isEqualTo("OK");
            assertThat(sync.set("k", "w", SetArgs.Builder.nx())).isNull();
            assertThat(sync.get("k")).isEqualTo("v");
            assertThat(sync.ttl("k")).isBetween(99L, 100L);
            assertThat(sync.persist("k")).isTrue();
            assertThat(sync.mset(Map.of("a", "1", "b", "2"))).isEqualTo("OK");
            assertThat(sync.mget("a", "none")).containsExactly(KeyValue.just("a", "1"), KeyValue.empty("none"));
            assertThat(sync.incrby("a", 41)).isEqualTo(42);
            assertThat(sync.incrbyfloat("a", 0.5)).isEqualTo(42.5);
            assertThat(sync.zadd("board", 2.5, "ann")).isEqualTo(1);
            assertThat(sync.zincrby("board", 1, "ann")).isEqualTo(3.5);
            assertThat(sync.zrevrangeWithScores("board", 0, -1).getFirst().getScore())
                    .isEqualTo(3.5);
            assertThat(sync.rpush("l", "a", "b")).isEqualTo(2);
            assertThat(sync.lrange("l", 0, -1)).containsExactly("a", "b");
            assertThat(sync.configGet("maxmemory")).containsEntry("maxmemory", "0");
            assertThat(sync.info("server")).contains("redis_version:7.");
            assertThatThrownBy(() -> sync.get("l"))
                    .isInstanceOf(RedisCommandExecutionException.class)
                    .hasMessageStartingWith("WRONGTYPE");
        }
    }

    @Test
    void anyBytes() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        try (var connection = client.connect(ByteArrayCodec.INSTANCE)) {
            connection.sync().set(all, all);
            assertThat(connection.sync().get(all)).isEqualTo(all);
        }
    }

    @Test
    void scanning() {
        try (var connection = client.connect()) {
            Map<String, String> pairs = new HashMap<>();
            for (int i = 0; i < 1000; i++) {
                pairs.put("key:" + i, "v");
            }
            connection.sync().mset(pairs);
            connection.sync().set("other", "v");
            Set<String> found = new HashSet<>();
            ScanIterator.scan(connection.sync(), ScanArgs.Builder.limit(100).match("key:*"))
                    .forEachRemaining(found::add);
            assertThat(found).isEqualTo(pairs.keySet());
        }
    }

    @Test
    void pipelines() throws Exception {
        try (var connection = client.connect()) {
            List<RedisFuture<Long>> pipeline = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                pipeline.add(connection.async().incr("n"));
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(pipeline.get(i).get(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void transactions() {
        try (var one = client.connect();
                var other = client.connect()) {
            assertThat(one.sync().multi()).isEqualTo("OK");
            one.sync().incr("n");
            one.sync().rpush("l", "a", "b");
            assertThat(one.sync().exec()).containsExactly(1L, 2L);
            one.sync().watch("k");
            other.sync().set("k", "1");
            one.sync().multi();
            one.sync().set("k", "2");
            assertThat(one.sync().exec().wasDiscarded()).isTrue();
            assertThat(other.sync().get("k")).isEqualTo("1");
        }
    }

    @Test
    void transactionsWithErrorsAndWithoutAnEnd() throws Exception {
        try (var one = client.connect();
                var other = client.connect()) {
            other.sync().set("s", "text");
            var async = one.async();
            async.multi();
            async.incr("s");
            async.rpush("l", "a");
            RedisFuture<String> queued = async.get("s");
            List<Object> outcome =
                    async.exec().get(SOON_SECONDS, TimeUnit.SECONDS).stream().toList();
            assertThat(outcome.get(0)).isInstanceOf(RedisCommandExecutionException.class);
            assertThat(outcome.subList(1, 3)).containsExactly(1L, "text");
            assertThat(queued.get(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("text");
            one.sync().multi();
            one.sync().set("s", "other");
            assertThat(one.sync().discard()).isEqualTo("OK");
            one.sync().watch("s");
            other.sync().set("s", "changed");
            one.sync().unwatch();
            one.sync().multi();
            one.sync().get("s");
            assertThat(one.sync().exec()).containsExactly("changed");
        }
    }

    @Test
    void listeningAndWaiting() throws Exception {
        try (var listening = client.connectPubSub();
                var waiting = client.connect();
                var connection = client.connect()) {
            BlockingQueue<String> heard = heardBy(listening);
            listening.sync().subscribe("news");
            listening.sync().psubscribe("n*");
            assertThat(connection.sync().publish("news", "m")).isEqualTo(2);
            assertThat(heard.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("news m");
            assertThat(heard.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("n* news m");
            RedisFuture<KeyValue<String, String>> taken = waiting.async().blpop(0, "q");
            connection.sync().rpush("q", "e");
            assertThat(taken.get(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo(KeyValue.just("q", "e"));
            assertThat(waiting.sync().brpop(0.01, "q")).isNull();
        }
    }

    @Test
    void reconnecting() throws Exception {
        try (var listening = client.connectPubSub();
                var connection = client.connect(uri().withDatabase(2).build())) {
            BlockingQueue<String> heard = heardBy(listening);
            listening.sync().subscribe("news");
            connection.sync().set("k", "v");
            broker.restart();
            assertThat(connection.sync().get("k")).isNull();
            assertThat(connection.sync().clientInfo()).contains(" db=2 ");
            await().until(() -> connection.sync().publish("news", "back") == 1);
            assertThat(heard.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("news back");
        }
    }
}
