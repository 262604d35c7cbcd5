package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;

/**
 * Copies a stream as a file has it, behind its type and key, and so finds its end: blocks (the id of the first entry and a
 * listpack), figures, groups with what is pending and their consumers; rdb.c of Redis 7.4.
 */
final class RdbStreams {
    private static final int ID_BYTES = 16;

    private final RdbInput in;
    private final RdbOutput out = new RdbOutput(false);
    private final int type;

    private RdbStreams(RdbInput in, int type) {
        this.in = in;
        this.type = type;
    }

    static boolean isStream(int type) {
        return type == RdbType.STREAM
                || type == RdbType.STREAM_WITH_FIGURES
                || type == RdbType.STREAM_WITH_ACTIVE_TIMES;
    }

    /** Reads one of a type for which {@link #isStream} is true. */
    static Bytes read(RdbInput in, int type) {
        RdbStreams copy = new RdbStreams(in, type);
        copy.stream();
        return copy.out.bytes().detached();
    }

    private void stream() {
        for (long blocks = count(2 + ID_BYTES); blocks > 0; blocks--) {
            if (string().length() != ID_BYTES) {
                throw new CorruptRdbException("an id of a stream has not 16 bytes");
            }
            boolean[] any = {false};
            Listpack.read(string(), "Stream listpack", element -> any[0] = true);
            if (!any[0]) {
                throw new CorruptRdbException("an empty block of a stream");
            }
        }
        lengths(1 + 2); // entries, last id
        if (type != RdbType.STREAM) {
            lengths(2 + 2 + 1); // first id, largest deleted id, entries ever added
        }
        for (long groups = count(4); groups > 0; groups--) {
            group();
        }
    }

    private void group() {
        string();
        lengths(type == RdbType.STREAM ? 2 : 3); // last id delivered, entries read
        for (long pending = count(ID_BYTES + Long.BYTES + 1); pending > 0; pending--) {
            raw(ID_BYTES + Long.BYTES); // id, when it was delivered
            lengths(1); // how often
        }
        for (long consumers = count(1 + Long.BYTES + 1); consumers > 0; consumers--) {
            string();
            raw(Long.BYTES); // last seen
            if (type == RdbType.STREAM_WITH_ACTIVE_TIMES) {
                raw(Long.BYTES);
            }
            for (long pending = count(ID_BYTES); pending > 0; pending--) {
                raw(ID_BYTES);
            }
        }
    }

    private long count(int bytesEach) {
        long count = in.readCount(bytesEach);
        out.writeLength(count);
        return count;
    }

    /** Numbers of 64 bits without sign. */
    private void lengths(int count) {
        for (int i = 0; i < count; i++) {
            out.writeUnsigned(in.readUnsigned());
        }
    }

    private Bytes string() {
        Bytes string = in.readString();
        out.writeString(string);
        return string;
    }

    private void raw(int bytes) {
        out.writeBytes(in.view(bytes));
    }
}
