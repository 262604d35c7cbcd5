package dev.sluice.broker.persist;

import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.AccessClock;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.message.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Turns keys and values into the records of a file, which leave in chunks: so the keyspace loop can make them, and another
 * thread write them.
 */
public final class RdbRecords {
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

    /** Takes finished records. */
    @FunctionalInterface
    public interface Chunks {
        /**
         * Some tens of KiB, more if an element is large. They belong to whoever takes them.
         *
         * @return {@link #CHUNK_BYTES} to go on with, or null for new ones
         */
        byte @Nullable [] take(Bytes chunk);
    }

    /** The array of a chunk, unless an element of it is large. */
    static final int CHUNK_BYTES = RdbOutput.ROOM_BYTES;

    private static final int COMPRESSED_FROM_BYTES_ON_LOOP = 256;

    private final RdbEncoder encoder;
    private final AccessClock accesses;
    private final Access access;

    /** {@code compressedFrom}: strings of so many bytes or more are compressed, see {@link #compressedFrom}. */
    public RdbRecords(int compressedFrom, AccessClock accesses, Access access, Chunks chunks) {
        this.encoder =
                new RdbEncoder(new RdbOutput(compressedFrom, RdbOutput.COMPRESSED_TO_BYTES_ON_LOOP, (array, length) -> {
                    byte[] next = chunks.take(Bytes.view(array, 0, length));
                    return next == null ? new byte[CHUNK_BYTES] : next;
                }));
        this.accesses = accesses;
        this.access = access;
    }

    /**
     * What to compress with {@code rdbcompression}, and without. On the loop short strings are left as they are: compressing
     * them takes longer than writing them.
     */
    public static int compressedFrom(boolean compresses, boolean onLoop) {
        int from = onLoop ? COMPRESSED_FROM_BYTES_ON_LOOP : RdbOutput.COMPRESSED_FROM_BYTES;
        return compresses ? from : Integer.MAX_VALUE;
    }

    /** A key with its value; {@code expireAtMs} may be {@link Database#NO_EXPIRY}, {@code mark} is that of its last access. */
    public void entry(int database, Bytes key, Value value, long expireAtMs, int mark) {
        attributes(database, expireAtMs, mark);
        encoder.value(database, key, value);
        encoder.out().spill();
    }

    /**
     * What stands before a key; its value must come next, by {@link RdbWriter#value}, after {@link #flush}. So the loop says
     * what it alone knows, and another thread reads the value.
     */
    public void attributes(int database, long expireAtMs, int mark) {
        encoder.select(database);
        encoder.expiry(expireAtMs);
        switch (access) {
            case NOTHING -> {}
            case IDLE -> {
                encoder.out().writeByte(RdbOpcode.IDLE);
                encoder.out().writeLength(accesses.idleSeconds(mark));
            }
            case FREQUENCY -> {
                encoder.out().writeByte(RdbOpcode.FREQUENCY);
                encoder.out().writeByte(accesses.frequency(mark));
            }
        }
    }

    /** What was kept of another file, except what is in the way of a key or is over. */
    public void kept(RdbKept kept, Keyspace keyspace) {
        kept.write(encoder, keyspace);
    }

    /** Lets go of all records that are finished. */
    public void flush() {
        encoder.out().flush();
    }
}
