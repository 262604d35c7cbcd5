package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.broker.Seeds;
import dev.sluice.streams.message.Bytes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Beside {@link Lzf}, which it must agree with. */
class LzfExpansionTest {
    private static final int PIECE = 1 << 15;

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);

    private byte[] text(int length) {
        byte[] text = new byte[length];
        for (int at = 0; at < length; ) {
            int part = Math.min(length - at, 1 + random.nextInt(500));
            int back = random.nextInt(Math.max(1, Math.min(at, 9000)));
            for (int i = 0; i < part; i++) {
                text[at + i] = back > 0 && part % 3 > 0 ? text[at + i - back] : (byte) random.nextInt(20);
            }
            at += part;
        }
        return text;
    }

    private static byte[] expanded(Bytes compressed, int length) {
        LzfExpansion expansion = new LzfExpansion(new RdbInput(compressed), compressed.length(), length);
        byte[] out = new byte[length];
        byte[] piece = new byte[PIECE];
        for (int at = 0; at < length; at += PIECE) {
            int count = Math.min(PIECE, length - at);
            expansion.next(piece, count);
            System.arraycopy(piece, 0, out, at, count);
        }
        return out;
    }

    @Test
    void whatWasCompressedComesBack() {
        for (int i = 0; i < 100; i++) {
            byte[] text = text(1 + random.nextInt(300_000));
            byte[] out = new byte[2 * text.length + 10];
            int written = new Lzf().compress(text, 0, text.length, out, out.length);
            assertThat(expanded(Bytes.view(out, 0, written), text.length))
                    .as("sluice.seed=%d round %d", seed, i)
                    .isEqualTo(text);
        }
    }

    @Test
    void whatDoesNotMakeTheLengthIsRefused() {
        byte[] text = text(100_000);
        byte[] out = new byte[2 * text.length];
        int written = new Lzf().compress(text, 0, text.length, out, out.length);
        for (int length : new int[] {1, 99_999, 100_001, 200_000}) {
            assertThatExceptionOfType(CorruptRdbException.class)
                    .isThrownBy(() -> expanded(Bytes.view(out, 0, written), length));
        }
        assertThatExceptionOfType(CorruptRdbException.class)
                .isThrownBy(() -> expanded(Bytes.of(Arrays.copyOf(out, written - 1)), 100_000));
        assertThatExceptionOfType(CorruptRdbException.class)
                .isThrownBy(() -> expanded(Bytes.of(new byte[] {0x20, 0x00}), 3));
    }
}
