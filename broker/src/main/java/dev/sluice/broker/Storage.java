package dev.sluice.broker;

import dev.sluice.broker.commands.Persistence;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.SettingRefused;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.config.Version;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.persist.AofRewrite;
import dev.sluice.broker.persist.AppendLog;
import dev.sluice.broker.persist.Backups;
import dev.sluice.broker.persist.LoadRefused;
import dev.sluice.broker.persist.Loading;
import dev.sluice.broker.persist.RdbKept;
import dev.sluice.broker.persist.Snapshots;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.seam.Turns;
import dev.sluice.broker.session.Pause;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What is on disk of a broker's data: read at the start, written from then on, and what that means for who wants data.
 * On the keyspace loop, unless a method says otherwise.
 */
final class Storage implements Persistence, Rules.Storage {
    private static final Logger log = LoggerFactory.getLogger(Storage.class);
    private static final String MISCONF = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable"
            + " to persist to disk. Commands that may modify the data set are disabled, because this instance is"
            + " configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error"
            + " option). Please check the Redis logs for details about the RDB error.";

    /**
     * What it works with.
     *
     * @param thread may wait, and does nothing else than this
     * @param aside may wait for the disk, too
     * @param stop ends the process; returns at once
     */
    record Parts(
            Settings settings,
            Keyspace keyspace,
            Changes changes,
            Pause pause,
            Disk disk,
            AppendOnly appendOnly,
            Time time,
            Turns loop,
            Executor thread,
            Executor aside,
            LongSupplier usedMemory,
            Runnable stop) {}

    private final Parts parts;
    private final RdbKept kept = new RdbKept();
    private final DataLoader loader;
    private final Loading loading;
    private final Snapshots snapshots;
    private final Backups backups;
    private final AofRewrite rewrite;
    private final DirectoryLocks locks;
    private boolean ending;
    private Sinks.@Nullable One<Boolean> lastOutcome;
    private boolean insists; // to end even if that cannot be saved
    private boolean opening;
    private Sinks.One<Boolean> turned = Sinks.one();

    Storage(Parts parts) {
        this.parts = parts;
        loader = new DataLoader(
                new DataLoader.Parts(
                        parts.settings,
                        parts.keyspace,
                        parts.changes,
                        kept,
                        parts.disk,
                        parts.appendOnly,
                        parts.time,
                        parts.loop,
                        parts.thread),
                this::loaded);
        loading = loader.state();
        snapshots = new Snapshots(new Snapshots.Parts(
                parts.settings,
                parts.keyspace,
                parts.changes,
                kept,
                parts.disk,
                parts.time,
                parts.loop,
                parts.thread,
                on -> parts.pause.full(Pause.Full.SNAPSHOT, on),
                parts.usedMemory,
                new SecureRandom().nextLong(),
                Broker.REDIS_VERSION,
                Version.current(),
                ProcessHandle.current().pid()));
        backups = new Backups(
                new Backups.Parts(parts.settings, snapshots, parts.disk, parts.time, parts.loop, parts.aside));
        rewrite = new AofRewrite(new AofRewrite.Parts(
                parts.settings,
                snapshots,
                parts.appendOnly::file,
                this::adoptAlone,
                parts.disk,
                parts.time,
                parts.loop,
                parts.aside,
                ProcessHandle.current().pid()));
        locks = new DirectoryLocks(parts.disk);
        parts.settings.onChange(Setting.APPENDONLY, this::followAppendOnly);
        parts.settings.onChange(Setting.DIR, this::followDirectory);
        parts.settings.onChange(Setting.SAVE, this::followSaving);
        boolean appends = parts.appendOnly.isWanted();
        boolean saved = !appends && snapshots.hasDirectory() && parts.disk.exists(snapshots.path());
        if (saved || appends && snapshots.hasDirectory() && parts.appendOnly.hasData()) {
            loading.begin(parts.time.epochMillis(), 0);
        }
    }

