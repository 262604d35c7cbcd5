package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import org.junit.jupiter.api.Test;

class HyperLogLogHashTest {
    @Test
    void theFirstOneBehindTheIndexCounts() {
        assertThat(HyperLogLogHash.value(-1)).isEqualTo(1);
        assertThat(HyperLogLogHash.value(1L << 14)).isEqualTo(1);
        assertThat(HyperLogLogHash.value(1L << 20 | 77)).isEqualTo(7);
        assertThat(HyperLogLogHash.value(1L << 63)).isEqualTo(50);
        assertThat(HyperLogLogHash.value(0x3fff)).isEqualTo(51);
        assertThat(HyperLogLogHash.register(-1)).isEqualTo(16383);
        assertThat(HyperLogLogHash.register(1L << 14 | 5)).isEqualTo(5);
    }

    @Test
    void whereTheElementLiesDoesNotMatter() {
        byte[] array = "abcdefghijklmnopqrstuvwxyz".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        for (int length = 0; length <= 20; length++) {
            Bytes view = Bytes.view(array, 3, length);
            assertThat(HyperLogLogHash.hash(view)).isEqualTo(HyperLogLogHash.hash(Bytes.of(view.toArray())));
        }
    }
}
