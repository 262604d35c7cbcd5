package dev.sluice.streams.resp;

import dev.sluice.streams.message.Request;
import io.netty.buffer.ByteBuf;

/** Writes requests as arrays of strings, which is how every version of RESP has them. */
public final class RequestWriter {
    private RequestWriter() {}

    public static void write(Request request, ByteBuf out) {
        ReplyWriter.line('*', request.size(), out);
        for (int i = 0; i < request.size(); i++) {
            ReplyWriter.bulk(request.argument(i), out);
        }
    }
}
