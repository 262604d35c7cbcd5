package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What redis-server 7.0 does not know of the effects that are journalled: it could not load a file that has them. They go
 * into lines that it skips, together with what comes nearest where there is something.
 */
final class AofDialect {
    private static final Bytes HSET = Bytes.of("HSET");
    private static final int NUMBER_DIGITS_MAX = 10;

    private AofDialect() {}

    private static boolean isUnknown(Bytes name) {
        return switch (name.length()) {
            case 6 -> name.is("HSETEX");
            case 8 -> name.is("HPERSIST") || name.is("SPERSIST") || name.is("ZPERSIST");
            case 10 -> name.is("HPEXPIREAT") || name.is("SPEXPIREAT") || name.is("ZPEXPIREAT");
            default -> false;
        };
    }

    /**
     * Whether a record of the journal can go into the file as it is, as a rule it can. Only the first command is looked
     * at, unless it says that there are more.
     */
    static boolean isKnown(Bytes record) {
        Cursor cursor = new Cursor(record);
        Bytes name = cursor.name();
        if (name.length() == 6 && name.is("SELECT")) {
            cursor.pass();
            if (cursor.isAtEnd()) {
                return true;
            }
            name = cursor.name();
        }
        if (name.length() != 5 || !name.is("MULTI")) {
            return !isUnknown(name);
        }
        for (; !cursor.isAtEnd(); cursor.pass()) {
            if (isUnknown(cursor.name())) {
                return false;
            }
        }
        return true;
    }

    /** The same record, with what redis-server does not know in lines that it skips. */
    static Bytes translated(Bytes record) {
        List<byte[]> parts = new ArrayList<>();
        int bytes = 0;
        for (Cursor cursor = new Cursor(record); !cursor.isAtEnd(); ) {
            int start = cursor.at;
            Request request = cursor.request();
            byte[] part = isUnknown(request.name())
                    ? lines(request)
                    : record.slice(start, cursor.at).toArray();
            parts.add(part);
            bytes += part.length;
        }
        byte[] all = new byte[bytes];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return Bytes.of(all);
    }

    private static byte[] lines(Request request) {
        Request near = near(request);
        String text = AofNote.commandLines(request, near != null);
        return (near == null ? text : text + resp(near)).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** {@code HSETEX key [PXAT ms | KEEPTTL] FIELDS n field value …} sets fields: without their times, redis-server can. */
    private static @Nullable Request near(Request request) {
        if (!request.name().is("HSETEX")) {
            return null;
        }
        int fields = 2;
        while (fields < request.size() && !request.argument(fields).is("FIELDS")) {
            fields++;
        }
        List<Bytes> words = new ArrayList<>(List.of(HSET, request.argument(1)));
        for (int i = fields + 2; i < request.size(); i++) {
            words.add(request.argument(i));
        }
        return Request.of(words);
    }

    private static String resp(Request request) {
        StringBuilder text = new StringBuilder("*" + request.size() + "\r\n");
        for (int i = 0; i < request.size(); i++) {
            Bytes argument = request.argument(i);
            text.append('$').append(argument.length()).append("\r\n");
            text.append(argument.toLatin1()).append("\r\n");
        }
        return text.toString();
    }

    /** Goes through a record, which is as the journal made it. */
    private static final class Cursor {
        private final Bytes record;
        private int at;

        Cursor(Bytes record) {
            this.record = record;
        }

        boolean isAtEnd() {
            return at >= record.length();
        }

        /** Of the command that is next. */
        Bytes name() {
            int start = at;
            number();
            Bytes name = argument();
            at = start;
            return name;
        }

        Request request() {
            Bytes[] arguments = new Bytes[number()];
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = argument();
            }
            return new Request(arguments);
        }

        void pass() {
            for (int left = number(); left > 0; left--) {
                int length = number();
                at += length + 2;
            }
        }

        private Bytes argument() {
            int length = number();
            at += length + 2;
            return record.slice(at - length - 2, at - 2);
        }

        /** Behind a mark, to the end of its line. */
        private int number() {
            int number = 0;
            int i = at + 1;
            for (int last = i + NUMBER_DIGITS_MAX; i < last && record.at(i) != '\r'; i++) {
                number = number * 10 + record.at(i) - '0';
            }
            at = i + 2;
            return number;
        }
    }
}
