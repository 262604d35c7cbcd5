package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.rsocket.RSocketRequester;
import org.springframework.util.MimeTypeUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Every route asked by Spring's {@link RSocketRequester} as it comes, over TCP and WebSocket, with JSON as text. */
@Tag("clients")
class SpringRSocketTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Broker broker = Broker.start(Settings.of(), new Ports(Ports.OFF, Ports.ANY, Ports.ANY));
    private final RSocketRequester tcp = builder().tcp("127.0.0.1", broker.rsocketPort());
    private final RSocketRequester websocket =
            builder().websocket(URI.create("ws://127.0.0.1:" + broker.httpPort() + "/rsocket"));

    private static RSocketRequester.Builder builder() {
        return RSocketRequester.builder().dataMimeType(MimeTypeUtils.APPLICATION_JSON);
    }

    @AfterEach
    void close() {
        tcp.dispose();
        websocket.dispose();
        broker.close();
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private Flux<String> stream(String route, String data) {
        return websocket.route(route).data(json(data)).retrieveFlux(String.class);
    }

    private Mono<String> ask(String route, String data) {
        return tcp.route(route).data(json(data)).retrieveMono(String.class);
    }

    private String command(String words) {
        return ask("command", words).block(SOON);
    }

    private static StepVerifier.Step<String> verify(Flux<String> stream, long demand) {
        return StepVerifier.create(stream, demand);
    }

    @Test
    void command() {
        assertThat(command("['SET', 'k', 41]")).isEqualTo(json("'OK'"));
        assertThat(command("['INCR', 'k']")).isEqualTo("42");
        ask("command", "['LPUSH', 'k', 'x']")
                .as(StepVerifier::create)
                .expectErrorMessage("WRONGTYPE Operation against a key holding the wrong kind of value")
                .verify(SOON);
        tcp.route("command").data(json("['SET', 'told', 1]")).send().block(SOON);
        Flux<String> commands = Flux.just("['INCR', 'k']", "['INCR', 'k']").map(SpringRSocketTest::json);
        verify(websocket.route("command").data(commands, String.class).retrieveFlux(String.class), 10)
                .expectNext("43", "44")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void publishAndSubscribe() {
        verify(stream("pubsub.subscribe", "{'channels': ['news'], 'overflow': 'throttle'}"), 10)
                .then(() -> publish("first"))
                .expectNext(json("{'channel':'news','message':'first'}"))
                .then(() -> {
                    Flux<String> messages = Flux.just("second", "third")
                            .map(text -> json("{'channel': 'news', 'message': '" + text + "'}"));
                    Flux<String> counts = tcp.route("pubsub.publish")
                            .data(messages, String.class)
                            .retrieveFlux(String.class);
                    verify(counts, 10).expectNext("1", "1").expectComplete().verify(SOON);
                })
                .expectNext(json("{'channel':'news','message':'second'}"))
                .expectNext(json("{'channel':'news','message':'third'}"))
                .thenCancel()
                .verify(SOON);
    }

    /** Until somebody is there. */
    private void publish(String message) {
        String data = "{'channel': 'news', 'message': '" + message + "'}";
        ask("pubsub.publish", data).repeat().takeUntil("1"::equals).blockLast(SOON);
    }

    @Test
    void listTake() {
        verify(stream("list.take", "{'keys': ['jobs'], 'side': 'left'}"), 1)
                .then(() -> command("['RPUSH', 'jobs', 'a', 'b', 'c']"))
                .expectNext(json("{'key':'jobs','value':'a'}"))
                .then(() -> assertThat(command("['LLEN', 'jobs']")).isEqualTo("2"))
                .thenRequest(1)
                .expectNext(json("{'key':'jobs','value':'b'}"))
                .thenCancel()
                .verify(SOON);
        assertThat(command("['LLEN', 'jobs']")).isEqualTo("1");
    }

    @Test
    void listMove() {
        command("['RPUSH', 'jobs', 'a', 'b']");
        verify(stream("list.move", "{'source': 'jobs', 'destination': 'doing', 'from': 'left', 'to': 'right'}"), 1)
                .expectNext(json("'a'"))
                .thenCancel()
                .verify(SOON);
        assertThat(command("['LRANGE', 'doing', 0, -1]")).isEqualTo(json("['a']"));
    }

    @Test
    void sortedSetPop() {
        verify(stream("zset.pop", "{'keys': ['due']}"), 1)
                .then(() -> command("['ZADD', 'due', 2, 'later', 1.5, 'soon']"))
                .expectNext(json("{'key':'due','member':'soon','score':1.5}"))
                .thenCancel()
                .verify(SOON);
        assertThat(command("['ZCARD', 'due']")).isEqualTo("1");
    }

    @Test
    void sortedSetWatchAndRank() {
        command("['ZADD', 'board', 1, 'ann', 2, 'bob']");
        verify(stream("zset.watch", "{'key': 'board', 'start': 0, 'stop': 0}"), 1)
                .expectNext(json("[{'member':'bob','score':2.0,'rank':0}]"))
                .then(() -> command("['ZADD', 'board', 3, 'ann']"))
                .thenRequest(1)
                .expectNext(json("[{'member':'ann','score':3.0,'rank':0}]"))
                .thenCancel()
                .verify(SOON);
        verify(stream("zset.rank", "{'key': 'board', 'member': 'bob'}"), 1)
                .assertNext(place -> assertThat(place).contains(json("'rank':1")))
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void keyWatchAndScan() {
        verify(stream("key.watch", "{'patterns': ['user:*']}"), 10)
                .then(() -> set("user:1"))
                .expectNext(json("{'key':'user:1','event':'set'}"))
                .thenCancel()
                .verify(SOON);
        List<String> keys =
                stream("key.scan", "{'match': 'user:*'}").collectList().block(SOON);
        assertThat(keys).containsExactly(json("'user:1'"));
    }

    /** On the connection of the streams: it comes behind what was asked for there. */
    private void set(String key) {
        websocket
                .route("command")
                .data(json("['SET', '" + key + "', 1]"))
                .retrieveMono(String.class)
                .block(SOON);
    }

    @Test
    void transaction() {
        assertThat(ask("transaction", "{'commands': [['SET', 'k', '1'], ['INCR', 'k']]}")
                        .block(SOON))
                .isEqualTo(json("['OK',2]"));
    }

    @Test
    void lockHold() {
        String door = "{'key': 'door', 'owner': '%s', 'leaseMs': 10000, 'waitMs': 20000}";
        verify(stream("lock.hold", door.formatted("ann")), 1)
                .assertNext(held -> assertThat(held).startsWith(json("{'token':")))
                .then(() -> assertThat(command("['LOCK', 'door', 'bob', 'LEASE', '1000']"))
                        .isEqualTo("null"))
                .thenCancel()
                .verify(SOON);
        verify(stream("lock.hold", door.formatted("bob")), 1)
                .expectNextCount(1)
                .thenCancel()
                .verify(SOON);
    }
}
