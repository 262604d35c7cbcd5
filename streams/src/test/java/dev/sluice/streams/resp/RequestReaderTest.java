package dev.sluice.streams.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
    private static final RequestLimits LIMITS = new RequestLimits(1024 * 1024, 1024, 300, 1 << 24, false);
    private static final String LONG = "x".repeat(301);

    private final Scratch scratch = new Scratch();
    private final RequestReader reader = new RequestReader(scratch, LIMITS);

    /** What a stream reads as: one line per request, words in brackets, then the error if there is one. */
    record Case(String stream, String... lines) {
        @Override
        public String toString() {
            return stream.length() > 60 ? stream.substring(0, 60) + "…" : stream;
        }

        String expected() {
            return String.join("\n", lines);
        }
    }

    static Stream<Case> streams() {
        return Stream.of(
                new Case("*1\r\n$4\r\nPING\r\n", "[PING]"),
                new Case("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$4\r\nPING\r\n", "[GET][k]", "[PING]"),
                new Case(
                        "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$12\r\n\r\n*1\r\n$4\r\n\0\0\r\n",
                        "[SET][][\r\n*1\r\n$4\r\n\0\0]"),
                new Case("*1\r\n$11\r\nhello world\r\n", "[hello world]"),
                new Case("*0\r\n*-1\r\n*-9223372036854775808\r\n\r\n\n   \r\n*1\r\n$1\r\na\r\n", "[a]"),
                new Case("*12\r\n" + "$1\r\nz\r\n".repeat(12), "[z]".repeat(12)),
                new Case("*40\r\n" + "$2\r\nab\r\n".repeat(40) + "PING\r\n", "[ab]".repeat(40), "[PING]"),
                // What ends a line is its CR; the byte behind it, and those behind an argument, may be anything.
                new Case("*1\rx$1\rxaxx*1\r\n$1\r\nb\r\n", "[a]", "[b]"),
                new Case("PING\r\nping\necho  a\tb \r\n", "[PING]", "[ping]", "[echo][a][b]"),
                new Case(
                        "set k \"a b\\n\\r\\t\\b\\a\\\\\\\"\\x41\\xfF\\xg\"\r\n",
                        "[set][k][a b\n\r\t\b\u0007\\\"A\u00ffxg]"),
                new Case("set k 'a \\n\\' \"'\r\n", "[set][k][a \\n' \"]"),
                new Case("set k a\"b c\"\r\nset \"\" ''\n", "[set][k][ab c]", "[set][][]"),
                new Case("a\u000bb \u000b\u000cc\r\n", "[a\u000bb][c]"),
                new Case("a\rb\r\r\n", "[a][b]"),
                new Case("\u00e9\u00ff\r\n", "[\u00e9\u00ff]"),
                new Case("x".repeat(300) + "\nPING\n", "[" + "x".repeat(300) + "]", "[PING]"),
                // A zero byte hides what follows it until the line is too long.
                new Case("PING\0\r\nPING\r\n"),
                new Case("*\0\r\n"),
                new Case("*1\r\n$\0\r\n"),
                new Case("*1\r\n$4\r\nPING\r\nPI\0\n" + LONG, "[PING]", "!too big inline request"),
                new Case("*\0\r\n" + LONG, "!too big mbulk count string"),
                new Case("*1\r\n$\0\r\n" + LONG, "!too big bulk count string"),
                new Case("*" + LONG, "!too big mbulk count string"),
                new Case("*1\r\n" + LONG, "!too big bulk count string"),
                new Case(LONG + "\r\n", "!too big inline request"),
                new Case("PING\r\n*x\r\n", "[PING]", "!invalid multibulk length"),
                new Case("*\r\n", "!invalid multibulk length"),
                new Case("*+1\r\n", "!invalid multibulk length"),
                new Case("*01\r\n", "!invalid multibulk length"),
                new Case("*-\r\n", "!invalid multibulk length"),
                new Case("*-0\r\n", "!invalid multibulk length"),
                new Case("*1 \r\n", "!invalid multibulk length"),
                new Case("*1025\r\n", "!invalid multibulk length"),
                new Case("*3000000000\r\n", "!invalid multibulk length"),
                new Case("*9223372036854775808\r\n", "!invalid multibulk length"),
                new Case("*99999999999999999999999\r\n", "!invalid multibulk length"),
                new Case("*1\r\n$-1\r\n", "!invalid bulk length"),
                new Case("*1\r\n$\r\n", "!invalid bulk length"),
                new Case("*1\r\n$04\r\nPING\r\n", "!invalid bulk length"),
                new Case("*1\r\n$1048577\r\n", "!invalid bulk length"),
                new Case("*1\r\n$2000000000\r\n", "!invalid bulk length"),
                new Case("*1\r\n$9999999999999999999\r\n", "!invalid bulk length"),
                new Case("*2\r\n$3\r\nGET\r\nx1\r\nk\r\n", "!expected '$', got 'x'"),
                new Case("*1\r\n:1\r\n", "!expected '$', got ':'"),
                new Case("*1\r\n\u00e9\r\n", "!expected '$', got '\u00e9'"),
                new Case("set \"a\r\n", "!unbalanced quotes in request"),
                new Case("set 'a\r\n", "!unbalanced quotes in request"),
                new Case("set \"a\"b\r\n", "!unbalanced quotes in request"),
                new Case("set 'a'b\r\n", "!unbalanced quotes in request"),
                new Case("set \"a\\\r\n", "!unbalanced quotes in request"));
    }

    @ParameterizedTest
    @MethodSource("streams")
    void readsTheSameHoweverItIsSplit(Case example) {
        byte[] stream = example.stream().getBytes(ISO_8859_1);
        assertThat(read(stream)).isEqualTo(example.expected());
        for (int i = 0; i <= stream.length; i++) {
            assertThat(read(Arrays.copyOf(stream, i), Arrays.copyOfRange(stream, i, stream.length)))
                    .as("split at %d", i)
                    .isEqualTo(example.expected());
        }
        byte[][] single = new byte[stream.length][];
        for (int i = 0; i < stream.length; i++) {
            single[i] = new byte[] {stream[i]};
        }
        assertThat(read(single)).as("byte by byte").isEqualTo(example.expected());
        for (int i = 0; stream.length < 80 && i <= stream.length; i++) {
            for (int j = i; j <= stream.length; j++) {
                assertThat(read(
                                Arrays.copyOf(stream, i),
                                Arrays.copyOfRange(stream, i, j),
                                Arrays.copyOfRange(stream, j, stream.length)))
                        .as("split at %d and %d", i, j)
                        .isEqualTo(example.expected());
            }
        }
    }

    @Test
    void anErrorIsAReplyAndTheEnd() {
        feed("PING\r\n*x\r\nPING\r\n");
        assertThat(reader.next()).isEqualTo(Request.of("PING"));
        assertThatThrownBy(reader::next)
                .isInstanceOfSatisfying(
                        ProtocolError.class,
                        error -> assertThat(error.reply())
                                .isEqualTo(Reply.error("ERR Protocol error: invalid multibulk length")));
        feed("PING\r\n");
        assertThat(reader.next()).isNull();
        assertThat(reader.heldBytes()).isZero();
        assertThat(reader.ownBytes()).isZero();
    }

    @Test
    void beforeAuthenticationLittleIsRead() {
        reader.limits(LIMITS.restricted(true));
        feed("*10\r\n" + "$1\r\na\r\n".repeat(10) + "*1\r\n$16384\r\n" + "x".repeat(16384) + "\r\n*11\r\n");
        assertThat(reader.next()).extracting(Request::size).isEqualTo(10);
        assertThat(reader.next()).extracting(Request::bytes).isEqualTo(16384L);
        assertError("unauthenticated multibulk length");

        RequestReader another = new RequestReader(scratch, LIMITS.restricted(true));
        another.feed(Unpooled.copiedBuffer("*1\r\n$16385\r\n", ISO_8859_1));
        assertThatThrownBy(another::next).hasMessage("ERR Protocol error: unauthenticated bulk length");
    }

    @Test
    void limitsChangeBetweenTwoRequestsOfABatch() {
        reader.limits(LIMITS.restricted(true));
        feed("AUTH secret\r\n*11\r\n" + "$1\r\na\r\n".repeat(11));
        assertThat(reader.next()).isEqualTo(Request.of("AUTH", "secret"));
        reader.limits(LIMITS);
        assertThat(reader.next()).extracting(Request::size).isEqualTo(11);
    }

    @Test
    void theQueryBufferIsLimitedInSilence() {
        reader.limits(new RequestLimits(1000, 10, 100, 64, false));
        feed("*1\r\n$100\r\n" + "x".repeat(50));
        assertThat(reader.next()).isNull();
        assertThatThrownBy(() -> feed("x".repeat(50)))
                .isInstanceOfSatisfying(
                        ProtocolError.class, error -> assertThat(error.reply()).isEqualTo(Reply.None.NONE));
        assertThat(reader.ownBytes()).isZero();
    }

    @Test
    void whoHasNothingPartialHoldsNothing() {
        feed("*1\r\n$4\r\nPING\r\n");
        assertThat(reader.heldBytes()).isEqualTo(14);
        assertThat(reader.next()).isNotNull();
        assertThat(reader.heldBytes()).as("still the batch").isEqualTo(14);
        assertThat(reader.next()).isNull();
        assertThat(reader.heldBytes()).isZero();
        assertThat(reader.ownBytes()).isZero();
        feed("PING\r\n*1\r\n$4\r\nPI");
        assertThat(reader.next()).isNotNull();
        assertThat(reader.next()).isNull();
        assertThat(reader.ownBytes()).as("$4 CR LF P I").isEqualTo(6);
    }

    @Test
    void readersOfALoopDoNotDisturbEachOther() {
        RequestReader other = new RequestReader(scratch, LIMITS);
        feed("*1\r\n$1\r\na\r\n*2\r\n$1\r\nb\r\n$1\r\n");
        assertThat(reader.next()).isEqualTo(Request.of("a"));
        other.feed(Unpooled.copiedBuffer("*1\r\n$1\r\nX\r\n*1\r\n$1\r\nY\r\n", ISO_8859_1));
        assertThat(other.next()).isEqualTo(Request.of("X"));
        feed("c\r\n");
        assertThat(other.next()).isEqualTo(Request.of("Y"));
        assertThat(reader.next()).isEqualTo(Request.of("b", "c"));
        assertThat(reader.next()).isNull();
        assertThat(other.next()).isNull();
        assertThat(reader.ownBytes() + other.ownBytes()).isZero();
    }

    @Test
    void whoWaitsGoesOnTakingBytes() {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            String word = "w" + i;
            feed("*1\r\n$" + word.length() + "\r\n" + word + "\r\n");
            expected.append('[').append(word).append("]\n");
        }
        assertThat(drain(reader)).isEqualTo(expected.toString().strip());
    }

    @Test
    void aLargeArgumentTakesMemoryAsItArrives() {
        int length = 1024 * 1024;
        feed("*2\r\n$3\r\nSET\r\n$" + length + "\r\n");
        assertThat(reader.next()).isNull();
        assertThat(reader.ownBytes()).isLessThan(100);
        byte[] piece = new byte[1000];
        Arrays.fill(piece, (byte) 'v');
        for (int fed = 0; fed < length; fed += piece.length) {
            reader.feed(Unpooled.wrappedBuffer(piece, 0, Math.min(piece.length, length - fed)));
            assertThat(reader.next()).isNull();
            assertThat(reader.ownBytes()).isLessThanOrEqualTo(2 * (fed + piece.length + 100));
        }
        feed("\r\n*1\r\n$4\r\nPING\r\n*1\r\n");
        Request set = reader.next();
        assertThat(set).isNotNull();
        assertThat(set.argument(1)).isEqualTo(Bytes.of("v".repeat(length)));
        assertThat(reader.next()).isEqualTo(Request.of("PING"));
        assertThat(reader.next()).isNull();
        assertThat(reader.ownBytes()).isZero();
    }

    @Test
    void anAnnouncedCountTakesNoMemory() {
        RequestReader trusting = new RequestReader(scratch, RequestLimits.DEFAULT);
        trusting.feed(Unpooled.copiedBuffer("*1048576\r\n$1\r\na\r\n", ISO_8859_1));
        assertThat(trusting.next()).isNull();
        assertThat(trusting.ownBytes()).isLessThan(20);
        trusting.feed(Unpooled.copiedBuffer("$1\r\na\r\n".repeat(1048575), ISO_8859_1));
        assertThat(trusting.next()).extracting(Request::size).isEqualTo(1048576);
    }

    @Test
    void aHugePieceDoesNotGrowTheScratch() {
        String word = "y".repeat(1000);
        String request = "*1\r\n$1000\r\n" + word + "\r\n";
        feed(request.repeat(2000));
        int count = 0;
        while (reader.next() != null) {
            count++;
        }
        assertThat(count).isEqualTo(2000);
        assertThat(scratch.capacityBytes()).isEqualTo(Scratch.BYTES_MIN);
        feed(request.repeat(200));
        assertThat(scratch.capacityBytes()).isEqualTo(256 * 1024);
        while (reader.next() != null) {}
        for (int i = 0; i < 5000; i++) {
            feed("PING\r\n");
            assertThat(reader.next()).isNotNull();
            assertThat(reader.next()).isNull();
        }
        assertThat(scratch.capacityBytes()).isEqualTo(Scratch.BYTES_MIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100, 5000})
    void damagedStreamsEndInRequestsOrAnError(int pieceBytesMax) {
        String property = System.getProperty("sluice.seed", "");
        long seed = property.isEmpty() ? System.nanoTime() : Long.parseLong(property);
        Random random = new Random(seed);
        int rounds = 400 * Integer.getInteger("sluice.scale", 1);
        for (int round = 0; round < rounds; round++) {
            byte[] stream = damaged(random);
            String whole = read(stream);
            List<byte[]> pieces = new ArrayList<>();
            for (int at = 0; at < stream.length; ) {
                int to = Math.min(stream.length, at + 1 + random.nextInt(pieceBytesMax));
                pieces.add(Arrays.copyOfRange(stream, at, to));
                at = to;
            }
            assertThat(read(pieces.toArray(byte[][]::new)))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(whole);
        }
    }

    private static byte[] damaged(Random random) {
        StringBuilder stream = new StringBuilder();
        for (int i = random.nextInt(10); i >= 0; i--) {
            int words = random.nextInt(6);
            stream.append('*').append(words).append("\r\n");
            for (int j = 0; j < words; j++) {
                int length = random.nextInt(random.nextInt(20) == 0 ? 2000 : 20);
                stream.append('$')
                        .append(length)
                        .append("\r\n")
                        .append("v".repeat(length))
                        .append("\r\n");
            }
            if (random.nextInt(4) == 0) {
                stream.append("set 'a b' \"\\x00\"\r\n");
            }
        }
        byte[] bytes = stream.toString().getBytes(ISO_8859_1);
        String likely = "*$\r\n\0-19'\"\\x ";
        for (int i = random.nextInt(4); i > 0; i--) {
            byte b = random.nextBoolean()
                    ? (byte) random.nextInt(256)
                    : (byte) likely.charAt(random.nextInt(likely.length()));
            bytes[random.nextInt(bytes.length)] = b;
        }
        return bytes;
    }

    /** Reads the pieces on a reader of its own, and checks what it holds between them. */
    private String read(byte[]... pieces) {
        RequestReader fresh = new RequestReader(scratch, LIMITS);
        List<String> lines = new ArrayList<>();
        long fed = 0;
        for (byte[] piece : pieces) {
            fresh.feed(Unpooled.wrappedBuffer(piece));
            fed += piece.length;
            String some = drain(fresh);
            if (!some.isEmpty()) {
                lines.add(some);
            }
            assertThat(fresh.ownBytes()).isLessThanOrEqualTo((int) Math.max(64, 2 * fed));
        }
        fresh.release();
        assertThat(fresh.ownBytes()).isZero();
        return String.join("\n", lines);
    }

    private static String drain(RequestReader reader) {
        List<String> lines = new ArrayList<>();
        try {
            for (Request request = reader.next(); request != null; request = reader.next()) {
                Request found = request;
                lines.add(Stream.iterate(0, i -> i < found.size(), i -> i + 1)
                        .map(i -> "[" + found.argument(i).toLatin1() + "]")
                        .collect(Collectors.joining()));
            }
        } catch (ProtocolError error) {
            lines.add(error.getMessage().replace("ERR Protocol error: ", "!"));
        }
        return String.join("\n", lines);
    }

    private void feed(String text) {
        reader.feed(Unpooled.copiedBuffer(text, ISO_8859_1));
    }

    private void assertError(String what) {
        assertThatThrownBy(reader::next).isInstanceOf(ProtocolError.class).hasMessage("ERR Protocol error: " + what);
    }

    @Nested
    class ReadingAhead {
        private final Scratch shared = new Scratch();
        private final RequestReader one = new RequestReader(shared, RequestLimits.DEFAULT);
        private final RequestReader other = new RequestReader(shared, RequestLimits.DEFAULT);

        @Test
        void aPipelineIsSeenBeforeItIsTaken() {
            feed(one, "*1\r\n$1\r\na\r\n*1\r\n$1\r\nb\r\nc\r\n*1\r\n$1\r\n");
            assertThat(one.next()).isEqualTo(Request.of("a"));
            assertThat(one.ahead()).isEqualTo(2);
            assertThat(one.ahead(0)).isEqualTo(Request.of("b"));
            assertThat(one.ahead(1)).isEqualTo(Request.of("c"));
            assertThat(one.next()).isEqualTo(Request.of("b"));
            assertThat(one.ahead()).isZero();
            assertThat(one.next()).isEqualTo(Request.of("c"));
            assertThat(one.next()).isNull();
            feed(one, "d\r\n");
            assertThat(one.next()).isEqualTo(Request.of("d"));
            assertThat(one.ahead()).isZero();
        }

        @Test
        void noMoreThanTheMost() {
            feed(one, "*1\r\n$1\r\na\r\n".repeat(40));
            int taken = 0;
            for (Request request = one.next(); request != null; request = one.next()) {
                assertThat(one.ahead()).isLessThanOrEqualTo(RequestReader.AHEAD_MAX);
                taken++;
            }
            assertThat(taken).isEqualTo(40);
        }

        @Test
        void whatWasNotTakenSurvivesAnotherReadersTurn() {
            feed(one, "*1\r\n$1\r\na\r\n*1\r\n$1\r\nb\r\n*2\r\n$1\r\nc\r\n$1\r");
            assertThat(one.next()).isEqualTo(Request.of("a"));
            feed(other, "*1\r\n$7\r\nanother\r\n");
            assertThat(other.next()).isEqualTo(Request.of("another"));
            assertThat(one.next()).isEqualTo(Request.of("b"));
            feed(one, "\nd\r\n");
            assertThat(one.next()).isEqualTo(Request.of("c", "d"));
            assertThat(one.next()).isNull();
        }

        @Test
        void whatWasNotTakenSurvivesMoreBytes() {
            feed(one, "*1\r\n$1\r\na\r\n*1\r\n$1\r\nb\r\n*2\r\n$1\r\nc\r\n$1\r");
            assertThat(one.next()).isEqualTo(Request.of("a"));
            feed(one, "\nd\r\n");
            assertThat(one.next()).isEqualTo(Request.of("b"));
            assertThat(one.next()).isEqualTo(Request.of("c", "d"));
            assertThat(one.next()).isNull();
        }

        @Test
        void anErrorComesInItsTurn() {
            feed(one, "*1\r\n$1\r\na\r\n*1\r\n$1\r\nb\r\n*1\r\n!1\r\nc\r\n");
            assertThat(one.next()).isEqualTo(Request.of("a"));
            assertThat(one.ahead()).isEqualTo(1);
            assertThat(one.next()).isEqualTo(Request.of("b"));
            assertThatThrownBy(one::next)
                    .isInstanceOf(ProtocolError.class)
                    .hasMessageContaining("expected '$', got '!'");
            assertThat(one.next()).isNull();
        }

        @Test
        void otherLimitsHoldForWhatWasNotTaken() {
            feed(one, "*1\r\n$1\r\na\r\n*11\r\n" + "$1\r\nb\r\n".repeat(11));
            assertThat(one.next()).isEqualTo(Request.of("a"));
            assertThat(one.ahead()).isEqualTo(1);
            one.limits(RequestLimits.DEFAULT.restricted(true));
            assertThatThrownBy(one::next)
                    .isInstanceOf(ProtocolError.class)
                    .hasMessageContaining("unauthenticated multibulk length");
        }

        @Test
        void otherLimitsHoldForWhatHasBegun() {
            feed(one, "*1\r\n$1\r\na\r\n*11\r\n$1\r\nb");
            assertThat(one.next()).isEqualTo(Request.of("a"));
            one.limits(RequestLimits.DEFAULT.restricted(true));
            assertThatThrownBy(one::next)
                    .isInstanceOf(ProtocolError.class)
                    .hasMessageContaining("unauthenticated multibulk length");
        }

        private static void feed(RequestReader reader, String text) {
            ByteBuf in = Unpooled.copiedBuffer(text, ISO_8859_1);
            reader.feed(in);
            in.release();
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, ISO_8859_1);
    }

    @Test
    void whatReadersHoldAndWillTakeOfTheirOwnIsKnown() {
        RequestReader other = new RequestReader(scratch, LIMITS);
        reader.feed(bytes("*1\r\n$300000\r\n" + "x".repeat(100_000)));
        assertThat(reader.next()).isNull();
        assertThat(scratch.ownBytes()).isEqualTo(reader.ownBytes()).isBetween(100_000L, 101_000L);
        assertThat(reader.growth(50_000)).isEqualTo(300_002);
        reader.feed(bytes("x".repeat(50_000)));
        assertThat(reader.next()).isNull();
        assertThat(scratch.ownBytes()).isEqualTo(reader.ownBytes()).isGreaterThan(299_000);
        assertThat(reader.growth(150_000)).isZero(); // it has grown to its size already
        assertThat(other.growth(50_000)).isEqualTo(50_000);
        reader.feed(bytes("x".repeat(150_000) + "\r\n"));
        assertThat(reader.next()).isNotNull();
        assertThat(reader.next()).isNull();
        assertThat(scratch.ownBytes()).isZero();
    }
}
