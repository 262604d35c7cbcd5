package dev.sluice.broker.net;

import dev.sluice.streams.resp.ProtocolError;
import dev.sluice.streams.resp.RequestReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What a RESP client sends, on its way into the reader: it waits where all clients together hold as much as they may. */
final class Intake implements QueryRoom.Client {
    /** The connection that it comes from. */
    interface Owner {
        /** So many bytes have been read, and what is complete of them may run. */
        void hasRead(int bytes);

        /** What was sent is no request. */
        void refuse(ProtocolError error);

        /** There is no memory for it, and waiting does not help. */
        void refuseForMemory();
    }

    private final QueryRoom room;
    private final RequestReader reader;
    private final Owner owner;
    private @Nullable ByteBuf waiting;

    Intake(QueryRoom room, RequestReader reader, Owner owner) {
        this.room = room;
        this.reader = reader;
        this.owner = owner;
    }

    /** Reads what has arrived, now or as soon as there is room; the buffer stays the caller's. */
    void arrived(ByteBuf in) {
        int bytes = in.readableBytes();
        if (!room.hasRoom(reader, bytes)) {
            waiting = in.retain();
            room.await(this);
            return;
        }
        if (!QueryRoom.hasHeap(reader, bytes)) {
            owner.refuseForMemory();
            return;
        }
        try {
            reader.feed(in);
        } catch (ProtocolError error) {
            owner.refuse(error);
        }
        owner.hasRead(bytes);
    }

    boolean isWaiting() {
        return waiting != null;
    }

    /** Whether others wait for memory of which a part of a request has some. */
    boolean isInTheWay() {
        return room.isShort() && held() > 0;
    }

    /** Waits no longer. */
    void forget() {
        ByteBuf in = waiting;
        waiting = null;
        if (in != null) {
            room.forget(this);
            in.release();
        }
    }

    @Override
    public long held() {
        return reader.ownBytes();
    }

    @Override
    public long needed() {
        ByteBuf in = waiting;
        return in == null ? 0 : reader.growth(in.readableBytes());
    }

    @Override
    public void readOn() {
        ByteBuf in = waiting;
        waiting = null;
        if (in != null) {
            try {
                arrived(in);
            } finally {
                in.release();
            }
        }
    }

    @Override
    public void refuse() {
        owner.refuseForMemory();
    }
}
