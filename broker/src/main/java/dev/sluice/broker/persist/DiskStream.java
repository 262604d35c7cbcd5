package dev.sluice.broker.persist;

import dev.sluice.broker.seam.Disk;
import java.io.IOException;
import java.io.OutputStream;

/** A file that is written as a stream, and forced to the disk again and again. */
final class DiskStream extends OutputStream {
    private final Disk.Output file;
    private final long forcedBytes;
    private final byte[] one = new byte[1];
    private long unforced;

    /** {@code forcedBytes}: how much is written between two times. */
    DiskStream(Disk.Output file, long forcedBytes) {
        this.file = file;
        this.forcedBytes = forcedBytes;
    }

    @Override
    public void write(int single) throws IOException {
        one[0] = (byte) single;
        write(one, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        file.write(from, offset, length);
        unforced += length;
        if (unforced >= forcedBytes) {
            file.force();
            unforced = 0;
        }
    }
}
