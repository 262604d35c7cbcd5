package dev.sluice.broker.persist;

import dev.sluice.broker.persist.AofManifest.Part;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk's side of the append-only log, on a thread of its own: writes what has been handed over, in batches, and forces
 * it. What it has come to can be read from any thread.
 *
 * <p>A batch that could not be written is cut off again and kept: it is tried once more, and until that succeeds nothing
 * behind it is written. Where everything is to be on the disk before anybody is told, there is no second time.
 */
final class AofWriter {
    /** What it tells its owner, on its own thread. */
    interface Owner {
        /** More has been written, or forced. */
        void advanced();

        /** The process has to end. */
        void fatal(String why);
    }

    /** Something to be done, in order. */
    sealed interface Step {}

    /** Bytes of records; {@code end} is where they end in the journal. */
    record Records(byte[] bytes, int length, long end) implements Step {}

    /** Everything else; done when all before it has been written. */
    record Work(Task task) implements Step {}

    interface Task {
        void run(AofWriter writer);
    }

    private static final Logger log = LoggerFactory.getLogger(AofWriter.class);
    private static final int BATCH_BYTES = 1 << 20;
    private static final int HEADER_ROOM = 80;
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000;
    private static final long RETRY_NANOS = 100_000_000L;
    private static final long LOG_EVERY_NANOS = 30 * SECOND;
    private static final long SLOW_FORCE_NANOS = 2 * SECOND;

    private final AofDirectory directory;
    private final Time time;
    private final long salt;
    private final long loadedSalt;
    private final Owner owner;

    private final Object lock = new Object();
    private final Deque<Step> queue = new ArrayDeque<>();
    private boolean closing;

    // Of the writer's thread.
    private final Deque<Step> todo = new ArrayDeque<>();
    private byte[] batch = new byte[HEADER_ROOM + BATCH_BYTES];
    private AofManifest manifest;
    private Disk.@Nullable Output file;
    private volatile @Nullable Part temporary;
    private long size;
    private long forcedSize;
    private boolean unclean;
    private long lastForceNanos;
    private long loggedNanos;
    private boolean ended;
    private @Nullable String writeProblem;
    private @Nullable String forceProblem;
    private long baseTaken;

    private volatile Fsync fsync;
    private volatile boolean resting;
    private volatile boolean keepsHistory;
    private volatile long slownessMicros;
    private volatile long written;
    private volatile long forced;
    private volatile long told;
    private volatile long bytes;
    private volatile long baseBytes;
    private volatile long delayedForces;
    private volatile @Nullable String problem;

    /**
     * @param loaded what there is
     * @param salt random
     * @param start where the journal is
     */
    AofWriter(
            AofDirectory directory,
            Time time,
            long salt,
            Fsync fsync,
            AofLoader.Loaded loaded,
            long start,
            Owner owner) {
        this.directory = directory;
        this.time = time;
        this.salt = salt;
        this.fsync = fsync;
        this.owner = owner;
        this.manifest = loaded.manifest();
        this.loadedSalt = loaded.salt();
        this.bytes = loaded.bytes();
        this.baseBytes = loaded.baseBytes();
        this.written = start;
        this.forced = start;
        this.told = start;
        this.lastForceNanos = time.nanos();
    }

    // ---- from any thread

    void fsync(Fsync policy) {
        fsync = policy;
        hand(new Work(writer -> {}));
    }

    Fsync fsync() {
        return fsync;
    }

    /** Whether nothing is forced for the time being, however it is set: {@code no-appendfsync-on-rewrite}. */
    void rests(boolean on) {
        resting = on;
        hand(new Work(writer -> {}));
    }

    void slowDown(long micros) {
        slownessMicros = micros;
    }

    void keepsHistory(boolean on) {
        keepsHistory = on;
    }

    /** Up to where the journal has been written. */
    long written() {
        return written;
    }

    /** Up to where the journal would be there after a crash of the machine. */
    long forced() {
        return forced;
    }

    /** Up to where clients may be told of it. */
    long told() {
        return told;
    }

    /** Whether what is written does not count yet: see {@link #openAside}. */
    boolean isAside() {
        return temporary != null;
    }

    /** Of all files that count. */
    long bytes() {
        return bytes;
    }

