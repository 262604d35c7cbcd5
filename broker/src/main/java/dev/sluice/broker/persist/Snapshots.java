package dev.sluice.broker.persist;

import dev.sluice.broker.config.SavePoint;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.seam.Turns;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * When all data is written to a file, one writing at a time, and what became of the last. On the keyspace loop.
 */
public final class Snapshots {
    private static final Logger log = LoggerFactory.getLogger(Snapshots.class);
    private static final long RETRY_MS = 5_000;
    private static final long NEVER = -1;

    /**
     * What it works with.
     *
     * @param thread has nothing else to do than to write snapshots
     * @param hold begins and ends to hold what changes data
     * @param usedMemory bytes, for the file's header
     * @param salt a number that nobody can guess
     * @param processId for the name of the file while it is written
     */
    public record Parts(
            Settings settings,
            Keyspace keyspace,
            Changes changes,
            RdbKept kept,
            Disk disk,
            Time time,
            Turns loop,
            Executor thread,
            Consumer<Boolean> hold,
            LongSupplier usedMemory,
            long salt,
            String redisVersion,
            String sluiceVersion,
            long processId) {}

    /**
     * What INFO says of saving.
     *
     * @param lastSeconds how long the last one took, and {@code currentSeconds} how long this one takes already; -1: none
     * @param copiedBytes of values that commands were about to change, and {@code lastCopiedBytes} when the last one ended
     */
    public record Report(
            boolean saving,
            boolean lastWorked,
            long savedSeconds,
            long lastSeconds,
            long currentSeconds,
            long saves,
            long changes,
            long keysDone,
            long keysTotal,
            long queuedBytes,
            long copiedBytes,
            long lastCopiedBytes) {}

    private final Parts parts;
    private @Nullable SnapshotFile running;
    private Sinks.Empty<Void> idle = Sinks.empty(); // ends with what is running
    private boolean saving;
    private boolean scheduled;
    private boolean givenUp; // what is running
    private boolean lastWorked = true;
    private long triedMs;
    private long savedMs;
    private long beganMs;
    private long lastSeconds = NEVER;
    private long lastCopiedBytes;
    private long saves;
    private long savedChanges; // of all changes, those that the file has

    public Snapshots(Parts parts) {
        this.parts = parts;
        this.savedMs = parts.time.epochMillis();
        parts.changes.onFlushedAll(this::flushedAll);
    }

    /** What is being saved is over, and as Redis does, what is left is saved at once. */
    private void flushedAll() {
        if (saving) {
            abort();
        }
        scheduled |= hasSavePoints();
    }

    /**
     * After a FLUSHALL: completes when what is left has been saved, or cannot be. Null where nothing is saved by itself, or
     * something else is being written: then that comes first, and nobody waits.
     */
    public @Nullable Mono<Void> savedAfterFlush() {
        if (!hasSavePoints() || isBusy() && !saving) {
            return null;
        }
        Sinks.Empty<Void> saved = Sinks.empty();
        parts.loop.execute(
                () -> { // that of the call ends first
                    Mono<Void> free = isBusy() ? idle.asMono() : Mono.empty();
                    free.subscribe(nothing -> {}, failed -> {}, () -> saveWhatIsLeft(saved));
                });
        return saved.asMono();
    }

    private void saveWhatIsLeft(Sinks.Empty<Void> saved) {
        scheduled = false;
        if (!save(false, worked -> saved.tryEmitEmpty())) {
            saved.tryEmitEmpty();
        }
    }

    /** Whether a file is being written, whichever. */
    public boolean isBusy() {
        return running != null;
    }

    /** Whether the dataset's own file is. */
    public boolean isSaving() {
        return saving;
    }

    /** Whether clients are not to change data, because it could not be saved. */
    public boolean isWriteRefused() {
        return !lastWorked
                && parts.settings.isOn(Setting.STOP_WRITES_ON_BGSAVE_ERROR)
                && !savePoints().isEmpty();
    }

    public long savedSeconds() {
        return savedMs / 1000;
    }

    /** The data is what its file has: it has just been read. */
    public void loaded() {
        savedMs = parts.time.epochMillis();
        savedChanges = parts.changes.count();
    }

    /** Path of the dataset's file. */
    public String path() {
        return inDirectory(parts.settings.text(Setting.DBFILENAME));
    }

    private String inDirectory(String name) {
        String directory = parts.settings.text(Setting.DIR);
        return directory.endsWith("/") ? directory + name : directory + "/" + name;
    }

    /** Writes the dataset to its file. Completes with whether it is there; false also if something else is being written. */
    public Mono<Boolean> save() {
        Sinks.One<Boolean> outcome = Sinks.one();
        if (!save(false, outcome::tryEmitValue)) {
            outcome.tryEmitValue(false);
        }
        return outcome.asMono();
    }

    /** As {@link #save()}; returns false if it cannot begin. */
    public boolean beginSave() {
        return save(
                true,
                worked -> log.info(worked ? "Background saving terminated with success" : "Background saving error"));
    }

    /** Begins to save when nothing else is being written any more. */
    public void schedule() {
        scheduled = true;
    }

    /** Whether there is a place for files at all: not where a broker is embedded without one. */
    public boolean hasDirectory() {
        return !parts.settings.text(Setting.DIR).isEmpty();
    }

