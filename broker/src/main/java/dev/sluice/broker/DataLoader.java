package dev.sluice.broker;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.persist.CorruptRdbException;
import dev.sluice.broker.persist.LoadRefused;
import dev.sluice.broker.persist.Loading;
import dev.sluice.broker.persist.RdbKept;
import dev.sluice.broker.persist.RdbLoader;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.seam.Turns;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Request;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What brings data from files into the keyspace: at the start, and again for DEBUG. */
final class DataLoader {
    private static final Logger log = LoggerFactory.getLogger(DataLoader.class);
    private static final Request NOBODYS = Request.of("FLUSHALL");

    /**
     * What it works with.
     *
     * @param thread may wait, and does nothing else than this
     */
    record Parts(
            Settings settings,
            Keyspace keyspace,
            Changes changes,
            RdbKept kept,
            Disk disk,
            AppendOnly appendOnly,
            Time time,
            Turns loop,
            Executor thread) {}

    private final Parts parts;
    private final Runnable whenLoaded;
    private final Loading loading = new Loading();
    private BiFunction<Replaying.Base, Replaying.Progress, Replaying> replaying = (base, progress) -> {
        throw new IllegalStateException("not opened");
    };
    private volatile boolean verifiesChecksums = true;
    private long loadedKeys;
    private long loadedExpired;

    /** @param whenLoaded is run on the loop each time that all has been read */
    DataLoader(Parts parts, Runnable whenLoaded) {
        this.parts = parts;
        this.whenLoaded = whenLoaded;
    }

    /** Runs the commands of an append-only file, from now on. */
    void replaying(BiFunction<Replaying.Base, Replaying.Progress, Replaying> commands) {
        replaying = commands;
    }

    Loading state() {
        return loading;
    }

    long loadedKeys() {
        return loadedKeys;
    }

    long loadedExpired() {
        return loadedExpired;
    }

    boolean verifiesChecksums() {
        return verifiesChecksums;
    }

    void verifyChecksums(boolean on) {
        verifiesChecksums = on;
    }

    /**
     * As {@link #load}, of the append-only file.
     *
     * @param begins and what comes is written
     */
    void loadAppendLog(boolean begins) {
        long start = parts.time.nanos();
        parts.keyspace.now(parts.time.epochMillis());
        try {
            Replaying replay = replaying.apply(this::base, this::progress);
            if (begins) {
                parts.appendOnly.start(replay);
            } else {
                parts.appendOnly.load(replay);
            }
        } catch (LoadRefused | CommandError refused) {
            throw new StartRefused(String.valueOf(refused.getMessage()));
        }
        if (loading.isOn()) {
            log.info("DB loaded from append only file: {} seconds", seconds(parts.time.nanos() - start));
        }
        parts.loop.execute(this::loaded);
    }

    /**
     * Reads a snapshot, and returns when all of it is in memory. By the thread that starts the broker, which the keyspace
     * belongs to meanwhile.
     *
     * @throws StartRefused it cannot be read
     */
    void load(String path) {
        long start = parts.time.nanos();
        parts.keyspace.now(parts.time.epochMillis());
        try (Disk.Input file = parts.disk.open(path)) {
            loading.begin(parts.time.epochMillis(), file.size());
            loadedFrom(RdbLoader.load(
                    file.stream(),
                    file.size(),
                    parts.keyspace,
                    parts.kept,
                    RdbLoader.Options.DEFAULTS,
                    loading::done,
                    parts.thread));
        } catch (CorruptRdbException corrupt) {
            log.error("Internal error in RDB reading offset {} -> {}", corrupt.offset(), corrupt.reason());
            log.error("Terminating server after rdb file reading failure.");
            throw new StartRefused("Fatal error loading the DB: " + corrupt.getMessage() + ". Exiting.");
        } catch (IOException | CommandError broken) {
            log.error("Fatal error loading the DB, check server logs. Exiting: {}", broken.getMessage());
            throw new StartRefused("Fatal error loading the DB: " + broken.getMessage() + ". Exiting.");
        }
        log.info("DB loaded from disk: {} seconds", seconds(parts.time.nanos() - start));
        parts.loop.execute(this::loaded);
    }

    private static String seconds(long nanos) {
        return "%.3f".formatted(nanos / 1e9);
    }

    private void loadedFrom(RdbLoader.Loaded loaded) {
        loadedKeys = loaded.keys();
        loadedExpired = loaded.expired();
    }

    /** On the loop, in one long turn. Returns false if it could not be read to its end. */
    boolean reload(FileInMemory file, boolean flushes, boolean merges) {
        loading.begin(parts.time.epochMillis(), file.bytes());
        try {
            if (flushes) {
                flush();
            }
            RdbLoader.Options options = new RdbLoader.Options(false, merges, verifies());
            loadedFrom(RdbLoader.load(file, file.bytes(), parts.keyspace, parts.kept, options, loading::done));
            log.info("DB reloaded by DEBUG RELOAD");
            return true;
        } catch (IOException | CorruptRdbException | CommandError broken) {
            log.warn("The file cannot be loaded: {}", broken.getMessage());
            return false;
        } finally {
            loaded();
        }
    }

    /** Everything goes, as if it had never been: it is no change that anybody writes down. */
    void flush() {
        parts.changes.recording(false);
        for (Database database : parts.keyspace.databases()) {
            parts.changes.changedAll(database);
            database.clear();
        }
        parts.changes.flushed();
        parts.changes.end(0, NOBODYS); // no change of the call that comes next
        parts.kept.clear();
    }

    /** What an append-only file begins with. */
    private long base(String name, Disk.Input file) throws IOException {
        RdbLoader.Options options = new RdbLoader.Options(true, false, verifies());
        RdbLoader.Loaded loaded = RdbLoader.load(
                file.stream(), file.size(), parts.keyspace, parts.kept, options, loading::done, parts.thread);
        loadedFrom(loaded);
        return loaded.bytes();
    }

    private void progress(long bytes, long of) {
        loading.total(of);
        loading.done(bytes);
    }

    private boolean verifies() {
        return verifiesChecksums && parts.settings.isOn(Setting.RDBCHECKSUM);
    }

    private void loaded() {
        loading.end();
        whenLoaded.run();
    }
}
