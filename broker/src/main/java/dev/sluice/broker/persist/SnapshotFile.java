package dev.sluice.broker.persist;

import dev.sluice.broker.data.Frozen;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.BitePace;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.keyspace.Snapshot;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.seam.Turns;
import dev.sluice.streams.message.Bytes;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One snapshot on its way into a file. The keyspace loop walks it in bites and makes records of it, a thread that may
 * wait writes them; while that thread is behind, the walk waits for it.
 */
public final class SnapshotFile implements Snapshot.Sink {
    private static final Logger log = LoggerFactory.getLogger(SnapshotFile.class);

    /**
     * How it is written.
     *
     * @param path of a file that nobody knows
     * @param name that the file is given once it is complete, in place of one that has it; null if it is to keep its own
     * @param rests whether the loop has time for others, and the processor too, between two bites: nobody waits for the end
     * @param biteNanos the longest bite
     * @param keyDelayMicros {@code rdb-key-save-delay}
     * @param bytesPerSecond at most; 0: as fast as the disk takes them
     * @param queuedBytesMax more than that, of what is saved before commands change it, does not wait for the disk
     * @param hold begins and ends to hold such commands; on the loop
     */
    public record Way(
            String path,
            @Nullable String name,
            SnapshotForm form,
            boolean forcesOnTheWay,
            boolean rests,
            long biteNanos,
            long keyDelayMicros,
            long bytesPerSecond,
            long queuedBytesMax,
            Consumer<Boolean> hold) {}

    private sealed interface Part {
        record Chunk(Bytes bytes) implements Part {}

        /** Its attributes were the last of the chunk before. */
        record Large(int database, Bytes key, Frozen value, long expireAtMs) implements Part {}

        record End(boolean complete) implements Part {}
    }

    /** Requests that come one by one wait for the end of a bite: so it is short. */
    private static final long BITE_NANOS_MAX = 300_000;

    /** A loop that is never idle keeps everybody else from the processor, where there are few of them. */
    private static final long REST_MS = 1;

    /** The walk waits for the disk while so much is on the way to it. */
    private static final long QUEUED_BYTES_MAX = 2 << 20;

    /** With so much on the way to the disk, which is what commands change, nothing is slowed down. */
    private static final long HURRY_BYTES = 16 << 20;

    /** What a large value costs while it waits, at the least. */
    private static final int LARGE_BYTES = 64 << 10;

    /** As redis-server's: so there is never much left to force at the end. */
    private static final long FORCED_BYTES = 4 << 20;

    private final Keyspace keyspace;
    private final Disk disk;
    private final Time time;
    private final Turns loop;
    private final Way way;
    private final Consumer<@Nullable IOException> done;
    private final SnapshotForm.Records records;
    private final BitePace pace = new BitePace();
    private final BlockingQueue<Part> parts = new LinkedTransferQueue<>(); // the loop never waits for the other side
    /** Arrays to be filled again: new ones would live long enough for each collection to copy them, which is felt. */
    private final Queue<byte[]> spare = new ConcurrentLinkedQueue<>();

    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicBoolean waitsForDisk = new AtomicBoolean();
    private volatile boolean holds; // commands that change data
    private volatile boolean failed;
    private volatile boolean stopping;
    private volatile @Nullable IOException broken; // what could not be turned into records
    private @Nullable Snapshot snapshot;
    private boolean aborted;
    private boolean ended;
    private boolean bites; // else what is shown is about to be changed
    private long copiedBytes;

    /**
     * @param done called on the loop when the file is there and would be after a crash; or when it could not be written,
     *     or was not to be any more, and is gone
     */
    public SnapshotFile(
            Keyspace keyspace, Disk disk, Time time, Turns loop, Way way, Consumer<@Nullable IOException> done) {
        this.keyspace = keyspace;
        this.disk = disk;
        this.time = time;
        this.loop = loop;
        this.way = way;
        this.done = done;
        this.records = way.form.records(keyspace, this::put);
    }

