package dev.sluice.broker.net;

import static dev.sluice.broker.net.RSocketPeer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

class LockStreamTest {
    private final Broker broker = Broker.start(Settings.of(), Ports.any());
    private final RSocketPeer peer = RSocketPeer.of(broker);

    @AfterEach
    void stop() {
        peer.close();
        broker.close();
    }

    private static String hold(String owner, long leaseMs, String wait) {
        return "{'key':'k','owner':'" + owner + "','leaseMs':" + leaseMs + wait + "}";
    }

    private long left() {
        return ((Reply.Int) peer.now("PTTL", "k")).value();
    }

    private String owner() {
        return String.valueOf(peer.now("LOCKINFO", "k")).replaceAll("[\\[\\]]", "");
    }

    @ParameterizedTest
    @EnumSource(MimeType.class)
    void whoCancelsGivesItBackToTheNext(MimeType type) {
        try (RSocketPeer other = RSocketPeer.of(broker, RSocketPeer.Transport.TCP, type)) {
            StepVerifier.create(peer.stream(Route.LOCK_HOLD, hold("a", 60_000, "")))
                    .expectNextCount(1)
                    .then(() -> StepVerifier.create(other.stream(Route.LOCK_HOLD, hold("b", 60_000, "")))
                            .expectComplete()
                            .verify(SOON))
                    .thenCancel()
                    .verify(SOON);
            StepVerifier.create(other.stream(Route.LOCK_HOLD, hold("b", 60_000, ",'waitMs':0")))
                    .assertNext(held -> assertThat(held)
                            .isInstanceOfSatisfying(
                                    Reply.Map.class,
                                    map -> assertThat(map.pairs())
                                            .hasSize(2)
                                            .first()
                                            .isEqualTo(Bytes.of("token"))))
                    .thenCancel()
                    .verify(SOON);
        }
        await().untilAsserted(() -> assertThat(peer.now("EXISTS", "k")).isEqualTo(Reply.integer(0)));
    }

    @Test
    void itIsRenewedWhileTheStreamLives() {
        StepVerifier.create(peer.stream(Route.LOCK_HOLD, hold("a", 3_000, "")))
                .expectNextCount(1)
                .then(() -> {
                    long before = left();
                    await().until(() -> left() < before);
                    long less = left();
                    await().until(() -> left() > less);
                })
                .then(() -> peer.now("SET", "k", "lock 1 thief"))
                .expectErrorMessage("ERR the lock is lost")
                .verify(SOON);
        assertThat(peer.now("GET", "k")).isEqualTo(Bytes.of("lock 1 thief"));
    }

    @Test
    void aConnectionThatEndsGivesItBack() {
        try (RSocketPeer waiting = RSocketPeer.of(broker)) {
            Disposable next;
            try (RSocketPeer holder = RSocketPeer.of(broker)) {
                holder.stream(Route.LOCK_HOLD, hold("a", 3_600_000, "")).subscribe();
                await().untilAsserted(() -> assertThat(owner()).contains("owner, a"));
                next = waiting.stream(Route.LOCK_HOLD, hold("b", 3_600_000, ",'waitMs':0"))
                        .subscribe();
                await().untilAsserted(() -> assertThat(owner()).contains("waiting, Intvalue=1"));
            }
            await().untilAsserted(() -> assertThat(owner()).contains("owner, b"));
            next.dispose();
        }
        await().untilAsserted(() -> assertThat(peer.now("EXISTS", "k")).isEqualTo(Reply.integer(0)));
    }

    @Test
    void whoStopsWaitingIsForgotten() {
        peer.now("LOCK", "k", "a", "LEASE", "3600000");
        Disposable waiting =
                peer.stream(Route.LOCK_HOLD, hold("b", 1000, ",'waitMs':0")).subscribe();
        await().until(() -> peer.now("INFO", "clients").toString().contains("blocked_clients:1"));
        waiting.dispose();
        await().until(() -> peer.now("INFO", "clients").toString().contains("blocked_clients:0"));
        StepVerifier.create(peer.stream(Route.LOCK_HOLD, hold("b", 1000, ",'waitMs':20")))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void badRequestsAreRefused() {
        refused("{'key':'k','owner':'a'}", "ERR field 'leaseMs' is missing");
        refused("{'key':'k','leaseMs':1}", "ERR field 'owner' is missing");
        refused(hold("a", 0, ""), "ERR field 'leaseMs' must be an integer from 1 to 4611686018427387903");
        peer.now("RPUSH", "k", "x");
        refused(hold("a", 1, ""), "WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    private void refused(String json, String message) {
        StepVerifier.create(peer.stream(Route.LOCK_HOLD, json))
                .expectErrorMessage(message)
                .verify(SOON);
    }
}
