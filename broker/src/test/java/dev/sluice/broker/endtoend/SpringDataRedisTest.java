package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.PatternTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/** Spring Data Redis with what Spring Boot would make by default: templates over a shared Lettuce connection. */
@Tag("clients")
class SpringDataRedisTest {
    private static final long SOON_SECONDS = 10;

    private final RestartableBroker broker = RestartableBroker.start();
    private final LettuceConnectionFactory connections = new LettuceConnectionFactory("127.0.0.1", broker.port());
    private final StringRedisTemplate template;

    SpringDataRedisTest() {
        connections.afterPropertiesSet();
        connections.start();
        template = new StringRedisTemplate(connections);
    }

    @AfterEach
    void close() {
        connections.destroy();
        broker.close();
    }

    @Test
    void commands() {
        var values = template.opsForValue();
        values.set("k", "v", Duration.ofSeconds(100));
        assertThat(values.get("k")).isEqualTo("v");
        assertThat(template.getExpire("k")).isBetween(99L, 100L);
        assertThat(values.setIfAbsent("k", "w")).isFalse();
        assertThat(values.increment("n", 42)).isEqualTo(42);
        assertThat(values.multiGet(List.of("k", "none"))).containsExactly("v", null);
        assertThat(template.opsForList().rightPushAll("l", "a", "b")).isEqualTo(2);
        assertThat(template.opsForList().range("l", 0, -1)).containsExactly("a", "b");
        assertThat(template.opsForZSet().add("board", "ann", 2.5)).isTrue();
        assertThat(template.opsForZSet().incrementScore("board", "ann", 1)).isEqualTo(3.5);
        assertThat(template.opsForZSet().reverseRange("board", 0, 9)).containsExactly("ann");
        assertThat(template.type("board").code()).isEqualTo("zset");
        assertThat(template.delete(List.of("k", "n", "none"))).isEqualTo(2);
        assertThat(template.execute((RedisCallback<Object>)
                                connection -> connection.serverCommands().info("server"))
                        .toString())
                .contains("redis_version=7.");
        assertThatThrownBy(() -> values.get("l"))
                .isInstanceOf(DataAccessException.class)
                .rootCause()
                .hasMessageStartingWith("WRONGTYPE");
    }

    @Test
    void anyBytes() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        try (RedisConnection connection = connections.getConnection()) {
            connection.stringCommands().set(all, all);
            assertThat(connection.stringCommands().get(all)).isEqualTo(all);
        }
    }

    @Test
    void pipelinesAndScanning() {
        List<Object> replies = template.executePipelined((RedisCallback<Object>) connection -> {
            for (int i = 0; i < 1000; i++) {
                byte[] key = ("key:" + i).getBytes(StandardCharsets.UTF_8);
                connection.stringCommands().incrBy(key, i);
            }
            return null;
        });
        assertThat(replies).hasSize(1000).endsWith(999L);
        Set<String> found = new HashSet<>();
        ScanOptions matching =
                ScanOptions.scanOptions().match("key:*").count(100).build();
        try (Cursor<String> keys = template.scan(matching)) {
            keys.forEachRemaining(found::add);
        }
        assertThat(found).hasSize(1000);
    }

    /** A transaction on one connection; {@code between} happens after WATCH. */
    private List<Object> increment(String key, Runnable between) {
        return template.execute(new SessionCallback<>() {
            @Override
            @SuppressWarnings("unchecked")
            public <K, V> List<Object> execute(RedisOperations<K, V> operations) {
                operations.watch((K) key);
                between.run();
                operations.multi();
                operations.opsForValue().increment((K) key);
                return operations.exec();
            }
        });
    }

    @Test
    void transactions() {
        assertThat(increment("n", () -> {})).containsExactly(1L);
        assertThat(increment("n", () -> template.opsForValue().set("n", "5"))).isEmpty();
        assertThat(template.opsForValue().get("n")).isEqualTo("5");
        assertThatThrownBy(() -> template.execute((RedisCallback<Object>) connection -> {
                    connection.multi();
                    connection.execute("NOSUCH");
                    return connection.exec();
                }))
                .isInstanceOf(DataAccessException.class);
    }

    @Test
    void waiting() throws Exception {
        CompletableFuture<String> taken =
                CompletableFuture.supplyAsync(() -> template.opsForList().leftPop("q", Duration.ofSeconds(60)));
        await().until(
                        () -> template.execute((RedisCallback<String>) connection ->
                                connection.serverCommands().info("clients").getProperty("blocked_clients")),
                        "1"::equals);
        template.opsForList().rightPush("q", "e");
        assertThat(taken.get(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("e");
    }

    @Test
    void listeningAndReconnecting() throws Exception {
        BlockingQueue<String> heard = new ArrayBlockingQueue<>(100);
        RedisMessageListenerContainer container = new RedisMessageListenerContainer();
        container.setConnectionFactory(connections);
        container.setRecoveryInterval(20);
        container.addMessageListener((message, pattern) -> heard.add("channel " + message), ChannelTopic.of("news"));
        container.addMessageListener((message, pattern) -> heard.add("pattern " + message), PatternTopic.of("n*"));
        container.afterPropertiesSet();
        container.start();
        try {
            assertThat(template.convertAndSend("news", "m")).isEqualTo(2);
            Set<String> both =
                    Set.of(heard.poll(SOON_SECONDS, TimeUnit.SECONDS), heard.poll(SOON_SECONDS, TimeUnit.SECONDS));
            assertThat(both).containsExactlyInAnyOrder("channel m", "pattern m");
            template.opsForValue().set("k", "v");
            broker.restart();
            assertThat(template.opsForValue().get("k")).isNull();
            await().until(() -> template.convertAndSend("news", "back") == 2);
            assertThat(heard.poll(SOON_SECONDS, TimeUnit.SECONDS)).endsWith(" back");
        } finally {
            container.destroy();
        }
    }

    @Test
    void reactive() {
        var reactive = new ReactiveStringRedisTemplate(connections);
        Duration soon = Duration.ofSeconds(SOON_SECONDS);
        assertThat(reactive.opsForValue()
                        .multiSet(Map.of("a", "1", "b", "2"))
                        .then(reactive.opsForValue().increment("a"))
                        .block(soon))
                .isEqualTo(2);
        assertThat(reactive.scan().collectList().block(soon)).containsExactlyInAnyOrder("a", "b");
        var heard = reactive.listenToChannel("news").next().toFuture();
        await().until(() -> reactive.convertAndSend("news", "m").block(soon) == 1);
        assertThat(heard.join().getMessage()).isEqualTo("m");
        await().until(() -> reactive.convertAndSend("news", "m").block(soon) == 0);
    }
}
