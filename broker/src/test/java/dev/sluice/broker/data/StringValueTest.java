package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import org.junit.jupiter.api.Test;

class StringValueTest {
    private final Arena arena = new CheckingArena();

    private StringValue value(String text, boolean raw) {
        byte[] bytes = Bytes.of(text).array();
        int block = arena.allocate(4 + bytes.length);
        arena.put(block, 4, bytes, 0, bytes.length);
        return new StringValue(arena, block, 4, bytes.length, raw, false, false);
    }

    private StringValue rope(byte[] bytes) {
        int block = arena.allocate(8);
        arena.putInt(block, 4, Rope.of(arena, bytes, 0, bytes.length).directory());
        return new StringValue(arena, block, 4, bytes.length, false, false, true);
    }

    @Test
    void copiesWhatIsAskedFor() {
        StringValue value = value("hello", false);
        assertThat(value.length()).isEqualTo(5);
        assertThat(value.bytes()).isEqualTo(Bytes.of("hello"));
        assertThat(value.bytes(1, 3)).isEqualTo(Bytes.of("el"));
        assertThat(value.bytes(5, 5)).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void ropesReadTheSame() {
        byte[] bytes = new byte[100_000];
        new java.util.Random(1).nextBytes(bytes);
        StringValue value = rope(bytes);
        assertThat(value.bytes()).isEqualTo(Bytes.of(bytes));
        assertThat(value.bytes(32_000, 66_000)).isEqualTo(Bytes.view(bytes, 32_000, 34_000));
        assertThat(value.encoding()).isEqualTo("raw");
    }

    @Test
    void comparesWithoutACopy() {
        byte[] bytes = new byte[70_000];
        bytes[69_999] = 1;
        assertThat(rope(bytes).contentEquals(Bytes.of(bytes))).isTrue();
        assertThat(rope(bytes).contentEquals(Bytes.of(new byte[70_000]))).isFalse();
        assertThat(value("hello", false).contentEquals(Bytes.of("hello"))).isTrue();
        assertThat(value("hello", false).contentEquals(Bytes.of("hellp"))).isFalse();
        assertThat(value("hello", false).contentEquals(Bytes.of("hell"))).isFalse();
    }

    @Test
    void goesIntoAReplyWithoutACopyBetween() {
        byte[] bytes = new byte[70_000];
        bytes[69_999] = 1;
        Packed reply = Packed.array(0);
        value("a", false).addTo(reply);
        rope(bytes).addTo(reply);
        Packed.Cursor cursor = reply.cursor();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.string()).isEqualTo(Bytes.of("a"));
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.string()).isEqualTo(Bytes.of(bytes));
        assertThat(cursor.next()).isFalse();
        reply.release();
    }

    @Test
    void encodingsAreRedisOnes() {
        assertThat(value("", false).encoding()).isEqualTo("embstr");
        assertThat(value("-7", false).encoding()).isEqualTo("int");
        assertThat(value("-7", true).encoding()).isEqualTo("raw");
        assertThat(value("-0", false).encoding()).isEqualTo("embstr");
        assertThat(value("9223372036854775807", false).encoding()).isEqualTo("int");
        assertThat(value("9223372036854775808", false).encoding()).isEqualTo("embstr");
        assertThat(value("x".repeat(45), false).encoding()).isEqualTo("raw");
    }
}
