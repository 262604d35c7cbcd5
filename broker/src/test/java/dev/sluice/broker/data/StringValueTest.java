package dev.sluice.broker.data;

import static dev.sluice.broker.data.Seed.SEED;
import static dev.sluice.broker.data.Seed.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StringValueTest {
    private final Arena arena = new CheckingArena();

    private StringValue value(String text, boolean raw) {
        return value(Bytes.of(text).array(), raw);
    }

    private StringValue inline(byte[] bytes) {
        return value(bytes, true);
    }

    private StringValue value(byte[] bytes, boolean raw) {
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
    void bitsAreCountedAndFound() {
        Random random = new Random(SEED);
        for (int length : new int[] {1, 3, 8, 9, 100, 65_537, 100_000}) {
            byte[] bytes = new byte[length];
            if (random.nextBoolean()) {
                random.nextBytes(bytes);
            }
            Arrays.fill(bytes, length / 8, length / 2, (byte) 0);
            Arrays.fill(bytes, length / 2, length - length / 8, (byte) -1);
            StringValue value = length > Rope.INLINE_BYTES_MAX ? rope(bytes) : inline(bytes);
            BitSet model = model(bytes);
            for (int i = 0; i < 300; i++) {
                int from = random.nextInt(length * 8 + 1);
                int to = from + random.nextInt(length * 8 + 1 - from);
                String which = text() + ": " + length + " bytes, bits " + from + " to " + to;
                assertThat(value.bitCount(from, to))
                        .as(which)
                        .isEqualTo(model.get(from, to).cardinality());
                assertThat(value.indexOfBit(true, from, to)).as(which).isEqualTo(within(model.nextSetBit(from), to));
                assertThat(value.indexOfBit(false, from, to)).as(which).isEqualTo(within(model.nextClearBit(from), to));
            }
        }
    }

    private static long within(int position, int to) {
        return position < to ? position : -1;
    }

    /** Bit 0 is the highest of the first byte. */
    private static BitSet model(byte[] bytes) {
        BitSet model = new BitSet();
        for (int i = 0; i < bytes.length * 8; i++) {
            model.set(i, (bytes[i / 8] & 0x80 >>> i % 8) != 0);
        }
        return model;
    }

    @Test
    void partsAreChangedInPlace() {
        for (int length : new int[] {10, 100_000}) {
            byte[] bytes = new byte[length];
            StringValue value = length > Rope.INLINE_BYTES_MAX ? rope(bytes.clone()) : inline(bytes.clone());
            for (int at = 0; at < length; at += length / 10) {
                value.putByte(at, 255);
                bytes[at] = -1;
                assertThat(value.byteAt(at)).isEqualTo(255);
                value.put(at, new byte[] {7, 8, 9}, 1, 1);
                bytes[at] = 8;
            }
            assertThat(value.bytes()).isEqualTo(Bytes.of(bytes));
        }
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
