package dev.sluice.streams.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RequestTest {
    private final byte[] buffer = "..*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n".getBytes(StandardCharsets.US_ASCII);

    private Bytes word(String text) {
        int at = new String(buffer, StandardCharsets.US_ASCII).indexOf(text);
        return Bytes.view(buffer, at, text.length());
    }

    @Test
    void whatIsKeptOutlivesTheBuffer() {
        Request read = new Request(word("SET"), word("k"), word("value"));
        Request kept = read.detached();
        Arrays.fill(buffer, (byte) 0);
        assertThat(kept).isEqualTo(Request.of("SET", "k", "value"));
        assertThat(kept.argument(1).detached().array()).hasSize(1);
        assertThat(kept.argument(0).array())
                .as("one array for all")
                .isSameAs(kept.argument(2).array());
    }

    @Test
    void argumentsMayLieAnywhere() {
        Bytes far = Bytes.view(new byte[1000], 990, 1);
        for (Request request : new Request[] {
            new Request(word("SET")),
            new Request(word("value"), word("k")),
            new Request(word("SET"), word("SET")),
            new Request(word("SET"), Bytes.of("x"), word("k")),
            new Request(Bytes.view(far.array(), 0, 1), far),
            new Request(word("SET"), Bytes.EMPTY)
        }) {
            Request kept = request.detached();
            assertThat(kept).isEqualTo(request);
            for (int i = 0; i < kept.size(); i++) {
                assertThat(kept.argument(i).array()).isNotSameAs(buffer).hasSizeLessThan(100);
            }
        }
    }

    @Test
    void sizesAreThoseOfTheArguments() {
        Request request = Request.of("SET", "k", "value");
        assertThat(request.bytes()).isEqualTo(9);
        assertThat(request.heldBytes()).isGreaterThan(9);
        assertThat(request).hasToString("SET k value").hasSameHashCodeAs(Request.of("SET", "k", "value"));
    }
}
