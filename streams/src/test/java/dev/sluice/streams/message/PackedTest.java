package dev.sluice.streams.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedTest {
    private final Packed packed = Packed.array(0);

    @AfterEach
    void release() {
        packed.release();
    }

    @Test
    void stringsStandAsRespWritesThem() {
        packed.add(Bytes.of("ab")).add(Bytes.of("")).add(Bytes.of("0123456789"));
        assertThat(packed.isStrings()).isTrue();
        assertThat(content()).isEqualTo("$2\r\nab\r\n$0\r\n\r\n$10\r\n0123456789\r\n");
        assertThat(packed.count()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 10, 999, 1000, 1023, 1024, 9_999, 10_000, 65_536, 1_000_000, 12_345_678})
    void lengthsOfEverySizeAreReadBack(int length) {
        byte[] value = new byte[length];
        Arrays.fill(value, (byte) '\r');
        packed.add(value, 0, length).add(Bytes.of("behind"));
        assertThat(content()).startsWith("$" + length + "\r\n\r").endsWith("\r\n$6\r\nbehind\r\n");
        Packed.Cursor cursor = packed.cursor();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.string()).isEqualTo(Bytes.of(value));
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.string()).isEqualTo(Bytes.of("behind"));
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void whatIsNoStringIsTagged() {
        packed.add(Bytes.of("a"))
                .addDouble(-1.5)
                .addInteger(Long.MIN_VALUE)
                .addNull()
                .nest(2)
                .addInteger(1)
                .addNull();
        assertThat(packed.isStrings()).isFalse();
        assertThat(packed.count()).isEqualTo(5);
        Packed.Cursor cursor = packed.cursor();
        assertThat(cursor.next() && cursor.isString()).isTrue();
        assertThat(cursor.next() && cursor.isDouble()).isTrue();
        assertThat(cursor.decimal()).isEqualTo(-1.5);
        assertThat(cursor.next() && cursor.isInteger()).isTrue();
        assertThat(cursor.integer()).isEqualTo(Long.MIN_VALUE);
        assertThat(cursor.next() && cursor.isNull()).isTrue();
        assertThat(cursor.next() && cursor.isNested()).isTrue();
        assertThat(cursor.length()).isEqualTo(2);
        assertThat(cursor.next() && cursor.isInteger()).isTrue();
        assertThat(cursor.next() && cursor.isNull()).isTrue();
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void aReservedStringIsFilledInPlace() {
        int at = packed.reserve(3);
        System.arraycopy("xyz".getBytes(ISO_8859_1), 0, packed.array(), at, 3);
        assertThat(content()).isEqualTo("$3\r\nxyz\r\n");
    }

    private String content() {
        return new String(packed.array(), packed.start(), packed.bytes(), ISO_8859_1);
    }
}