    long baseBytes() {
        return baseBytes;
    }

    long delayedForces() {
        return delayedForces;
    }

    /** Why nothing can be written at the moment, as strerror says it; null if it can. */
    @Nullable
    String problem() {
        return problem;
    }

    void hand(Step step) {
        synchronized (lock) {
            queue.add(step);
            lock.notify();
        }
    }

    /** What is there is written and forced, then {@link #run} returns. */
    void close() {
        synchronized (lock) {
            closing = true;
            lock.notify();
        }
    }

    // ---- on its own thread

    /** Makes the directory and the file that is written to; what is there before is on the disk then. */
    void open(boolean rdbBase) throws IOException {
        directory.make();
        if (manifest.isEmpty()) {
            Part base = manifest.nextBase(directory.fileName(), baseTaken, rdbBase);
            byte[] content = rdbBase ? EmptyRdb.bytes(time.epochMillis() / 1000) : new byte[0];
            write(directory.path(base.name()), content);
            log.info("Creating AOF base file {} on server start", base.name());
            manifest = manifest.withBase(base, 0);
            baseBytes = content.length;
            bytes = content.length;
        }
        boolean fresh = manifest.increments().isEmpty();
        AofManifest next = fresh ? manifest.withIncrement(manifest.nextIncrement(directory.fileName())) : manifest;
        Part last = next.increments().getLast();
        String path = directory.path(last.name());
        if (fresh) {
            begin(directory.disk().create(path), 0); // one that nobody names is no log
        } else {
            begin(directory.disk().append(path), loadedSalt);
        }
        directory.save(next);
        manifest = next;
        log.info("{} AOF incr file {} on server start", fresh ? "Creating" : "Opening", last.name());
        clean();
    }

    /**
     * As {@link #open}, but what is written does not count before a base has been adopted that it follows: until then a
     * restart finds what there was before.
     */
    void openAside() throws IOException {
        directory.make();
        temporary = manifest.nextIncrement(directory.fileName());
        begin(directory.disk().create(directory.temporary(directory.fileName() + ".incr")), 0);
        log.info("Creating AOF incr file temp-{}.incr on background rewrite", directory.fileName());
    }

    private void write(String path, byte[] content) throws IOException {
        try (Disk.Output out = directory.disk().create(path)) {
            out.write(content, 0, content.length);
            out.force();
        }
    }

    /** What is written next goes to this file. It tells first that a broker begins, so that it knows its batches again. */
    private void begin(Disk.Output next, long saltBefore) throws IOException {
        byte[] line = AofNote.began(saltBefore, salt).getBytes(StandardCharsets.ISO_8859_1);
        long before = next.size();
        try {
            next.force();
            next.write(line, 0, line.length);
            next.force();
        } catch (IOException failed) {
            next.truncate(before);
            next.close();
            throw failed;
        }
        Disk.Output old = file;
        file = next;
        size = before + line.length;
        forcedSize = size;
        bytes += line.length;
        if (old != null) {
            old.close();
        }
    }

    /** The thread's whole work. */
    void run() {
        try {
            while (!ended) {
                pause(round());
            }
        } catch (Throwable broken) {
            log.error("The append-only log has failed", broken);
            owner.fatal("The append-only log has failed: " + broken);
        }
    }

    private void pause(long nanos) throws InterruptedException {
        synchronized (lock) {
            if (queue.isEmpty() && !closing && nanos > 0) {
                lock.wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
            }
        }
    }

    /** Does what there is to do, once. Returns for how many nanoseconds at most there is nothing more. */
    long round() {
        boolean ending;
        synchronized (lock) {
            todo.addAll(queue);
            queue.clear();
            ending = closing;
        }
        boolean stuck = false;
        while (!todo.isEmpty() && !stuck && !ended) {
            if (todo.peekFirst() instanceof Work work) {
                todo.removeFirst();
                work.task.run(this);
            } else {
                stuck = !writeBatch();
            }
        }
        if (!ended) {
            forceIfDue(ending);
        }
        if (ending && !ended) {
            end();
        }
        return stuck ? RETRY_NANOS : untilForce();
    }

