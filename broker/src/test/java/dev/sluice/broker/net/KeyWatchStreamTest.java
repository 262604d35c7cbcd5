package dev.sluice.broker.net;

import static dev.sluice.broker.net.RSocketPeer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.KeyWatchRequest;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.Route;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

class KeyWatchStreamTest {
    private final Broker broker = Broker.start(Settings.of("enable-debug-command", "yes"), Ports.any());
    private final RSocketPeer peer = RSocketPeer.of(broker);

    @AfterEach
    void stop() {
        peer.close();
        broker.close();
    }

    private void awaitWatchers(int count) {
        await().until(() -> peer.now("INFO", "stats").toString().contains("key_watchers:" + count + "\r"));
    }

    private static Reply happened(String key, String event) {
        return KeyWatchRequest.happened(Bytes.of(key), Bytes.of(event), 0);
    }

    @ParameterizedTest
    @CsvSource({"TCP,JSON", "TCP,CBOR", "TCP,RESP3", "WEBSOCKET,JSON", "WEBSOCKET,CBOR", "WEBSOCKET,RESP3"})
    void eventsAreThoseOfKeyspaceNotifications(RSocketPeer.Transport transport, MimeType type) {
        try (RSocketPeer watcher = RSocketPeer.of(broker, transport, type)) {
            StepVerifier.create(watcher.stream(Route.KEY_WATCH, "{'patterns':['a*','*b','zset']}"))
                    .then(() -> awaitWatchers(1))
                    .then(() -> {
                        peer.now("SET", "ab", "1");
                        peer.now("SET", "other", "1");
                        peer.now("GET", "anything");
                        peer.now("PEXPIRE", "ab", "100000");
                        peer.now("RENAME", "ab", "renamed");
                        peer.now("ZADD", "zset", "1", "m");
                        peer.now("ZPOPMIN", "zset");
                    })
                    .expectNext(
                            happened("ab", "set"),
                            happened("ab", "expire"),
                            happened("ab", "rename_from"),
                            happened("zset", "zadd"),
                            happened("zset", "zpopmin"),
                            happened("zset", "del"))
                    .thenCancel()
                    .verify(SOON);
        }
        awaitWatchers(0);
    }

    @Test
    void onlyTheEventsThatAreNamed() {
        StepVerifier.create(peer.stream(Route.KEY_WATCH, "{'patterns':['*'],'events':['expired','new','keymiss']}"))
                .then(() -> awaitWatchers(1))
                .then(() -> {
                    peer.now("SET", "a", "1", "PX", "1");
                    peer.now("GET", "none");
                })
                .expectNext(happened("a", "new"))
                .recordWith(ArrayList::new)
                .expectNextCount(2)
                .consumeRecordedWith(rest -> assertThat(rest)
                        .containsExactlyInAnyOrder(happened("a", "expired"), happened("none", "keymiss")))
                .thenCancel()
                .verify(SOON);
        awaitWatchers(0);
    }

    @Test
    void anEventThatThereIsNotIsRefused() {
        StepVerifier.create(peer.stream(Route.KEY_WATCH, "{'patterns':['*'],'events':['set','sit']}"))
                .expectErrorMessage("ERR field 'events' has no event 'sit'")
                .verify(SOON);
        StepVerifier.create(peer.stream(Route.KEY_WATCH, "{'events':['set']}"))
                .expectErrorMessage("ERR field 'patterns' must name at least one pattern")
                .verify(SOON);
        awaitWatchers(0);
    }

    @Test
    void withoutDemandTheOldestGoAndAreCounted() {
        StepVerifier.create(peer.stream(Route.KEY_WATCH, "{'patterns':['key:*']}"), 1)
                .then(() -> awaitWatchers(1))
                .then(() -> peer.now("SET", "key:first", "x"))
                .expectNext(happened("key:first", "set"))
                .then(() -> {
                    for (int i = 0; i < 1500; i++) {
                        peer.command("SET", "key:" + i, "x").subscribe();
                    }
                    peer.now("PING");
                })
                .thenRequest(2)
                .expectNext(KeyWatchRequest.happened(Bytes.of("key:476"), Bytes.of("set"), 476))
                .expectNext(happened("key:477", "set"))
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void cancelAndDisconnectLeaveNobody() {
        RSocketPeer other = RSocketPeer.of(broker);
        List<Disposable> streams = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RSocketPeer from = i < 10 ? peer : other;
            String request = "{'patterns':['a*','b" + i + "'],'events':['new','set']}";
            streams.add(from.stream(Route.KEY_WATCH, request).subscribe(event -> {}, closed -> {}));
        }
        awaitWatchers(20);
        streams.subList(0, 10).forEach(Disposable::dispose);
        awaitWatchers(10);
        other.close();
        awaitWatchers(0);
    }
}
