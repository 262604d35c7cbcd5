package dev.sluice.broker.persist;

import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.message.Bytes;

/** Turns keys and values into the records of an RDB file. */
public final class RdbRecords implements SnapshotForm.Records {
    /** What is said of the last access to a key. */
    public enum Access {
        NOTHING,
        /** Seconds since then. */
        IDLE,
        /** How often there was one lately. */
        FREQUENCY;

        /** As redis-server does with this {@code maxmemory-policy}. */
        public static Access of(String policy) {
            return policy.endsWith("-lru") ? IDLE : policy.endsWith("-lfu") ? FREQUENCY : NOTHING;
        }
    }

    private final RdbEncoder encoder;
    private final Keyspace keyspace;
    private final RdbKept kept;
    private final Access access;

    /** {@code compressedFrom}: strings of so many bytes or more are compressed. */
    RdbRecords(int compressedFrom, Keyspace keyspace, RdbKept kept, Access access, SnapshotForm.Chunks chunks) {
        this.encoder = new RdbEncoder(
                new RdbOutput(compressedFrom, RdbOutput.COMPRESSED_TO_BYTES_ON_LOOP, RdbOutput.into(chunks)));
        this.keyspace = keyspace;
        this.kept = kept;
        this.access = access;
    }

    @Override
    public void entry(int database, Bytes key, Value value, long expireAtMs, int mark) {
        attributes(database, expireAtMs, mark);
        encoder.value(database, key, value);
        encoder.out().spill();
    }

    @Override
    public void attributes(int database, long expireAtMs, int mark) {
        encoder.select(database);
        encoder.expiry(expireAtMs);
        switch (access) {
            case NOTHING -> {}
            case IDLE -> {
                encoder.out().writeByte(RdbOpcode.IDLE);
                encoder.out().writeLength(keyspace.accesses().idleSeconds(mark));
            }
            case FREQUENCY -> {
                encoder.out().writeByte(RdbOpcode.FREQUENCY);
                encoder.out().writeByte(keyspace.accesses().frequency(mark));
            }
        }
    }

    /** What was kept of another file, except what is in the way of a key or is over. */
    @Override
    public void last() {
        kept.write(encoder, keyspace);
    }

    @Override
    public void flush() {
        encoder.out().flush();
    }
}
