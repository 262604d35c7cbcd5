package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import java.nio.charset.StandardCharsets;

/**
 * The text of a status or an error, for wires that carry text. Such a text has a character for each byte that a client
 * sent; if these are UTF-8, they become text. CR and LF become spaces, as they do in RESP.
 */
public final class Line {
    private Line() {}

    public static String of(String text) {
        String line = text.replace('\r', ' ').replace('\n', ' ');
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) > 0xff) {
                return line;
            }
        }
        Bytes bytes = Bytes.of(line.getBytes(StandardCharsets.ISO_8859_1));
        return Utf8.isValid(bytes) ? bytes.toString() : line;
    }
}
