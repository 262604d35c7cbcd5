package dev.sluice.clients.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReplyCounterTest {
    private static final String REPLIES = "+OK\r\n:12\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
            + "*2\r\n*3\r\n:1\r\n$1\r\nx\r\n$-1\r\n+y\r\n-ERR no\r\n-ERR other\r\n";
    private static final int COUNT = 10;

    @Test
    void countsEachKindOfReply() {
        ReplyCounter counter = new ReplyCounter();
        assertThat(counter.feed(buffer(REPLIES))).isEqualTo(COUNT);
        assertThat(counter.errors()).isEqualTo(2);
        assertThat(counter.nulls()).isEqualTo(3);
        assertThat(counter.firstError()).isEqualTo("ERR no");
    }

    @Test
    void countsTheSameWhereverTheStreamIsCut() {
        for (int first = 0; first <= REPLIES.length(); first++) {
            for (int second = first; second <= REPLIES.length(); second++) {
                ReplyCounter counter = new ReplyCounter();
                int count = counter.feed(buffer(REPLIES.substring(0, first)))
                        + counter.feed(buffer(REPLIES.substring(first, second)))
                        + counter.feed(buffer(REPLIES.substring(second)));
                assertThat(count).as("cut at %d and %d", first, second).isEqualTo(COUNT);
                assertThat(counter.nulls()).isEqualTo(3);
                assertThat(counter.firstError()).isEqualTo("ERR no");
            }
        }
    }

    @Test
    void whatIsNotAReplyIsRefused() {
        assertThatThrownBy(() -> new ReplyCounter().feed(buffer("HTTP/1.1 400\r\n")))
                .isInstanceOf(IllegalStateException.class);
    }

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
