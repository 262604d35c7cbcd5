package dev.sluice.broker.persist;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.seam.Turns;
import dev.sluice.streams.message.CommandError;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Copies of all data, each a directory of its own that a broker can be started in, made while commands go on. In one that
 * is not complete the file has another name, so nobody takes it for one. On the keyspace loop.
 */
public final class Backups {
    private static final Logger log = LoggerFactory.getLogger(Backups.class);
    private static final String FILE = "dump.rdb";
    private static final String INCOMPLETE = Leftovers.INCOMPLETE;
    private static final String LOCK = "sluice.lock";
    private static final Pattern NAMED = Pattern.compile("\\d{8}T\\d{6}\\.\\d{3}Z");
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    /**
     * What it works with.
     *
     * @param aside may wait for the disk
     */
    public record Parts(Settings settings, Snapshots snapshots, Disk disk, Time time, Turns loop, Executor aside) {}

    /** One that is complete: its directory, and the bytes in it. */
    public record Backup(String directory, long bytes) {}

    /**
     * What is being done, and what became of the last.
     *
     * @param running its directory; null when there is none
     * @param last directory of the last one that ended, and {@code lastProblem} why it is not there; null: none
     */
    public record Status(
            @Nullable String running,
            long startedSeconds,
            long keysDone,
            long keysTotal,
            @Nullable String last,
            @Nullable String lastProblem) {}

    private final Parts parts;
    private @Nullable String running;
    private volatile @Nullable Closeable lock; // while one is running
    private long startedMs;
    private @Nullable String last;
    private @Nullable String lastProblem;

    public Backups(Parts parts) {
        this.parts = parts;
    }

    private String root() {
        String directory = parts.settings.text(Setting.BACKUP_DIR);
        if (directory.startsWith("/")) {
            return directory;
        }
        String home = parts.settings.text(Setting.DIR);
        return home.endsWith("/") ? home + directory : home + "/" + directory;
    }

    /**
     * Begins one. Completes with its directory as soon as it is being written, or with {@link CommandError}.
     *
     * @throws CommandError something else is being written
     */
    public Mono<String> start() {
        if (!parts.snapshots.hasDirectory()) {
            throw new CommandError("ERR There is no directory for backups");
        }
        if (running != null) {
            throw new CommandError("ERR A backup is already in progress");
        }
        if (parts.snapshots.isBusy()) {
            throw new CommandError("ERR Another file is being written from the data: try again when that is done");
        }
        String root = root();
        String directory = root + "/" + NAME.format(Instant.ofEpochMilli(parts.time.epochMillis()));
        int most = parts.settings.integer(Setting.BACKUPS_MAX);
        running = directory;
        startedMs = parts.time.epochMillis();
        Sinks.One<String> begun = Sinks.one();
        parts.aside.execute(() -> {
            String problem = prepare(root, directory, most);
            parts.loop.execute(() -> {
                CommandError refusal = problem == null ? write(directory) : refused(directory, problem);
                if (refusal == null) {
                    begun.tryEmitValue(directory);
                } else {
                    begun.tryEmitError(refusal);
                }
            });
        });
        return begun.asMono();
    }

    /** Returns what is in the way, or null. */
    private @Nullable String prepare(String root, String directory, int most) {
        try {
            parts.disk.makeDirectory(root);
            lock = parts.disk.lock(root + "/" + LOCK);
            if (lock == null) {
                return "another process is writing one to " + root;
            }
            removeLeftovers(root);
            if (find(root).size() >= most) {
                return "there are as many as backups-max allows in " + root + ", which is " + most
                        + ": remove some of them";
            }
            parts.disk.makeDirectory(directory);
            return null;
        } catch (IOException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    /** What processes that were killed have left: nobody is writing one here, as the lock says. */
    private void removeLeftovers(String root) throws IOException {
        for (String name : parts.disk.list(root)) {
            if (NAMED.matcher(name).matches() && parts.disk.isDirectory(root + "/" + name)) {
                Leftovers.removeBackup(parts.disk, root + "/" + name, FILE);
            }
        }
    }

    private void unlock() {
        Closeable held = lock;
        lock = null;
        if (held != null) {
            try {
                held.close();
            } catch (IOException gone) {
                log.debug("The lock of a backup is gone: {}", gone.getMessage());
            }
        }
    }

    private CommandError refused(String directory, String why) {
        unlock();
        ended(directory, why);
        return new CommandError("ERR The backup cannot be written: " + why);
    }

    private @Nullable CommandError write(String directory) {
        long bytesPerSecond = parts.settings.number(Setting.BACKUP_BYTES_PER_SECOND_MAX);
        boolean begun = parts.snapshots.write(
                directory + "/" + FILE + INCOMPLETE,
                directory + "/" + FILE,
                parts.snapshots.rdb(false),
                bytesPerSecond,
                failure -> finish(directory, failure));
        if (begun) {
            log.info("Backup started: {}", directory);
            return null;
        }
        parts.aside.execute(() -> remove(directory));
        return refused(directory, "another file is being written from the data");
    }

    private void finish(String directory, @Nullable IOException failure) {
        parts.aside.execute(() -> {
            String problem = failure == null ? complete(directory) : failure.getMessage();
            if (problem != null) {
                remove(directory);
            }
            unlock();
            parts.loop.execute(() -> ended(directory, problem));
        });
    }

    private void ended(String directory, @Nullable String problem) {
        running = null;
        last = directory;
        lastProblem = problem;
        if (problem == null) {
            log.info("Backup complete: {}", directory);
        } else {
            log.warn("Backup {} is not there: {}", directory, problem);
        }
    }

    private @Nullable String complete(String directory) {
        try {
            parts.disk.forceDirectory(directory.substring(0, directory.lastIndexOf('/')));
            return null;
        } catch (IOException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private void remove(String directory) {
        try {
            parts.disk.delete(directory + "/" + FILE);
            parts.disk.delete(directory);
        } catch (IOException stays) {
            log.warn("{} cannot be removed: {}", directory, stays.getMessage());
        }
    }

    /** Gives the one up that is being written. Returns false when there is none. */
    public boolean abort() {
        if (running == null || !parts.snapshots.isBusy()) {
            return false;
        }
        parts.snapshots.abort();
        return true;
    }

    public Status status() {
        Snapshots.Report report = parts.snapshots.report();
        boolean is = running != null;
        return new Status(
                running,
                is ? startedMs / 1000 : 0,
                is ? report.keysDone() : 0,
                is ? report.keysTotal() : 0,
                last,
                lastProblem);
    }

    /** Those that are complete, the oldest first. Completes on the loop. */
    public Mono<List<Backup>> list() {
        Sinks.One<List<Backup>> found = Sinks.one();
        String root = root();
        parts.aside.execute(() -> {
            List<Backup> all = find(root);
            parts.loop.execute(() -> found.tryEmitValue(all));
        });
        return found.asMono();
    }

    private List<Backup> find(String root) {
        List<Backup> all = new ArrayList<>();
        try {
            for (String name : parts.disk.exists(root) ? parts.disk.list(root) : List.<String>of()) {
                String file = root + "/" + name + "/" + FILE;
                if (parts.disk.exists(file)) {
                    all.add(new Backup(root + "/" + name, parts.disk.size(file)));
                }
            }
        } catch (IOException unreadable) {
            log.warn("{} cannot be read: {}", root, unreadable.getMessage());
        }
        return all;
    }
}
