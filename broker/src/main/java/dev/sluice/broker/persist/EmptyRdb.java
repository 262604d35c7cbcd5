package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;
import java.nio.charset.StandardCharsets;

/** An RDB file of no keys: the base of a log that begins with nothing. */
final class EmptyRdb {
    private static final int AUX = 0xfa;
    private static final int END = 0xff;

    private EmptyRdb() {}

    static byte[] bytes(long epochSeconds) {
        RdbOutput out = new RdbOutput(false);
        for (byte each : "REDIS0010".getBytes(StandardCharsets.ISO_8859_1)) {
            out.writeByte(each);
        }
        field(out, "redis-ver", "7.2.4");
        field(out, "redis-bits", "64");
        field(out, "ctime", Long.toString(epochSeconds));
        field(out, "aof-base", "1");
        out.writeByte(END);
        Bytes body = out.bytes();
        out.writeLong(Crc64.of(0, body.array(), body.offset(), body.length()));
        return out.bytes().toArray();
    }

    private static void field(RdbOutput out, String name, String value) {
        out.writeByte(AUX);
        byte[] nameBytes = name.getBytes(StandardCharsets.ISO_8859_1);
        byte[] valueBytes = value.getBytes(StandardCharsets.ISO_8859_1);
        out.writeString(nameBytes, 0, nameBytes.length);
        out.writeString(valueBytes, 0, valueBytes.length);
    }
}