    /** Takes the cut; on the loop, between two calls. {@code thread} has nothing else to do until it is done. */
    public void begin(Executor thread) {
        snapshot = keyspace.cut(this);
        thread.execute(this::write);
        bite();
    }

    /** The file is not wanted any more. Neither what is on the way to it is waited for, nor a delay. */
    public void abort() {
        aborted = true;
        stopping = true;
        bite();
    }

    public long keysTotal() {
        return snapshot == null ? 0 : snapshot.keysTotal();
    }

    public long keysDone() {
        return snapshot == null ? 0 : snapshot.keysDone();
    }

    /** Bytes of small values that were saved before commands changed them: what Redis copies on write. */
    public long copiedBytes() {
        return copiedBytes;
    }

    /** Bytes on the way to the disk. */
    public long queuedBytes() {
        return queuedBytes.get();
    }

    // ---- on the loop

    @Override
    public void entry(int database, Bytes key, Value value, long expireAtMs, int accessMark) {
        if (failed || aborted) {
            return;
        }
        if (!bites) {
            copiedBytes += key.length() + bytes(value);
        }
        try {
            records.entry(database, key, value, expireAtMs, accessMark);
        } catch (RuntimeException | OutOfMemoryError noRoom) {
            breaks(noRoom);
        }
    }

    @Override
    public void frozen(int database, Bytes key, Frozen value, long expireAtMs, int accessMark) {
        if (failed || aborted) {
            value.release();
            return;
        }
        try {
            records.attributes(database, expireAtMs, accessMark);
            records.flush();
            parts.add(new Part.Large(database, key.detached(), value, expireAtMs));
        } catch (RuntimeException | OutOfMemoryError noRoom) {
            value.release();
            breaks(noRoom);
            return;
        }
        queued(LARGE_BYTES);
    }

    /** A record may be there in part, so there is no file any more; whoever is about to change data goes on. */
    private void breaks(Throwable why) {
        log.error("A snapshot cannot be made", why);
        broken = new IOException("internal error: " + why, why);
        failed = true;
    }

    private byte @Nullable [] put(Bytes chunk) {
        parts.add(new Part.Chunk(chunk));
        queued(chunk.length());
        return spare.poll();
    }

    /** The walk waits by itself, but not what commands are about to change: so they wait. */
    private void queued(int bytes) {
        if (queuedBytes.addAndGet(bytes) > way.queuedBytesMax && !holds) {
            holds = true;
            way.hold.accept(true);
        }
    }

    private void letGo() {
        if (holds) {
            holds = false;
            way.hold.accept(false);
        }
    }

    private void bite() {
        Snapshot walk = snapshot;
        if (walk == null || ended) {
            return;
        }
        if (aborted || failed) {
            walk.abort();
        }
        if (isAhead() && !failed && !aborted) {
            waitsForDisk.set(true);
            if (isAhead() || !waitsForDisk.compareAndSet(true, false)) {
                return; // the other thread calls again
            }
        }
        long start = time.nanos();
        long end = start + pace.allowance(start, Math.min(way.biteNanos, BITE_NANOS_MAX));
        boolean slowly = way.keyDelayMicros > 0 && !aborted && !failed;
        long shown = walk.keysDone();
        boolean finished = bite(walk, () -> slowly || failed || time.nanos() > end || isAhead());
        pace.ended(time.nanos(), !finished);
        if (finished) {
            ended = true;
            lastRecords();
            parts.add(new Part.End(!aborted && !failed));
        } else if (slowly) {
            loop.after(Math.max(1, (walk.keysDone() - shown) * way.keyDelayMicros / 1000), this::bite);
        } else if (way.rests && !aborted && !failed) {
            loop.after(REST_MS, this::bite);
        } else {
            loop.nextTurn(this::bite);
        }
    }

    /** Returns whether that was all. */
    private boolean bite(Snapshot walk, BooleanSupplier isEnough) {
        bites = true;
        try {
            return walk.bite(isEnough);
        } catch (RuntimeException | OutOfMemoryError noRoom) {
            breaks(noRoom);
            return false;
        } finally {
            bites = false;
        }
    }