    /** Whether the settings want anything written by itself: then nobody else may write there. */
    private boolean isOn() {
        return snapshots.hasSavePoints() || parts.appendOnly.isWanted();
    }

    // ---- at the start

    /**
     * Reads what is there, and returns when all of it is in memory. By the thread that starts the broker, which the
     * keyspace belongs to meanwhile.
     *
     * @throws StartRefused it cannot be read, or is another process's
     */
    void open(BiFunction<Replaying.Base, Replaying.Progress, Replaying> commands) {
        loader.replaying(commands);
        if (isOn() && !snapshots.hasDirectory()) {
            throw new StartRefused("There is no directory to save to: dir");
        }
        if (isOn()) {
            lock();
            locks.removeLeftovers(parts.settings.text(Setting.DIR));
        }
        if (parts.appendOnly.isWanted()) {
            loader.loadAppendLog(true);
        } else if (loading.isOn()) {
            loader.load(snapshots.path());
        }
    }

    /** The append-only file is turned on or off while the broker runs. */
    private void followAppendOnly() {
        boolean wanted = parts.appendOnly.isWanted();
        if (loading.isOn() || wanted == (parts.appendOnly.isOn() || opening)) {
            return;
        }
        if (wanted) {
            opening = true;
            turned = Sinks.one();
            parts.aside.execute(this::openAside);
        } else if (parts.appendOnly.isOn()) {
            rewrite.cancel();
            parts.appendOnly.stop();
        }
    }

    private void openAside() {
        try {
            lock();
            AppendLog opened = parts.appendOnly.openAside();
            parts.loop.execute(() -> beginAside(opened));
        } catch (IOException | StartRefused | LoadRefused refused) {
            log.warn("The append-only file cannot be turned on: {}", refused.getMessage());
            parts.loop.execute(this::staysOff);
        }
    }

    private void staysOff() {
        opening = false;
        turned.tryEmitValue(false);
        Settings.Entry off = new Settings.Entry(Bytes.of(Setting.APPENDONLY.parameter()), Bytes.of("no"));
        parts.settings.set(List.of(off), true);
    }

    @Override
    public @Nullable Mono<Boolean> turningOn() {
        return opening ? turned.asMono() : null;
    }

    private void adoptAlone(String path, boolean rdb) throws IOException {
        try {
            lock();
            parts.appendOnly.adopt(path, rdb);
        } catch (StartRefused | LoadRefused refused) {
            throw new IOException(refused.getMessage());
        }
    }

    /** What is journalled from here on follows a base that is made of the data as it is now. */
    private void beginAside(AppendLog opened) {
        opening = false;
        parts.appendOnly.begin(opened);
        turned.tryEmitValue(true);
        if (rewrite.isRunning()) {
            rewrite.cancel(); // nothing goes on from what it has
        }
        if (!rewrite.begin()) {
            rewrite.schedule();
        }
        followAppendOnly(); // it may have been turned off again
    }

    private void lock() {
        String problem = locks.hold(parts.settings.text(Setting.DIR));
        if (problem != null) {
            throw new StartRefused(problem);
        }
    }

    private void followDirectory() {
        try {
            parts.disk.list(parts.settings.text(Setting.DIR));
        } catch (IOException refused) {
            throw new SettingRefused(String.valueOf(refused.getMessage()));
        }
        followSaving();
    }

    /** Saving is turned on while the broker runs, or goes on in another directory: nobody else may write there. */
    private void followSaving() {
        String problem = isOn() && snapshots.hasDirectory() ? locks.hold(parts.settings.text(Setting.DIR)) : null;
        if (problem != null) {
            throw new SettingRefused(problem);
        }
    }

    private void loaded() {
        snapshots.loaded();
        followAppendOnly(); // the setting may have been changed meanwhile
    }

    // ---- what it means for who wants data

