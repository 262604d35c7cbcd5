package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What frameworks send until they call themselves connected, as MONITOR showed it (Sidekiq: after its source), and what
 * they look at in the replies. Their work itself needs scripts, sets, hashes and streams.
 */
@Tag("clients")
class HandshakesTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    private static void accepts(InMemoryBroker.Client client, String... request) {
        assertThat(client.run(request).text()).doesNotStartWith("-");
    }

    /** The fields of INFO that the frameworks compare: version, policy, whether data is being loaded. */
    private static void informs(InMemoryBroker.Client client) {
        List<String> lines = client.run("INFO").text().lines().toList();
        assertThat(lines)
                .contains("redis_version:7.2.4", "redis_mode:standalone", "role:master")
                .contains("maxmemory_policy:noeviction", "loading:0")
                .anyMatch(line -> line.startsWith("os:"));
    }

    private static void speaksResp3(InMemoryBroker.Client client) {
        assertThat(client.run("HELLO", "3").text())
                .startsWith("[server, redis, version, 7.2.4, proto, 3, id, ")
                .endsWith(", mode, standalone, role, master, modules, []]");
    }

    /** BullMQ 5 over ioredis 5: asks twice, for {@code loading} and for the version and the policy. */
    @Test
    void bullMq() {
        var client = broker.client();
        client.run("CLIENT", "SETINFO", "LIB-NAME", "ioredis").is("OK");
        client.run("CLIENT", "SETINFO", "LIB-VER", "5.11.1").is("OK");
        informs(client);
        client.run("CLIENT", "SETNAME", "bull:cQ==").is("OK");
        assertThat(client.run("CLIENT", "LIST").text()).contains(" name=bull:cQ== ");
    }

    /** Sidekiq 8 over redis-client: wants version 7.0 or more, warns of any policy but noeviction. */
    @Test
    void sidekiq() {
        var client = broker.client();
        speaksResp3(client);
        client.run("CLIENT", "SETINFO", "LIB-NAME", "redis-client(sidekiq_v8.0)")
                .is("OK");
        client.run("CLIENT", "SETINFO", "LIB-VER", "0.25.0").is("OK");
        accepts(client, "SELECT", "0");
        informs(client);
    }

    /** Celery's kombu 5.6 over redis-py 8. */
    @Test
    void celery() {
        var client = broker.client();
        speaksResp3(client);
        client.run("CLIENT", "SETINFO", "LIB-NAME", "redis-py").is("OK");
        client.run("CLIENT", "SETINFO", "LIB-VER", "8.1.0").is("OK");
        client.run("PING").is("PONG");
        client.run("MULTI").is("OK");
        client.run("LLEN", "q").is("QUEUED");
        client.run("LLEN", "q\u0006\u00163").is("QUEUED");
        client.run("EXEC").is("[0, 0]");
    }

    /** Redisson 3.52: one PING a connection, over RESP2 unless asked for 3. */
    @Test
    void redisson() {
        var client = broker.client();
        client.run("PING").is("PONG");
        speaksResp3(client);
        accepts(client, "CLIENT", "SETNAME", "app");
        client.run("PING").is("PONG");
        assertThat(client.run("SUBSCRIBE", "news").text()).doesNotStartWith("-");
    }

    /** Newer clients offer these to any server; nothing is made of them. */
    @Test
    void offers() {
        var client = broker.client();
        speaksResp3(client);
        client.run("CLIENT", "MAINT_NOTIFICATIONS", "ON", "moving-endpoint-type", "none")
                .is("OK");
        client.run("CLIENT", "CAPA", "redirect").is("OK");
        client.run("PING").is("PONG");
    }
}
