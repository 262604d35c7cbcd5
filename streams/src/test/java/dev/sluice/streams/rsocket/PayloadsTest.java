package dev.sluice.streams.rsocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.sluice.streams.flow.Delivery;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

class PayloadsTest {
    private static final Bytes NOT_TEXT = Bytes.of(new byte[] {(byte) 0xff, 0, (byte) 0xfe});
    private static final long BEYOND = (1L << 53) + 1;

    private final Payloads payloads = new Payloads(PayloadLimits.DEFAULT);

    private static Bytes bytes(String text) {
        return Bytes.of(text);
    }

    private ByteBuf written(MimeType type, Reply reply) {
        ByteBuf out = Unpooled.buffer();
        payloads.write(type, reply, out);
        return out;
    }

    private String json(Reply reply) {
        return written(MimeType.JSON, reply).toString(StandardCharsets.UTF_8);
    }

    private Reply again(MimeType type, Reply reply) {
        ByteBuf buffer = written(type, reply);
        Reply read = payloads.reply(type, buffer);
        assertThat(buffer.isReadable()).isFalse();
        return read;
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    @Test
    void everyKindOfReplyHasItsJson() {
        assertThat(json(bytes("hé\"\n"))).isEqualTo("\"hé\\\"\\n\"");
        assertThat(json(Bytes.EMPTY)).isEqualTo("\"\"");
        assertThat(json(NOT_TEXT)).isEqualTo("{\"base64\":\"/wD+\"}");
        assertThat(json(Reply.integer(-7))).isEqualTo("-7");
        assertThat(json(Reply.integer(1L << 53))).isEqualTo("9007199254740992");
        assertThat(json(Reply.integer(BEYOND))).isEqualTo("\"9007199254740993\"");
        assertThat(json(Reply.integer(Long.MIN_VALUE))).isEqualTo("\"-9223372036854775808\"");
        assertThat(json(Reply.decimal(1.5))).isEqualTo("1.5");
        assertThat(json(Reply.decimal(3))).isEqualTo("3.0");
        assertThat(json(Reply.decimal(1e300))).isEqualTo("\"1.0000000000000001e+300\"");
        assertThat(json(Reply.decimal(Double.NEGATIVE_INFINITY))).isEqualTo("\"-inf\"");
        assertThat(json(Reply.decimal(Double.NaN))).isEqualTo("\"nan\"");
        assertThat(json(Reply.ok())).isEqualTo("\"OK\"");
        assertThat(json(Reply.error("ERR no"))).isEqualTo("{\"error\":\"ERR no\"}");
        assertThat(json(Reply.Null.ARRAY)).isEqualTo("null");
        assertThat(json(Reply.bool(true))).isEqualTo("true");
        assertThat(json(new Reply.BigNumber("123"))).isEqualTo("\"123\"");
        assertThat(json(new Reply.Verbatim("txt", bytes("v")))).isEqualTo("\"v\"");
        assertThat(json(new Reply.Set(List.of(bytes("a"))))).isEqualTo("[\"a\"]");
        assertThat(json(new Reply.Push(List.of(bytes("a"))))).isEqualTo("[\"a\"]");
        assertThat(json(new Reply.Sequence(List.of(Reply.ok(), Reply.ok())))).isEqualTo("[\"OK\",\"OK\"]");
        assertThat(json(Reply.array(Reply.Array.EMPTY, Reply.Null.STRING))).isEqualTo("[[],null]");
        assertThat(json(Reply.None.NONE)).isEqualTo("null");
        assertThatThrownBy(() -> json(Reply.later(Mono.empty()))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMapIsAnObjectUnlessThatWouldBeMisread() {
        assertThat(json(Reply.map(bytes("a"), Reply.integer(1), Reply.integer(2), bytes("b"))))
                .isEqualTo("{\"a\":1,\"2\":\"b\"}");
        assertThat(json(Reply.map(bytes("base64"), bytes("x")))).isEqualTo("[[\"base64\",\"x\"]]");
        assertThat(json(Reply.map(bytes("error"), bytes("x")))).isEqualTo("[[\"error\",\"x\"]]");
        assertThat(json(Reply.map(bytes("error"), bytes("x"), bytes("y"), bytes("z"))))
                .isEqualTo("{\"error\":\"x\",\"y\":\"z\"}");
        assertThat(json(Reply.map(NOT_TEXT, bytes("x")))).isEqualTo("[[{\"base64\":\"/wD+\"},\"x\"]]");
        assertThat(json(Reply.map(Reply.array(bytes("k")), bytes("x")))).isEqualTo("[[[\"k\"],\"x\"]]");
        assertThat(json(Reply.map())).isEqualTo("{}");
    }

    @Test
    void packedRepliesReadAsWhatTheyAre() {
        Packed array =
                Packed.array(0).add(bytes("a")).addNull().addInteger(BEYOND).addDouble(0.5);
        array.nest(2).add(NOT_TEXT).nest(0);
        assertThat(json(array)).isEqualTo("[\"a\",null,\"9007199254740993\",0.5,[{\"base64\":\"/wD+\"},[]]]");
        array.release();
        Packed map = new Packed(Packed.Kind.MAP, 0)
                .add(bytes("k"))
                .nest(1)
                .add(bytes("v"))
                .addInteger(2)
                .addNull();
        assertThat(json(map)).isEqualTo("{\"k\":[\"v\"],\"2\":null}");
        map.release();
        Packed error = new Packed(Packed.Kind.MAP, 0).add(bytes("error")).add(bytes("v"));
        assertThat(json(error)).isEqualTo("[[\"error\",\"v\"]]");
        error.release();
        Packed binary = new Packed(Packed.Kind.MAP, 0)
                .add(bytes("a"))
                .add(bytes("v"))
                .add(NOT_TEXT)
                .add(bytes("w"));
        assertThat(json(binary)).isEqualTo("[[\"a\",\"v\"],[{\"base64\":\"/wD+\"},\"w\"]]");
        binary.release();
    }

    @Test
    void theTextOfAnErrorIsWhatTheClientSent() {
        String asBytes = new String("ERR unknown 'é…'".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(json(Reply.error(asBytes))).isEqualTo("{\"error\":\"ERR unknown 'é…'\"}");
        assertThat(json(Reply.error("ERR …"))).isEqualTo("{\"error\":\"ERR …\"}");
        assertThat(json(Reply.error("ERR \u00ff"))).isEqualTo("{\"error\":\"ERR \u00ff\"}");
    }

    /** What comes back of a reply. */
    private record Same(Reply reply, Reply asJson, Reply asCbor, Reply asResp3) {
        static Same all(Reply reply) {
            return new Same(reply, reply, reply, reply);
        }

        static Same but(Reply reply, Reply asTree) {
            return new Same(reply, asTree, asTree, reply);
        }

        Reply as(MimeType type) {
            return switch (type) {
                case JSON -> asJson;
                case CBOR -> asCbor;
                case RESP3 -> asResp3;
            };
        }
    }

    private static List<Same> kinds() {
        Packed packed = Packed.array(0)
                .add(bytes("a"))
                .addInteger(1)
                .addDouble(2.5)
                .addNull()
                .nest(1)
                .add(NOT_TEXT);
        Reply unpacked =
                Reply.array(bytes("a"), Reply.integer(1), Reply.decimal(2.5), Reply.Null.STRING, Reply.array(NOT_TEXT));
        Packed set = new Packed(Packed.Kind.SET, 0).add(bytes("a"));
        Packed map = new Packed(Packed.Kind.MAP, 0).add(bytes("k")).add(bytes("v"));
        Reply array = Reply.array(bytes("a"), Reply.integer(1), Reply.array());
        return List.of(
                Same.all(bytes("text, é, \u0000 and \uD83D\uDE00")),
                Same.all(Bytes.EMPTY),
                Same.all(NOT_TEXT),
                Same.all(Reply.integer(0)),
                Same.all(Reply.integer(-(1L << 53))),
                Same.but(Reply.integer(BEYOND), bytes("9007199254740993")),
                Same.all(Reply.decimal(0.1)),
                Same.all(Reply.decimal(-0.0)),
                Same.all(Reply.decimal(Double.MIN_VALUE)),
                Same.but(Reply.decimal(Double.POSITIVE_INFINITY), bytes("inf")),
                Same.but(Reply.decimal(Double.MAX_VALUE), bytes("1.7976931348623157e+308")),
                Same.but(Reply.ok(), bytes("OK")),
                Same.all(Reply.error("ERR no such thing")),
                Same.all(Reply.Null.STRING),
                new Same(Reply.Null.ARRAY, Reply.Null.STRING, Reply.Null.STRING, Reply.Null.STRING),
                new Same(Reply.None.NONE, Reply.Null.STRING, Reply.Null.STRING, Reply.Null.STRING),
                Same.all(Reply.bool(true)),
                Same.all(Reply.bool(false)),
                Same.but(
                        new Reply.BigNumber("123456789012345678901234567890"), bytes("123456789012345678901234567890")),
                Same.but(new Reply.Verbatim("mkd", bytes("# v")), bytes("# v")),
                Same.all(array),
                Same.all(Reply.Array.EMPTY),
                Same.but(new Reply.Set(List.of(bytes("a"))), Reply.array(bytes("a"))),
                Same.but(new Reply.Push(List.of(bytes("a"))), Reply.array(bytes("a"))),
                new Same(
                        new Reply.Sequence(List.of(array, array)),
                        Reply.array(array, array),
                        Reply.array(array, array),
                        Reply.array(array, array)),
                Same.all(Reply.map(bytes("k"), array, bytes("l"), Reply.map(bytes("m"), NOT_TEXT))),
                Same.but(Reply.map(Reply.integer(1), bytes("x")), Reply.map(bytes("1"), bytes("x"))),
                Same.but(
                        Reply.map(bytes("base64"), bytes("QQ==")),
                        Reply.array(Reply.array(bytes("base64"), bytes("QQ==")))),
                Same.but(Reply.map(NOT_TEXT, bytes("x")), Reply.array(Reply.array(NOT_TEXT, bytes("x")))),
                new Same(packed, unpacked, unpacked, unpacked),
                new Same(set, Reply.array(bytes("a")), Reply.array(bytes("a")), new Reply.Set(List.of(bytes("a")))),
                new Same(
                        map,
                        Reply.map(bytes("k"), bytes("v")),
                        Reply.map(bytes("k"), bytes("v")),
                        Reply.map(bytes("k"), bytes("v"))));
    }

    @ParameterizedTest
    @EnumSource(MimeType.class)
    void everyKindOfReplyComesBack(MimeType type) {
        List<Reply> all = new ArrayList<>();
        List<Reply> allRead = new ArrayList<>();
        for (Same kind : kinds()) {
            assertThat(again(type, kind.reply)).as("%s", kind.reply).isEqualTo(kind.as(type));
            if (!(kind.reply instanceof Reply.Sequence) && kind.reply != Reply.None.NONE) {
                all.add(kind.reply);
                allRead.add(kind.as(type));
            }
        }
        assertThat(again(type, Reply.array(all))).isEqualTo(Reply.array(allRead));
        kinds().forEach(kind -> kind.reply.release());
        all.forEach(Reply::release);
    }

    @Test
    void cborKeepsBytesAsBytes() {
        assertThat(ByteBufUtil.hexDump(written(MimeType.CBOR, NOT_TEXT))).isEqualTo("43ff00fe");
        assertThat(ByteBufUtil.hexDump(written(MimeType.CBOR, bytes("a")))).isEqualTo("6161");
        assertThat(ByteBufUtil.hexDump(written(MimeType.CBOR, Reply.map(bytes("a"), Reply.array(Reply.integer(1))))))
                .isEqualTo("a161618101");
        assertThat(payloads.reply(MimeType.CBOR, cbor(out -> {
                    out.writeStartObject();
                    out.writeStringField("base64", "/wD+");
                    out.writeEndObject();
                })))
                .isEqualTo(NOT_TEXT);
    }

    private interface Script {
        void write(JsonGenerator out) throws IOException;
    }

    private static ByteBuf cbor(Script script) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = new CBORFactory().createGenerator(bytes)) {
            script.write(out);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return Unpooled.wrappedBuffer(bytes.toByteArray());
    }

    @Test
    void aCommandIsAnArrayAndItsNumbersAreTheirText() {
        assertThat(payloads.command(
                        MimeType.JSON,
                        text("[\"SET\", \"k\", 1.50, -0, 12345678901234567890, true, {\"base64\":\"/wD+\"}]")))
                .isEqualTo(new Request(
                        bytes("SET"),
                        bytes("k"),
                        bytes("1.50"),
                        bytes("-0"),
                        bytes("12345678901234567890"),
                        bytes("true"),
                        NOT_TEXT));
        assertThat(payloads.command(MimeType.CBOR, cbor(out -> {
                    out.writeStartArray();
                    out.writeString("SET");
                    out.writeNumber(-3);
                    out.writeNumber(0.1);
                    out.writeNumber(5.0);
                    out.writeNumber(Double.POSITIVE_INFINITY);
                    out.writeNumber(new BigInteger("123456789012345678901234567890"));
                    out.writeBoolean(false);
                    out.writeBinary(NOT_TEXT.toArray());
                    out.writeEndArray();
                })))
                .isEqualTo(new Request(
                        bytes("SET"),
                        bytes("-3"),
                        bytes("0.1"),
                        bytes("5"),
                        bytes("inf"),
                        bytes("123456789012345678901234567890"),
                        bytes("false"),
                        NOT_TEXT));
        assertThat(
                        payloads.command(
                                MimeType.RESP3,
                                text(
                                        "*7\r\n$3\r\nSET\r\n:-3\r\n,0.5\r\n#t\r\n+line\r\n(99999999999999999999\r\n=5\r\ntxt:v\r\n")))
                .isEqualTo(Request.of("SET", "-3", "0.5", "true", "line", "99999999999999999999", "v"));
    }

    @Test
    void doublesBecomeTheirShortestText() {
        for (MimeType type : List.of(MimeType.CBOR, MimeType.RESP3)) {
            ByteBuf in = written(
                    type,
                    Reply.array(
                            Reply.decimal(0.1),
                            Reply.decimal(-5),
                            Reply.decimal(1e15),
                            Reply.decimal(0.000015),
                            Reply.decimal(1e-300),
                            Reply.decimal(1234567.875)));
            assertThat(payloads.command(type, in))
                    .as("%s", type)
                    .isEqualTo(Request.of("0.1", "-5", "1000000000000000", "0.000015", "1E-300", "1234567.875"));
        }
    }

    @Test
    void aCommandThatIsNoneSaysWhy() {
        refusesCommand(MimeType.JSON, "{\"a\":1}", "ERR the payload must be an array: a command and its arguments");
        refusesCommand(MimeType.JSON, "\"PING\"", "ERR the payload must be an array: a command and its arguments");
        refusesCommand(MimeType.JSON, "[]", "ERR the command is empty");
        refusesCommand(
                MimeType.JSON,
                "[\"GET\", null]",
                "ERR argument 1 of the command must be a string, a number or a boolean");
        refusesCommand(
                MimeType.JSON,
                "[\"GET\", [\"k\"]]",
                "ERR argument 1 of the command must be a string, a number or a boolean");
        refusesCommand(
                MimeType.JSON,
                "[\"GET\", {\"error\":\"x\"}]",
                "ERR argument 1 of the command must be a string, a number or a boolean");
        refusesCommand(MimeType.JSON, "", "ERR the payload is empty");
        refusesCommand(MimeType.JSON, " ", "ERR the payload is empty");
        refusesCommand(MimeType.JSON, "[\"GET\"", "ERR the payload is not JSON: Unexpected end-of-input");
        refusesCommand(MimeType.JSON, "[\"GET\"] 1", "ERR the payload has more than one value");
        refusesCommand(MimeType.JSON, "GET k", "ERR the payload is not JSON: Unrecognized token 'GET'");
        refusesCommand(MimeType.JSON, "[\"\\ud800\"]", "ERR the payload has half a character: an unpaired surrogate");
        refusesCommand(
                MimeType.JSON, "[\"\\udc00\\ud800\"]", "ERR the payload has half a character: an unpaired surrogate");
        refusesCommand(MimeType.RESP3, "", "ERR the payload is empty");
        refusesCommand(MimeType.RESP3, "*1\r\n$4\r\nPI", "ERR the payload ends too early");
        refusesCommand(MimeType.RESP3, "*1\r\n$4\r\nPING\r\n+", "ERR the payload has more than one value");
        refusesCommand(MimeType.RESP3, "?\r\n", "ERR the payload is not RESP3: ERR Protocol error: unknown type 63");
        refusesCommand(
                MimeType.RESP3,
                "*1\r\n-ERR x\r\n",
                "ERR the payload has an error or a push in it, which no request has");
        refusesCommand(MimeType.CBOR, "", "ERR the payload is empty");
        refusesCommand(MimeType.CBOR, "\u0082", "ERR the payload is not CBOR");
    }

    private void refusesCommand(MimeType type, String payload, String error) {
        ByteBuf in =
                type == MimeType.CBOR ? Unpooled.copiedBuffer(payload, StandardCharsets.ISO_8859_1) : text(payload);
        assertThatThrownBy(() -> payloads.command(type, in))
                .as(payload)
                .isInstanceOf(CommandError.class)
                .hasMessageStartingWith(error);
    }

    @Test
    void invalidUtf8IsRefusedAndNotReplaced() {
        ByteBuf in = Unpooled.wrappedBuffer(new byte[] {'[', '"', (byte) 0xff, '"', ']'});
        assertThatThrownBy(() -> payloads.command(MimeType.JSON, in)).isInstanceOf(CommandError.class);
    }

    @Test
    void theLimitsHold() {
        Payloads strict = new Payloads(new PayloadLimits(10, 5, 3));
        for (MimeType type : MimeType.values()) {
            ByteBuf fits = written(type, Reply.array(bytes("0123456789"), Reply.array(Reply.array(bytes("x")))));
            assertThat(strict.reply(type, fits)).isInstanceOf(Reply.Array.class);
            refuses(strict, type, bytes("0123456789a"), "string", "bulk length");
            refuses(
                    strict,
                    type,
                    Reply.array(bytes("1"), bytes("2"), bytes("3"), bytes("4"), bytes("5"), bytes("6")),
                    "elements",
                    "multibulk length");
            refuses(strict, type, Reply.array(Reply.array(Reply.array(Reply.array()))), "nested", "nested");
        }
        refuses(strict, MimeType.JSON, bytes("ééééé!"), "string", "string");
    }

    private void refuses(Payloads strict, MimeType type, Reply reply, String what, String whatInResp3) {
        assertThatThrownBy(() -> strict.reply(type, written(type, reply)))
                .as("%s %s", type, reply)
                .isInstanceOf(CommandError.class)
                .hasMessageStartingWith("ERR ")
                .hasMessageContaining(type == MimeType.RESP3 ? whatInResp3 : what);
    }

    @Test
    void aNumberOfManyDigitsIsRefusedBeforeItIsWorkedOn() {
        assertThatThrownBy(() -> payloads.command(MimeType.JSON, text("[" + "9".repeat(100_000) + "]")))
                .isInstanceOf(CommandError.class)
                .hasMessage("ERR the payload has too long a string, name or number");
        ByteBuf big = cbor(out -> out.writeNumber(BigInteger.ONE.shiftLeft(1_000_000)));
        assertThatThrownBy(() -> payloads.command(MimeType.CBOR, big))
                .isInstanceOf(CommandError.class)
                .hasMessage("ERR the payload has too long a string, name or number");
    }

    @Test
    void aDeliveryIsEncodedOnceUnlessSomethingWasMissed() {
        Published byChannel = new Published(Published.Kind.CHANNEL, null, bytes("c"), NOT_TEXT);
        Published byPattern = new Published(Published.Kind.PATTERN, bytes("c*"), bytes("c"), bytes("m"));
        assertThat(deliveredJson(byChannel, 0)).isEqualTo("{\"channel\":\"c\",\"message\":{\"base64\":\"/wD+\"}}");
        assertThat(deliveredJson(byPattern, 0)).isEqualTo("{\"channel\":\"c\",\"pattern\":\"c*\",\"message\":\"m\"}");
        assertThat(deliveredJson(byPattern, 3))
                .isEqualTo("{\"channel\":\"c\",\"pattern\":\"c*\",\"message\":\"m\",\"missed\":3}");
        for (MimeType type : MimeType.values()) {
            ByteBuf out = Unpooled.buffer();
            payloads.write(type, new Delivery<>(byPattern, 2), out);
            payloads.write(type, new Delivery<>(byPattern, 0), out.clear());
            payloads.write(type, new Delivery<>(byPattern, 0), out.clear());
            assertThat(payloads.reply(type, out))
                    .isEqualTo(Reply.map(
                            bytes("channel"), bytes("c"), bytes("pattern"), bytes("c*"), bytes("message"), bytes("m")));
        }
        Bytes form = byPattern.encoded(Published.Form.JSON, message -> {
            throw new AssertionError("encoded again");
        });
        assertThat(form).hasToString("{\"channel\":\"c\",\"pattern\":\"c*\",\"message\":\"m\"}");
    }

    private String deliveredJson(Published message, long missed) {
        ByteBuf out = Unpooled.buffer();
        payloads.write(MimeType.JSON, new Delivery<>(message, missed), out);
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Whatever arrives is read or refused, and nothing else. */
    @ParameterizedTest
    @EnumSource(MimeType.class)
    void damagedPayloadsAreReadOrRefused(MimeType type) {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        Random random = new Random(seed);
        List<ByteBuf> good = new ArrayList<>();
        for (Same kind : kinds()) {
            good.add(written(type, kind.reply));
            kind.reply.release();
        }
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            ByteBuf in = good.get(random.nextInt(good.size())).copy();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                in.setByte(random.nextInt(in.readableBytes()), random.nextInt(256));
            }
            if (random.nextBoolean()) {
                in.writerIndex(random.nextInt(in.writerIndex() + 1));
            }
            Throwable thrown = catchThrowable(() -> payloads.command(type, in.duplicate()));
            Throwable read = catchThrowable(() -> payloads.reply(type, in.duplicate()));
            for (Throwable each : new Throwable[] {thrown, read}) {
                if (each != null) {
                    assertThat(each)
                            .as("seed %d: %s", seed, ByteBufUtil.hexDump(in))
                            .isInstanceOf(CommandError.class)
                            .hasMessageStartingWith("ERR ");
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
    }
}
