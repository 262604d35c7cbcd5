package dev.sluice.broker.net;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.resp.ReplyWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** Messages as RESP pushes, encoded once per protocol however many subscribers they have. */
final class PublishedText {
    private final ReplyWriter resp2;
    private final ReplyWriter resp3;

    PublishedText(ReplyWriter resp2, ReplyWriter resp3) {
        this.resp2 = resp2;
        this.resp3 = resp3;
    }

    Bytes of(Published message, int protocol) {
        return protocol == 3
                ? message.encoded(Published.Form.RESP3, m -> encode(m, resp3))
                : message.encoded(Published.Form.RESP2, m -> encode(m, resp2));
    }

    private static Bytes encode(Published message, ReplyWriter writer) {
        List<Reply> items = new ArrayList<>(4);
        items.add(message.kind().word());
        Bytes pattern = message.pattern();
        if (pattern != null) {
            items.add(pattern);
        }
        items.add(message.channel());
        items.add(message.message());
        ByteBuf out = Unpooled.buffer(64 + message.message().length());
        writer.write(new Reply.Push(items), out);
        return Bytes.view(out.array(), out.arrayOffset(), out.readableBytes());
    }
}
