package dev.sluice.broker.persist;

import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes an RDB file. */
public final class RdbWriter implements SnapshotForm.Writer {
    private final OutputStream target;
    private final RdbHeader header;
    private final boolean checks;
    private final RdbEncoder encoder;
    private long crc;

    /** {@code compressedFrom}: strings of so many bytes or more are compressed. */
    RdbWriter(OutputStream target, RdbHeader header, int compressedFrom, boolean checks) {
        this.header = header;
        this.target = target;
        this.checks = checks;
        this.encoder = new RdbEncoder(new RdbOutput(compressedFrom, RdbOutput.COMPRESSED_TO_BYTES, (array, length) -> {
            write(array, 0, length);
            return array;
        }));
    }

    @Override
    public void begin() throws IOException {
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

    @Override
    public void chunk(Bytes chunk) throws IOException {
        flushing(() -> write(chunk.array(), chunk.offset(), chunk.length()));
    }

    @Override
    public void value(int database, Bytes key, Value value, long expireAtMs) throws IOException {
        flushing(() -> encoder.value(database, key, value));
    }

    @Override
    public void end() throws IOException {
        flushing(() -> encoder.out().writeByte(RdbOpcode.EOF));
        flushing(() -> encoder.out().writeLong(checks ? crc : 0));
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
    }
}
