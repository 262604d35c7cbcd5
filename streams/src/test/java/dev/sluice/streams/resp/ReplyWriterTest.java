package dev.sluice.streams.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ReplyWriterTest {
    private final ReplyWriter resp2 = new Resp2Writer();
    private final ReplyWriter resp3 = new Resp3Writer();

    @Test
    void whatBothWiresHave() {
        bothAre(Bytes.of("hello"), "$5\r\nhello\r\n");
        bothAre(Bytes.EMPTY, "$0\r\n\r\n");
        bothAre(Bytes.view("abcdef".getBytes(ISO_8859_1), 2, 3), "$3\r\ncde\r\n");
        bothAre(Bytes.of("x".repeat(123456)), "$123456\r\n" + "x".repeat(123456) + "\r\n");
        bothAre(Reply.ok(), "+OK\r\n");
        bothAre(Reply.Status.QUEUED, "+QUEUED\r\n");
        bothAre(Reply.Status.PONG, "+PONG\r\n");
        bothAre(new Reply.Status("Background saving started"), "+Background saving started\r\n");
        bothAre(Reply.error("ERR no such key"), "-ERR no such key\r\n");
        bothAre(Reply.array(), "*0\r\n");
        bothAre(
                Reply.array(Reply.integer(1), Reply.array(Bytes.of("a")), Reply.ok()),
                "*3\r\n:1\r\n*1\r\n$1\r\na\r\n+OK\r\n");
        bothAre(Reply.None.NONE, "");
        bothAre(new Reply.Sequence(List.of(Reply.ok(), Reply.integer(5))), "+OK\r\n:5\r\n");
        bothAre(
                new Reply.Array(java.util.Collections.nCopies(123, Reply.integer(7))),
                "*123\r\n" + ":7\r\n".repeat(123));
    }

    @Test
    void integersOfEveryLength() {
        long value = 0;
        for (int digits = 1; digits <= 18; digits++) {
            value = value * 10 + digits % 10;
            bothAre(Reply.integer(value), ":" + value + "\r\n");
            bothAre(Reply.integer(-value), ":" + -value + "\r\n");
        }
        bothAre(Reply.integer(0), ":0\r\n");
        bothAre(Reply.integer(10), ":10\r\n");
        bothAre(Reply.integer(99999), ":99999\r\n");
        bothAre(Reply.integer(100000), ":100000\r\n");
        bothAre(Reply.integer(Long.MAX_VALUE), ":9223372036854775807\r\n");
        bothAre(Reply.integer(Long.MIN_VALUE), ":-9223372036854775808\r\n");
    }

    @Test
    void whatResp2Lacks() {
        theyAre(Reply.Null.STRING, "$-1\r\n", "_\r\n");
        theyAre(Reply.Null.ARRAY, "*-1\r\n", "_\r\n");
        theyAre(Reply.bool(true), ":1\r\n", "#t\r\n");
        theyAre(Reply.bool(false), ":0\r\n", "#f\r\n");
        theyAre(Reply.map(Bytes.of("k"), Reply.integer(1)), "*2\r\n$1\r\nk\r\n:1\r\n", "%1\r\n$1\r\nk\r\n:1\r\n");
        theyAre(new Reply.Set(List.of(Bytes.of("m"))), "*1\r\n$1\r\nm\r\n", "~1\r\n$1\r\nm\r\n");
        theyAre(new Reply.Push(List.of(Bytes.of("pong"))), "*1\r\n$4\r\npong\r\n", ">1\r\n$4\r\npong\r\n");
        theyAre(
                new Reply.BigNumber("123456789012345678901"),
                "$21\r\n123456789012345678901\r\n",
                "(123456789012345678901\r\n");
        theyAre(new Reply.Verbatim("txt", Bytes.of("Some")), "$4\r\nSome\r\n", "=8\r\ntxt:Some\r\n");
        theyAre(
                new Reply.Attributed(List.of(Bytes.of("ttl"), Reply.integer(9)), Bytes.of("v")),
                "$1\r\nv\r\n",
                "|1\r\n$3\r\nttl\r\n:9\r\n$1\r\nv\r\n");
        theyAre(new Reply.Verbatim("t", Bytes.EMPTY), "$0\r\n\r\n", "=4\r\nt  :\r\n");
    }

    @Test
    void doubles() {
        theyAre(Reply.decimal(3), "$1\r\n3\r\n", ",3\r\n");
        theyAre(Reply.decimal(-1.5), "$4\r\n-1.5\r\n", ",-1.5\r\n");
        theyAre(Reply.decimal(1234567.5), "$9\r\n1234567.5\r\n", ",1234567.5\r\n");
        theyAre(Reply.decimal(12345678.5), "$10\r\n12345678.5\r\n", ",12345678.5\r\n");
        theyAre(Reply.decimal(0.1), "$19\r\n0.10000000000000001\r\n", ",0.10000000000000001\r\n");
        theyAre(
                Reply.decimal(-Double.MAX_VALUE),
                "$24\r\n-1.7976931348623157e+308\r\n",
                ",-1.7976931348623157e+308\r\n");
        theyAre(Reply.decimal(Double.POSITIVE_INFINITY), "$3\r\ninf\r\n", ",inf\r\n");
        theyAre(Reply.decimal(Double.NEGATIVE_INFINITY), "$4\r\n-inf\r\n", ",-inf\r\n");
        theyAre(Reply.decimal(Double.NaN), "$3\r\nnan\r\n", ",nan\r\n");
    }

    @Test
    void nothingLeavesItsLine() {
        bothAre(Reply.error("ERR a\r\n+OK\r\nb"), "-ERR a  +OK  b\r\n");
        bothAre(new Reply.Status("a\nb\rc"), "+a b c\r\n");
        bothAre(Reply.error("ERR \u00e9\u20ac"), "-ERR \u00e9?\r\n");
        theyAre(new Reply.BigNumber("1\r\n2"), "$4\r\n1\r\n2\r\n", "(1  2\r\n");
    }

    @Test
    void packedAggregates() {
        packed(Packed.Kind.ARRAY, "*6\r\n", "*6\r\n");
        packed(Packed.Kind.SET, "*6\r\n", "~6\r\n");
        packed(Packed.Kind.MAP, "*6\r\n", "%3\r\n");
        both(Packed.array(0), "*0\r\n", "*0\r\n");
    }

    private void packed(Packed.Kind kind, String header2, String header3) {
        Packed packed = new Packed(kind, 0)
                .add(Bytes.of("one"))
                .addInteger(-12)
                .addDouble(1.5)
                .addNull()
                .nest(2)
                .add(Bytes.EMPTY)
                .addDouble(2)
                .add(Bytes.of("y".repeat(1000)));
        String last = "$1000\r\n" + "y".repeat(1000) + "\r\n";
        both(
                packed,
                header2 + "$3\r\none\r\n:-12\r\n$3\r\n1.5\r\n$-1\r\n*2\r\n$0\r\n\r\n$1\r\n2\r\n" + last,
                header3 + "$3\r\none\r\n:-12\r\n,1.5\r\n_\r\n*2\r\n$0\r\n\r\n,2\r\n" + last);
    }

    private void both(Packed packed, String expected2, String expected3) {
        try {
            theyAre(packed, expected2, expected3);
        } finally {
            packed.release();
        }
    }

    @Test
    void whatIsStillToComeCannotBeWritten() {
        Reply later = Reply.later(Mono.never());
        assertThatThrownBy(() -> resp2.write(later, Unpooled.buffer())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> resp3.write(Reply.array(later), Unpooled.buffer()))
                .isInstanceOf(IllegalStateException.class);
    }

    private void bothAre(Reply reply, String expected) {
        theyAre(reply, expected, expected);
    }

    private void theyAre(Reply reply, String expected2, String expected3) {
        assertThat(written(resp2, reply)).as("RESP2").isEqualTo(expected2);
        assertThat(written(resp3, reply)).as("RESP3").isEqualTo(expected3);
    }

    /** Written twice in a row into a buffer that has to grow. */
    private static String written(ReplyWriter writer, Reply reply) {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(1);
        try {
            writer.write(reply, out);
            String once = out.toString(ISO_8859_1);
            writer.write(reply, out);
            assertThat(out.toString(ISO_8859_1)).isEqualTo(once + once);
            return once;
        } finally {
            out.release();
        }
    }
}