    @Override
    public @Nullable String writesRefused() {
        return snapshots.isWriteRefused() ? MISCONF : parts.appendOnly.writesRefused();
    }

    /** From any thread. */
    @Override
    public boolean isLoading() {
        return loading.isOn();
    }

    Backups backups() {
        return backups;
    }

    Loading loading() {
        return loading;
    }

    /** For INFO. */
    Snapshots.Report report() {
        return snapshots.report();
    }

    /** For INFO. */
    AofRewrite.Report rewriting() {
        return rewrite.report();
    }

    /** For INFO: the append-only file, if one is written. */
    @Nullable
    AppendLog appendLog() {
        return parts.appendOnly.file();
    }

    /** Of the append-only file: what is not written yet. */
    long backlogBytes() {
        AppendLog file = appendLog();
        return file == null ? 0 : file.backlogBytes();
    }

    /** What was read last. */
    long loadedKeys() {
        return loader.loadedKeys();
    }

    /** What was read last, and was over. */
    long loadedExpired() {
        return loader.loadedExpired();
    }

    void resetStatistics() {
        snapshots.resetStatistics();
        rewrite.resetStatistics();
    }

    @Override
    public boolean verifiesChecksums() {
        return loader.verifiesChecksums();
    }

    @Override
    public void verifyChecksums(boolean on) {
        loader.verifyChecksums(on);
    }

    // ---- writing

    /** To be called ten times a second. */
    void look() {
        if (!loading.isOn() && !ending) {
            snapshots.look();
            rewrite.look();
        }
    }

    @Override
    public Mono<Boolean> save() {
        return snapshots.save();
    }

    @Override
    public boolean beginSave() {
        return snapshots.beginSave();
    }

    @Override
    public void scheduleSave() {
        snapshots.schedule();
    }

    @Override
    public @Nullable Mono<Void> savedAfterFlush() {
        return snapshots.savedAfterFlush();
    }

    @Override
    public boolean beginRewrite() {
        return rewrite.begin();
    }

    @Override
    public void scheduleRewrite() {
        rewrite.schedule();
    }

    @Override
    public boolean isSaving() {
        return snapshots.isSaving();
    }

    @Override
    public boolean isRewriting() {
        return rewrite.isRunning();
    }

    @Override
    public boolean isBusy() {
        return snapshots.isBusy() || rewrite.isRunning();
    }

    @Override
    public boolean isAppending() {
        return parts.appendOnly.isOn();
    }

    @Override
    public void slowDownAppending(long micros) {
        parts.appendOnly.slowDown(micros);
    }

    @Override
    public boolean isForced() {
        return parts.appendOnly.isForced();
    }

    @Override
    public Mono<Void> whenForced() {
        return parts.appendOnly.whenForced();
    }

    @Override
    public long savedSeconds() {
        return snapshots.savedSeconds();
    }

    // ---- reading again

    /** Nothing comes between: the loop reads what another thread has brought into memory, in one long turn. */
    @Override
    public Mono<Reloaded> reload(boolean saves, boolean flushes, boolean merges) {
        parts.pause.full(Pause.Full.RELOAD, true);
        Mono<Boolean> saved = saves
                ? snapshots.save()
                : snapshots.abort().thenReturn(true); // it would miss what keys were before the file is read over them
        Sinks.One<Reloaded> outcome = Sinks.one(); // it goes on although who asked for it may be gone
        saved.flatMap(worked -> worked ? readAgain(flushes, merges) : Mono.just(Reloaded.NOT_SAVED))
                .doOnTerminate(() -> parts.pause.full(Pause.Full.RELOAD, false))
                .subscribe(outcome::tryEmitValue, outcome::tryEmitError);
        return outcome.asMono();
    }

