package dev.sluice.broker.persist;

import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;

/**
 * A value in the form of DUMP: its type, itself, the version of RDB in 2 bytes and the {@link Crc64} of all that in 8, both
 * with the lowest byte first.
 */
public final class Dump {
    private static final int VERSION_WRITTEN = 10;
    private static final int VERSION_WITH_EXPIRING_MEMBERS = 12;
    private static final int VERSION_READ_MAX = 12;
    private static final int FOOTER_BYTES = Short.BYTES + Long.BYTES;

    private Dump() {}

    /** A payload that redis-server 7.0 restores, unless members expire; {@code compresses}: {@code rdbcompression}. */
    public static Bytes of(Value value, boolean compresses) {
        return of(value, compresses, false);
    }

    /** The same without the times at which members expire: redis-server 7.0 restores it whatever it is. */
    public static Bytes withoutTimes(Value value, boolean compresses) {
        return of(value, compresses, true);
    }

    private static Bytes of(Value value, boolean compresses, boolean plain) {
        RdbOutput out = new RdbOutput(compresses);
        ValueWriter writer = new ValueWriter(out, plain);
        int type = writer.type(value);
        out.writeByte(type);
        writer.write(value);
        int version = type >= RdbType.HASH_EXPIRING ? VERSION_WITH_EXPIRING_MEMBERS : VERSION_WRITTEN;
        out.writeByte(version);
        out.writeByte(version >>> Byte.SIZE);
        Bytes body = out.bytes();
        out.writeLong(Crc64.of(0, body.array(), body.offset(), body.length()));
        return out.bytes();
    }

    /** Whether redis-server 7.0 may not know what an intact payload has. */
    public static boolean isNewer(Bytes payload) {
        return version(payload) > VERSION_WRITTEN;
    }

    private static long version(Bytes payload) {
        int body = payload.length() - FOOTER_BYTES;
        return new Reading(payload.slice(body, payload.length()), "Footer").uint(Short.BYTES);
    }

    /** Whether version and checksum at the end of a payload are right; {@code verifies} the checksum. */
    public static boolean isIntact(Bytes payload, boolean verifies) {
        int body = payload.length() - FOOTER_BYTES;
        if (body < 0) {
            return false;
        }
        Reading footer = new Reading(payload.slice(body, payload.length()), "Footer");
        long version = footer.uint(Short.BYTES);
        long checksum = footer.uint(Long.BYTES);
        return version <= VERSION_READ_MAX
                && (!verifies || checksum == Crc64.of(0, payload.array(), payload.offset(), body + Short.BYTES));
    }

    /**
     * The value of an intact payload, which is to come under a key. Takes nothing when it is refused.
     *
     * @throws CorruptRdbException
     */
    public static Fresh<? extends Value> read(Bytes payload, Database database, Bytes key) {
        RdbInput in = new RdbInput(payload.slice(0, payload.length() - FOOTER_BYTES));
        return new ValueReader(in).read(in.readByte(), database, key);
    }
}
