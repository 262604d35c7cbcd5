package dev.sluice.broker.persist;

import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes a file: {@link #begin}, then chunks of {@link RdbRecords} and large values in their order, {@link #end}. A value is
 * never in memory as a whole. What is thrown leaves half a file.
 */
public final class RdbWriter {
    private final OutputStream target;
    private final boolean checks;
    private final RdbEncoder encoder;
    private long bytes;
    private long crc;

    /**
     * @param target is neither buffered, flushed nor closed here
     * @param compressedFrom see {@link RdbRecords#compressedFrom}
     * @param checks {@code rdbchecksum}
     */
    public RdbWriter(OutputStream target, int compressedFrom, boolean checks) {
        this.target = target;
        this.checks = checks;
        this.encoder = new RdbEncoder(new RdbOutput(compressedFrom, RdbOutput.COMPRESSED_TO_BYTES, (array, length) -> {
            write(array, 0, length);
            return array;
        }));
    }

    /** The first part of the file. */
    public void begin(RdbHeader header) throws IOException {
        flushing(() -> {
            RdbOutput out = encoder.out();
            byte[] magic = "REDIS%04d".formatted(header.version()).getBytes(StandardCharsets.ISO_8859_1);
            out.writeBytes(magic, 0, magic.length);
            encoder.aux(RdbAux.REDIS_VERSION, Bytes.of(header.redisVersion()));
            encoder.aux(RdbAux.REDIS_BITS, Bytes.of(Long.SIZE));
            encoder.aux(RdbAux.CREATED, Bytes.of(header.createdSeconds()));
            encoder.aux(RdbAux.USED_MEMORY, Bytes.of(header.usedMemory()));
            encoder.aux(RdbAux.AOF_BASE, Bytes.of(header.aofBase() ? 1 : 0));
            encoder.aux(RdbAux.SLUICE_VERSION, Bytes.of(header.sluiceVersion()));
            if (header.lastToken() > 0) {
                encoder.aux(RdbAux.LAST_TOKEN, Bytes.of(header.lastToken()));
            }
            for (RdbHeader.Size size : header.databases()) {
                encoder.select(size.database());
                out.writeByte(RdbOpcode.RESIZE);
                out.writeLength(size.keys());
                out.writeLength(size.expiring());
            }
        });
    }

    /** Records that were made elsewhere. */
    public void chunk(Bytes chunk) throws IOException {
        flushing(() -> write(chunk.array(), chunk.offset(), chunk.length()));
    }

    /** A key with its value, whose {@link RdbRecords#attributes} were the last of the chunk before. */
    public void value(int database, Bytes key, Value value) throws IOException {
        flushing(() -> encoder.value(database, key, value));
    }

    /** The last part of the file. Returns its length. */
    public long end() throws IOException {
        flushing(() -> encoder.out().writeByte(RdbOpcode.EOF));
        flushing(() -> encoder.out().writeLong(checks ? crc : 0));
        return bytes;
    }

    /** Written so far. */
    public long bytes() {
        return bytes;
    }

    private void flushing(Runnable work) throws IOException {
        try {
            work.run();
            encoder.out().flush();
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    private void write(byte[] array, int offset, int length) {
        if (checks) {
            crc = Crc64.of(crc, array, offset, length);
        }
        try {
            target.write(array, offset, length);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        bytes += length;
    }
}
