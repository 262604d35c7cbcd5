package dev.sluice.streams.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class RequestWriterTest {
    @Test
    void aRequestIsAnArrayOfStrings() {
        ByteBuf out = Unpooled.buffer(1);
        RequestWriter.write(Request.of("SET", "key", ""), out);
        assertThat(out.toString(ISO_8859_1)).isEqualTo("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$0\r\n\r\n");
    }

    @Test
    void readsBackAsItself() {
        Request large = Request.of(Collections.nCopies(300, Bytes.of("\r\n$\0".repeat(100))));
        ByteBuf out = Unpooled.buffer(1);
        RequestWriter.write(large, out);
        RequestReader reader = new RequestReader(new Scratch(), RequestLimits.DEFAULT);
        reader.feed(out);
        assertThat(reader.next()).isEqualTo(large);
        assertThat(reader.next()).isNull();
    }
}
