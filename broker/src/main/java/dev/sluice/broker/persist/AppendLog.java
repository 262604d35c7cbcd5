package dev.sluice.broker.persist;

import dev.sluice.broker.journal.Journal;
import dev.sluice.broker.seam.Time;
import dev.sluice.streams.message.Bytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The append-only log, as the keyspace loop sees it: records of the journal collect here and are handed over to a thread
 * that writes them. All methods belong to the loop unless they say otherwise; none of them waits.
 */
public final class AppendLog implements Journal.Reader {
    /** What it needs of where it lives. */
    public interface House {
        /** Runs it at the end of the present turn of the loop. */
        void atEndOfTurn(Runnable what);

        /** Runs it on the loop in so many milliseconds. */
        void after(long ms, Runnable what);

        /** Runs it on the loop, from any thread. */
        void onLoop(Runnable what);

        /** More of the journal is in the file, or forced, or something has gone wrong. */
        void advanced();

        /** Commands that write are to wait, or need not any longer: the disk does not keep up. */
        void hold(boolean on);

        /** From any thread: the process has to end. */
        void fatal(String why);
    }

    /** What becomes of something that the disk does, on the loop: null, or why it could not be done. */
    public interface Done {
        void done(@Nullable String problem);
    }

    private static final int HAND_OVER_BYTES = 256 * 1024;
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 64;
    private static final int SMALL_BYTES = 16 * 1024;
    private static final long GATHER_MS = 5;

    private final Journal journal;
    private final Time time;
    private final House house;
    private final AofWriter writer;
    private final AtomicBoolean advancing = new AtomicBoolean();
    private byte[] filling = new byte[2 * HAND_OVER_BYTES];
    private int filled;
    private long end;
    private boolean due;
    private boolean timed;
    private long timedSecond;
    private long backlogMax = Long.MAX_VALUE;
    private volatile boolean holding;
    private boolean closed;
    private volatile boolean asked;

    /** @param salt random: nobody who stores values may know it */
    public AppendLog(
            AofDirectory directory,
            AofLoader.Loaded loaded,
            Journal journal,
            Time time,
            long salt,
            Fsync fsync,
            House house) {
        this.journal = journal;
        this.time = time;
        this.house = house;
        this.end = journal.offset();
        this.writer = new AofWriter(directory, time, salt, fsync, loaded, end, new AofWriter.Owner() {
            @Override
            public void advanced() {
                tell();
            }

            @Override
            public void fatal(String why) {
                house.fatal(why);
            }
        });
    }

    /** Makes what there has to be on the disk; waits. */
    public void open(boolean rdbBase) throws IOException {
        writer.open(rdbBase);
    }

    /** As {@link #open}, for a log that counts from {@link #adopt} on. */
    public void openAside() throws IOException {
        writer.openAside();
    }

    /** What the thread does that writes; returns after {@link #close}. */
    public void work() {
        writer.run();
    }

    /** One step of it, for who has no thread. Returns for how many nanoseconds at most there is nothing to do. */
    long step() {
        return writer.round();
    }

    @Override
    public void record(long offset, Bytes record) {
        if (timed) {
            noteTime();
        }
        add(AofDialect.isKnown(record) ? record : AofDialect.translated(record));
        end = offset + record.length();
        if (filled >= HAND_OVER_BYTES) {
            handOver();
        } else if (!due) {
            due = true;
            if (writer.fsync() == Fsync.ALWAYS) {
                house.atEndOfTurn(this::handOver);
            } else {
                house.after(GATHER_MS, this::handOver);
            }
        }
    }

    private void noteTime() {
        long second = time.epochMillis() / 1000;
        if (second > timedSecond) {
            timedSecond = second;
            add(Bytes.of(AofNote.timeLine(second)));
        }
    }

    private void add(Bytes bytes) {
        int length = bytes.length();
        if (length > filling.length - filled) {
            long wanted = (long) filled + length;
            if (wanted > ARRAY_BYTES_MAX) {
                handOver();
                wanted = length;
            }
            filling = Arrays.copyOf(filling, (int) Math.min(ARRAY_BYTES_MAX, 2 * wanted));
        }
        System.arraycopy(bytes.array(), bytes.offset(), filling, filled, length);
        filled += length;
    }

