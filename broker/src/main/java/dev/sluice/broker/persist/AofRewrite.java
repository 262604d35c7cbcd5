package dev.sluice.broker.persist;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.seam.Turns;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the append-only file anew while it is written: from a cut on, what is journalled goes to another increment, and a
 * snapshot of the cut becomes the base that it goes on from. On the keyspace loop.
 */
public final class AofRewrite {
    private static final Logger log = LoggerFactory.getLogger(AofRewrite.class);
    private static final int FAILURES_AT_ONCE = 3;
    private static final long MINUTE_MS = 60_000;
    private static final int DELAY_MINUTES_MAX = 60;
    private static final long NEVER = -1;

    /**
     * What it works with.
     *
     * @param file what is written; null if nothing is
     * @param alone takes the rewritten file where nothing is written; by {@code aside}
     * @param aside may wait for the disk
     */
    public record Parts(
            Settings settings,
            Snapshots snapshots,
            Supplier<@Nullable AppendLog> file,
            Alone alone,
            Disk disk,
            Time time,
            Turns loop,
            Executor aside,
            long processId) {}

    /** A directory of files to which nothing is written at the moment. */
    public interface Alone {
        /** Makes a file, which has all data, its base. */
        void adopt(String path, boolean rdb) throws IOException;
    }

    /** What INFO says of it; seconds are -1 where there is none. */
    public record Report(
            boolean running,
            boolean scheduled,
            boolean lastWorked,
            long lastSeconds,
            long currentSeconds,
            long rewrites,
            long failures) {}

    private final Parts parts;
    private boolean running;
    private boolean scheduled;
    private boolean lastWorked = true;
    private long beganMs;
    private long lastSeconds = NEVER;
    private long rewrites;
    private int failures; // one after the other
    private long nextMs; // not before this again by itself

    // Of the one that is running: it has both when it can be adopted.
    private long increment;
    private boolean isWritten;
    private boolean rdb;

    public AofRewrite(Parts parts) {
        this.parts = parts;
    }

    public boolean isRunning() {
        return running;
    }

    /** Begins between two calls. Returns false if it cannot. */
    public boolean begin() {
        AppendLog file = parts.file.get();
        if (running || parts.snapshots.isBusy()) {
            return false;
        }
        if (!parts.snapshots.hasDirectory()) {
            scheduled = false;
            return false;
        }
        Settings settings = parts.settings;
        String directory = settings.text(Setting.DIR);
        String path = (directory.endsWith("/") ? directory : directory + "/") + "temp-rewriteaof-bg-" + parts.processId
                + ".aof";
        increment = 0;
        isWritten = false;
        running = true;
        scheduled = false;
        beganMs = parts.time.epochMillis();
        rewrites++;
        SnapshotForm form = form();
        rdb = form instanceof RdbForm;
        if (file == null) {
            parts.snapshots.write(path, null, form, 0, failure -> written(path, failure));
        } else {
            file.rotate((number, problem) -> rotated(file, path, number, problem));
            parts.snapshots.write(path, null, form, 0, failure -> written(file, path, failure));
            file.rests(settings.isOn(Setting.NO_APPENDFSYNC_ON_REWRITE));
        }
        log.info("Background append only file rewriting started");
        return true;
    }

    private SnapshotForm form() {
        if (!parts.settings.isOn(Setting.AOF_USE_RDB_PREAMBLE)) {
            SnapshotForm commands = parts.snapshots.commands();
            if (commands != null) {
                return commands;
            }
            log.info("The base is an RDB file whatever aof-use-rdb-preamble says: no command makes the streams and"
                    + " functions that were read from a file");
        }
        return parts.snapshots.rdb(true);
    }

    private void rotated(AppendLog file, String path, long number, @Nullable String problem) {
        if (problem != null) {
            if (isWritten) {
                parts.aside.execute(() -> remove(path));
            } else if (running) {
                var unused = parts.snapshots.abort();
            }
            end("the next increment cannot be opened: " + problem);
        } else {
            increment = number;
            adopt(file, path);
        }
    }

    private void written(AppendLog file, String path, @Nullable IOException failure) {
        file.rests(false);
        if (failure != null) {
            end(String.valueOf(failure.getMessage()));
        } else if (running) {
            isWritten = true;
            adopt(file, path);
        } else {
            parts.aside.execute(() -> remove(path));
        }
    }

    /** Nothing is written that comes behind it. */
    private void written(String path, @Nullable IOException failure) {
        if (failure != null) {
            end(String.valueOf(failure.getMessage()));
        } else if (running) {
            parts.aside.execute(() -> adopt(path));
        } else {
            parts.aside.execute(() -> remove(path));
        }
    }

    private void adopt(String path) {
        String problem = null;
        try {
            parts.alone.adopt(path, rdb);
        } catch (IOException failed) {
            problem = String.valueOf(failed.getMessage());
            remove(path);
        }
        String outcome = problem;
        parts.loop.execute(() -> end(outcome));
    }

    private void adopt(AppendLog file, String path) {
        if (isWritten && increment > 0) {
            file.adopt(path, rdb, increment, this::end);
        }
    }

    /** Nothing is written any more that it could go on from. */
    public void cancel() {
        scheduled = false;
        if (running) {
            log.info("Killing running AOF rewrite child: {}, which is this process and goes on", parts.processId);
            var unused = parts.snapshots.abort();
            end("the append-only file was turned on or off");
        }
    }

    private void remove(String path) {
        try {
            parts.disk.delete(path);
        } catch (IOException stays) {
            log.warn("{} cannot be removed: {}", path, stays.getMessage());
        }
    }

    private void end(@Nullable String problem) {
        if (!running) {
            return;
        }
        running = false;
        lastWorked = problem == null;
        lastSeconds = (parts.time.epochMillis() - beganMs) / 1000;
        if (problem == null) {
            failures = 0;
            log.info("Background AOF rewrite finished successfully");
        } else {
            failures++;
            int minutes = Math.min(DELAY_MINUTES_MAX, 1 << Math.clamp(failures - FAILURES_AT_ONCE, 0, 6));
            nextMs = failures < FAILURES_AT_ONCE ? 0 : parts.time.epochMillis() + minutes * MINUTE_MS;
            log.warn("Background AOF rewrite failed: {}", problem);
        }
    }

    /** To be done when nothing else is being written any more; one that was asked for waits for nothing else. */
    public void schedule() {
        scheduled = true;
        failures = 0;
        nextMs = 0;
    }

    /** To be called ten times a second: rewrites when the file has grown enough, or was asked to. */
    public void look() {
        AppendLog file = parts.file.get();
        if (parts.snapshots.isBusy() || running || parts.time.epochMillis() < nextMs) {
            return;
        }
        if (scheduled || file != null && file.isAside()) {
            begin();
            return;
        }
        if (file == null) {
            return;
        }
        long percentage = parts.settings.number(Setting.AUTO_AOF_REWRITE_PERCENTAGE);
        long size = file.bytes();
        if (percentage > 0 && size > parts.settings.number(Setting.AUTO_AOF_REWRITE_MIN_SIZE)) {
            long growth = (long) (100.0 * size / Math.max(1, file.baseBytes())) - 100;
            if (growth >= percentage) {
                log.info("Starting automatic rewriting of AOF on {}% growth", growth);
                begin();
            }
        }
    }

    public Report report() {
        return new Report(
                running,
                scheduled,
                lastWorked,
                lastSeconds,
                running ? (parts.time.epochMillis() - beganMs) / 1000 : NEVER,
                rewrites,
                failures);
    }

    public void resetStatistics() {
        rewrites = 0;
    }
}
