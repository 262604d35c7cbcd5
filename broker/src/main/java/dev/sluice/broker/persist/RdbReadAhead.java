package dev.sluice.broker.persist;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A stream in large pieces that another thread reads ahead, and sums up, while the ones before are looked at. */
final class RdbReadAhead implements RdbInput.Source, AutoCloseable {
    private static final int CHUNKS_AHEAD = 8;
    private static final byte[] NONE = {};

    /** {@code crcBefore}: the checksum of all chunks before; a chunk of no bytes is the last. */
    private record Chunk(
            byte[] bytes, long crcBefore, @Nullable IOException failure) {}

    private final RdbChunks chunks;
    private final BlockingQueue<Chunk> ahead = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
    private final RdbLoader.Progress progress;
    private volatile boolean closed;
    private long read;
    private long crcBefore;
    private boolean ended;

    RdbReadAhead(InputStream input, RdbLoader.Progress progress, Executor reader) {
        this.chunks = new RdbChunks(input, bytes -> {});
        this.progress = progress;
        reader.execute(this::readAll);
    }

    private void readAll() {
        long crc = 0;
        try {
            for (Chunk chunk = read(crc); ; chunk = read(crc)) {
                ahead.put(chunk);
                if (closed || chunk.bytes().length == 0) {
                    return;
                }
                crc = Crc64.of(crc, chunk.bytes(), 0, chunk.bytes().length);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            ahead.clear();
            ahead.add(interrupted());
        } catch (RuntimeException | Error broken) { // whoever waits must hear of it
            ahead.clear();
            ahead.add(new Chunk(NONE, 0, new IOException("internal error: " + broken, broken)));
            throw broken;
        }
    }

    private Chunk read(long crc) {
        try {
            byte[] bytes = chunks.next();
            return new Chunk(bytes == null ? NONE : bytes, crc, null);
        } catch (UncheckedIOException failed) {
            return new Chunk(NONE, crc, failed.getCause());
        }
    }

    private static Chunk interrupted() {
        return new Chunk(NONE, 0, new IOException("interrupted"));
    }

    @Override
    public byte @Nullable [] next() {
        if (ended) {
            return null;
        }
        Chunk chunk = take();
        if (chunk.failure() != null) {
            throw new UncheckedIOException(chunk.failure());
        }
        crcBefore = chunk.crcBefore();
        ended = chunk.bytes().length == 0;
        if (ended) {
            return null;
        }
        progress.read(read);
        read += chunk.bytes().length;
        return chunk.bytes();
    }

    private Chunk take() {
        try {
            return ahead.take();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return interrupted();
        }
    }

    @Override
    public boolean sums() {
        return true;
    }

    @Override
    public long crcBefore() {
        return crcBefore;
    }

    /** Has the other thread stop. */
    @Override
    public void close() {
        closed = true;
        ahead.clear();
    }
}
