package dev.sluice.broker;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.journal.Journal;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.persist.AofDirectory;
import dev.sluice.broker.persist.AofLoader;
import dev.sluice.broker.persist.AppendLog;
import dev.sluice.broker.persist.Fsync;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.seam.Turns;
import dev.sluice.broker.session.FlushGate;
import dev.sluice.broker.session.Pause;
import dev.sluice.streams.message.CommandError;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The append-only file of a broker ({@code appendonly}): loaded at the start, written from then on. On the keyspace loop,
 * unless a method says otherwise.
 */
final class AppendOnly {
    private static final Logger log = LoggerFactory.getLogger(AppendOnly.class);
    private static final String OFF = "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";
    private static final String MISCONF = "MISCONF Errors writing to the AOF file: ";

    /**
     * What it works with.
     *
     * @param fatal ends the process, for a reason; from any thread
     */
    record Parts(
            Settings settings,
            Journal journal,
            Changes changes,
            Pause pause,
            FlushGate gate,
            Turns loop,
            Disk disk,
            Time time,
            Consumer<String> fatal) {}

    /** Somebody who waits until the journal is on the disk up to here. */
    private record Waiting(long offset, Sinks.Empty<Void> forced) {}

    private final Parts parts;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private @Nullable AppendLog file;
    private @Nullable AppendLog ended;
    private volatile @Nullable Thread thread;
    private long slownessMicros;

    AppendOnly(Parts parts) {
        this.parts = parts;
        for (Setting setting : List.of(
                Setting.APPENDFSYNC,
                Setting.JOURNAL_BYTES_MAX,
                Setting.AOF_TIMESTAMP_ENABLED,
                Setting.AOF_DISABLE_AUTO_GC)) {
            parts.settings.onChange(setting, this::follow);
        }
    }

    /** Whether the settings want it. */
    boolean isWanted() {
        return parts.settings.isOn(Setting.APPENDONLY);
    }

    /** Whether there is something to be loaded. */
    boolean hasData() {
        return !directory().isEmpty();
    }

    /** Each write takes so much longer: for tests. */
    void slowDown(long micros) {
        slownessMicros = micros;
        follow();
    }

    /** Whether it is written. */
    boolean isOn() {
        return file != null;
    }

    /** What is written, for INFO and whoever rewrites it; null if nothing is. */
    @Nullable
    AppendLog file() {
        return file;
    }

    /** A file that has all data becomes the base, while nothing is written. On a thread that may wait. */
    void adopt(String path, boolean rdb) throws IOException {
        directory().adopt(path, rdb, parts.settings.isOn(Setting.AOF_DISABLE_AUTO_GC));
    }

    private AofDirectory directory() {
        Settings settings = parts.settings;
        return new AofDirectory(
                parts.disk,
                settings.text(Setting.DIR),
                settings.text(Setting.APPENDDIRNAME),
                settings.text(Setting.APPENDFILENAME));
    }

    /**
     * Loads what there is, and then writes. On the thread that starts the broker.
     *
     * @throws dev.sluice.broker.persist.LoadRefused it cannot be loaded
     */
    void start(Replaying replay) {
        AppendLog opened = log(load(replay));
        try {
            opened.open(parts.settings.isOn(Setting.AOF_USE_RDB_PREAMBLE));
        } catch (IOException refused) {
            throw new StartRefused("Can't open the append-only file: " + refused.getMessage());
        }
        parts.loop.execute(() -> begin(opened));
    }

    /** As {@link #start}, but nothing is written. */
    AofLoader.Loaded load(Replaying replay) {
        boolean takesTorn = parts.settings.isOn(Setting.AOF_LOAD_TRUNCATED);
        try {
            return new AofLoader(directory(), parts.time, takesTorn, replay).load();
        } finally {
            replay.close();
        }
    }

    /**
     * Opens a file that counts when all data has been written as its base. On a thread that may wait; {@link #begin} is to
     * follow.
     */
    AppendLog openAside() throws IOException {
        join(); // the one before
        AppendLog opened = log(AofLoader.notLoaded(directory()));
        opened.openAside();
        return opened;
    }

    private AppendLog log(AofLoader.Loaded loaded) {
        return new AppendLog(
                directory(),
                loaded,
                parts.journal,
                parts.time,
                new SecureRandom().nextLong(),
                Fsync.named(parts.settings.text(Setting.APPENDFSYNC)),
                new House());
    }

