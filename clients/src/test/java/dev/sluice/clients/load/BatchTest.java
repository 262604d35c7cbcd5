package dev.sluice.clients.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BatchTest {
    @Test
    void encodesRequestsAndWritesAscendingNumbers() {
        Batch batch = Batch.of("SET key:{seq} {data:3}", 2, 0);
        Numbers numbers = new Numbers(3, 0);
        assertThat(text(batch.refreshed(numbers, 0)))
                .isEqualTo("*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000000\r\n$3\r\nxxx\r\n"
                        + "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000001\r\n$3\r\nxxx\r\n");
        assertThat(text(batch.refreshed(numbers, 0)))
                .contains("key:000000000002")
                .contains("key:000000000000");
    }

    @Test
    void severalRequestsAreSentTogether() {
        Batch batch = Batch.of("MULTI ; SET key:{seq} a;b ; EXEC", 2, 0);
        assertThat(batch.size()).isEqualTo(6);
        String one = "*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$16\r\nkey:00000000000%d\r\n$3\r\na;b\r\n"
                + "*1\r\n$4\r\nEXEC\r\n";
        assertThat(text(batch.refreshed(new Numbers(3, 0), 0))).isEqualTo(one.formatted(0) + one.formatted(1));
    }

    @Test
    void drawsRandomNumbersBelowTheNumberOfKeys() {
        Batch batch = Batch.of("GET {rand}", 1, 0);
        Numbers numbers = new Numbers(10, 7);
        int seen = 0;
        for (int i = 0; i < 200; i++) {
            String request = text(batch.refreshed(numbers, 0));
            assertThat(request).matches("(?s)\\*2\r\n\\$3\r\nGET\r\n\\$12\r\n00000000000\\d\r\n");
            seen |= 1 << (request.charAt(request.length() - 3) - '0');
        }
        assertThat(seen).isEqualTo(0b11_1111_1111);
    }

    @Test
    void stampsTheTimeOfSending() {
        Batch batch = Batch.of("PUBLISH c {stamp}{data:4}", 1, 0);
        ByteBuffer request = batch.refreshed(new Numbers(1, 0), 9_876_543_210_123_456L);
        assertThat(text(request)).contains("$20\r\n9876543210123456xxxx\r\n");
        int at = text(request).indexOf("9876");
        assertThat(Digits.read(request, at, Digits.STAMP)).isEqualTo(9_876_543_210_123_456L);
    }

    @Test
    void dataOfARangeOfSizesVariesWithinIt() {
        Batch batch = Batch.of("ECHO {data:1-9}", 200, 3);
        String[] words = text(batch.refreshed(new Numbers(1, 0), 0)).split("\r\n");
        long sizes = java.util.Arrays.stream(words)
                .filter(word -> word.matches("x{1,9}"))
                .distinct()
                .count();
        assertThat(sizes).isEqualTo(9);
    }

    @Test
    void aNumberOfARangeIsDrawnForEachRequest() {
        Batch batch = Batch.of("SET k v PXAT {number:1795271862000-1795271862003}", 100, 3);
        String[] words = text(batch.refreshed(new Numbers(1, 0), 0)).split("\r\n");
        assertThat(words)
                .filteredOn(word -> word.length() == 13)
                .hasSize(100)
                .allMatch(word -> word.matches("179527186200[0-3]"));
        assertThat(java.util.Arrays.stream(words)
                        .filter(word -> word.length() == 13)
                        .distinct())
                .hasSize(4);
    }

    private static String text(ByteBuffer buffer) {
        return StandardCharsets.ISO_8859_1.decode(buffer.duplicate()).toString();
    }
}