    /** What has come goes to the thread that writes. */
    public void handOver() {
        due = false;
        if (filled > 0) {
            byte[] bytes = filling;
            if (filled <= SMALL_BYTES) {
                bytes = Arrays.copyOf(filling, filled);
            } else {
                filling = new byte[2 * HAND_OVER_BYTES];
            }
            writer.hand(new AofWriter.Records(bytes, filled, end));
            filled = 0;
            holdIfFull();
        }
    }

    private void holdIfFull() {
        if (!holding && !closed && end - writer.written() > backlogMax) {
            holding = true;
            house.hold(true);
        }
        if (holding && (closed || end - writer.written() <= backlogMax / 2)) { // asked for after it has been said
            holding = false;
            house.hold(false);
        }
    }

    /** From the thread that writes. */
    private void tell() {
        boolean awaited = asked || holding || writer.fsync() == Fsync.ALWAYS || writer.problem() != null;
        if (awaited && advancing.compareAndSet(false, true)) {
            house.onLoop(() -> {
                advancing.set(false);
                holdIfFull();
                house.advanced();
            });
        }
    }

    /** Whether {@link House#advanced} is to be called in any case: somebody waits for it. */
    public void ask(boolean on) {
        asked = on;
    }

    /** Bytes of the journal that may wait to be written before commands that write are held. */
    public void backlogMax(long bytes) {
        backlogMax = bytes;
    }

    /** Whether the seconds are noted down: {@code aof-timestamp-enabled}. */
    public void timed(boolean on) {
        timed = on;
    }

    /** Each batch takes so much longer to write: for tests. */
    public void slowDown(long micros) {
        writer.slowDown(micros);
    }

    public void fsync(Fsync policy) {
        handOver();
        writer.fsync(policy);
    }

    public Fsync fsync() {
        return writer.fsync();
    }

    /** Whether nothing is forced for the time being: {@code no-appendfsync-on-rewrite}. */
    public void rests(boolean on) {
        writer.rests(on);
    }

    /** Whether files that are not needed any more stay: {@code aof-disable-auto-gc}. */
    public void keepsHistory(boolean on) {
        writer.keepsHistory(on);
    }

    /** What is journalled from now on goes to another file. {@code done} gets its number, which {@link #adopt} needs. */
    public void rotate(Rotated done) {
        handOver();
        journal.selectAgain();
        timedSecond = 0;
        writer.hand(new AofWriter.Work(at -> {
            try {
                long increment = at.rotate();
                house.onLoop(() -> done.rotated(increment, null));
            } catch (IOException failed) {
                house.onLoop(() -> done.rotated(0, failed.getMessage()));
            }
        }));
    }

    /** What becomes of {@link #rotate}, on the loop. */
    public interface Rotated {
        void rotated(long increment, @Nullable String problem);
    }

    /**
     * A file, which must have been forced, has all that came before an increment: it becomes the base, and what is older
     * goes.
     */
    public void adopt(String path, boolean rdb, long increment, Done done) {
        writer.hand(new AofWriter.Work(at -> {
            try {
                at.adopt(path, rdb, increment);
                house.onLoop(() -> done.done(null));
            } catch (IOException failed) {
                house.onLoop(() -> done.done(failed.getMessage()));
            }
        }));
    }

    /** Writes and forces what has come; then {@link #work} returns. Nobody is held for it any more. */
    public void close() {
        closed = true;
        handOver();
        holdIfFull();
        writer.close();
    }

    /** Up to where the journal would be there after a crash of the machine; from any thread. */
    public long forced() {
        return writer.forced();
    }

    /** Up to where clients may be told of it: as far as it is forced, unless the operator does without. */
    public long told() {
        return writer.told();
    }

    /** Whether what is written counts only from {@link #adopt} on; from any thread. */
    public boolean isAside() {
        return writer.isAside();
    }

    /** Why nothing can be written at the moment; null if it can. From any thread. */
    public @Nullable String problem() {
        return writer.problem();
    }

    /** Of all files that count; from any thread. */
    public long bytes() {
        return writer.bytes();
    }

    /** Of the base; from any thread. */
    public long baseBytes() {
        return writer.baseBytes();
    }

    /** Bytes that have not been handed over, or not been written. */
    public long backlogBytes() {
        return filled + Math.max(0, end - writer.written());
    }

    /** Forces that took more than two seconds; from any thread. */
    public long delayedForces() {
        return writer.delayedForces();
    }
}
