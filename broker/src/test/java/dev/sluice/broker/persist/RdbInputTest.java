package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.streams.message.Bytes;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** With its counterpart, {@link RdbOutput}. */
class RdbInputTest {
    @Test
    void lengths() {
        for (long length : new long[] {0, 1, 63, 64, 16383, 16384, 0xffff_ffffL, 0x1_0000_0000L, Long.MAX_VALUE}) {
            RdbOutput out = new RdbOutput(false);
            out.writeLength(length);
            RdbInput in = new RdbInput(out.bytes());
            assertThat(in.readLength()).isEqualTo(length);
            assertThat(in.remaining()).isZero();
        }
    }

    @Test
    void stringsAsRedisWritesThem() {
        assertThat(written("12")).isEqualTo(Bytes.of(new byte[] {(byte) 0xc0, 12}));
        assertThat(written("-129")).isEqualTo(Bytes.of(new byte[] {(byte) 0xc1, 0x7f, (byte) 0xff}));
        assertThat(written("65536")).isEqualTo(Bytes.of(new byte[] {(byte) 0xc2, 0, 0, 1, 0}));
        assertThat(written("2147483648").length()).isEqualTo(11);
        assertThat(written("ab")).isEqualTo(Bytes.of(new byte[] {2, 'a', 'b'}));
        assertThat(written("a".repeat(1000)).length()).isLessThan(30);
        for (String text :
                new String[] {"", "0", "-1", "127", "128", "-32768", "32768", "2147483647", "x".repeat(70)}) {
            assertThat(new RdbInput(written(text)).readString()).hasToString(text);
        }
    }

    private static Bytes written(String text) {
        RdbOutput out = new RdbOutput(true);
        out.writeString(Bytes.of(text));
        return out.bytes();
    }

    @Test
    void whatIsNotThereIsNotRead() {
        refuses(RdbInput::readByte);
        refuses(RdbInput::readLong, 1, 2, 3, 4, 5, 6, 7);
        refuses(RdbInput::readLength, 0x40);
        refuses(RdbInput::readLength, 0x80, 0, 0, 0);
        refuses(RdbInput::readLength, 0x82, 0, 0, 0, 0);
        refuses(RdbInput::readLength, 0x81, 0xff, 0, 0, 0, 0, 0, 0, 0);
        refuses(RdbInput::readLength, 0xc0, 1);
        refuses(RdbInput::readString, 2, 'a');
        refuses(RdbInput::readString, 0xc2, 1, 2, 3);
        refuses(RdbInput::readString, 0xc4, 1);
        refuses(RdbInput::readString, 0xc3, 5, 5, 0, 'a');
        refuses(in -> in.readCount(2), 2, 0, 0, 0);
    }

    private static void refuses(Function<RdbInput, Object> read, int... bytes) {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        assertThatExceptionOfType(CorruptRdbException.class)
                .isThrownBy(() -> read.apply(new RdbInput(Bytes.of(array))));
    }
}
