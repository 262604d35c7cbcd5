package dev.sluice.streams.resp;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** RESP2, which has strings, integers, lines and arrays, and makes do with them for everything else. */
public final class Resp2Writer extends ReplyWriter {
    private static final int NULL = '$' << 24 | '-' << 16 | '1' << 8 | '\r';
    private static final int NULL_ARRAY = '*' << 24 | '-' << 16 | '1' << 8 | '\r';

    /** {@code $NN\r\n}: a number's text is 1 to 24 bytes long. */
    private static final int DECIMAL_HEADER_BYTES = 5;

    @Override
    public void write(Reply reply, ByteBuf out) {
        switch (reply) {
            case Bytes text -> bulk(text, out);
            case Reply.Int(long value) -> integer(value, out);
            case Reply.Status status -> status(status, out);
            case Reply.Null nothing -> nothing(nothing, out);
            case Packed packed -> packed('*', packed.count(), packed, out);
            case Reply.Failure(String message) -> text('-', message, out);
            case Reply.Array(var items) -> aggregate('*', items.size(), items, out);
            case Reply.Map(var pairs) -> aggregate('*', pairs.size(), pairs, out);
            case Reply.Set(var items) -> aggregate('*', items.size(), items, out);
            case Reply.Push(var items) -> aggregate('*', items.size(), items, out);
            case Reply.Decimal(double value) -> decimal(value, out);
            case Reply.Bool(boolean value) -> integer(value ? 1 : 0, out);
            case Reply.BigNumber(String digits) -> bulk(digits, out);
            case Reply.Verbatim(var format, var text) -> bulk(text, out);
            case Reply.Attributed(var attributes, Reply itself) -> write(itself, out);
            case Reply.Sequence(var replies) -> each(replies, out);
            case Reply.None none -> {}
            case Reply.Later later -> throw later();
        }
    }

    @Override
    void packedNull(ByteBuf out) {
        nothing(Reply.Null.STRING, out);
    }

    @Override
    void packedNullArray(ByteBuf out) {
        nothing(Reply.Null.ARRAY, out);
    }

    @Override
    void fixed(double value, ByteBuf out) {
        String text = Decimals.fixed(value);
        line('$', text.length(), out);
        out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        out.writeShort(CRLF);
    }

    @Override
    void decimal(double value, ByteBuf out) {
        out.ensureWritable(DECIMAL_HEADER_BYTES + Decimals.ROOM_BYTES + 2);
        int start = out.writerIndex();
        int text = start + DECIMAL_HEADER_BYTES;
        int behind = Decimals.write(value, out, text);
        int length = behind - text;
        if (length < 10) {
            for (int i = text; i < behind; i++) {
                out.setByte(i - 1, out.getByte(i));
            }
            out.setInt(start, '$' << 24 | (length + '0') << 16 | CRLF);
            behind--;
        } else {
            out.setByte(start, '$');
            out.setByte(start + 1, length / 10 + '0');
            out.setByte(start + 2, length % 10 + '0');
            out.setShort(start + 3, CRLF);
        }
        out.setShort(behind, CRLF);
        out.writerIndex(behind + 2);
    }

    private static void nothing(Reply.Null nothing, ByteBuf out) {
        out.ensureWritable(5);
        out.writeInt(nothing == Reply.Null.STRING ? NULL : NULL_ARRAY);
        out.writeByte('\n');
    }
}
