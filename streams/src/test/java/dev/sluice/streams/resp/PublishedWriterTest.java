package dev.sluice.streams.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Published.Kind;
import org.junit.jupiter.api.Test;

class PublishedWriterTest {
    private static final Published MESSAGE = new Published(Kind.CHANNEL, null, Bytes.of("ch"), Bytes.of("hello\r\n"));

    @Test
    void aMessageIsAnArrayOrAPush() {
        assertThat(PublishedWriter.resp2(MESSAGE))
                .hasToString("*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$7\r\nhello\r\n\r\n");
        assertThat(PublishedWriter.resp3(MESSAGE))
                .hasToString(">3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$7\r\nhello\r\n\r\n");
    }

    @Test
    void aMessageByPatternNamesThePattern() {
        Published published = new Published(Kind.PATTERN, Bytes.of("c*"), Bytes.of("ch"), Bytes.EMPTY);
        assertThat(PublishedWriter.resp2(published))
                .hasToString("*4\r\n$8\r\npmessage\r\n$2\r\nc*\r\n$2\r\nch\r\n$0\r\n\r\n");
        assertThat(PublishedWriter.resp3(published))
                .hasToString(">4\r\n$8\r\npmessage\r\n$2\r\nc*\r\n$2\r\nch\r\n$0\r\n\r\n");
    }

    @Test
    void aShardMessageHasAWordOfItsOwn() {
        Published published = new Published(Kind.SHARD, null, Bytes.of("ch"), Bytes.of("x"));
        assertThat(PublishedWriter.resp2(published)).hasToString("*3\r\n$8\r\nsmessage\r\n$2\r\nch\r\n$1\r\nx\r\n");
    }

    @Test
    void itIsWrittenOnceAndWithoutASecondBuffer() {
        assertThat(PublishedWriter.resp2(MESSAGE)).isSameAs(PublishedWriter.resp2(MESSAGE));
        byte[] large = new byte[100_000];
        Bytes written = PublishedWriter.resp3(new Published(Kind.CHANNEL, null, Bytes.of("ch"), Bytes.of(large)));
        assertThat(written.array().length - written.length()).isBetween(0, 200);
    }
}
