package dev.sluice.broker;

import dev.sluice.broker.persist.AofManifest;
import dev.sluice.broker.persist.AofScan;
import dev.sluice.broker.persist.LoadRefused;
import dev.sluice.broker.seam.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Verifies files of data and says in a line each what is with them. What it reads, it reads as the broker does. */
final class FileCheck implements AutoCloseable {
    static final int INTACT = 0;
    static final int DAMAGED = 1;
    static final int UNREADABLE = 2;

    private static final String RDB = ".rdb";
    private static final String AOF = ".aof";
    private static final String MANIFEST = ".manifest";
    private static final int RANGES_NAMED_MAX = 3;

    private final PrintStream out;
    private final BiFunction<String, Long, ProgressBar> bars;
    private final boolean repairs;
    private final Disk disk = new LocalDisk();
    private final RdbVerifier rdb = new RdbVerifier();

    /**
     * @param bars makes the bar for a file, by its name and length
     * @param repairs whether an append-only log loses what was torn at its end
     */
    FileCheck(PrintStream out, BiFunction<String, Long, ProgressBar> bars, boolean repairs) {
        this.out = out;
        this.bars = bars;
        this.repairs = repairs;
    }

    @Override
    public void close() {
        rdb.close();
    }

    /** A file, or all files of data in a directory. Returns one of the codes above, the worst of all. */
    int path(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException("No such file or directory");
        }
        if (!Files.isDirectory(path)) {
            return path.toString().endsWith(MANIFEST) ? manifest(path) : file(path, true);
        }
        List<Path> found = new ArrayList<>();
        collect(path, found);
        for (Path inside : list(path)) {
            if (Files.isDirectory(inside) && list(inside).stream().anyMatch(FileCheck::isManifest)) {
                collect(inside, found);
            }
        }
        int code = INTACT;
        for (Path file : found) {
            code = Math.max(code, path(file));
        }
        if (found.isEmpty()) {
            out.println(path + ": no files of data");
        }
        return code;
    }

    /** Where there is a manifest, it says what counts. */
    private static void collect(Path directory, List<Path> found) throws IOException {
        List<Path> all = list(directory);
        List<Path> manifests = all.stream().filter(FileCheck::isManifest).toList();
        found.addAll(manifests);
        if (manifests.isEmpty()) {
            all.stream()
                    .filter(Files::isRegularFile)
                    .filter(file ->
                            file.toString().endsWith(RDB) || file.toString().endsWith(AOF))
                    .forEach(found::add);
        }
    }

    private static boolean isManifest(Path file) {
        return file.toString().endsWith(MANIFEST) && Files.isRegularFile(file);
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.sorted().toList();
        }
    }

    private int manifest(Path file) throws IOException {
        AofManifest manifest;
        try {
            manifest = AofManifest.of(Files.readAllBytes(file));
        } catch (LoadRefused refused) {
            return say(
                    file, "damaged: " + String.valueOf(refused.getMessage()).replaceAll("\\s*\\n\\s*", ", "), DAMAGED);
        }
        int code = say(file, "intact: names %d files".formatted(manifest.parts().size()), INTACT);
        List<AofManifest.Part> parts = manifest.parts();
        for (AofManifest.Part part : parts) {
            Path named = file.resolveSibling(part.name());
            int found = Files.exists(named)
                    ? file(named, part == parts.getLast())
                    : say(named, "damaged: No such file or directory", DAMAGED);
            code = Math.max(code, found);
        }
        return code;
    }

    /** {@code last}: whether it may be torn. */
    private int file(Path file, boolean last) throws IOException {
        long bytes = Files.size(file);
        ProgressBar bar = bars.apply(file.toString(), bytes);
        long rdbBytes = 0;
        try {
            if (file.toString().endsWith(RDB) || RdbVerifier.isRdb(file)) {
                RdbVerifier.Found found = rdb.verify(file, bytes, bar);
                if (found.bytes() == bytes
                        || found.code() != INTACT
                        || file.toString().endsWith(RDB)) {
                    bar.end();
                    return say(file, found.verdict(), found.code());
                }
                rdbBytes = found.bytes();
            }
            AofScan.Result result = AofScan.of(disk, file.toAbsolutePath().toString(), rdbBytes);
            bar.end();
            return log(file, result, last);
        } finally {
            bar.end();
        }
    }

    private int log(Path file, AofScan.Result result, boolean last) throws IOException {
        String unprotected = unprotected(result.unprotected());
        return switch (result.verdict()) {
            case INTACT -> say(file, "intact: %d bytes%s".formatted(result.size(), unprotected), INTACT);
            case DAMAGED -> say(file, "damaged at offset %d: %s".formatted(result.at(), result.reason()), DAMAGED);
            case TORN -> {
                String torn = "torn at offset %d: %s; the first %d of %d bytes can be loaded%s"
                        .formatted(result.at(), result.reason(), result.valid(), result.size(), unprotected);
                if (!last) {
                    yield say(file, torn + "; only the last file may be torn", DAMAGED);
                }
                yield repairs ? repair(file, result, torn) : say(file, torn, DAMAGED);
            }
        };
    }

    private static String unprotected(List<AofScan.Range> ranges) {
        if (ranges.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder(", without checksums from offset ");
        for (int i = 0; i < Math.min(ranges.size(), RANGES_NAMED_MAX); i++) {
            text.append(i == 0 ? "" : ", ").append(ranges.get(i).from());
            text.append(" to ").append(ranges.get(i).to());
        }
        int more = ranges.size() - RANGES_NAMED_MAX;
        return text + (more > 0 ? " and %d more".formatted(more) : "");
    }

    private int repair(Path file, AofScan.Result result, String torn) throws IOException {
        try (Closeable lock = lock(file.toAbsolutePath())) {
            if (lock == null) {
                return say(file, torn + "; not repaired, for a broker is using it", UNREADABLE);
            }
            try (Disk.Output output = disk.append(file.toAbsolutePath().toString())) {
                output.truncate(result.valid());
                output.write(result.rest(), 0, result.rest().length);
                output.force();
            }
        }
        return say(
                file,
                torn
                        + "; repaired: %d bytes were cut off"
                                .formatted(result.size() - result.valid() - result.rest().length),
                INTACT);
    }

    /** What a broker holds whose data this is; null if one does. Files of a log lie in a directory below it. */
    private @Nullable Closeable lock(Path file) throws IOException {
        for (String place : List.of("../" + DirectoryLocks.FILE, DirectoryLocks.FILE)) {
            String lock = file.resolveSibling(place).normalize().toString();
            if (disk.exists(lock)) {
                return disk.lock(lock);
            }
        }
        return () -> {};
    }

    private int say(Path file, String verdict, int code) {
        out.println(file + ": " + verdict);
        return code;
    }
}
