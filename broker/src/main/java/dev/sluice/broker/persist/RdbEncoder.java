package dev.sluice.broker.persist;

import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.Bytes;

/**
 * Writes what a file is made of. Members that expire are written so that redis-server 7.0 loads the collection, without
 * their times, which stand behind it in {@link RdbAux#MEMBER_EXPIRY}.
 */
final class RdbEncoder {
    private static final int NONE = -1;
    private static final int EXPIRY_PART_BYTES = 1 << 14;

    private final RdbOutput out;
    private final ValueWriter values;
    private final RdbOutput part = new RdbOutput(false);
    private int selected = NONE;

    RdbEncoder(RdbOutput out) {
        this.out = out;
        this.values = new ValueWriter(out, true);
    }

    RdbOutput out() {
        return out;
    }

    void select(int database) {
        if (database != selected) {
            out.writeByte(RdbOpcode.SELECT);
            out.writeLength(database);
            selected = database;
        }
    }

    /** {@code atMs} may be {@link Database#NO_EXPIRY}. */
    void expiry(long atMs) {
        if (atMs != Database.NO_EXPIRY) {
            out.writeByte(RdbOpcode.EXPIRY_MS);
            out.writeLong(atMs);
        }
    }

    void aux(String name, Bytes value) {
        out.writeByte(RdbOpcode.AUX);
        out.writeString(Bytes.of(name));
        out.writeString(value);
    }

    /** A key with its value. */
    void value(int database, Bytes key, Value value) {
        out.writeByte(values.type(value));
        out.writeString(key);
        values.write(value);
        if (value instanceof Members members && members.earliestExpiry() != Members.NO_EXPIRY) {
            expiries(database, key, members);
        }
    }

    private void expiries(int database, Bytes key, Members members) {
        members.forEachExpiry((array, offset, length, time) -> {
            if (part.isEmpty()) {
                part.writeLength(database);
                part.writeString(key);
            }
            part.writeString(array, offset, length);
            part.writeLength((long) time);
            if (part.bytes().length() > EXPIRY_PART_BYTES) {
                endPart();
            }
            return true;
        });
        endPart();
    }

    private void endPart() {
        if (!part.isEmpty()) {
            aux(RdbAux.MEMBER_EXPIRY, part.bytes());
            part.clear();
            out.spill();
        }
    }
}
