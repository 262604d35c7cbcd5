package dev.sluice.broker;

import dev.sluice.broker.command.Secrets;
import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;

/** A request as MONITOR shows it: {@code 1700000000.000001 [0 127.0.0.1:40000] "set" "k" "\x00"}. */
final class MonitorLine {
    /** What is shown of a request at most; a line may be four times as long. */
    static final int BYTES_MAX = 32 * 1024 * 1024;

    private static final long MICROS = 1_000_000;
    private static final String HEX = "0123456789abcdef";

    private MonitorLine() {}

    static String of(long epochMicros, Session session, Secrets secrets, Request request) {
        StringBuilder line = new StringBuilder(128);
        String fraction = Long.toString(MICROS + epochMicros % MICROS).substring(1);
        line.append(epochMicros / MICROS).append('.').append(fraction);
        line.append(" [").append(session.database()).append(' ');
        line.append(origin(session.connection())).append(']');
        int room = BYTES_MAX;
        for (int i = 0; i < request.size(); i++) {
            Bytes argument = request.argument(i);
            line.append(" \"");
            if (secrets.hides(request, i)) {
                line.append("(redacted)");
            } else {
                int shown = Math.min(room, argument.length());
                room -= shown;
                quote(argument, shown, line);
            }
            line.append('"');
        }
        return line.toString();
    }

    private static String origin(Session.Connection connection) {
        String address = connection.address();
        return connection.isUnixSocket() ? "unix:" + address.substring(0, address.lastIndexOf(':')) : address;
    }

    private static void quote(Bytes text, int length, StringBuilder into) {
        for (int i = 0; i < length; i++) {
            byte b = text.at(i);
            switch (b) {
                case '\\', '"' -> into.append('\\').append((char) b);
                case '\n' -> into.append("\\n");
                case '\r' -> into.append("\\r");
                case '\t' -> into.append("\\t");
                case 7 -> into.append("\\a");
                case '\b' -> into.append("\\b");
                default -> character(b, into);
            }
        }
        if (length < text.length()) {
            into.append("... (").append(text.length() - length).append(" more bytes)");
        }
    }

    private static void character(byte b, StringBuilder into) {
        if (b >= ' ' && b <= '~') {
            into.append((char) b);
        } else {
            into.append("\\x").append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
        }
    }
}
