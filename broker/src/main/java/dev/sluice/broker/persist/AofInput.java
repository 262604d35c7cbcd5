package dev.sluice.broker.persist;

import dev.sluice.broker.seam.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An append-only file, read from its beginning: lines, and what lies between them without keeping it. */
final class AofInput implements Closeable {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int LINE_BYTES_MAX = 1024;

    private final Disk.Input in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;
    private long base;

    AofInput(Disk.Input in) {
        this.in = in;
    }

    /** Bytes of the file. */
    long size() {
        return in.size();
    }

    /** Bytes read so far. */
    long position() {
        return base + at;
    }

    /** The byte that comes next, which is not taken; -1 at the end. */
    int peek() throws IOException {
        return at < end || fill(1) ? buffer[at] & 0xff : -1;
    }

    /** Whether so many bytes are there, in the buffer then; at most as many as a line has. */
    private boolean fill(int wanted) throws IOException {
        if (at > 0) {
            System.arraycopy(buffer, at, buffer, 0, end - at);
            base += at;
            end -= at;
            at = 0;
        }
        while (end < wanted) {
            int count = in.read(buffer, end, buffer.length - end);
            if (count < 0) {
                return false;
            }
            end += count;
        }
        return true;
    }

    /** How a line is missing. */
    enum Missing {
        END,
        TOO_LONG
    }

    private Missing missing = Missing.END;

    /** Why {@link #line} was null. */
    Missing missing() {
        return missing;
    }

    /** A line without its end, CR LF or LF; null if it does not end. */
    @Nullable
    String line() throws IOException {
        int newline = newline();
        if (newline < 0) {
            return null;
        }
        int last = newline > at && buffer[newline - 1] == '\r' ? newline - 1 : newline;
        String line = new String(buffer, at, last - at, StandardCharsets.ISO_8859_1);
        at = newline + 1;
        return line;
    }

    private int newline() throws IOException {
        int found = newline(at);
        if (found < 0 && end - at < LINE_BYTES_MAX) {
            fill(LINE_BYTES_MAX);
            found = newline(at);
        }
        if (found < 0) {
            missing = end - at < LINE_BYTES_MAX ? Missing.END : Missing.TOO_LONG;
        }
        return found;
    }

    private int newline(int from) {
        int last = Math.min(end, from + LINE_BYTES_MAX);
        for (int i = from; i < last; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    static final long NO_NUMBER = -1;
    static final long NO_END = -2;

    /**
     * A line of a mark and a number of 0 or more, ended by CR LF; {@link #NO_NUMBER} if it is none, {@link #NO_END} if the
     * file ends within. Only if it is one has it been taken.
     */
    long number(char mark, long max) throws IOException {
        int newline = newline();
        if (newline < 0) {
            return missing == Missing.TOO_LONG || peek() != mark && peek() >= 0 ? NO_NUMBER : NO_END;
        }
        if (buffer[at] != mark || newline - at < 3 || buffer[newline - 1] != '\r') {
            return NO_NUMBER;
        }
        long number = 0;
        for (int i = at + 1; i < newline - 1; i++) {
            int digit = buffer[i] - '0';
            if (digit < 0 || digit > 9) {
                return NO_NUMBER;
            }
            number = number * 10 + digit;
            if (number > max) {
                return NO_NUMBER;
            }
        }
        at = newline + 1;
        return number;
    }

    /** Passes so many bytes by; false if there are not as many. */
    boolean skip(long bytes) throws IOException {
        long left = bytes;
        while (left > 0) {
            if (at == end && !fill(1)) {
                return false;
            }
            int count = (int) Math.min(left, end - at);
            at += count;
            left -= count;
        }
        return true;
    }

    /** The checksum of the next so many bytes, which must be there. */
    long crc(long before, long bytes) throws IOException {
        long crc = before;
        long left = bytes;
        while (left > 0) {
            if (at == end && !fill(1)) {
                throw new IOException("Unexpected end of file");
            }
            int count = (int) Math.min(left, end - at);
            crc = Crc64.of(crc, buffer, at, count);
            at += count;
            left -= count;
        }
        return crc;
    }

    /** Fills an array, for which there must be enough. */
    void read(byte[] into) throws IOException {
        for (int filled = 0; filled < into.length; ) {
            if (at == end && !fill(1)) {
                throw new IOException("Unexpected end of file");
            }
            int count = Math.min(into.length - filled, end - at);
            System.arraycopy(buffer, at, into, filled, count);
            at += count;
            filled += count;
        }
    }

    /** A short word that comes next, in upper case; not taken. */
    boolean isNext(String upperCase) throws IOException {
        if (end - at < upperCase.length() && !fill(upperCase.length())) {
            return false;
        }
        for (int i = 0; i < upperCase.length(); i++) {
            if ((buffer[at + i] & ~0x20) != upperCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Goes to where a text begins; false if it does not come. */
    boolean find(String text) throws IOException {
        while (at < end || fill(1)) {
            if (buffer[at] == text.charAt(0)) {
                if (isText(text)) {
                    return true;
                }
            }
            at++;
        }
        return false;
    }

    private boolean isText(String text) throws IOException {
        if (end - at < text.length() && !fill(text.length())) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (buffer[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