    private static long bytes(Value value) {
        return switch (value) {
            case StringValue string -> string.length();
            case ListValue list -> list.bytes();
            case SetValue set -> set.bytes();
            case SortedSet set -> set.bytes();
            case HashValue hash -> hash.bytes();
        };
    }

    private void lastRecords() {
        if (aborted || failed) {
            return;
        }
        try {
            records.last();
            records.flush();
        } catch (RuntimeException | OutOfMemoryError noRoom) {
            breaks(noRoom);
        }
    }

    private boolean isAhead() {
        return queuedBytes.get() > QUEUED_BYTES_MAX;
    }

    // ---- on the thread that may wait

    private void write() {
        IOException failure = null;
        try {
            if (!writeFile()) {
                failure = new IOException("given up");
            } else if (way.name != null) {
                disk.rename(way.path, way.name);
                disk.forceDirectory(way.name.substring(0, Math.max(1, way.name.lastIndexOf('/'))));
            }
        } catch (IOException refused) {
            failure = refused;
        } catch (InterruptedException end) {
            failure = new IOException("interrupted");
        } catch (RuntimeException | Error broken) {
            log.error("A snapshot cannot be written", broken);
            failure = new IOException("internal error: " + broken);
        }
        if (failure != null) {
            failed = true;
            remove();
        }
        IOException outcome = failure == null || broken == null ? failure : broken;
        loop.execute(() -> finish(outcome));
    }

    /** Returns whether it is complete. */
    private boolean writeFile() throws IOException, InterruptedException {
        try (Disk.Output file = disk.create(way.path)) {
            DiskStream stream =
                    new DiskStream(file, way.forcesOnTheWay ? FORCED_BYTES : Long.MAX_VALUE, () -> stopping || failed);
            if (way.bytesPerSecond > 0) {
                stream.slowDown(way.bytesPerSecond, time, this::mayTakeTime);
            }
            SnapshotForm.Writer writer = way.form.writer(stream);
            writer.begin();
            if (!writeParts(writer)) {
                return false;
            }
            writer.end();
            file.force();
            return true;
        }
    }

    /** What commands change before it was written waits in memory. */
    private boolean mayTakeTime() {
        return queuedBytes.get() <= HURRY_BYTES && !stopping;
    }

    private void remove() {
        try {
            disk.delete(way.path);
        } catch (IOException stays) {
            log.warn("{} cannot be removed: {}", way.path, stays.getMessage());
        }
    }

    private boolean writeParts(SnapshotForm.Writer writer) throws IOException, InterruptedException {
        for (; ; ) {
            switch (parts.take()) {
                case Part.Chunk(Bytes bytes) -> {
                    writer.chunk(bytes);
                    if (bytes.array().length == SnapshotForm.CHUNK_BYTES) {
                        spare.add(bytes.array());
                    }
                    written(bytes.length());
                }
                case Part.Large large -> {
                    try {
                        writer.value(large.database, large.key, large.value.value(), large.expireAtMs);
                    } finally {
                        loop.execute(large.value::release);
                        written(LARGE_BYTES);
                    }
                }
                case Part.End(boolean complete) -> {
                    return complete && !stopping;
                }
            }
        }
    }

    private void written(int bytes) {
        long left = queuedBytes.addAndGet(-bytes);
        if (left < QUEUED_BYTES_MAX / 2 && waitsForDisk.compareAndSet(true, false)) {
            loop.execute(this::bite);
        }
        if (holds && left < way.queuedBytesMax / 2) {
            loop.execute(this::letGo);
        }
    }

    // ---- on the loop

    /** The walk has to end too, whatever became of the file. */
    private void finish(@Nullable IOException failure) {
        if (!ended) {
            waitsForDisk.set(false);
            bite();
            if (!ended) {
                loop.after(1, () -> finish(failure));
                return;
            }
        }
        for (Part part; (part = parts.poll()) != null; ) {
            if (part instanceof Part.Large large) {
                large.value.release();
            }
        }
        letGo();
        done.accept(failure);
    }
}
