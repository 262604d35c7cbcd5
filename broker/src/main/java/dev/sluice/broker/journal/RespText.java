package dev.sluice.broker.journal;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Requests as RESP arrays of bulk strings, one after the other. */
final class RespText {
    private static final byte[] END = {'\r', '\n'};

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void clear() {
        out.reset();
    }

    void add(Request request) {
        header('*', request.size());
        for (int i = 0; i < request.size(); i++) {
            Bytes argument = request.argument(i);
            header('$', argument.length());
            out.write(argument.array(), argument.offset(), argument.length());
            out.writeBytes(END);
        }
    }

    private void header(char kind, int number) {
        out.writeBytes((kind + Integer.toString(number)).getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(END);
    }

    Bytes bytes() {
        return Bytes.of(out.toByteArray());
    }
}
