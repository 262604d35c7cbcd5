package dev.sluice.streams.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Reply;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads replies of RESP2 and RESP3, for clients. Used as {@link RequestReader} is: feed what has arrived, then take
 * replies until there is none. Replies own their memory. Attributes are read and dropped. The cost is linear in the
 * bytes fed, however they are split: reading goes on where it stopped, with the aggregates that are open on a stack.
 */
public final class ReplyReader {
    private static final byte[] NOTHING = {};
    private static final int BYTES_MIN = 1024;

    /** An empty window larger than this is not kept. */
    private static final int KEPT_BYTES_MAX = 64 * 1024;

    /** Bytes that an item takes at least: {@code _\r\n}. */
    private static final int ITEM_BYTES_MIN = 3;

    private final ReplyLimits limits;

    /** Unread bytes are {@code position..end}. */
    private byte[] window = NOTHING;

    private int position;
    private int end;

    /** Bytes from {@code position} known not to end the line that begins there. */
    private int scanned;

    /** Type of the string whose content begins at {@code position}; 0 if something else does. */
    private byte bulkType;

    private int bulkLength;
    private final Deque<Frame> open = new ArrayDeque<>();
    private int items;
    private boolean broken;

    public ReplyReader(ReplyLimits limits) {
        this.limits = limits;
    }

    /** An aggregate of which items are still to come. */
    private record Frame(byte type, int count, List<Reply> items) {
        boolean isComplete() {
            return items.size() == count;
        }
    }

    /** Takes all readable bytes of {@code in}, which stays the caller's. */
    public void feed(ByteBuf in) {
        int arriving = in.readableBytes();
        if (broken) {
            in.skipBytes(arriving);
            return;
        }
        makeRoom(arriving);
        in.readBytes(window, end, arriving);
        end += arriving;
    }

    /**
     * The next reply that is there in full; null if more bytes are needed.
     *
     * @throws ProtocolError if what arrived is not RESP or breaks a limit; nothing more will be read
     */
    public @Nullable Reply next() {
        while (position < end) {
            int before = position;
            Reply reply = bulkType != 0 ? bulk() : line();
            while (reply != null) {
                Frame frame = open.peek();
                if (frame == null) {
                    items = 0;
                    return reply;
                }
                frame.items.add(reply);
                reply = frame.isComplete() ? close(open.pop()) : null;
            }
            if (position == before) {
                break;
            }
        }
        if (position == end) {
            position = end = 0;
            window = window.length > KEPT_BYTES_MAX ? NOTHING : window;
        }
        return null;
    }

    /** Bytes that are still unread. */
    public int heldBytes() {
        return end - position;
    }

    /** Either there is room behind the unread bytes, or they move to the front of an array with twice the room. */
    private void makeRoom(int arriving) {
        if (window.length - end >= arriving) {
            return;
        }
        int unread = end - position;
        long needed = (long) unread + arriving;
        long capacity = Math.min(Math.max(BYTES_MIN, 2 * needed), Integer.MAX_VALUE - 64);
        if (needed > capacity) {
            throw broken("too much unread");
        }
        byte[] target = window.length >= capacity ? window : new byte[(int) capacity];
        System.arraycopy(window, position, target, 0, unread);
        window = target;
        position = 0;
        end = unread;
    }

    /** Reads a line: a value, or the announcement of a string or an aggregate, for which there is no value yet. */
    private @Nullable Reply line() {
        int cr = lineEnd();
        if (cr < 0) {
            return null;
        }
        int from = position + 1;
        byte type = window[position];
        Reply reply = switch (type) {
            case '+' -> status(text(from, cr));
            case '-' -> Reply.error(text(from, cr));
            case ':' -> Reply.integer(number(from, cr));
            case ',' -> decimal(from, cr);
            case '#' -> bool(from, cr);
            case '(' -> bigNumber(from, cr);
            case '_' -> nothing(from, cr);
            case '$', '!', '=' -> openBulk(type, number(from, cr));
            case '*', '%', '~', '>', '|' -> openAggregate(type, number(from, cr));
            default -> throw broken("unknown type " + (type & 0xff));
        };
        position = cr + 2;
        scanned = 0;
        return reply;
    }

    private @Nullable Reply bulk() {
        if (end - position - 2 < bulkLength) {
            return null;
        }
        int from = position;
        int to = from + bulkLength;
        if (window[to] != '\r' || window[to + 1] != '\n') {
            throw broken("string is longer than announced");
        }
        position = to + 2;
        byte type = bulkType;
        bulkType = 0;
        return switch (type) {
            case '!' -> Reply.error(text(from, to));
            case '=' -> verbatim(from, to);
            default -> Bytes.of(Arrays.copyOfRange(window, from, to));
        };
    }

