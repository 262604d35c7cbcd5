package dev.sluice.broker.net;

import static dev.sluice.broker.net.RSocketPeer.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.Route;
import dev.sluice.streams.rsocket.TransactionRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The route {@code transaction} from end to end. */
class TransactionRouteTest {
    private static final String WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final Broker broker = Broker.start(Settings.of(), Ports.any());
    private final RSocketPeer peer = RSocketPeer.of(broker);

    @AfterEach
    void stop() {
        peer.close();
        broker.close();
    }

    private Mono<Reply> transaction(String json) {
        return peer.ask(Route.TRANSACTION, json);
    }

    private void refused(String json, String message) {
        StepVerifier.create(transaction(json)).expectErrorMessage(message).verify(SOON);
    }

    @ParameterizedTest
    @CsvSource({"TCP,JSON", "TCP,CBOR", "TCP,RESP3", "WEBSOCKET,JSON", "WEBSOCKET,CBOR", "WEBSOCKET,RESP3"})
    void repliesComeTogetherErrorsAmongThem(RSocketPeer.Transport transport, MimeType type) {
        peer.now("SET", "s", "text");
        try (RSocketPeer asking = RSocketPeer.of(broker, transport, type)) {
            Mono<Reply> replies = asking.ask(
                    Route.TRANSACTION,
                    "{'commands':[['INCR','n'],['LPUSH','s','x'],['GET','none'],['RPUSH','l',1,true],['LRANGE','l',0,-1]]}");
            StepVerifier.create(replies)
                    .expectNext(Reply.array(
                            Reply.integer(1),
                            Reply.error(WRONG_TYPE),
                            Reply.Null.STRING,
                            Reply.integer(2),
                            Reply.array(Bytes.of("1"), Bytes.of("true"))))
                    .expectComplete()
                    .verify(SOON);
        }
    }

    @ParameterizedTest
    @CsvSource({"JSON", "CBOR", "RESP3"})
    void nothingRunsWhenAWatchedStringDiffers(MimeType type) {
        peer.now("SET", "k", "1");
        String digest = peer.now("DIGEST", "k").toString();
        String set = "{'commands':[['SET','k','%s']],'watch':{'k':'%s','none':null}}";
        try (RSocketPeer asking = RSocketPeer.of(broker, RSocketPeer.Transport.TCP, type)) {
            assertThat(asking.ask(Route.TRANSACTION, set.formatted(2, digest)).block(SOON))
                    .isInstanceOf(Reply.Array.class);
            assertThat(asking.ask(Route.TRANSACTION, set.formatted(3, digest)).block(SOON))
                    .isInstanceOf(Reply.Null.class);
            assertThat(peer.now("GET", "k")).isEqualTo(Bytes.of("2"));
            String now = peer.now("DIGEST", "k").toString().toUpperCase(java.util.Locale.ROOT);
            peer.now("SET", "none", "");
            assertThat(asking.ask(Route.TRANSACTION, set.formatted(4, now)).block(SOON))
                    .isInstanceOf(Reply.Null.class);
            peer.now("DEL", "none", "k");
            assertThat(asking.ask(Route.TRANSACTION, set.formatted(5, now)).block(SOON))
                    .isInstanceOf(Reply.Null.class);
            peer.now("SET", "k", "2");
            assertThat(asking.ask(Route.TRANSACTION, set.formatted(6, now)).block(SOON))
                    .isInstanceOf(Reply.Array.class);
        }
    }

    @Test
    void aWatchedKeyMustBeAString() {
        peer.now("RPUSH", "l", "a");
        refused("{'commands':[['DEL','l']],'watch':{'l':null}}", WRONG_TYPE);
        assertThat(peer.now("EXISTS", "l")).isEqualTo(Reply.integer(1));
    }

    /** Names that cannot stand in an object come as pairs. */
    @Test
    void watchedKeysMayBeAnyBytes() {
        peer.now("SET", "base64", "v");
        String digest = peer.now("DIGEST", "base64").toString();
        assertThat(transaction("{'commands':[['PING']],'watch':[['base64','" + digest + "'],[{'base64':'/w=='},null]]}")
                        .block(SOON))
                .isInstanceOf(Reply.Array.class);
    }

