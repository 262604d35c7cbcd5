package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.SimulatedDisk;
import dev.sluice.broker.config.Settings;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.Route;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** With {@code appendfsync always} an RSocket client too is told of nothing that could still be lost. */
class FlushGateRouteTest {
    private final SimulatedDisk disk = new SimulatedDisk("/data");
    private final CountDownLatch forced = new CountDownLatch(1);
    private final Broker broker = Broker.start(
            Settings.of("appendonly", "yes", "appendfsync", "always", "dir", "/data", "save", ""),
            new Ports(Ports.OFF, Ports.ANY, Ports.ANY),
            disk,
            why -> {});

    @AfterEach
    void stop() {
        forced.countDown();
        broker.close();
    }

    @Test
    void repliesWaitForTheDisk() {
        for (RSocketPeer.Transport transport : RSocketPeer.Transport.values()) {
            try (RSocketPeer peer = RSocketPeer.of(broker, transport, MimeType.RESP3)) {
                assertThat(peer.now("SET", "before", "1")).isEqualTo(Reply.Status.OK);
            }
        }
        try (RSocketPeer writer = RSocketPeer.of(broker);
                RSocketPeer reader = RSocketPeer.of(broker)) {
            List<Reply> told = new CopyOnWriteArrayList<>();
            long before = broker.onLoop(() -> broker.journal().offset());
            disk.beforeForce(this::hold);
            Flux.range(0, 10).flatMap(i -> writer.command("SET", "k" + i, "v")).subscribe(told::add);
            await().until(() -> broker.onLoop(() -> broker.journal().offset()) > before + 250);
            reader.command("GET", "k9").subscribe(told::add);
            await().until(() -> broker.onLoop(() -> broker.journal().offset()) >= before + 280);
            assertThat(told).isEmpty();
            forced.countDown();
            await().until(() -> told.size() == 11);
            assertThat(told).contains(Bytes.of("v"));
        }
    }

    /** Events come out of the middle of a call, before the journal has what it changes. */
    @Test
    void whatATransactionTellsOfWaitsForAllOfIt() {
        try (RSocketPeer writer = RSocketPeer.of(broker);
                RSocketPeer watcher = RSocketPeer.of(broker)) {
            List<Reply> told = new CopyOnWriteArrayList<>();
            watcher.stream(Route.KEY_WATCH, "{'patterns':['*']}").subscribe(told::add);
            await().until(() -> writer.now("INFO", "stats").toString().contains("key_watchers:1\r"));
            long before = broker.onLoop(() -> broker.journal().offset());
            disk.beforeForce(this::hold);
            writer.command("SET", "k", "v").subscribe();
            await().until(() -> broker.onLoop(() -> broker.journal().offset()) > before);
            assertThat(watcher.ask(Route.COMMAND, "['LOLWUT']")
                            .timeout(Duration.ofMillis(300))
                            .onErrorComplete()
                            .block())
                    .isNull();
            assertThat(told).isEmpty();
            forced.countDown();
            await().until(() -> told.size() == 1);
        }
    }

    private void hold() {
        try {
            forced.await();
        } catch (InterruptedException now) {
            Thread.currentThread().interrupt();
        }
    }
}
