package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.broker.Seeds;
import dev.sluice.streams.message.CommandError;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LzfTest {
    private final long seed = Seeds.next();
    private final Random random = new Random(seed);

    @Test
    void whatIsCompressedExpandsAgain() {
        Lzf lzf = new Lzf();
        int compressed = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] text = text(random.nextInt(1 << random.nextInt(15)));
            byte[] out = new byte[text.length];
            int from = random.nextInt(text.length + 1);
            int length = text.length - from;
            int written = lzf.compress(text, from, length, out, out.length);
            if (written > 0) {
                compressed++;
                assertThat(Lzf.expand(out, 0, written, length))
                        .as("sluice.seed=%d round %d", seed, i)
                        .isEqualTo(Arrays.copyOfRange(text, from, text.length));
            }
        }
        assertThat(compressed).isGreaterThan(1000);
    }

    @Test
    void repetitionsCostThreeBytesEach() {
        byte[] zeros = new byte[264 * 10];
        byte[] out = new byte[100];
        assertThat(new Lzf().compress(zeros, 0, zeros.length, out, out.length)).isBetween(30, 40);
    }

    @Test
    void whatDoesNotFitIsNotCompressed() {
        byte[] noise = new byte[1000];
        random.nextBytes(noise);
        assertThat(new Lzf().compress(noise, 0, noise.length, new byte[noise.length - 4], noise.length - 4))
                .isZero();
    }

    @Test
    void aLieAboutTheLengthIsFoundBeforeMemoryIsTaken() {
        byte[] one = {0, 'a'};
        assertThat(Lzf.expand(one, 0, 2, 1)).containsExactly('a');
        refuses(one, 2);
        refuses(one, 0);
        refuses(one, Long.MAX_VALUE);
    }

    /** Some MB can stand for more than the heap has; running out of that would end the process. */
    @Test
    void whatExpandsBeyondTheHeapIsRefused() {
        int expanded = Integer.MAX_VALUE - 264;
        assertThat(Runtime.getRuntime().maxMemory()).isLessThan(expanded);
        int repetitions = expanded / 264;
        byte[] bomb = new byte[2 + 3 * repetitions];
        for (int at = 2; at < bomb.length; at += 3) {
            bomb[at] = (byte) (7 << 5);
            bomb[at + 1] = (byte) 255;
        }
        assertThatExceptionOfType(CommandError.class)
                .isThrownBy(() -> Lzf.expand(bomb, 0, bomb.length, 1 + 264L * repetitions))
                .withMessageStartingWith("OOM ");
    }

    @Test
    void whatIsNotLzfIsRefused() {
        refuses(new byte[] {1, 'a'}, 2); // literals beyond the end
        refuses(new byte[] {0, 'a', 0x20}, 4); // the distance is missing
        refuses(new byte[] {0, 'a', (byte) 0xe0, 0}, 10); // a long repetition without distance
        refuses(new byte[] {0, 'a', 0x20, 1}, 4); // begins before the beginning
        refuses(new byte[] {0x20, 0}, 3);
    }

    @Test
    void anyBytesAreExpandedOrRefused() {
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(20)];
            random.nextBytes(noise);
            long said = random.nextInt(600);
            try {
                assertThat(Lzf.expand(noise, 0, noise.length, said)).hasSize((int) said);
            } catch (CorruptRdbException refused) {
                assertThat(refused).hasMessageContaining("LZF");
            }
        }
    }

    private static void refuses(byte[] in, long expanded) {
        assertThatExceptionOfType(CorruptRdbException.class).isThrownBy(() -> Lzf.expand(in, 0, in.length, expanded));
    }

    private byte[] text(int length) {
        byte[] text = new byte[length];
        int letters = 1 + random.nextInt(4);
        for (int i = 0; i < length; i++) {
            text[i] = (byte) (random.nextInt(10) == 0 ? random.nextInt() : 'a' + random.nextInt(letters));
        }
        return text;
    }
}
