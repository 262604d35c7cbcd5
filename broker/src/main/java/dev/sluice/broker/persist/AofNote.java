package dev.sluice.broker.persist;

import dev.sluice.broker.config.QuotedWords;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A line of an append-only file that redis-server skips, because it begins with {@code #}. Ours say where batches are and
 * what they must be, so that any changed bit is found, and carry what redis-server 7.0 does not know:
 *
 * <pre>
 * #sluice log SALT CRC              a broker begins to write here; what stands before was on the disk by then. Twice
 * #sluice batch BYTES FORCED CRC    so many bytes come that belong together; FORCED of the file were on the disk by then
 * #sluice run "HPERSIST" "k" …      a command
 * #sluice instead "HSETEX" "k" …    a command, in place of the one behind it, which is as near as redis-server can come
 * #sluice more "…                   the beginning of one of these two that is too long for a line
 * #sluice token NUMBER              no fencing token up to this is given again
 * </pre>
 *
 * A batch's checksum is over the two numbers and the bytes, and begins with the salt; a beginning's, with the salt before
 * it: so no value that a client stores can look like one of them.
 */
sealed interface AofNote {
    record Began(long salt, long crc) implements AofNote {
        /** Whether it can stand behind what was written with another salt, 0 if there is none. */
        boolean isAfter(long before) {
            return crc == beganCrc(before, salt);
        }
    }

    record Batch(long bytes, long forced, long crc) implements AofNote {}

    record Run(String words) implements AofNote {}

    record Instead(String words) implements AofNote {}

    record More(String words) implements AofNote {}

    record Token(long number) implements AofNote {}

    /** A time, as redis-server notes it down with {@code aof-timestamp-enabled}. */
    record Time() implements AofNote {}

    /** Somebody else's. */
    record Foreign() implements AofNote {}

    /** Nothing that we or redis-server would write. */
    record Broken() implements AofNote {}

    /** Longer lines redis-server takes for two. */
    int LINE_BYTES_MAX = 1000;

    String BEGAN = "#sluice log ";
    String BATCH = "#sluice batch ";
    String RUN = "#sluice run ";
    String INSTEAD = "#sluice instead ";
    String MORE = "#sluice more ";
    String TOKEN = "#sluice token ";
    String TIME = "#TS:";

    /** Characters of a command in one line. */
    int PIECE = 900;

    int DECIMAL = 10;
    int HEX = 16;

    /** A line that begins with #, without its end. */
    static AofNote of(String line) {
        if (line.startsWith(BATCH)) {
            return batch(line.substring(BATCH.length()));
        }
        if (line.startsWith(BEGAN)) {
            return began(line.substring(BEGAN.length()));
        }
        if (line.startsWith(RUN)) {
            return new Run(line.substring(RUN.length()));
        }
        if (line.startsWith(INSTEAD)) {
            return new Instead(line.substring(INSTEAD.length()));
        }
        if (line.startsWith(MORE)) {
            return new More(line.substring(MORE.length()));
        }
        if (line.startsWith(TOKEN)) {
            return token(line.substring(TOKEN.length()));
        }
        if (line.startsWith(TIME)) {
            return new Time();
        }
        return line.toLowerCase(Locale.ROOT).contains("sluice") ? new Broken() : new Foreign();
    }

    private static AofNote batch(String rest) {
        String[] words = rest.split(" ", -1);
        if (words.length == 3 && words[2].length() == HEX) {
            try {
                long bytes = Long.parseLong(words[0]);
                long forced = Long.parseLong(words[1]);
                Batch batch = new Batch(bytes, forced, Long.parseUnsignedLong(words[2], HEX));
                boolean asWritten = batchLine(bytes, forced, batch.crc).equals(BATCH + rest + "\r\n");
                return bytes >= 0 && forced >= 0 && asWritten ? batch : new Broken();
            } catch (NumberFormatException none) {
                return new Broken();
            }
        }
        return new Broken();
    }

    private static AofNote token(String rest) {
        try {
            long number = Long.parseLong(rest);
            return number > 0 ? new Token(number) : new Broken();
        } catch (NumberFormatException none) {
            return new Broken();
        }
    }

    private static AofNote began(String rest) {
        if (rest.length() == HEX + 1 + HEX) {
            try {
                long salt = Long.parseUnsignedLong(rest.substring(0, HEX), HEX);
                long crc = Long.parseUnsignedLong(rest.substring(HEX + 1), HEX);
                return beganLine(salt, crc).equals(BEGAN + rest + "\r\n") ? new Began(salt, crc) : new Broken();
            } catch (NumberFormatException none) {
                return new Broken();
            }
        }
        return new Broken();
    }

    /**
     * What a broker begins with: a line, twice, so that one with a changed bit is known as what it was.
     *
     * @param before the salt before it in this file, 0 if there is none
     */
    static String began(long before, long salt) {
        return beganLine(salt, beganCrc(before, salt)).repeat(2);
    }

    private static String beganLine(long salt, long crc) {
        return beganText(salt) + HexFormat.of().toHexDigits(crc) + "\r\n";
    }

    private static String beganText(long salt) {
        return BEGAN + HexFormat.of().toHexDigits(salt) + " ";
    }

    private static long beganCrc(long before, long salt) {
        return crc(before, beganText(salt));
    }

    static String tokenLine(long number) {
        return TOKEN + number + "\r\n";
    }

    static String timeLine(long seconds) {
        return TIME + seconds + "\r\n";
    }

    static String batchLine(long bytes, long forced, long crc) {
        return BATCH + bytes + " " + forced + " " + HexFormat.of().toHexDigits(crc) + "\r\n";
    }

    /** A batch with its line. */
    static byte[] batch(long salt, long forced, byte[] data) {
        long crc = Crc64.of(crcBefore(salt, data.length, forced), data, 0, data.length);
        byte[] line = batchLine(data.length, forced, crc).getBytes(StandardCharsets.ISO_8859_1);
        byte[] batch = Arrays.copyOf(line, line.length + data.length);
        System.arraycopy(data, 0, batch, line.length, data.length);
        return batch;
    }

    /** What a batch's checksum begins with, before its bytes. */
    static long crcBefore(long salt, long bytes, long forced) {
        return crc(salt, bytes + " " + forced + " ");
    }

    private static long crc(long before, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return Crc64.of(before, bytes, 0, bytes.length);
    }

    /** The lines that carry a command. */
    static String commandLines(Request request, boolean instead) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < request.size(); i++) {
            words.append(i == 0 ? "" : " ")
                    .append(QuotedWords.quote(request.argument(i).toLatin1()));
        }
        StringBuilder lines = new StringBuilder();
        int at = 0;
        for (; words.length() - at > PIECE; at += PIECE) {
            lines.append(MORE).append(words, at, at + PIECE).append("\r\n");
        }
        lines.append(instead ? INSTEAD : RUN).append(words, at, words.length()).append("\r\n");
        return lines.toString();
    }

    /** The command that such lines carry; null if it is none. */
    static @Nullable Request command(String words) {
        List<String> split = QuotedWords.split(words);
        if (split == null || split.isEmpty()) {
            return null;
        }
        Bytes[] arguments = new Bytes[split.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = Bytes.of(split.get(i).getBytes(StandardCharsets.ISO_8859_1));
        }
        return new Request(arguments);
    }
}
