package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** A reply that many receive: encoded once for each type, when the first of them asks. For one thread. */
public final class SharedReply {
    private static final int BYTES_EXPECTED = 256;

    private final Reply reply;
    private final @Nullable Bytes[] forms = new @Nullable Bytes[MimeType.values().length];

    /** @param reply which holds no memory that is to be released */
    public SharedReply(Reply reply) {
        this.reply = reply;
    }

    public Reply reply() {
        return reply;
    }

    Bytes form(MimeType type, Payloads payloads) {
        Bytes form = forms[type.ordinal()];
        if (form == null) {
            ByteBuf out = Unpooled.buffer(BYTES_EXPECTED);
            payloads.write(type, reply, out);
            form = Bytes.view(out.array(), 0, out.readableBytes());
            forms[type.ordinal()] = form;
        }
        return form;
    }
}
