package dev.sluice.streams.resp;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Request;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests, multibulk and inline, of one connection. Everything that has arrived is fed, then requests are taken
 * until there is none:
 *
 * <pre>{@code
 * reader.feed(in);
 * for (Request r = reader.next(); r != null; r = reader.next()) run(r);
 * }</pre>
 *
 * <p>Bytes are read where they lie in one array, the window: as a rule the loop's {@link Scratch}; arguments are views
 * of it, valid until {@link #next()} has returned null or any reader of the loop is fed. What is then unread moves to
 * an array of the reader's own. A reader need not be emptied before it, or another, is fed again.
 *
 * <p>The cost is linear in the bytes fed, however they are split: unread bytes are copied back into the scratch only if
 * they are no more than those that arrive, otherwise they stay in the array of the reader's own, which grows by
 * doubling; and reading goes on where it stopped, within a line as within a request.
 *
 * <p>What is accepted is what redis-server 7.0 accepts: the second byte of a line's end and both behind an argument are
 * not looked at, and a zero byte hides the rest of a line.
 */
public final class RequestReader {
    /** Requests that are read ahead at most, see {@link #ahead}. */
    public static final int AHEAD_MAX = 16;

    private static final byte[] NOTHING = {};
    private static final Bytes[] NO_ARGUMENTS = {};

    /** Bytes that an argument takes at least: {@code $0\r\n\r\n}. */
    private static final int ARGUMENT_BYTES_MIN = 6;

    private static final int OWN_BYTES_MIN = 64;
    private static final int LARGE_BYTES = 32 * 1024;

    private final Scratch scratch;
    private RequestLimits limits;
    private int bulkBytesMax;

    /** Unread bytes are {@code begin..end}; of those, up to {@code position} they belong to {@code arguments}. */
    private byte[] window = NOTHING;

    private int begin;
    private int position;
    private int end;

    /** Bytes from {@code position} known not to end the line that begins there. */
    private int scanned;

    /** The multibulk request that is being read: its arguments so far. None if {@code expected} is 0. */
    private Bytes[] arguments = NO_ARGUMENTS;

    private int expected;
    private int complete;

    /** Length of the argument at {@code position}; -1 if the line that says it comes first. */
    private int bulk = -1;

    /** Nothing more can be read before more bytes come. */
    private boolean starved;

    private boolean broken;

    /** Of the window, what is counted as this reader's own. */
    private int ownCounted;

    /** Of the requests read ahead, which lie with the scratch: the next, and how many there are. */
    private int aheadAt;

    private int aheadCount;
    private boolean readingAhead;

    public RequestReader(Scratch scratch, RequestLimits limits) {
        this.scratch = scratch;
        this.limits = limits;
        bulkBytesMax = bulkBytesMax(limits);
    }

    /** Changes the limits for what has not been read yet. */
    public void limits(RequestLimits limits) {
        if (limits == this.limits) {
            return;
        }
        forgetAhead();
        this.limits = limits;
        bulkBytesMax = bulkBytesMax(limits);
    }

    private static int bulkBytesMax(RequestLimits limits) {
        long most = limits.maxBulkBytes();
        return (int) (limits.restricted() ? Math.min(RequestLimits.RESTRICTED_BULK_BYTES, most) : most);
    }

    /** Memory that feeding so many bytes may take, beside what is held: the array that grows is there until the end. */
    public long growth(int arriving) {
        long needed = (long) end - begin + arriving;
        if (broken || needed > limits.queryBufferBytesMax()) {
            return 0;
        }
        if (fitsScratch(end - begin, arriving)) {
            return Math.max(0, needed - ownCounted);
        }
        return !scratch.isOwnedBy(this) && window.length - end >= arriving ? 0 : capacity((int) needed);
    }

    private static boolean fitsScratch(int unread, int arriving) {
        return unread <= arriving && unread + arriving <= Scratch.BYTES_MAX;
    }

    /**
     * Takes all readable bytes of {@code in}, which stays the caller's.
     *
     * @throws ProtocolError if more would be unread than the query buffer may hold; then it is to be closed in silence
     */
    public void feed(ByteBuf in) {
        int arriving = in.readableBytes();
        if (broken || arriving == 0) {
            in.skipBytes(arriving);
            return;
        }
        forgetAhead();
        int unread = end - begin;
        long needed = (long) unread + arriving;
        if (needed > limits.queryBufferBytesMax()) {
            in.skipBytes(arriving);
            throw broken(ProtocolError.queryBufferFull());
        }
        if (fitsScratch(unread, arriving)) {
            move(scratch.take(this, (int) needed));
            countOwn(0);
        } else {
            growOwn((int) needed, arriving);
        }
        in.readBytes(window, end, arriving);
        end += arriving;
    }

    /**
     * The next request that is there in full; null if more bytes are needed.
     *
     * @throws ProtocolError if what arrived is not a request; nothing more will be read
     */
    public @Nullable Request next() {
        if (aheadAt < aheadCount) {
            return scratch.ahead[aheadAt++];
        }
        aheadAt = aheadCount = 0;
        Request request = read();
        if (request == null) {
            settle();
        } else if (position < end && scratch.isOwnedBy(this)) {
            readAhead();
        }
        return request;
    }

    private @Nullable Request read() {
        starved = false;
        while (position < end && !starved) {
            Request request = expected > 0 ? arguments() : window[position] == '*' ? multibulk() : inline();
            if (request != null) {
                return request;
            }
        }
        return null;
    }

    /**
     * Of a pipeline, the requests behind the one that {@link #next} has just returned: as many as are there in full, at
     * most {@link #AHEAD_MAX}. Whoever runs them can have the memory of all of them fetched at once. 0 from the second
     * of them on, until more are read.
     */
    public int ahead() {
        return aheadAt == 0 ? aheadCount : 0;
    }

    /** One of them, from 0; valid until {@link #next} is called. */
    public Request ahead(int index) {
        return Objects.requireNonNull(scratch.ahead[index]);
    }

    /** What is no request, or not there in full, stays where it is, and is judged in its turn. */
    private void readAhead() {
        readingAhead = true;
        int start = position;
        try {
            while (aheadCount < AHEAD_MAX) {
                start = position;
                Request request = read();
                if (request == null) {
                    rewind(start);
                    return;
                }
                scratch.aheadStart[aheadCount] = start;
                scratch.ahead[aheadCount++] = request;
            }
        } catch (ProtocolError inItsTurn) {
            rewind(start);
        } finally {
            readingAhead = false;
        }
    }

    /** What was read ahead and not taken is unread again. */
    private void forgetAhead() {
        if (aheadAt < aheadCount) {
            rewind(scratch.aheadStart[aheadAt]);
        }
        Arrays.fill(scratch.ahead, 0, aheadCount, null);
        aheadAt = aheadCount = 0;
    }

    private void rewind(int start) {
        begin = position = start;
        expected = 0;
        arguments = NO_ARGUMENTS;
        complete = 0;
        bulk = -1;
        scanned = 0;
    }

    /** Bytes in the query buffer: those of the batch that is being read, or those left of it. */
    public int heldBytes() {
        return end;
    }

    /** Memory that this connection holds beyond the loop's scratch. */
    public int ownBytes() {
        return scratch.isOwnedBy(this) ? 0 : window.length;
    }

    /** Drops what is unread and all memory. */
    public void release() {
        broken = true;
        forgetAhead();
        rewind(end);
        settle();
    }

    /** Moves what is unread out of the scratch, into no more memory than it needs. */
    void settle() {
        forgetAhead();
        int unread = end - begin;
        boolean own = !scratch.isOwnedBy(this);
        if (!own) {
            scratch.give();
        }
        if (unread == 0) {
            window = NOTHING;
            begin = position = end = 0;
            countOwn(0);
        } else if (!own || begin > 0) {
            moveToOwn(unread);
        }
    }

    private void moveToOwn(int bytes) {
        move(new byte[bytes]);
        countOwn(bytes);
    }

    private void countOwn(int bytes) {
        if (bytes != ownCounted) {
            scratch.countOwn(bytes - ownCounted);
            ownCounted = bytes;
        }
    }

    private void growOwn(int needed, int arriving) {
        if (scratch.isOwnedBy(this)) {
            moveToOwn(capacity(needed));
            scratch.give();
        } else if (window.length - end < arriving) {
            moveToOwn(capacity(needed));
        }
    }

    /** Twice what is there or what the argument that is being read is said to need, if that is less or little more. */
    private int capacity(int needed) {
        long doubled = Math.max(OWN_BYTES_MIN, 2L * needed);
        long wanted = bulk < 0 ? Long.MAX_VALUE : (long) position - begin + bulk + 2;
        long little = doubled < LARGE_BYTES ? 0 : doubled / 4;
        long capacity = wanted > doubled + little ? doubled : Math.max(wanted, needed);
        return (int) Math.min(capacity, Integer.MAX_VALUE - 64);
    }

    /** Makes {@code target} the window, with the unread bytes at its front. */
    private void move(byte[] target) {
        System.arraycopy(window, begin, target, 0, end - begin);
        for (int i = 0; i < complete; i++) {
            arguments[i] = Bytes.view(target, arguments[i].offset() - begin, arguments[i].length());
        }
        window = target;
        position -= begin;
        end -= begin;
        begin = 0;
    }

    private @Nullable Request multibulk() {
        long plain = plainNumber(window, position + 1, end);
        long count;
        if (plain >= 0) {
            count = plain >>> 32;
            position = (int) plain;
            scanned = 0;
        } else {
            int line = lineEnd("too big mbulk count string");
            if (line < 0) {
                return null;
            }
            count = number(position + 1, line);
            position = line + 2;
            scanned = 0;
        }
        if (count > limits.maxArguments()) {
            throw broken(ProtocolError.of("invalid multibulk length"));
        }
        if (count > RequestLimits.RESTRICTED_ARGUMENTS && limits.restricted()) {
            throw broken(ProtocolError.of("unauthenticated multibulk length"));
        }
        begin = position;
        if (count <= 0) {
            return null;
        }
        expected = (int) count;
        complete = 0;
        arguments = new Bytes[Math.min(expected, 16 + (end - position) / ARGUMENT_BYTES_MIN)];
        return arguments();
    }

    /** Reads arguments up to the last one, or as far as bytes go. */
    private @Nullable Request arguments() {
        byte[] window = this.window;
        Bytes[] arguments = this.arguments;
        int expected = this.expected;
        int end = this.end;
        int i = complete;
        int at = position;
        int length = bulk;
        while (i < expected) {
            if (length < 0) {
                long plain = at < end && window[at] == '$' ? plainNumber(window, at + 1, end) : -1;
                if (plain >= 0 && plain >>> 32 <= bulkBytesMax) {
                    length = (int) (plain >>> 32);
                    at = (int) plain;
                    scanned = 0;
                } else {
                    position = at;
                    length = bulkLength();
                    at = position;
                }
            }
            if (length < 0 || end - at - 2 < length) {
                break;
            }
            if (i == arguments.length) {
                arguments = this.arguments = Arrays.copyOf(arguments, (int) Math.min(expected, 2L * i));
            }
            arguments[i++] = Bytes.view(window, at, length);
            at += length + 2;
            length = -1;
        }
        position = at;
        bulk = length;
        if (i < expected) {
            complete = i;
            starved = true;
            if (i == 0 && length >= LARGE_BYTES) {
                begin = at; // so that a window of its size holds it
            }
            return null;
        }
        this.expected = 0;
        this.arguments = NO_ARGUMENTS;
        complete = 0;
        begin = at;
        return new Request(arguments);
    }

    /** The length of the argument whose line begins at {@code position}; -1 if the line is not there in full. */
    private int bulkLength() {
        int line = lineEnd("too big bulk count string");
        if (line < 0) {
            return -1;
        }
        if (window[position] != '$') {
            throw broken(ProtocolError.of("expected '$', got '" + (char) (window[position] & 0xff) + "'"));
        }
        long length = number(position + 1, line);
        if (length < 0 || length > limits.maxBulkBytes()) {
            throw broken(ProtocolError.of("invalid bulk length"));
        }
        if (length > bulkBytesMax) {
            throw broken(ProtocolError.of("unauthenticated bulk length"));
        }
        position = line + 2;
        scanned = 0;
        return (int) length;
    }

    private @Nullable Request inline() {
        int newline = find((byte) '\n', "too big inline request");
        if (newline < 0) {
            return null;
        }
        int line = newline > position && window[newline - 1] == '\r' ? newline - 1 : newline;
        Bytes[] words = InlineWords.split(window, position, line);
        if (words == null) {
            throw broken(ProtocolError.of("unbalanced quotes in request"));
        }
        begin = position = newline + 1;
        scanned = 0;
        return words.length == 0 ? null : new Request(words);
    }

    /** Index of the CR that ends the line at {@code position}; -1 if it, or the byte behind it, is not there yet. */
    private int lineEnd(String tooLong) {
        int line = find((byte) '\r', tooLong);
        if (line >= 0 && line + 1 == end) {
            starved = true;
            return -1;
        }
        return line;
    }

    private int find(byte terminator, String tooLong) {
        byte[] window = this.window;
        int last = (int) Math.min(end, position + limits.maxInlineBytes() + 1L);
        int at = position + scanned;
        while (at < last && window[at] != terminator && window[at] != 0) {
            at++;
        }
        scanned = at - position;
        if (at < last && window[at] == terminator) {
            return at;
        }
        if (end - position > limits.maxInlineBytes()) {
            throw broken(ProtocolError.of(tooLong));
        }
        starved = true;
        return -1;
    }

    /**
     * The usual case of a line, up to 8 digits, CR and one byte more from {@code at}: the number in the upper half, the
     * index behind the line in the lower. -1 if it is anything else, or not there in full.
     */
    private static long plainNumber(byte[] window, int at, int end) {
        int last = Math.min(end - 1, at + 9);
        if (at >= last) {
            return -1;
        }
        int value = window[at] - '0';
        if (value < 0 || value > 9) {
            return -1;
        }
        for (int i = at + 1; i < last; i++) {
            int digit = window[i] - '0';
            if (digit == '\r' - '0') {
                return (long) value << 32 | (i + 2);
            }
            if (digit < 0 || digit > 9 || value == 0) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return -1;
    }

    /** Beyond every limit, so that it needs no case of its own. */
    private static final long NOT_A_NUMBER = Long.MAX_VALUE;

    private long number(int from, int to) {
        return Numbers.isLong(window, from, to - from)
                ? Numbers.toLong(Bytes.view(window, from, to - from))
                : NOT_A_NUMBER;
    }

    private ProtocolError broken(ProtocolError error) {
        if (!readingAhead) {
            release();
        }
        return error;
    }
}
