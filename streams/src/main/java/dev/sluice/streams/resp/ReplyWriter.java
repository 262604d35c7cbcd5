package dev.sluice.streams.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * Writes replies as one version of RESP. Has no state, so one of each kind serves everybody. The text of statuses and
 * failures is one byte per character ({@link Bytes#toLatin1()}); CR and LF in it become spaces, so that nothing can leave
 * its line. Releases nothing: that is for whoever asked for the writing.
 */
public abstract sealed class ReplyWriter permits Resp2Writer, Resp3Writer {
    /** Room for a header: a type, up to 20 bytes of a number that are set eight at a time, CR LF. */
    static final int HEADER_ROOM_BYTES = 32;

    /** Room asked for at once for a packed reply; a longer one asks again item by item. */
    private static final int PACKED_ROOM_BYTES_MAX = 16 << 20;

    static final int CRLF = '\r' << 8 | '\n';

    private static final byte[] OK = "+OK\r\n".getBytes(ISO_8859_1);
    private static final byte[] QUEUED = "+QUEUED\r\n".getBytes(ISO_8859_1);
    private static final byte[] PONG = "+PONG\r\n".getBytes(ISO_8859_1);

    ReplyWriter() {}

    /**
     * Appends a reply.
     *
     * @throws IllegalStateException for a {@link Reply.Later}, which is nothing yet
     */
    public abstract void write(Reply reply, ByteBuf out);

    /** An item of a packed aggregate that is neither a string nor an integer nor nested. */
    abstract void packedNull(ByteBuf out);

    abstract void packedNullArray(ByteBuf out);

    /** A number of {@link Packed#addFixed}. */
    abstract void fixed(double value, ByteBuf out);

    abstract void decimal(double value, ByteBuf out);

    static void bulk(Bytes text, ByteBuf out) {
        bulk(text.array(), text.offset(), text.length(), out);
    }

    static void bulk(byte[] array, int offset, int length, ByteBuf out) {
        out.ensureWritable(length + HEADER_ROOM_BYTES);
        int at = header('$', length, out, out.writerIndex());
        out.setBytes(at, array, offset, length);
        out.setShort(at + length, CRLF);
        out.writerIndex(at + length + 2);
    }

    static void bulk(String text, ByteBuf out) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        bulk(bytes, 0, bytes.length, out);
    }

    static void integer(long value, ByteBuf out) {
        line(':', value, out);
    }

    /** A type, a number and the line's end. */
    static void line(char type, long value, ByteBuf out) {
        out.ensureWritable(HEADER_ROOM_BYTES);
        out.writerIndex(header(type, value, out, out.writerIndex()));
    }

    static void status(Reply.Status status, ByteBuf out) {
        if (status == Reply.Status.OK) {
            out.writeBytes(OK);
        } else if (status == Reply.Status.QUEUED) {
            out.writeBytes(QUEUED);
        } else if (status == Reply.Status.PONG) {
            out.writeBytes(PONG);
        } else {
            text('+', status.text(), out);
        }
    }

    static void text(char type, String text, ByteBuf out) {
        int length = text.length();
        out.ensureWritable(length + 3);
        int at = out.writerIndex();
        out.setByte(at++, type);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            out.setByte(at++, c == '\r' || c == '\n' ? ' ' : c <= 0xff ? c : '?');
        }
        out.setShort(at, CRLF);
        out.writerIndex(at + 2);
    }

    final void aggregate(char type, int count, List<Reply> items, ByteBuf out) {
        line(type, count, out);
        each(items, out);
    }

    final void each(List<Reply> replies, ByteBuf out) {
        for (int i = 0, size = replies.size(); i < size; i++) {
            write(replies.get(i), out);
        }
    }

    final void packed(char type, int count, Packed packed, ByteBuf out) {
        long numbers = packed.isStrings() ? 0 : 8L * packed.count();
        out.ensureWritable((int) Math.min(PACKED_ROOM_BYTES_MAX, packed.bytes() + numbers + HEADER_ROOM_BYTES));
        line(type, count, out);
        byte[] items = packed.array();
        if (packed.isStrings()) {
            out.writeBytes(items, packed.start(), packed.bytes());
            return;
        }
        Packed.Cursor cursor = packed.cursor();
        while (cursor.next()) {
            if (cursor.isString()) {
                out.writeBytes(items, cursor.start(), cursor.end() - cursor.start());
            } else if (cursor.isInteger()) {
                integer(cursor.integer(), out);
            } else if (cursor.isFixed()) {
                fixed(cursor.decimal(), out);
            } else if (cursor.isDouble()) {
                decimal(cursor.decimal(), out);
            } else if (cursor.isNested()) {
                line('*', cursor.length(), out);
            } else if (cursor.isNullArray()) {
                packedNullArray(out);
            } else {
                packedNull(out);
            }
        }
    }

    static IllegalStateException later() {
        return new IllegalStateException("a reply that is still to come cannot be written");
    }

    /**
     * Sets a type, a number and CR LF from index {@code at}, where there must be room for {@link #HEADER_ROOM_BYTES} bytes:
     * more than these are set. Returns the index behind them.
     */
    static int header(char type, long value, ByteBuf out, int at) {
        if (value >= 0 && value < Numbers.LINES) {
            long line = Numbers.line((int) value);
            out.setLongLE(at, type | line << 8);
            return at + 1 + (int) (line >>> 56);
        }
        out.setByte(at, type);
        int behind = Decimals.write(value, out, at + 1);
        out.setShort(behind, CRLF);
        return behind + 2;
    }
}
