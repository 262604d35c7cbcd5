package dev.sluice.broker.persist;

import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.message.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** What a file of all data looks like. The keyspace loop makes records of it, a thread that may wait writes the file. */
public interface SnapshotForm {
    /** The array of a chunk, unless an element of it is large. */
    int CHUNK_BYTES = RdbOutput.ROOM_BYTES;

    /** Of a keyspace; on its loop. */
    Records records(Keyspace keyspace, Chunks chunks);

    /** {@code target} is neither buffered, flushed nor closed here. */
    Writer writer(OutputStream target);

    /** Turns keys and values into records, which leave in chunks. */
    interface Records {
        /**
         * A key with its value.
         *
         * @param expireAtMs may be {@link dev.sluice.broker.keyspace.Database#NO_EXPIRY}
         * @param mark that of its last access
         */
        void entry(int database, Bytes key, Value value, long expireAtMs, int mark);

        /**
         * What stands before a key; its value must come next, by {@link Writer#value}, after {@link #flush}. So the loop
         * says what it alone knows, and another thread reads the value.
         */
        void attributes(int database, long expireAtMs, int mark);

        /** What comes behind all keys. */
        void last();

        /** Lets go of all records that are finished. */
        void flush();
    }

    /** Takes finished records. */
    @FunctionalInterface
    interface Chunks {
        /**
         * Some tens of KiB, more if an element is large. They belong to whoever takes them.
         *
         * @return {@link #CHUNK_BYTES} to go on with, or null for new ones
         */
        byte @Nullable [] take(Bytes chunk);
    }

    /**
     * Writes a file: {@link #begin}, then chunks of records and large values in their order, {@link #end}. A string is never
     * in memory as a whole, nor more than some members of a collection. What is thrown leaves half a file.
     */
    interface Writer {
        void begin() throws IOException;

        /** Records that were made elsewhere. */
        void chunk(Bytes chunk) throws IOException;

        /** A key with its value, whose {@link Records#attributes} were the last of the chunk before. */
        void value(int database, Bytes key, Value value, long expireAtMs) throws IOException;

        /** The last part of the file. */
        void end() throws IOException;
    }
}
