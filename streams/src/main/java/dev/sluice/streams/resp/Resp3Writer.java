package dev.sluice.streams.resp;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import io.netty.buffer.ByteBuf;

/** RESP3, which has a type for every kind of reply. */
public final class Resp3Writer extends ReplyWriter {
    private static final int FORMAT_BYTES = 3;

    @Override
    public void write(Reply reply, ByteBuf out) {
        switch (reply) {
            case Bytes text -> bulk(text, out);
            case Reply.Int(long value) -> integer(value, out);
            case Reply.Status status -> status(status, out);
            case Reply.Null nothing -> packedNull(out);
            case Packed packed -> packed(packed, out);
            case Reply.Failure(String message) -> text('-', message, out);
            case Reply.Array(var items) -> aggregate('*', items.size(), items, out);
            case Reply.Map(var pairs) -> aggregate('%', pairs.size() / 2, pairs, out);
            case Reply.Set(var items) -> aggregate('~', items.size(), items, out);
            case Reply.Push(var items) -> aggregate('>', items.size(), items, out);
            case Reply.Decimal(double value) -> decimal(value, out);
            case Reply.Bool(boolean value) -> out.writeInt('#' << 24 | (value ? 't' : 'f') << 16 | CRLF);
            case Reply.BigNumber(String digits) -> text('(', digits, out);
            case Reply.Verbatim(String format, Bytes text) -> verbatim(format, text, out);
            case Reply.Attributed(var attributes, Reply itself) -> {
                aggregate('|', attributes.size() / 2, attributes, out);
                write(itself, out);
            }
            case Reply.Sequence(var replies) -> each(replies, out);
            case Reply.None none -> {}
            case Reply.Later later -> throw later();
        }
    }

    @Override
    void packedNull(ByteBuf out) {
        out.writeMedium('_' << 16 | CRLF);
    }

    @Override
    void packedNullArray(ByteBuf out) {
        packedNull(out);
    }

    @Override
    void fixed(double value, ByteBuf out) {
        text(',', Decimals.fixed(value), out);
    }

    @Override
    void decimal(double value, ByteBuf out) {
        out.ensureWritable(1 + Decimals.ROOM_BYTES + 2);
        int at = out.writerIndex();
        out.setByte(at, ',');
        int behind = Decimals.write(value, out, at + 1);
        out.setShort(behind, CRLF);
        out.writerIndex(behind + 2);
    }

    private void packed(Packed packed, ByteBuf out) {
        switch (packed.kind()) {
            case ARRAY -> packed('*', packed.count(), packed, out);
            case SET -> packed('~', packed.count(), packed, out);
            case MAP -> packed('%', packed.count() / 2, packed, out);
        }
    }

    /** A format shorter than three characters is filled with spaces, a longer one is cut. */
    private void verbatim(String format, Bytes text, ByteBuf out) {
        out.ensureWritable(HEADER_ROOM_BYTES + FORMAT_BYTES + 1 + text.length() + 2);
        line('=', FORMAT_BYTES + 1L + text.length(), out);
        for (int i = 0; i < FORMAT_BYTES; i++) {
            out.writeByte(i < format.length() ? format.charAt(i) : ' ');
        }
        out.writeByte(':')
                .writeBytes(text.array(), text.offset(), text.length())
                .writeShort(CRLF);
    }
}
