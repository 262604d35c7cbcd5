package dev.sluice.broker.persist;

import dev.sluice.broker.keyspace.Keyspace;
import java.io.OutputStream;

/**
 * The form of RDB.
 *
 * @param compresses {@code rdbcompression}
 * @param checks {@code rdbchecksum}
 */
public record RdbForm(RdbHeader header, RdbKept kept, RdbRecords.Access access, boolean compresses, boolean checks)
        implements SnapshotForm {
    /** Shorter strings are left on the loop as they are: compressing them takes longer than writing them. */
    private static final int COMPRESSED_FROM_BYTES_ON_LOOP = 256;

    private int compressedFrom(int bytes) {
        return compresses ? bytes : Integer.MAX_VALUE;
    }

    @Override
    public RdbRecords records(Keyspace keyspace, Chunks chunks) {
        return new RdbRecords(compressedFrom(COMPRESSED_FROM_BYTES_ON_LOOP), keyspace, kept, access, chunks);
    }

    @Override
    public RdbWriter writer(OutputStream target) {
        return new RdbWriter(target, header, compressedFrom(RdbOutput.COMPRESSED_FROM_BYTES), checks);
    }
}
