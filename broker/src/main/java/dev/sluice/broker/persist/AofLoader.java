package dev.sluice.broker.persist;

import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import dev.sluice.streams.message.Request;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs what an append-only log has, on a thread that may wait: the base, then the increments. */
public final class AofLoader {
    /** Where it runs. All methods may wait, and throw {@link LoadRefused} if it cannot go on. */
    public interface Replay {
        /** A file of so many bytes begins: in database 0. */
        void begins(String name);

        /** Commands, in order. */
        void run(List<Request> requests);

        /** No fencing token up to this is to be given again. */
        void tokenGiven(long token);

        /** Loads a file in RDB form, or the part of one that is, and returns how long that was. */
        long rdb(String name, Disk.Input in) throws IOException;

        /** How much has been read, of all that is to be. */
        void progress(long bytes, long of);

        /** Returns when all has run. */
        void ends();
    }

    /**
     * What was loaded.
     *
     * @param bytes of all files, and of the base alone
     * @param salt of the broker that wrote last to the last of them, 0 if none did
     */
    public record Loaded(AofManifest manifest, long bytes, long baseBytes, long salt) {}

    private static final Logger log = LoggerFactory.getLogger(AofLoader.class);
    private static final byte[] RDB = {'R', 'E', 'D', 'I', 'S'};

    private final AofDirectory directory;
    private final Time time;
    private final boolean takesTorn;
    private final Replay replay;
    private long salt;
    private long total;
    private long done;

    /** @param takesTorn whether the last file may end in the middle: {@code aof-load-truncated} */
    public AofLoader(AofDirectory directory, Time time, boolean takesTorn, Replay replay) {
        this.time = time;
        this.directory = directory;
        this.takesTorn = takesTorn;
        this.replay = replay;
    }

    /** Throws {@link LoadRefused} if what is there cannot be loaded; if there is nothing, nothing is loaded. */
    public Loaded load() {
        try {
            AofManifest manifest = directory.load();
            return loaded(directory.isOld(manifest) ? directory.upgrade() : manifest);
        } catch (IOException failed) {
            throw new LoadRefused("Fatal error: the append only file cannot be read: " + failed.getMessage());
        }
    }

    /** What is there and not loaded, for a log that begins anew. */
    public static Loaded notLoaded(AofDirectory directory) throws IOException {
        return new Loaded(directory.load(), 0, 0, 0);
    }

    private Loaded loaded(AofManifest manifest) throws IOException {
        List<AofManifest.Part> parts = manifest.parts();
        for (AofManifest.Part part : parts) {
            total += size(part);
        }
        long baseBytes = manifest.base() == null ? 0 : size(manifest.base());
        for (int i = 0; i < parts.size() && total > 0; i++) {
            AofManifest.Part part = parts.get(i);
            long start = done;
            load(part, part == manifest.base(), i == parts.size() - 1);
            done = start + size(part);
            replay.progress(done, total);
        }
        replay.ends();
        long bytes = 0;
        for (AofManifest.Part part : parts) {
            bytes += size(part); // a torn one has been cut
        }
        return new Loaded(manifest, bytes, baseBytes, salt);
    }

    private long size(AofManifest.Part part) throws IOException {
        try {
            return directory.disk().size(directory.path(part.name()));
        } catch (IOException missing) {
            throw new LoadRefused("The append log file " + part.name() + " doesn't exist: " + missing.getMessage());
        }
    }

    private void load(AofManifest.Part part, boolean base, boolean last) throws IOException {
        salt = 0;
        if (size(part) == 0) {
            return;
        }
        long start = time.nanos();
        replay.begins(part.name());
        long from = isRdb(part) ? rdb(part) : 0;
        if (from < size(part)) {
            commands(part, from, last);
        }
        replay.ends();
        String seconds = "%.3f".formatted((time.nanos() - start) / 1e9);
        log.info("DB loaded from {} file {}: {} seconds", base ? "base" : "incr", part.name(), seconds);
    }

    private boolean isRdb(AofManifest.Part part) throws IOException {
        byte[] head = new byte[RDB.length];
        try (Disk.Input in = directory.disk().open(directory.path(part.name()))) {
            int count = 0;
            for (int more = 0; more >= 0 && count < head.length; count += Math.max(0, more)) {
                more = in.read(head, count, head.length - count);
            }
        }
        return java.util.Arrays.equals(head, RDB);
    }

    private long rdb(AofManifest.Part part) throws IOException {
        boolean old = part.name().equals(directory.fileName());
        log.info(old ? "Reading RDB preamble from AOF file..." : "Reading RDB base file on AOF loading...");
        try (Disk.Input in = directory.disk().open(directory.path(part.name()))) {
            long length = replay.rdb(part.name(), in);
            if (old) {
                log.info("Reading the remaining AOF tail...");
            }
            return length;
        } catch (CorruptRdbException corrupt) {
            throw new LoadRefused("Error reading the RDB " + (old ? "preamble of the AOF" : "base") + " file "
                    + part.name() + ", AOF loading aborted: " + corrupt.getMessage());
        }
    }

    private void commands(AofManifest.Part part, long from, boolean last) throws IOException {
        String path = directory.path(part.name());
        AofScan.Result result = AofScan.of(directory.disk(), path, from);
        salt = result.salt();
        switch (result.verdict()) {
            case INTACT -> {}
            case TORN -> cut(part, result, last);
            case DAMAGED ->
                throw new LoadRefused("Bad file format reading the append only file " + part.name()
                        + ": make a backup of your AOF file, then use sluice-check --repair " + directory.fileName()
                        + ".manifest (" + result.reason() + " at offset " + result.at() + ")");
        }
        try (AofReader reader =
                new AofReader(directory.disk().open(path), part.name(), from, result.valid() + result.rest().length)) {
            for (List<Request> requests; !(requests = reader.next()).isEmpty(); ) {
                replay.run(requests);
                replay.progress(done + reader.position(), total);
            }
            replay.tokenGiven(reader.lastToken());
        }
    }

    private void cut(AofManifest.Part part, AofScan.Result result, boolean last) throws IOException {
        if (result.openTransaction()) {
            log.warn("Revert incomplete MULTI/EXEC transaction in AOF file {}", part.name());
        }
        if (!takesTorn) {
            throw new LoadRefused("Unexpected end of file reading the append only file " + part.name()
                    + ". You can: 1) Make a backup of your AOF file, then use sluice-check --repair "
                    + directory.fileName() + ".manifest. 2) Alternatively you can set the 'aof-load-truncated'"
                    + " configuration option to yes and restart the server. (offset " + result.at() + ")");
        }
        if (!last) {
            throw new LoadRefused("Fatal error: the truncated file is not the last file: " + part.name()
                    + " ends at offset " + result.valid());
        }
        log.warn("!!! Warning: short read while loading the AOF file {}!!!", part.name());
        log.warn("!!! Truncating the AOF {} at offset {} !!!", part.name(), result.valid());
        try (Disk.Output file = directory.disk().append(directory.path(part.name()))) {
            file.truncate(result.valid());
            file.write(result.rest(), 0, result.rest().length);
            file.force();
        }
        log.warn("AOF {} loaded anyway because aof-load-truncated is enabled", part.name());
    }
}
