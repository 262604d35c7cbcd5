package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.core.RSocketConnector;
import io.rsocket.exceptions.ApplicationErrorException;
import io.rsocket.exceptions.RejectedSetupException;
import io.rsocket.metadata.AuthMetadataCodec;
import io.rsocket.metadata.CompositeMetadataCodec;
import io.rsocket.metadata.TaggingMetadataCodec;
import io.rsocket.metadata.WellKnownMimeType;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.util.DefaultPayload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class RSocketListenerTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private Broker broker = Broker.start(Settings.of(), Ports.any());
    private @Nullable RSocket client;

    @AfterEach
    void close() {
        if (client != null) {
            client.dispose();
        }
        broker.close();
    }

    private RSocket connect(String dataType, @Nullable ByteBuf setupMetadata) {
        client = RSocketConnector.create()
                .dataMimeType(dataType)
                .metadataMimeType(RequestMetadata.COMPOSITE)
                .setupPayload(
                        setupMetadata == null
                                ? DefaultPayload.create("")
                                : DefaultPayload.create(Unpooled.EMPTY_BUFFER, setupMetadata))
                .connect(TcpClientTransport.create("127.0.0.1", broker.rsocketPort()))
                .block(SOON);
        return client;
    }

    private RSocket json() {
        return client == null ? connect("application/json", null) : client;
    }

    private static Payload request(String route, String data) {
        CompositeByteBuf metadata = ByteBufAllocator.DEFAULT.compositeBuffer();
        CompositeMetadataCodec.encodeAndAddMetadata(
                metadata,
                ByteBufAllocator.DEFAULT,
                WellKnownMimeType.MESSAGE_RSOCKET_ROUTING,
                TaggingMetadataCodec.createTaggingContent(ByteBufAllocator.DEFAULT, List.of(route)));
        return DefaultPayload.create(Unpooled.copiedBuffer(data, StandardCharsets.UTF_8), metadata);
    }

    private String command(String data) {
        return json().requestResponse(request("command", data))
                .map(Payload::getDataUtf8)
                .block(SOON);
    }

    @Test
    void aCommandAnswers() {
        assertThat(command("[\"SET\",\"k\",\"v\"]")).isEqualTo("\"OK\"");
        assertThat(command("[\"GET\",\"k\"]")).isEqualTo("\"v\"");
        assertThat(command("[\"GET\",\"none\"]")).isEqualTo("null");
        assertThat(command("[\"RPUSH\",\"l\",1,true]")).isEqualTo("2");
        assertThat(command("[\"LRANGE\",\"l\",0,-1]")).isEqualTo("[\"1\",\"true\"]");
    }

    @Test
    void refusalsAreErrorsInTheWordsOfResp() {
        command("[\"SET\",\"k\",\"v\"]");
        StepVerifier.create(json().requestResponse(request("command", "[\"LPUSH\",\"k\",\"v\"]")))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(ApplicationErrorException.class)
                        .hasMessage("WRONGTYPE Operation against a key holding the wrong kind of value"))
                .verify(SOON);
        StepVerifier.create(json().requestResponse(request("nowhere", "[]")))
                .expectErrorMessage("ERR unknown route 'nowhere'")
                .verify(SOON);
        StepVerifier.create(json().requestResponse(request("command", "{\"a\":")))
                .expectErrorSatisfies(error -> assertThat(error.getMessage()).startsWith("ERR "))
                .verify(SOON);
        StepVerifier.create(json().requestResponse(request("command", "[\"MULTI\"]")))
                .expectErrorSatisfies(error -> assertThat(error.getMessage()).contains("transaction"))
                .verify(SOON);
        assertThat(command("[\"PING\"]")).isEqualTo("\"PONG\"");
    }

    @Test
    void anErrorIsOneLineOfText() {
        StepVerifier.create(json().requestResponse(request("command", "[\"NO\\r\\nSUCH\",\"\\u00e9\\n\"]")))
                .expectErrorMessage("ERR unknown command 'NO  SUCH', with args beginning with: '\u00e9 ' ")
                .verify(SOON);
        StepVerifier.create(json().requestResponse(request("no\r\nwhere", "[]")))
                .expectErrorMessage("ERR unknown route 'no  where'")
                .verify(SOON);
    }

    @Test
    void aChannelAnswersInOrderAlsoWithErrors() {
        Flux<Payload> commands = Flux.just("[\"INCR\",\"n\"]", "[\"NOSUCH\"]", "[\"INCR\",\"n\"]")
                .map(data -> request("command", data));
        StepVerifier.create(json().requestChannel(commands).map(Payload::getDataUtf8))
                .expectNext("1")
                .expectNextMatches(data -> data.startsWith("{\"error\":\"ERR unknown command"))
                .expectNext("2")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void aMessageReachesASubscriber() {
        StepVerifier.create(json().requestStream(request("pubsub.subscribe", "{\"channels\":[\"news\"]}"))
                        .map(Payload::getDataUtf8))
                .then(() -> publishUntilHeard("news", "hello"))
                .expectNext("{\"channel\":\"news\",\"message\":\"hello\"}")
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void aShardChannelIsApartFromTheChannelOfItsName() {
        StepVerifier.create(json().requestStream(request("pubsub.subscribe", "{\"shardChannels\":[\"news\"]}"))
                        .map(Payload::getDataUtf8))
                .then(() -> assertThat(command("[\"PUBLISH\",\"news\",\"to nobody\"]"))
                        .isEqualTo("0"))
                .then(() ->
                        assertThat(command("[\"SPUBLISH\",\"news\",\"hello\"]")).isEqualTo("1"))
                .expectNext("{\"channel\":\"news\",\"message\":\"hello\"}")
                .thenCancel()
                .verify(SOON);
    }

    private void publishUntilHeard(String channel, String message) {
        String data = "{\"channel\":\"" + channel + "\",\"message\":\"" + message + "\"}";
        for (int i = 0; i < 1000; i++) {
            String heard = json().requestResponse(request("pubsub.publish", data))
                    .map(Payload::getDataUtf8)
                    .block(SOON);
            if ("1".equals(heard)) {
                return;
            }
        }
        throw new AssertionError("nobody subscribed");
    }

    @Test
    void oneUnitOfDemandTakesOneElement() {
        command("[\"RPUSH\",\"q\",\"a\",\"b\",\"c\"]");
        StepVerifier.create(
                        json().requestStream(request("list.take", "{\"keys\":[\"q\"],\"side\":\"left\"}"))
                                .map(Payload::getDataUtf8),
                        1)
                .expectNext("{\"key\":\"q\",\"value\":\"a\"}")
                .then(() -> assertThat(command("[\"LLEN\",\"q\"]")).isEqualTo("2"))
                .thenRequest(2)
                .expectNext("{\"key\":\"q\",\"value\":\"b\"}", "{\"key\":\"q\",\"value\":\"c\"}")
                .thenRequest(1)
                .then(() -> command("[\"RPUSH\",\"q\",\"d\"]"))
                .expectNext("{\"key\":\"q\",\"value\":\"d\"}")
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void anUnknownDataTypeIsRefusedBySetup() {
        RSocket refused = connect("text/plain", null);
        StepVerifier.create(refused.onClose())
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(RejectedSetupException.class)
                        .hasMessageContaining("application/json, application/cbor, application/vnd.resp3"))
                .verify(SOON);
    }

    @Test
    void aTakeThatIsRefusedEndsAndLeavesTheLoopFree() {
        command("[\"SET\",\"text\",\"x\"]");
        StepVerifier.create(json().requestStream(request("list.take", "{\"keys\":[\"text\"]}")))
                .expectErrorMessage("WRONGTYPE Operation against a key holding the wrong kind of value")
                .verify(SOON);
        assertThat(command("[\"PING\"]")).isEqualTo("\"PONG\"");
    }

    @Test
    void aPasswordIsAskedForAndTakenInSetup() {
        broker.close();
        broker = Broker.start(Settings.of("requirepass", "secret"), Ports.any());
        StepVerifier.create(json().requestResponse(request("command", "[\"PING\"]")))
                .expectErrorMessage("NOAUTH Authentication required.")
                .verify(SOON);
        CompositeByteBuf metadata = ByteBufAllocator.DEFAULT.compositeBuffer();
        CompositeMetadataCodec.encodeAndAddMetadata(
                metadata,
                ByteBufAllocator.DEFAULT,
                WellKnownMimeType.MESSAGE_RSOCKET_AUTHENTICATION,
                AuthMetadataCodec.encodeSimpleMetadata(
                        ByteBufAllocator.DEFAULT, "default".toCharArray(), "secret".toCharArray()));
        client.dispose();
        client = connect("application/json", metadata);
        assertThat(command("[\"PING\"]")).isEqualTo("\"PONG\"");
    }
}
