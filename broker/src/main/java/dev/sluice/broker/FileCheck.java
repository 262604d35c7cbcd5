package dev.sluice.broker;

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
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;

/** Verifies files of data and says in a line each what is with them. What it reads, it reads as the broker does. */
final class FileCheck implements AutoCloseable {
    static final int INTACT = 0;
    static final int DAMAGED = 1;
    static final int UNREADABLE = 2;

    private static final String RDB = ".rdb";

    private final PrintStream out;
    private final BiFunction<String, Long, ProgressBar> bars;
    private final boolean repairs;
    private final ExtentPool extents = ExtentPool.standalone(Long.MAX_VALUE / 4);

    /**
     * @param bars makes the bar for a file, by its name and length
     * @param repairs whether an append-only file loses what was torn
     */
    FileCheck(PrintStream out, BiFunction<String, Long, ProgressBar> bars, boolean repairs) {
        this.out = out;
        this.bars = bars;
        this.repairs = repairs;
    }

    @Override
    public void close() {
        extents.close();
    }

    /** A file, or all files of data in a directory. Returns one of the codes above, the worst of all. */
    int path(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException("No such file or directory");
        }
        return Files.isDirectory(path) ? directory(path) : file(path);
    }

    private int directory(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            all.forEach(files::add);
        }
        Collections.sort(files);
        int code = INTACT;
        boolean any = false;
        for (Path file : files) {
            if (Files.isRegularFile(file) && file.toString().endsWith(RDB)) {
                code = Math.max(code, file(file));
                any = true;
            }
        }
        if (!any) {
            out.println(directory + ": no files of data");
        }
        return code;
    }

    private int file(Path file) throws IOException {
        return rdb(file);
    }

    private int rdb(Path file) throws IOException {
        long bytes = Files.size(file);
        ProgressBar bar = bars.apply(file.toString(), bytes);
        Keyspace scratch = scratch();
        String verdict;
        int code = INTACT;
        try (InputStream input = Files.newInputStream(file)) {
            RdbLoader.Loaded found = RdbLoader.verify(input, bytes, scratch, bar::at);
            verdict = "intact: RDB version %d, %d bytes, %d keys%s%s"
                    .formatted(
                            found.version(),
                            found.bytes(),
                            found.keys(),
                            found.isChecked() ? "" : ", without a checksum",
                            found.bytes() < bytes ? ", and %d bytes behind it".formatted(bytes - found.bytes()) : "");
        } catch (CorruptRdbException corrupt) {
            verdict = "damaged at offset %d: %s".formatted(corrupt.offset(), corrupt.reason());
            code = DAMAGED;
        } catch (CommandError full) {
            verdict = "not verified: " + full.getMessage();
            code = UNREADABLE;
        } finally {
            bar.end();
            scratch.database(0).clear();
        }
        out.println(file + ": " + verdict);
        return code;
    }

    /** Where one value after the other is built. */
    private Keyspace scratch() {
        Keyspace scratch = new Keyspace(
                1,
                new LocalRandomness().nextLong(),
                new LocalRandomness(),
                () -> new Arena(extents),
                new SubArenas(extents),
                NOBODY);
        return scratch; // its time is 1970, in which nothing is over
    }

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
}
