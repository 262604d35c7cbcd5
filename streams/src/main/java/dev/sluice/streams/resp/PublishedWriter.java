package dev.sluice.streams.resp;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Published.Form;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Published messages as RESP pushes: {@code message channel payload}, {@code pmessage pattern channel payload}, {@code
 * smessage channel payload}; arrays in RESP2. Each is written once, whoever receives it.
 */
public final class PublishedWriter {
    private static final ReplyWriter STRINGS = new Resp2Writer();
    private static final int STRINGS_MAX = 4;

    private PublishedWriter() {}

    public static Bytes resp2(Published published) {
        return published.encoded(Form.RESP2, message -> write('*', message));
    }

    public static Bytes resp3(Published published) {
        return published.encoded(Form.RESP3, message -> write('>', message));
    }

    private static Bytes write(char type, Published published) {
        Bytes pattern = published.pattern();
        ByteBuf out = Unpooled.buffer(bytesMax(published));
        STRINGS.line(type, pattern == null ? 3 : 4, out);
        STRINGS.bulk(published.kind().word(), out);
        if (pattern != null) {
            STRINGS.bulk(pattern, out);
        }
        STRINGS.bulk(published.channel(), out);
        STRINGS.bulk(published.message(), out);
        return Bytes.view(out.array(), 0, out.readableBytes());
    }

    /** Room for all, so that the buffer grows no second time and a message above 2 GiB is refused. */
    private static int bytesMax(Published published) {
        Bytes pattern = published.pattern();
        long bytes = (STRINGS_MAX + 1) * (ReplyWriter.HEADER_ROOM_BYTES + 2)
                + published.kind().word().length()
                + (pattern == null ? 0L : pattern.length())
                + published.channel().length()
                + published.message().length();
        return Math.toIntExact(bytes);
    }
}
