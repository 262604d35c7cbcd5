package dev.sluice.broker.persist;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A stream in large pieces. */
final class RdbChunks implements RdbInput.Source {
    /** Less than what the collector takes for a large object. */
    private static final int BYTES = 1 << 18;

    private final InputStream input;
    private final RdbLoader.Progress progress;
    private long read;

    RdbChunks(InputStream input, RdbLoader.Progress progress) {
        this.input = input;
        this.progress = progress;
    }

    @Override
    public byte @Nullable [] next() {
        byte[] chunk = new byte[BYTES];
        int length;
        try {
            length = input.readNBytes(chunk, 0, BYTES);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        if (length == 0) {
            return null;
        }
        progress.read(read);
        read += length;
        return length == BYTES ? chunk : Arrays.copyOf(chunk, length);
    }
}
