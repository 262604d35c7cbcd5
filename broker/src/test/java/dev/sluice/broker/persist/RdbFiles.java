package dev.sluice.broker.persist;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.message.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Whole files of what a broker in memory holds. */
public final class RdbFiles {
    private RdbFiles() {}

    /** All keys, strings on the way of the loop, collections on that of a disk thread. */
    public static byte[] write(InMemoryBroker broker) {
        return write(broker.keyspace, new RdbKept(), RdbRecords.Access.NOTHING);
    }

    public static byte[] write(Keyspace keyspace, RdbKept kept, RdbRecords.Access access) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        write(keyspace, kept, access, file);
        return file.toByteArray();
    }

    public static void write(Keyspace keyspace, RdbKept kept, RdbRecords.Access access, OutputStream file) {
        RdbHeader header = RdbHeader.of(keyspace, kept, "7.2.4", "1.0", 1 << 20, false);
        write(keyspace, new RdbForm(header, kept, access, true, true), file);
    }

    static void write(Keyspace keyspace, SnapshotForm form, OutputStream file) {
        SnapshotForm.Writer writer = form.writer(file);
        SnapshotForm.Records records = form.records(keyspace, chunk -> chunk(writer, chunk));
        try {
            writer.begin();
            for (Database database : keyspace.databases()) {
                database.forEachKey((array, offset, length, type) -> {
                    Bytes key = Bytes.view(array, offset, length).detached();
                    Value value = Objects.requireNonNull(database.inspect(key));
                    long expireAt = database.inspectExpireAt(key);
                    int mark = database.accessMark(key);
                    if (value instanceof StringValue) {
                        records.entry(database.index(), key, value, expireAt, mark);
                    } else {
                        records.attributes(database.index(), expireAt, mark);
                        records.flush();
                        value(writer, database.index(), key, value, expireAt);
                    }
                });
            }
            records.last();
            records.flush();
            writer.end();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static byte[] chunk(SnapshotForm.Writer writer, Bytes chunk) {
        try {
            writer.chunk(chunk);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return chunk.array();
    }

    private static void value(SnapshotForm.Writer writer, int database, Bytes key, Value value, long expireAtMs) {
        try {
            writer.value(database, key, value, expireAtMs);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public static RdbLoader.Loaded load(InMemoryBroker broker, byte[] file) {
        return load(broker.keyspace, new RdbKept(), file, RdbLoader.Options.DEFAULTS);
    }

    public static RdbLoader.Loaded load(Keyspace keyspace, RdbKept kept, byte[] file, RdbLoader.Options options) {
        try {
            return RdbLoader.load(new ByteArrayInputStream(file), file.length, keyspace, kept, options, bytes -> {});
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A file of 7.0 around what a test made. */
    public static byte[] around(byte[]... parts) {
        return around("REDIS0010", parts);
    }

    public static byte[] around(String magic, byte[]... parts) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(magic.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        for (byte[] part : parts) {
            file.writeBytes(part);
        }
        file.write(RdbOpcode.EOF);
        byte[] body = file.toByteArray();
        long crc = Crc64.of(0, body, 0, body.length);
        for (int i = 0; i < Long.BYTES; i++) {
            file.write((int) (crc >>> 8 * i));
        }
        return file.toByteArray();
    }
}
