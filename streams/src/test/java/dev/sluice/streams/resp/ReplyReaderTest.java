package dev.sluice.streams.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyReaderTest {
    private static final ReplyLimits LIMITS = new ReplyLimits(1000, 100, 100, 4);

    /** What a stream reads as: replies, and at last the error's words if there is one. */
    record Case(String stream, Object... read) {
        @Override
        public String toString() {
            return stream.length() > 60 ? stream.substring(0, 60) + "…" : stream;
        }
    }

    static Stream<Case> streams() {
        Bytes a = Bytes.of("a");
        Reply one = Reply.integer(1);
        return Stream.of(
                new Case(
                        "+OK\r\n+QUEUED\r\n+PONG\r\n+x y\r\n",
                        Reply.ok(),
                        Reply.Status.QUEUED,
                        Reply.Status.PONG,
                        new Reply.Status("x y")),
                new Case("-ERR \u00e9\r\n!8\r\nERR a\r\nb\r\n", Reply.error("ERR \u00e9"), Reply.error("ERR a\r\nb")),
                new Case(
                        ":0\r\n:-5\r\n:+7\r\n:9223372036854775807\r\n",
                        Reply.integer(0),
                        Reply.integer(-5),
                        Reply.integer(7),
                        Reply.integer(Long.MAX_VALUE)),
                new Case(
                        "$1\r\na\r\n$0\r\n\r\n$-1\r\n$4\r\n\r\n\0$\r\n",
                        a,
                        Bytes.EMPTY,
                        Reply.Null.STRING,
                        Bytes.of("\r\n\0$")),
                new Case(
                        "*2\r\n:1\r\n*1\r\n$1\r\na\r\n*0\r\n*-1\r\n",
                        Reply.array(one, Reply.array(a)),
                        Reply.Array.EMPTY,
                        Reply.Null.ARRAY),
                new Case(
                        "%1\r\n$1\r\na\r\n~1\r\n:1\r\n>1\r\n_\r\n",
                        Reply.map(a, new Reply.Set(List.of(one))), new Reply.Push(List.of(Reply.Null.STRING))),
                new Case("%0\r\n~0\r\n>0\r\n", Reply.map(), new Reply.Set(List.of()), new Reply.Push(List.of())),
                new Case(
                        "#t\r\n#f\r\n_\r\n(-123456789012345678901\r\n",
                        Reply.bool(true),
                        Reply.bool(false),
                        Reply.Null.STRING,
                        new Reply.BigNumber("-123456789012345678901")),
                new Case(
                        ",1.5\r\n,-0\r\n,inf\r\n,-inf\r\n,nan\r\n,1e-5\r\n",
                        Reply.decimal(1.5),
                        Reply.decimal(-0.0),
                        Reply.decimal(Double.POSITIVE_INFINITY),
                        Reply.decimal(Double.NEGATIVE_INFINITY),
                        Reply.decimal(Double.NaN),
                        Reply.decimal(1e-5)),
                new Case("=8\r\ntxt:a\r\nb\r\n", new Reply.Verbatim("txt", Bytes.of("a\r\nb"))),
                new Case(
                        "|1\r\n+ttl\r\n:3\r\n*2\r\n|1\r\n+x\r\n*1\r\n:9\r\n:1\r\n|0\r\n$1\r\na\r\n",
                        Reply.array(one, a)),
                new Case(
                        "*4\r\n:1\r\n*1\r\n*1\r\n*1\r\n:1\r\n_\r\n:1\r\n",
                        Reply.array(one, Reply.array(Reply.array(Reply.array(one))), Reply.Null.STRING, one)),
                new Case("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "nested too deeply"),
                new Case("*101\r\n", "invalid multibulk length"),
                new Case("%51\r\n", "invalid multibulk length"),
                new Case("*60\r\n*41\r\n", "invalid multibulk length"),
                new Case("*-2\r\n", "invalid multibulk length"),
                new Case("%-1\r\n", "invalid multibulk length"),
                new Case("$1001\r\n", "invalid bulk length"),
                new Case("$-2\r\n", "invalid bulk length"),
                new Case("!-1\r\n", "invalid bulk length"),
                new Case("$?\r\n", "invalid number"),
                new Case(":\r\n", "invalid number"),
                new Case(":9223372036854775808\r\n", "invalid number"),
                new Case("+OK\r\n$1\r\nab\r\n", Reply.ok(), "string is longer than announced"),
                new Case("+" + "x".repeat(100) + "\r\n", "too long a line"),
                new Case("+OK\rx", "a line must have a type and end with CR LF"),
                new Case("\r\n", "a line must have a type and end with CR LF"),
                new Case("x\r\n", "unknown type 120"),
                new Case(",abc\r\n", "invalid double"),
                new Case("#x\r\n", "invalid boolean"),
                new Case("(12a\r\n", "invalid big number"),
                new Case("(\r\n", "invalid big number"),
                new Case("_x\r\n", "invalid null"),
                new Case("=3\r\ntxt\r\n", "verbatim string without a format"),
                new Case("=4\r\ntxt;\r\n", "verbatim string without a format"));
    }

    @ParameterizedTest
    @MethodSource("streams")
    void readsTheSameHoweverItIsSplit(Case example) {
        byte[] stream = example.stream().getBytes(ISO_8859_1);
        assertThat(read(LIMITS, stream)).containsExactly(example.read());
        for (int i = 0; i <= stream.length; i++) {
            for (int j = i; j <= stream.length; j++) {
                assertThat(read(
                                LIMITS,
                                Arrays.copyOf(stream, i),
                                Arrays.copyOfRange(stream, i, j),
                                Arrays.copyOfRange(stream, j, stream.length)))
                        .as("split at %d and %d", i, j)
                        .containsExactly(example.read());
            }
        }
        assertThat(read(LIMITS, single(stream))).as("byte by byte").containsExactly(example.read());
    }

    @Test
    void readsWhatBothWritersWrite() {
        Random random = new Random(seed());
        for (int round = 0; round < 500 * Integer.getInteger("sluice.scale", 1); round++) {
            Reply reply = random(random, 3);
            byte[] resp3 = written(new Resp3Writer(), reply);
            assertThat(read(ReplyLimits.DEFAULT, pieces(random, resp3, 20)))
                    .as("RESP3, seed %s, round %d", seed, round)
                    .containsExactly(onResp3(reply));
            byte[] resp2 = written(new Resp2Writer(), reply);
            assertThat(read(ReplyLimits.DEFAULT, pieces(random, resp2, 20)))
                    .as("RESP2, seed %s, round %d", seed, round)
                    .containsExactly(onResp2(reply));
        }
    }

    @Test
    void aPackedReplyReadsAsItsItems() {
        Packed packed = new Packed(Packed.Kind.MAP, 0)
                .add(Bytes.of("k"))
                .nest(2)
                .addDouble(0.1)
                .addNull();
        List<Reply> pairs = List.of(Bytes.of("k"), Reply.array(Reply.decimal(0.1), Reply.Null.STRING));
        assertThat(read(LIMITS, written(new Resp3Writer(), packed))).containsExactly(new Reply.Map(pairs));
        assertThat(read(LIMITS, written(new Resp2Writer(), packed)))
                .containsExactly(
                        Reply.array(Bytes.of("k"), Reply.array(Bytes.of("0.10000000000000001"), Reply.Null.STRING)));
        packed.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 1000})
    void damagedStreamsEndInRepliesOrAnError(int pieceBytesMax) {
        Random random = new Random(seed());
        for (int round = 0; round < 1000 * Integer.getInteger("sluice.scale", 1); round++) {
            byte[] stream = written(new Resp3Writer(), random(random, 3));
            String likely = "*$%~>|_#:,(!=\r\n\0-019";
            for (int i = random.nextInt(4); i > 0; i--) {
                stream[random.nextInt(stream.length)] = random.nextBoolean()
                        ? (byte) random.nextInt(256)
                        : (byte) likely.charAt(random.nextInt(likely.length()));
            }
            List<Object> whole = read(ReplyLimits.DEFAULT, stream);
            assertThat(read(ReplyLimits.DEFAULT, pieces(random, stream, pieceBytesMax)))
                    .as("seed %s, round %d", seed, round)
                    .isEqualTo(whole);
        }
    }

    @Test
    void anAnnouncementTakesNoMemory() {
        ReplyReader reader = new ReplyReader(ReplyLimits.DEFAULT);
        for (int i = 0; i < 60; i++) {
            reader.feed(Unpooled.copiedBuffer("*100000\r\n", ISO_8859_1));
            assertThat(reader.next()).isNull();
        }
        reader.feed(Unpooled.copiedBuffer("$500000000\r\n", ISO_8859_1));
        assertThat(reader.next()).isNull();
        assertThat(reader.heldBytes()).isZero();
    }

    private String seed = "";

    private long seed() {
        String property = System.getProperty("sluice.seed", "");
        long value = property.isEmpty() ? System.nanoTime() : Long.parseLong(property);
        seed = Long.toString(value);
        return value;
    }

    private static Reply random(Random random, int depth) {
        List<Reply> items = depth == 0
                ? List.of()
                : IntStream.range(0, 2 * random.nextInt(4))
                        .mapToObj(i -> random(random, depth - 1))
                        .toList();
        return switch (random.nextInt(depth == 0 ? 9 : 13)) {
            case 0 -> Reply.integer(random.nextLong() >> random.nextInt(64));
            case 1 -> new Reply.Status("s" + random.nextInt());
            case 2 -> Reply.error("ERR " + random.nextInt());
            case 3 -> random.nextBoolean() ? Reply.Null.STRING : Reply.Null.ARRAY;
            case 4 -> Reply.decimal(random.nextGaussian());
            case 5 -> Reply.bool(random.nextBoolean());
            case 6 -> new Reply.BigNumber("-" + random.nextLong(Long.MAX_VALUE) + "000");
            case 7 -> new Reply.Verbatim("txt", Bytes.of("v\r\n" + random.nextInt()));
            case 8 -> {
                byte[] bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                yield Bytes.of(bytes);
            }
            case 9 -> new Reply.Array(items);
            case 10 -> new Reply.Map(items);
            case 11 -> new Reply.Set(items);
            default -> new Reply.Push(items);
        };
    }

    private static Reply onResp3(Reply reply) {
        return switch (reply) {
            case Reply.Null nothing -> Reply.Null.STRING;
            case Reply.Array(var items) -> new Reply.Array(onResp3(items));
            case Reply.Map(var items) -> new Reply.Map(onResp3(items));
            case Reply.Set(var items) -> new Reply.Set(onResp3(items));
            case Reply.Push(var items) -> new Reply.Push(onResp3(items));
            default -> reply;
        };
    }

    private static List<Reply> onResp3(List<Reply> items) {
        return items.stream().map(ReplyReaderTest::onResp3).toList();
    }

    private static Reply onResp2(Reply reply) {
        return switch (reply) {
            case Reply.Array(var items) -> onResp2(items);
            case Reply.Map(var items) -> onResp2(items);
            case Reply.Set(var items) -> onResp2(items);
            case Reply.Push(var items) -> onResp2(items);
            case Reply.Decimal(double value) -> Bytes.of(decimal(value));
            case Reply.Bool(boolean value) -> Reply.integer(value ? 1 : 0);
            case Reply.BigNumber(String digits) -> Bytes.of(digits);
            case Reply.Verbatim(var format, var text) -> text;
            default -> reply;
        };
    }

    private static Reply onResp2(List<Reply> items) {
        return new Reply.Array(items.stream().map(ReplyReaderTest::onResp2).toList());
    }

    private static String decimal(double value) {
        ByteBuf out = Unpooled.buffer(32);
        return out.toString(0, Decimals.write(value, out, 0), ISO_8859_1);
    }

    private static byte[] written(ReplyWriter writer, Reply reply) {
        ByteBuf out = Unpooled.buffer();
        writer.write(reply, out);
        return ByteBufUtil.getBytes(out);
    }

    private static byte[][] pieces(Random random, byte[] stream, int pieceBytesMax) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < stream.length; ) {
            int to = Math.min(stream.length, at + 1 + random.nextInt(pieceBytesMax));
            pieces.add(Arrays.copyOfRange(stream, at, to));
            at = to;
        }
        return pieces.toArray(byte[][]::new);
    }

    private static byte[][] single(byte[] stream) {
        byte[][] single = new byte[stream.length][];
        for (int i = 0; i < stream.length; i++) {
            single[i] = new byte[] {stream[i]};
        }
        return single;
    }

    private static List<Object> read(ReplyLimits limits, byte[]... pieces) {
        ReplyReader reader = new ReplyReader(limits);
        List<Object> read = new ArrayList<>();
        for (byte[] piece : pieces) {
            reader.feed(Unpooled.wrappedBuffer(piece));
            try {
                for (Reply reply = reader.next(); reply != null; reply = reader.next()) {
                    read.add(reply);
                }
            } catch (ProtocolError error) {
                read.add(error.getMessage().replace("ERR Protocol error: ", ""));
            }
        }
        return read;
    }
}