    /** What is journalled from now on is written. */
    void begin(AppendLog opened) {
        file = opened;
        parts.journal.attach(opened);
        thread = Thread.ofPlatform().daemon().name("sluice-aof").start(opened::work);
        follow();
    }

    private void follow() {
        AppendLog open = file;
        if (open == null) {
            return;
        }
        Settings settings = parts.settings;
        Fsync fsync = Fsync.named(settings.text(Setting.APPENDFSYNC));
        open.fsync(fsync);
        open.backlogMax(settings.number(Setting.JOURNAL_BYTES_MAX));
        open.timed(settings.isOn(Setting.AOF_TIMESTAMP_ENABLED));
        open.slowDown(slownessMicros);
        open.keepsHistory(settings.isOn(Setting.AOF_DISABLE_AUTO_GC));
        if (fsync == Fsync.ALWAYS) {
            parts.gate.closable(this::journalled, open::told);
        } else {
            parts.gate.open();
        }
    }

    /** The end of the journal, or, while a call has changed something that comes behind it, somewhere beyond. */
    private long journalled() {
        Changes changes = parts.changes;
        boolean more = changes.any() || !changes.effects().isEmpty();
        return parts.journal.offset() + (more ? 1 : 0);
    }

    /** Whether all that was journalled is on the disk; false if nothing is written. */
    boolean isForced() {
        AppendLog open = file;
        return open != null && !open.isAside() && open.forced() >= parts.journal.offset();
    }

    /** Completes when all that was journalled until now is. */
    Mono<Void> whenForced() {
        AppendLog open = file;
        if (open == null) {
            return Mono.never();
        }
        Sinks.Empty<Void> forced = Sinks.empty();
        waiting.add(new Waiting(parts.journal.offset(), forced));
        open.ask(true);
        tellForced(open); // it may have come to be while nobody asked
        return forced.asMono();
    }

    private void tellForced(AppendLog open) {
        while (!open.isAside() && !waiting.isEmpty() && waiting.peek().offset <= open.forced()) {
            waiting.remove().forced.tryEmitEmpty();
        }
        open.ask(!waiting.isEmpty());
    }

    /** Why nobody may write at the moment; null if everybody may. */
    @Nullable
    String writesRefused() {
        AppendLog open = file;
        String problem = open == null ? null : open.problem();
        return problem == null ? null : MISCONF + problem;
    }

    /** What has come is written and forced; nothing more is. */
    void stop() {
        AppendLog open = file;
        if (open != null) {
            file = null;
            parts.journal.detach(open);
            log.info("Calling fsync() on the AOF file.");
            open.close();
            ended = open;
            letOut(open);
        }
    }

    /** What waits for the disk leaves when all is forced; it never is where nothing counts. */
    private void letOut(AppendLog open) {
        long end = parts.journal.offset();
        if (open.fsync() == Fsync.ALWAYS && !open.isAside()) {
            parts.gate.closable(() -> end, open::told);
        } else {
            parts.gate.open();
        }
        while (open.isAside() && !waiting.isEmpty()) {
            waiting.remove().forced.tryEmitError(new CommandError(OFF));
        }
    }

    /** After {@link #stop}: returns when all is on the disk. From any other thread. */
    void join() {
        Thread writing = thread;
        if (writing != null) {
            try {
                writing.join();
            } catch (InterruptedException now) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What the file needs of the broker. */
    private final class House implements AppendLog.House {
        @Override
        public void atEndOfTurn(Runnable what) {
            parts.loop.atEndOfTurn(what);
        }

        @Override
        public void after(long ms, Runnable what) {
            parts.loop.after(ms, what);
        }

        @Override
        public void onLoop(Runnable what) {
            parts.loop.execute(what);
        }

        @Override
        public void advanced() {
            parts.gate.advanced();
            AppendLog open = file == null ? ended : file;
            if (open != null && !waiting.isEmpty()) {
                tellForced(open);
            }
        }

        @Override
        public void hold(boolean on) {
            parts.pause.full(Pause.Full.JOURNAL, on);
        }

        @Override
        public void fatal(String why) {
            parts.fatal.accept(why);
        }
    }
}
