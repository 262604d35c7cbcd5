package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc64Test {
    @Test
    void checkValueOfTheCatalogue() {
        assertThat(Crc64.of(0, "123456789".getBytes(StandardCharsets.US_ASCII), 0, 9))
                .isEqualTo(0xe9c6d914c4b8d9caL);
        assertThat(Crc64.of(0, new byte[0], 0, 0)).isZero();
    }

    @Test
    void piecesGiveTheSameAsTheWhole() {
        byte[] bytes = new byte[1000];
        new Random(1).nextBytes(bytes);
        long whole = Crc64.of(0, bytes, 0, bytes.length);
        for (int cut = 0; cut <= 40; cut++) {
            long begin = Crc64.of(0, bytes, 0, cut);
            assertThat(Crc64.of(begin, bytes, cut, bytes.length - cut)).isEqualTo(whole);
        }
    }
}