    private Mono<Reloaded> readAgain(boolean flushes, boolean merges) {
        Sinks.One<Reloaded> outcome = Sinks.one();
        parts.thread.execute(() -> {
            FileInMemory file = contents(snapshots.path());
            parts.loop.execute(() -> {
                boolean worked = file != null && loader.reload(file, flushes, merges);
                outcome.tryEmitValue(worked ? Reloaded.DONE : Reloaded.NOT_LOADED);
            });
        });
        return outcome.asMono();
    }

    private @Nullable FileInMemory contents(String path) {
        try {
            return FileInMemory.of(parts.disk, path);
        } catch (IOException | CommandError refused) {
            log.warn("{} cannot be read: {}", path, refused.getMessage());
            return null;
        }
    }

    /** A snapshot that is being written is given up, as what it is of goes. */
    @Override
    public Mono<Reloaded> reloadAppendLog() {
        if (rewrite.isRunning() || opening) {
            return Mono.just(Reloaded.NOT_LOADED);
        }
        Sinks.One<Reloaded> outcome = Sinks.one();
        parts.pause.full(Pause.Full.RELOAD, true);
        loading.begin(parts.time.epochMillis(), 0);
        snapshots.abort().subscribe(nothing -> {}, failed -> {}, () -> readAppendLogAgain(outcome));
        return outcome.asMono();
    }

    private void readAppendLogAgain(Sinks.One<Reloaded> outcome) {
        boolean writes = parts.appendOnly.isOn();
        parts.appendOnly.stop();
        parts.aside.execute(() -> {
            parts.appendOnly.join();
            parts.loop.execute(() -> {
                loader.flush();
                parts.aside.execute(() -> reloadAppendLog(outcome, writes));
            });
        });
    }

    /** What cannot be read is not half there afterwards: as redis-server, the process ends. */
    private void reloadAppendLog(Sinks.One<Reloaded> outcome, boolean writes) {
        try {
            loader.loadAppendLog(writes);
            parts.loop.execute(() -> {
                parts.pause.full(Pause.Full.RELOAD, false);
                outcome.tryEmitValue(Reloaded.DONE);
            });
        } catch (StartRefused refused) {
            parts.stop.run();
        }
    }

    // ---- at the end

    /** Until it has ended, or cannot, nobody changes data: it would be acknowledged and lost. */
    @Override
    public Mono<Boolean> shutdown(Ending how) {
        AppendLog file = appendLog();
        if (file != null && file.isAside() && rewrite.isRunning() && !how.forced()) {
            log.warn("Writing initial AOF, can't exit.");
            return Mono.just(false);
        }
        boolean saves = !loading.isOn() && (how.saves() || snapshots.hasSavePoints() && !how.savesNot());
        if (!saves) {
            parts.stop.run();
            return Mono.just(true);
        }
        insists |= how.forced();
        Sinks.One<Boolean> outcome = lastOutcome;
        return outcome != null ? outcome.asMono() : saveAndStop();
    }

    /** To its end, although who asked for it may be gone. */
    private Mono<Boolean> saveAndStop() {
        Sinks.One<Boolean> outcome = Sinks.one();
        lastOutcome = outcome;
        ending = true;
        parts.pause.full(Pause.Full.END, true);
        snapshots.abort().then(Mono.defer(this::lastSave)).subscribe(worked -> {
            lastOutcome = null;
            boolean stops = worked || insists;
            if (stops) {
                parts.stop.run();
            } else {
                log.warn("Error trying to save the DB, can't exit.");
                ending = false;
                parts.pause.full(Pause.Full.END, false);
            }
            insists = false;
            outcome.tryEmitValue(stops);
        });
        return outcome.asMono();
    }

    private Mono<Boolean> lastSave() {
        log.info("Saving the final RDB snapshot before exiting.");
        return snapshots.save();
    }

    /** Gives up what is being written. Completes when that is over. */
    Mono<Void> stop() {
        ending = true;
        parts.appendOnly.stop();
        return snapshots.abort();
    }

    /** After {@link #stop}. */
    void close() {
        locks.close();
    }
}
