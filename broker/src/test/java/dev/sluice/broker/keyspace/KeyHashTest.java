package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyHashTest {
    private final byte[] bytes = "a key among others".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    @Test
    void dependsOnSeedAndBytesOnly() {
        byte[] copy = new byte[bytes.length];
        System.arraycopy(bytes, 2, copy, 5, 3);
        long hash = new KeyHash(1).of(bytes, 2, 3);
        assertThat(new KeyHash(1).of(copy, 5, 3)).isEqualTo(hash);
        assertThat(new KeyHash(2).of(bytes, 2, 3)).isNotEqualTo(hash);
        assertThat(new KeyHash(1).of(bytes, 2, 4)).isNotEqualTo(hash);
    }

    @Test
    void spreadsItsHighestBits() {
        KeyHash hash = new KeyHash(0);
        int[] counts = new int[256];
        for (int i = 0; i < 256_000; i++) {
            byte[] key = Integer.toString(i).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            counts[(int) (hash.of(key, 0, key.length) >>> 56)]++;
        }
        assertThat(java.util.Arrays.stream(counts)).allMatch(count -> count > 800 && count < 1200);
    }
}
