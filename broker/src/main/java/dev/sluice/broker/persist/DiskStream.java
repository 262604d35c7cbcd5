package dev.sluice.broker.persist;

import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A file that is written as a stream, and forced to the disk again and again. */
final class DiskStream extends OutputStream {
    private static final long LOOK_NANOS = 20_000_000;

    private final Disk.Output file;
    private final long forcedBytes;
    private final BooleanSupplier isGivenUp;
    private final byte[] one = new byte[1];
    private long unforced;
    private @Nullable Time time;
    private BooleanSupplier mayWait = () -> false;
    private long bytesPerSecond;
    private long startNanos;
    private long written;

    /**
     * @param forcedBytes how much is written between two times
     * @param isGivenUp whether nobody wants the file any more: then nothing can be written
     */
    DiskStream(Disk.Output file, long forcedBytes, BooleanSupplier isGivenUp) {
        this.file = file;
        this.forcedBytes = forcedBytes;
        this.isGivenUp = isGivenUp;
    }

    /** Writes no faster than that from now on, while {@code mayWait} says so. */
    void slowDown(long bytesPerSecondMax, Time clock, BooleanSupplier mayWaitStill) {
        bytesPerSecond = bytesPerSecondMax;
        time = clock;
        mayWait = mayWaitStill;
        startNanos = clock.nanos();
        written = 0;
    }

    private void keepPace(Time clock) {
        double dueNanos = written * 1e9 / bytesPerSecond;
        for (long left; (left = (long) dueNanos - (clock.nanos() - startNanos)) > 0 && mayWait.getAsBoolean(); ) {
            LockSupport.parkNanos(Math.min(left, LOOK_NANOS));
        }
    }

    @Override
    public void write(int single) throws IOException {
        one[0] = (byte) single;
        write(one, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        if (isGivenUp.getAsBoolean()) {
            throw new IOException("given up");
        }
        file.write(from, offset, length);
        unforced += length;
        if (unforced >= forcedBytes) {
            file.force();
            unforced = 0;
        }
        written += length;
        Time clock = time;
        if (clock != null) {
            keepPace(clock);
        }
    }
}