    private boolean save(boolean inBackground, Consumer<Boolean> then) {
        triedMs = parts.time.epochMillis();
        if (!hasDirectory()) {
            lastWorked = false;
            log.warn("There is no directory to save to: dir");
            return false;
        }
        long changes = parts.changes.count();
        String temporary = inDirectory("temp-" + parts.processId + ".rdb");
        boolean begun = write(temporary, path(), rdb(false), inBackground, 0, failure -> {
            saving = false;
            lastWorked = failure == null || givenUp && lastWorked; // nothing is wrong with the disk then
            if (failure == null) {
                savedMs = parts.time.epochMillis();
                savedChanges = changes;
                lastSeconds = (savedMs - beganMs) / 1000;
                log.info("DB saved on disk");
            } else {
                log.warn("Write error saving DB on disk: {}", failure.getMessage());
            }
            then.accept(failure == null);
        });
        if (begun) {
            saving = true;
            saves++;
        }
        return begun;
    }

    /** All data and what was kept, in the form of RDB; {@code aofBase}: an append-only file goes on from it. */
    SnapshotForm rdb(boolean aofBase) {
        Settings settings = parts.settings;
        return new RdbForm(
                RdbHeader.of(
                        parts.keyspace,
                        parts.kept,
                        parts.redisVersion,
                        parts.sluiceVersion,
                        parts.usedMemory.getAsLong(),
                        aofBase),
                parts.kept,
                RdbRecords.Access.of(settings.text(Setting.MAXMEMORY_POLICY)),
                settings.isOn(Setting.RDBCOMPRESSION),
                settings.isOn(Setting.RDBCHECKSUM));
    }

    /** All data as commands; null if there is something that no command makes. */
    @Nullable
    SnapshotForm commands() {
        if (!parts.kept.isEmpty()) {
            return null;
        }
        boolean timed = parts.settings.isOn(Setting.AOF_TIMESTAMP_ENABLED);
        return new AofForm(parts.salt, parts.keyspace.lastToken(), timed ? parts.time.epochMillis() / 1000 : 0);
    }

    /**
     * Writes all data as it is now to a file. Returns false if another one is being written.
     *
     * @param name what it is called once it is complete; null for its path
     * @param form of this moment
     * @param bytesPerSecond at most; 0: as fast as the disk takes them
     * @param done called on the loop with null, or with what went wrong
     */
    public boolean write(
            String path,
            @Nullable String name,
            SnapshotForm form,
            long bytesPerSecond,
            Consumer<@Nullable IOException> done) {
        return write(path, name, form, true, bytesPerSecond, done);
    }

    private boolean write(
            String path,
            @Nullable String name,
            SnapshotForm form,
            boolean inBackground,
            long bytesPerSecond,
            Consumer<@Nullable IOException> done) {
        if (running != null) {
            return false;
        }
        Settings settings = parts.settings;
        beganMs = parts.time.epochMillis();
        givenUp = false;
        SnapshotFile.Way way = new SnapshotFile.Way(
                path,
                name,
                form,
                settings.isOn(Setting.RDB_SAVE_INCREMENTAL_FSYNC),
                inBackground,
                settings.number(Setting.HOUSEKEEPING_US_MAX) * 1000,
                settings.number(Setting.RDB_KEY_SAVE_DELAY),
                bytesPerSecond,
                settings.number(Setting.SNAPSHOT_PREIMAGE_BYTES_MAX),
                parts.hold);
        boolean isSave = path().equals(name);
        SnapshotFile file = new SnapshotFile(parts.keyspace, parts.disk, parts.time, parts.loop, way, failure -> {
            lastCopiedBytes = isSave && running != null ? running.copiedBytes() : lastCopiedBytes;
            running = null;
            Sinks.Empty<Void> waiting = idle;
            idle = Sinks.empty();
            done.accept(failure);
            waiting.tryEmitEmpty();
        });
        running = file;
        file.begin(parts.thread);
        return true;
    }

    /** Gives up what is being written, if anything is. Completes when that is over. */
    public Mono<Void> abort() {
        SnapshotFile file = running;
        if (file == null) {
            return Mono.empty();
        }
        log.warn("A snapshot that is being written is given up");
        givenUp = true;
        file.abort();
        return idle.asMono();
    }

    /** To be called ten times a second: saves when enough has changed for long enough, or was asked to. */
    public void look() {
        if (running != null) {
            return;
        }
        long now = parts.time.epochMillis();
        boolean mayTry = lastWorked || now - triedMs > RETRY_MS;
        if (scheduled && mayTry) {
            scheduled = !beginSave();
            return;
        }
        for (SavePoint point : savePoints()) {
            if (changes() >= point.changes() && now - savedMs > point.seconds() * 1000L && mayTry) {
                log.info("{} changes in {} seconds. Saving...", point.changes(), point.seconds());
                beginSave();
                return;
            }
        }
    }

    /** Whether the settings want the data saved from time to time, and so at the end. */
    public boolean hasSavePoints() {
        return !savePoints().isEmpty();
    }

    private List<SavePoint> savePoints() {
        return parts.settings.savePoints();
    }

    private long changes() {
        return parts.changes.count() - savedChanges;
    }

    public Report report() {
        SnapshotFile file = running;
        return new Report(
                saving,
                lastWorked,
                savedSeconds(),
                lastSeconds,
                saving ? (parts.time.epochMillis() - beganMs) / 1000 : NEVER,
                saves,
                changes(),
                file == null ? 0 : file.keysDone(),
                file == null ? 0 : file.keysTotal(),
                file == null ? 0 : file.queuedBytes(),
                file == null ? 0 : file.copiedBytes(),
                lastCopiedBytes);
    }

    public void resetStatistics() {
        saves = 0;
    }
}