    private @Nullable Reply openBulk(byte type, long length) {
        if (length == -1 && type == '$') {
            return Reply.Null.STRING;
        }
        if (length < 0 || length > limits.maxBulkBytes()) {
            throw broken("invalid bulk length");
        }
        bulkType = type;
        bulkLength = (int) length;
        return null;
    }

    private @Nullable Reply openAggregate(byte type, long announced) {
        if (announced == -1 && type == '*') {
            return Reply.Null.ARRAY;
        }
        boolean pairs = type == '%' || type == '|';
        if (announced < 0 || announced > (limits.maxItems() - items) / (pairs ? 2 : 1)) {
            throw broken("invalid multibulk length");
        }
        if (open.size() == limits.maxDepth()) {
            throw broken("nested too deeply");
        }
        int count = (int) announced * (pairs ? 2 : 1);
        items += count;
        Frame frame = new Frame(type, count, new ArrayList<>(Math.min(count, 16 + (end - position) / ITEM_BYTES_MIN)));
        if (frame.isComplete()) {
            return close(frame);
        }
        open.push(frame);
        return null;
    }

    /** The value of an aggregate; none for an attribute, which is dropped. */
    private static @Nullable Reply close(Frame frame) {
        return switch (frame.type) {
            case '%' -> new Reply.Map(frame.items);
            case '~' -> new Reply.Set(frame.items);
            case '>' -> new Reply.Push(frame.items);
            case '|' -> null;
            default -> new Reply.Array(frame.items);
        };
    }

    private Reply verbatim(int from, int to) {
        if (to - from < 4 || window[from + 3] != ':') {
            throw broken("verbatim string without a format");
        }
        return new Reply.Verbatim(text(from, from + 3), Bytes.of(Arrays.copyOfRange(window, from + 4, to)));
    }

    private static Reply status(String text) {
        return switch (text) {
            case "OK" -> Reply.Status.OK;
            case "QUEUED" -> Reply.Status.QUEUED;
            case "PONG" -> Reply.Status.PONG;
            default -> new Reply.Status(text);
        };
    }

    private long number(int from, int to) {
        int digits = from < to && window[from] == '+' ? from + 1 : from;
        if (!Numbers.isLong(window, digits, to - digits)) {
            throw broken("invalid number");
        }
        return Numbers.toLong(Bytes.view(window, digits, to - digits));
    }

    private Reply decimal(int from, int to) {
        Bytes text = Bytes.view(window, from, to - from);
        double value = Numbers.toDouble(text);
        if (Double.isNaN(value) && !text.is("NAN") && !text.is("-NAN")) {
            throw broken("invalid double");
        }
        return Reply.decimal(value);
    }

    private Reply bool(int from, int to) {
        if (to - from != 1 || (window[from] != 't' && window[from] != 'f')) {
            throw broken("invalid boolean");
        }
        return Reply.bool(window[from] == 't');
    }

    private Reply bigNumber(int from, int to) {
        int at = from < to && (window[from] == '-' || window[from] == '+') ? from + 1 : from;
        boolean valid = at < to;
        for (; at < to; at++) {
            valid &= window[at] >= '0' && window[at] <= '9';
        }
        if (!valid) {
            throw broken("invalid big number");
        }
        return new Reply.BigNumber(text(from, to));
    }

    private Reply nothing(int from, int to) {
        if (from != to) {
            throw broken("invalid null");
        }
        return Reply.Null.STRING;
    }

    private String text(int from, int to) {
        return new String(window, from, to - from, ISO_8859_1);
    }

    /** Index of the CR that ends the line at {@code position}; -1 if it is not there in full. */
    private int lineEnd() {
        int at = position + scanned;
        while (at < end && window[at] != '\r') {
            at++;
        }
        scanned = at - position;
        if (scanned > limits.maxLineBytes()) {
            throw broken("too long a line");
        }
        if (at + 1 >= end) {
            return -1;
        }
        if (at == position || window[at + 1] != '\n') {
            throw broken("a line must have a type and end with CR LF");
        }
        return at;
    }

    private ProtocolError broken(String what) {
        broken = true;
        window = NOTHING;
        position = end = 0;
        open.clear();
        return ProtocolError.of(what);
    }
}
