package dev.sluice.broker.persist;

import dev.sluice.broker.seam.Disk;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The commands of an append-only file that {@link AofScan} has looked through, as many at a time as lie in one piece of it,
 * of which they are views. MULTI and EXEC are left out: what they enclose is there in full.
 */
final class AofReader implements Closeable {
    private static final int PIECE_BYTES = 128 * 1024;
    private static final int BYTES_MAX = Integer.MAX_VALUE - 64;
    private static final int HEADER_BYTES_MAX = 32;
    private static final int ARGUMENT_BYTES_MIN = 6; // $0 and two ends of lines

    private final Disk.Input in;
    private final String name;
    private long left;
    private long position;
    private byte[] piece = {};
    private int at;
    private int end;
    private final StringBuilder pieces = new StringBuilder();
    private boolean passOver;
    private int behindLine;
    private long lastToken;

    /**
     * @param from where the commands begin
     * @param valid where what can be loaded ends
     */
    AofReader(Disk.Input in, String name, long from, long valid) throws IOException {
        this.in = in;
        this.name = name;
        this.left = from;
        while (left > 0) {
            more(0);
            at = end;
        }
        this.left = valid - from;
    }

    /** Bytes read so far. */
    long position() {
        return position;
    }

    /** No fencing token up to this is to be given again, as far as the file has been read and says so; 0 for none. */
    long lastToken() {
        return lastToken;
    }

    /** The next ones; empty at the end. They can be kept. */
    List<Request> next() throws IOException {
        List<Request> requests = new ArrayList<>();
        while (requests.isEmpty() && (left > 0 || at < end)) {
            int wanted = parse(requests);
            if (requests.isEmpty() && left > 0) {
                more(wanted);
            } else if (requests.isEmpty() && at < end) {
                throw malformed();
            }
        }
        return requests;
    }

    /** A new array, for the one before is held by its requests, with the unread bytes at its front. */
    private void more(int wanted) throws IOException {
        int unread = end - at;
        long size = Math.min(Math.max(PIECE_BYTES, Math.max(wanted, 2L * unread)), unread + left);
        if (size > BYTES_MAX) {
            throw new LoadRefused("A command in the append only file " + name + " is longer than can be read");
        }
        piece = Arrays.copyOfRange(piece, at, at + (int) size);
        at = 0;
        end = unread;
        while (end < size) {
            int count = in.read(piece, end, (int) size - end);
            if (count < 0) {
                throw new IOException("Unexpected end of file");
            }
            end += count;
            left -= count;
            position += count;
        }
    }

    /** Reads what is there in full; returns how many bytes from {@code at} on are known to be needed for more. */
    private int parse(List<Request> requests) {
        while (at < end) {
            int next = piece[at] == '#' ? note(requests) : command(requests);
            if (next < 0) {
                return -next;
            }
            at = next;
        }
        return 0;
    }

    /** Where the next begins; or, negative, how much is needed. */
    private int note(List<Request> requests) {
        int newline = at;
        while (newline < end && piece[newline] != '\n') {
            newline++;
        }
        if (newline == end) {
            return -(end - at + 1);
        }
        int last = newline > at && piece[newline - 1] == '\r' ? newline - 1 : newline;
        String line = new String(piece, at, last - at, StandardCharsets.ISO_8859_1);
        switch (AofNote.of(line)) {
            case AofNote.More(String words) -> pieces.append(words);
            case AofNote.Run(String words) -> requests.add(carried(words));
            case AofNote.Instead(String words) -> {
                requests.add(carried(words));
                passOver = true;
            }
            case AofNote.Token(long number) -> lastToken = Math.max(lastToken, number);
            case AofNote.Began began -> {}
            case AofNote.Batch batch -> {}
            case AofNote.Time time -> {}
            case AofNote.Foreign foreign -> {}
            case AofNote.Broken broken -> throw malformed();
        }
        return newline + 1;
    }

    private Request carried(String words) {
        Request request = AofNote.command(pieces.append(words).toString());
        pieces.setLength(0);
        if (request == null) {
            throw malformed();
        }
        return request;
    }

    private int command(List<Request> requests) {
        int start = at;
        int count = number('*', start);
        if (count < 0) {
            return -(end - start + HEADER_BYTES_MAX);
        }
        int place = behindLine;
        if (count == 0) {
            throw malformed();
        }
        if (count > (end - place) / ARGUMENT_BYTES_MIN) {
            return -(int) Math.min(HEADER_BYTES_MAX + ARGUMENT_BYTES_MIN * (long) count, BYTES_MAX);
        }
        Bytes[] arguments = new Bytes[count];
        for (int i = 0; i < count; i++) {
            int length = number('$', place);
            if (length < 0) {
                return -(end - start + HEADER_BYTES_MAX);
            }
            place = behindLine;
            if ((long) place + length + 2 > end) {
                long needed = (long) place - start + length + 2;
                return -(int) Math.min(needed, BYTES_MAX);
            }
            arguments[i] = Bytes.view(piece, place, length);
            place += length + 2;
        }
        if (passOver) {
            passOver = false;
        } else if (!isMark(arguments)) {
            requests.add(new Request(arguments));
        }
        return place;
    }

    private static boolean isMark(Bytes[] arguments) {
        return arguments.length == 1 && (arguments[0].is("MULTI") || arguments[0].is("EXEC"));
    }

    /** The number of a line from a place on, which is at least 0; -1 if the line is not there in full. */
    private int number(char mark, int from) {
        int number = 0;
        for (int i = from; i < end; i++) {
            byte c = piece[i];
            if (i == from) {
                if (c != mark) {
                    throw malformed();
                }
            } else if (c == '\r') {
                behindLine = i + 2;
                return i + 1 < end ? number : -1;
            } else if (c < '0' || c > '9' || number > BYTES_MAX / 10) {
                throw malformed();
            } else {
                number = number * 10 + c - '0';
            }
        }
        return -1;
    }

    /** It was there when it was looked through. */
    private LoadRefused malformed() {
        return new LoadRefused("The append only file " + name + " has changed while it was read");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
