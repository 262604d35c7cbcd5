package dev.sluice.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.data.SubArenas;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.persist.CorruptRdbException;
import dev.sluice.broker.persist.RdbLoader;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Verifies RDB files, value by value. */
final class RdbVerifier implements AutoCloseable {
    /** What is with a file, in words and as a code of {@link FileCheck}, and how long it is in RDB form. */
    record Found(String verdict, int code, long bytes) {}

    private static final int MAGIC_BYTES = 6;

    private static final Keyspace.Listener NOBODY = new Keyspace.Listener() {
        @Override
        public void expired(Database database, Bytes key) {}

        @Override
        public void evicted(Database database, Bytes key) {}

        @Override
        public void added(Database database, Bytes key) {}

        @Override
        public void missed(Database database, Bytes key) {}

        @Override
        public void memberExpired(Database database, Bytes key, Value.Type type, Bytes member) {}

        @Override
        public void emptied(Database database, Bytes key) {}
    };

    private final ExtentPool extents = ExtentPool.standalone(Long.MAX_VALUE / 4);

    @Override
    public void close() {
        extents.close();
    }

    /** Whether a file begins as one. */
    static boolean isRdb(Path file) throws IOException {
        try (InputStream input = Files.newInputStream(file)) {
            String magic = new String(input.readNBytes(MAGIC_BYTES), ISO_8859_1);
            return magic.startsWith("REDIS") || magic.equals("VALKEY");
        }
    }

    Found verify(Path file, long bytes, ProgressBar bar) throws IOException {
        Keyspace scratch = scratch();
        try (InputStream input = Files.newInputStream(file)) {
            RdbLoader.Loaded found = RdbLoader.verify(input, bytes, scratch, bar::at);
            String verdict = "intact: RDB version %d, %d bytes, %d keys%s%s"
                    .formatted(
                            found.version(),
                            found.bytes(),
                            found.keys(),
                            found.isChecked() ? "" : ", without a checksum",
                            found.bytes() < bytes ? ", and %d bytes behind it".formatted(bytes - found.bytes()) : "");
            return new Found(verdict, FileCheck.INTACT, found.bytes());
        } catch (CorruptRdbException corrupt) {
            String verdict = "damaged at offset %d: %s".formatted(corrupt.offset(), corrupt.reason());
            return new Found(verdict, FileCheck.DAMAGED, corrupt.offset());
        } catch (CommandError full) {
            return new Found("not verified: " + full.getMessage(), FileCheck.UNREADABLE, 0);
        } finally {
            scratch.database(0).clear();
        }
    }

    /** Where one value after the other is built. Its time is 1970, in which nothing is over. */
    private Keyspace scratch() {
        LocalRandomness randomness = new LocalRandomness();
        return new Keyspace(
                1, randomness.nextLong(), randomness, () -> new Arena(extents), new SubArenas(extents), NOBODY);
    }
}