    @Test
    void whatCannotBeQueuedRefusesTheWhole() {
        refused(
                "{'commands':[['SET','k','v'],['NOSUCH','a']]}",
                "ERR unknown command 'NOSUCH', with args beginning with: 'a' ");
        refused("{'commands':[['SET','k','v'],['GET']]}", "ERR wrong number of arguments for 'get' command");
        refused("{'commands':[['SET','k','v'],['SHUTDOWN']]}", "ERR Command not allowed inside a transaction");
        assertThat(peer.now("EXISTS", "k")).isEqualTo(Reply.integer(0));
        assertThat(peer.now("SET", "k", "v")).isEqualTo(Bytes.of("OK")); // nothing of it is left
    }

    @ParameterizedTest
    @CsvSource({
        "MULTI,transaction",
        "EXEC,transaction",
        "WATCH k,transaction",
        "SUBSCRIBE c,pubsub.subscribe",
        "PSUBSCRIBE c,pubsub.subscribe"
    })
    void whatChangesAConnectionNamesTheRouteToUse(String command, String route) {
        String words = "['" + command.replace(" ", "','") + "']";
        StepVerifier.create(transaction("{'commands':[['SET','k','v']," + words + "]}"))
                .expectErrorSatisfies(error ->
                        assertThat(error.getMessage()).startsWith("ERR ").endsWith("use the route " + route))
                .verify(SOON);
        assertThat(peer.now("EXISTS", "k")).isEqualTo(Reply.integer(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1", "RESET", "CLIENT REPLY OFF", "HELLO 3"})
    void noConnectionStateChanges(String command) {
        String words = "['" + command.replace(" ", "','") + "']";
        StepVerifier.create(transaction("{'commands':[" + words + "]}"))
                .expectErrorSatisfies(error -> assertThat(error.getMessage()).startsWith("ERR "))
                .verify(SOON);
    }

    @Test
    void nothingWaits() {
        Reply replies = transaction(
                        "{'commands':[['BLPOP','q',0],['WAIT',1,0],['BZPOPMIN','z',0],['RPUSH','q','a'],['BLPOP','q',0]]}")
                .block(SOON);
        assertThat(replies)
                .isEqualTo(Reply.array(
                        Reply.Null.STRING,
                        Reply.integer(0),
                        Reply.Null.STRING,
                        Reply.integer(1),
                        Reply.array(Bytes.of("q"), Bytes.of("a"))));
    }

    @Test
    void aPauseHoldsWhatWrites() {
        peer.now("CLIENT", "PAUSE", "100000", "WRITE");
        assertThat(transaction("{'commands':[['GET','k']]}").block(SOON)).isEqualTo(Reply.array(Reply.Null.STRING));
        StepVerifier.create(transaction("{'commands':[['SET','k','v'],['GET','k']],'watch':{'k':null}}"))
                .then(() -> peer.now("CLIENT", "UNPAUSE"))
                .expectNext(Reply.array(Bytes.of("OK"), Bytes.of("v")))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void memoryIsCheckedBefore() {
        peer.now("SET", "k", "v");
        peer.now("CONFIG", "SET", "maxmemory", "1");
        refused(
                "{'commands':[['DEL','k'],['SET','l','v']]}",
                "OOM command not allowed when used memory > 'maxmemory'.");
        peer.now("CONFIG", "SET", "maxmemory", "0");
        assertThat(peer.now("EXISTS", "k", "l")).isEqualTo(Reply.integer(1));
    }

    @Test
    void sizesAreBounded() {
        String ping = "['PING']";
        assertThat(transaction("{'commands':[" + (ping + ",").repeat(TransactionRequest.COMMANDS_MAX - 1) + ping + "]}")
                        .block(SOON))
                .isInstanceOfSatisfying(
                        Reply.Array.class,
                        replies -> assertThat(replies.items()).hasSize(TransactionRequest.COMMANDS_MAX));
        refused(
                "{'commands':[" + (ping + ",").repeat(TransactionRequest.COMMANDS_MAX) + ping + "]}",
                "ERR field 'commands' must be an array of 1 to 10000 commands");
    }

    @Test
    void itIsARequestWithOneResponse() {
        StepVerifier.create(peer.stream(Route.TRANSACTION, "{'commands':[['PING']]}"))
                .expectErrorMessage("ERR the route 'transaction' has another interaction model")
                .verify(SOON);
    }

    @Test
    void nobodyWithoutAPassword() {
        peer.now("CONFIG", "SET", "requirepass", "secret");
        try (RSocketPeer stranger = RSocketPeer.of(broker)) {
            StepVerifier.create(stranger.ask(Route.TRANSACTION, "{'commands':'nonsense'}"))
                    .expectErrorMessage("NOAUTH Authentication required.")
                    .verify(SOON);
        }
    }
}
