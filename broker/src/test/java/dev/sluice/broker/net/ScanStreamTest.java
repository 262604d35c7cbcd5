package dev.sluice.broker.net;

import static dev.sluice.broker.net.RSocketPeer.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.Route;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.StepVerifier;

class ScanStreamTest {
    private static final int KEYS = 3000;

    private final Broker broker = Broker.start(Settings.of("enable-debug-command", "yes"), Ports.any());
    private final RSocketPeer peer = RSocketPeer.of(broker);

    @AfterEach
    void stop() {
        peer.close();
        broker.close();
    }

    private List<Reply> all(RSocketPeer from, String request) {
        return from.stream(Route.KEY_SCAN, request).collectList().block(SOON);
    }

    @ParameterizedTest
    @CsvSource({"TCP,JSON", "TCP,CBOR", "TCP,RESP3", "WEBSOCKET,JSON"})
    void everyKeyIsShown(RSocketPeer.Transport transport, MimeType type) {
        peer.now("DEBUG", "POPULATE", "" + KEYS);
        try (RSocketPeer reader = RSocketPeer.of(broker, transport, type)) {
            assertThat(new HashSet<>(all(reader, "{}"))).hasSize(KEYS);
            assertThat(new HashSet<>(all(reader, "{'count':7,'match':'key:1*'}")))
                    .hasSize(1111);
        }
    }

    @Test
    void typesAndPatternsSelect() {
        peer.now("DEBUG", "POPULATE", "" + KEYS);
        peer.now("ZADD", "board", "1", "a");
        assertThat(all(peer, "{'type':'zset'}")).hasToString("[board]");
        assertThat(all(peer, "{'match':'none*','count':1}")).isEmpty();
    }

    @Test
    void anEmptyDatabaseCompletesAtOnce() {
        assertThat(all(peer, "{}")).isEmpty();
    }

    @Test
    void demandDrivesTheCursor() {
        peer.now("DEBUG", "POPULATE", "" + KEYS);
        peer.now("CONFIG", "RESETSTAT");
        StepVerifier.create(peer.stream(Route.KEY_SCAN, "{'count':10}"), 1)
                .expectNextCount(1)
                .then(() -> assertThat(scans()).isLessThan(10))
                .thenRequest(100)
                .expectNextCount(100)
                .then(() -> assertThat(scans()).isLessThan(40))
                .thenCancel()
                .verify(SOON);
    }

    private long scans() {
        String info = peer.now("INFO", "commandstats").toString();
        return Long.parseLong(info.replaceAll("(?s).*cmdstat_scan:calls=(\\d+).*", "$1"));
    }

    @Test
    void aMalformedRequestIsRefusedAndTheConnectionStays() {
        StepVerifier.create(peer.stream(Route.KEY_SCAN, "{'count':0}"))
                .expectErrorMessage("ERR field 'count' must be an integer from 1 to 1000")
                .verify(SOON);
        assertThat(peer.now("PING")).hasToString("PONG");
    }
}
