package dev.sluice.broker.persist;

import dev.sluice.broker.keyspace.Keyspace;
import java.io.OutputStream;

/**
 * The form of an append-only file: the commands that make the data what it is ({@code aof-use-rdb-preamble no}), in batches
 * that are checked as those of what is journalled are.
 *
 * @param salt random
 * @param lastToken see {@link Keyspace#lastToken}; 0 for none
 * @param seconds the time, since 1970, to be noted down as {@code aof-timestamp-enabled} wants it; 0 if it does not
 */
record AofForm(long salt, long lastToken, long seconds) implements SnapshotForm {
    @Override
    public AofRecords records(Keyspace keyspace, Chunks chunks) {
        return new AofRecords(chunks);
    }

    @Override
    public AofBaseWriter writer(OutputStream target) {
        return new AofBaseWriter(target, this);
    }
}
