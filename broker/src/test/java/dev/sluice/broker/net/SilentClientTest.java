package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.streams.message.Reply;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An RSocket client that goes silent but not away: after the lifetime that it named in SETUP nothing of it stays. */
class SilentClientTest {
    private static final int KEEPALIVE_MS = 50;
    private static final int LIFETIME_MS = 300;
    private static final int FOR_EVER_MS = 3_600_000;

    private final Broker broker = Broker.start(Settings.of(), Ports.any());
    private final RSocketPeer peer = RSocketPeer.of(broker);

    @AfterEach
    void stop() {
        peer.close();
        broker.close();
    }

    private static void openAll(RawRSocket silent) throws IOException {
        silent.stream("pubsub.subscribe", "{'channels':['c'],'patterns':['p*'],'overflow':'latest'}", RawRSocket.ALL);
        silent.stream("list.take", "{'keys':['q']}", RawRSocket.ALL);
        silent.stream("zset.pop", "{'keys':['z']}", RawRSocket.ALL);
        silent.stream("zset.watch", "{'key':'board'}", RawRSocket.ALL);
        silent.stream("key.watch", "{'patterns':['*']}", RawRSocket.ALL);
        silent.stream("lock.hold", "{'key':'lock','owner':'silent','leaseMs':3600000}", RawRSocket.ALL);
        silent.stream("lock.hold", "{'key':'busy','owner':'silent','leaseMs':3600000,'waitMs':0}", RawRSocket.ALL);
    }

    private String info(String section) {
        return peer.now("INFO", section).toString();
    }

    private void awaitCounts(String clients, int waiting, int subscribed, int patterns, int holds) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(info("clients")).contains(clients, "blocked_clients:" + waiting);
            assertThat(InMemoryBroker.text(peer.now("PUBSUB", "NUMSUB", "c"))).isEqualTo("[c, " + subscribed + "]");
            assertThat(peer.now("PUBSUB", "NUMPAT")).isEqualTo(Reply.integer(patterns));
            assertThat(peer.now("EXISTS", "lock")).isEqualTo(Reply.integer(holds));
        });
    }

    @Test
    void whoGoesSilentIsForgotten() throws IOException {
        peer.now("LOCK", "busy", "peer", "LEASE", "3600000");
        awaitCounts("connected_clients:1", 0, 0, 0, 0);
        try (RawRSocket silent = new RawRSocket(broker.rsocketPort(), KEEPALIVE_MS, LIFETIME_MS)) {
            openAll(silent);
            awaitCounts("connected_clients:1", 0, 0, 0, 0);
            while (silent.read() != null) {} // to the end of the connection
        }
    }

    /** What was told to others while it was silent is in its socket, which takes no more. */
    @Test
    void alsoWithOutputThatItDoesNotTake() throws IOException {
        try (RawRSocket silent = new RawRSocket(broker.rsocketPort(), KEEPALIVE_MS, LIFETIME_MS * 10)) {
            silent.stream("pubsub.subscribe", "{'channels':['c'],'overflow':'drop-oldest'}", RawRSocket.ALL);
            awaitCounts("connected_clients:2", 0, 1, 0, 0);
            String message = "m".repeat(100_000);
            for (int i = 0; i < 100; i++) {
                peer.now("PUBLISH", "c", message);
            }
            awaitCounts("connected_clients:1", 0, 0, 0, 0);
        }
    }

    /** As long as it says that it lives it stays, however little it does. */
    @Test
    void whoHasTimeIsNotForgotten() throws IOException {
        peer.now("LOCK", "busy", "peer", "LEASE", "3600000");
        try (RawRSocket quiet = new RawRSocket(broker.rsocketPort(), FOR_EVER_MS, FOR_EVER_MS)) {
            openAll(quiet);
            awaitCounts("connected_clients:2", 3, 1, 1, 1);
        }
        awaitCounts("connected_clients:1", 0, 0, 0, 0);
    }
}