    /** Records that have come one after the other become one batch. */
    private boolean writeBatch() {
        int length = 0;
        int count = 0;
        long end = written;
        for (Step step : todo) {
            if (!(step instanceof Records records) || count > 0 && length + records.length > BATCH_BYTES) {
                break;
            }
            room(length, records.length);
            System.arraycopy(records.bytes, 0, batch, HEADER_ROOM + length, records.length);
            length += records.length;
            end = records.end;
            count++;
        }
        if (slownessMicros > 0) {
            LockSupport.parkNanos(slownessMicros * 1000);
        }
        if (!append(length)) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            todo.removeFirst();
        }
        written = end;
        if (fsync != Fsync.ALWAYS) { // else it is told of the force
            owner.advanced();
        }
        if (batch.length > 2 * (HEADER_ROOM + BATCH_BYTES)) {
            batch = new byte[HEADER_ROOM + BATCH_BYTES];
        }
        return true;
    }

    private void room(int used, int more) {
        long needed = (long) HEADER_ROOM + used + more;
        if (needed > batch.length) {
            byte[] larger = new byte[(int) Math.min(Integer.MAX_VALUE - 64, Math.max(needed, 2L * batch.length))];
            System.arraycopy(batch, HEADER_ROOM, larger, HEADER_ROOM, used);
            batch = larger;
        }
    }

    /** Writes the batch, with what tells of it before it. */
    private boolean append(int length) {
        long crc = Crc64.of(AofNote.crcBefore(salt, length, forcedSize), batch, HEADER_ROOM, length);
        byte[] header = AofNote.batchLine(length, forcedSize, crc).getBytes(StandardCharsets.ISO_8859_1);
        int from = HEADER_ROOM - header.length;
        System.arraycopy(header, 0, batch, from, header.length);
        try {
            if (unclean) {
                output().truncate(size);
                unclean = false;
            }
            output().write(batch, from, header.length + length);
        } catch (IOException failed) {
            notWritten(String.valueOf(failed.getMessage()));
            return false;
        }
        size += header.length + length;
        bytes += header.length + length;
        if (writeProblem != null) {
            log.warn("AOF write error looks solved, Sluice can write again.");
            writeProblem = null;
            problem = forceProblem;
        }
        return true;
    }

    private Disk.Output output() throws IOException {
        Disk.Output open = file;
        if (open == null) {
            throw new IOException("Bad file descriptor");
        }
        return open;
    }

    private void notWritten(String reason) {
        boolean says = problem == null || time.nanos() - loggedNanos > LOG_EVERY_NANOS;
        if (says) {
            loggedNanos = time.nanos();
            log.warn("Error writing to the AOF file: {}", reason);
        }
        try {
            output().truncate(size);
        } catch (IOException later) {
            unclean = true;
        }
        writeProblem = reason;
        problem = reason;
        if (fsync == Fsync.ALWAYS && temporary == null) {
            String why = "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...";
            fatal(why);
        }
        owner.advanced();
    }

    private void fatal(String why) {
        log.warn(why);
        ended = true;
        owner.fatal(why);
    }

    private void forceIfDue(boolean ending) {
        if (forced == written && forcedSize == size) {
            return;
        }
        boolean due = switch (fsync) {
            case ALWAYS -> true;
            case EVERYSEC -> time.nanos() - lastForceNanos >= SECOND;
            case NO -> false;
        };
        if (resting && fsync == Fsync.ALWAYS && !ending) {
            told = written; // as the operator has asked for
            owner.advanced();
        } else if (ending || due && !resting) {
            force();
        }
    }

    private boolean force() {
        long start = time.nanos();
        lastForceNanos = start;
        long upTo = written;
        try {
            output().force();
        } catch (IOException failed) {
            notForced(String.valueOf(failed.getMessage()));
            return false;
        }
        if (time.nanos() - start > SLOW_FORCE_NANOS) {
            delayedForces++;
            log.info("Asynchronous AOF fsync is taking too long (disk is busy?).");
        }
        forcedSize = size;
        forcedUpTo(upTo);
        forceProblem = null;
        problem = writeProblem;
        owner.advanced();
        return true;
    }

    private void forcedUpTo(long end) {
        forced = end;
        told = end;
    }

    private void notForced(String reason) {
        forceProblem = reason;
        problem = reason;
        if (fsync == Fsync.ALWAYS && temporary == null) {
            String why = "Can't persist AOF for fsync error when the AOF fsync policy is 'always': " + reason
                    + ". Exiting...";
            fatal(why);
        } else {
            log.warn("Fail to fsync the AOF file: {}", reason);
        }
        owner.advanced();
    }

    private long untilForce() {
        if (forced == written && forcedSize == size || fsync != Fsync.EVERYSEC) {
            return Long.MAX_VALUE / 2;
        }
        return resting ? SECOND : Math.max(MILLI, lastForceNanos + SECOND - time.nanos());
    }

    /** An empty batch says at the end that all before it is on the disk. */
    private void end() {
        ended = true;
        if (!todo.isEmpty()) {
            log.warn("What was written last is not in the AOF file: {}", problem);
        }
        try {
            if (todo.isEmpty() && forcedSize == size && append(0)) {
                force();
            }
            output().close();
        } catch (IOException failed) {
            log.warn("Fail to fsync the AOF file: {}", failed.getMessage());
        }
    }

    // ---- tasks

    /**
     * What comes goes to another increment, of which the number is returned. What was written is forced first: a later file
     * is only loaded if the ones before it are whole.
     */
    long rotate() throws IOException {
        Part kept = temporary;
        if (kept != null) {
            begin(directory.disk().create(directory.temporary(directory.fileName() + ".incr")), 0);
            return kept.sequence();
        }
        if (!force()) {
            throw new IOException(forceProblem);
        }
        Part next = manifest.nextIncrement(directory.fileName());
        String path = directory.path(next.name());
        AofManifest with = manifest.withIncrement(next);
        Disk.Output fresh = directory.disk().create(path);
        Disk.Output old = file;
        long oldSize = size;
        try {
            file = null;
            begin(fresh, 0);
            directory.save(with);
        } catch (IOException failed) {
            fresh.close();
            file = old;
            size = oldSize;
            forcedSize = oldSize;
            directory.save(manifest); // the one that was not saved may be there after all
            throw failed;
        }
        manifest = with;
        log.info("Creating AOF incr file {} on background rewrite", next.name());
        if (old != null) {
            old.close();
        }
        owner.advanced();
        return next.sequence();
    }

    /**
     * A new base, which has all that comes before an increment: a forced file, that gets its name here. Older files go.
     */
    void adopt(String path, boolean rdb, long increment) throws IOException {
        Part base = manifest.nextBase(directory.fileName(), baseTaken, rdb);
        baseTaken = base.sequence();
        try {
            long length = directory.disk().size(path);
            directory.disk().rename(path, directory.path(base.name()));
            name(base, increment);
            baseBytes = length;
        } catch (IOException failed) {
            giveUp(path, base);
            throw failed;
        }
        clean();
        long all = 0;
        for (Part part : manifest.parts()) {
            all += directory.disk().size(directory.path(part.name()));
        }
        bytes = all;
        owner.advanced();
    }

    private void name(Part base, long increment) throws IOException {
        AofManifest next = manifest.withBase(base, increment);
        Part aside = temporary;
        if (aside != null) {
            directory.disk().rename(directory.temporary(directory.fileName() + ".incr"), directory.path(aside.name()));
            next = next.withIncrement(aside);
            output().force();
            forcedSize = size;
        }
        directory.save(next);
        if (aside != null) {
            forcedUpTo(written);
            temporary = null;
        }
        manifest = next;
    }

    /**
     * The manifest that could not be saved may be there after all. As long as that is not certain, the base that it names
     * stays as it is: no other one ever gets its name.
     */
    private void giveUp(String path, Part base) {
        try {
            directory.disk().delete(path);
            directory.save(manifest);
            directory.disk().delete(directory.path(base.name()));
        } catch (IOException failed) {
            log.warn("What is left of an AOF rewrite cannot be removed: {}", failed.getMessage());
        }
    }

    private void clean() {
        if (keepsHistory) {
            return;
        }
        try {
            manifest = directory.withoutHistory(manifest);
        } catch (IOException failed) {
            log.warn("Old AOF files cannot be removed: {}", failed.getMessage());
        }
    }
}
