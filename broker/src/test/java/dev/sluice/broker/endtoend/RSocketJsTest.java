package dev.sluice.broker.endtoend;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every route asked by rsocket-js, over TCP and WebSocket, with its own packages and no code of ours between. */
@Tag("clients")
class RSocketJsTest {
    private final Broker broker = Broker.start(Settings.of(), new Ports(Ports.OFF, Ports.ANY, Ports.ANY));

    @AfterEach
    void close() {
        broker.close();
    }

    private enum Wire {
        TCP,
        WEBSOCKET
    }

    private static Stream<Arguments> routes() {
        return Stream.of(
                        "command",
                        "command-channel",
                        "pubsub.publish",
                        "pubsub.subscribe",
                        "list.take",
                        "list.move",
                        "zset.pop",
                        "zset.watch",
                        "zset.rank",
                        "key.watch",
                        "key.scan",
                        "transaction",
                        "lock.hold")
                .flatMap(route -> Stream.of(Wire.values()).map(wire -> Arguments.of(route, wire)));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void routesWorkAsDescribed(String route, Wire wire) {
        int port = wire == Wire.TCP ? broker.rsocketPort() : broker.httpPort();
        NodeScripts.start("rsocket-js.mjs", "" + port, wire.name().toLowerCase(Locale.ROOT), route)
                .endsDone(line -> {});
    }
}
