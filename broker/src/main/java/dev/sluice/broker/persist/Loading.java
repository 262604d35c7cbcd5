package dev.sluice.broker.persist;

/**
 * Whether data is being read into memory, and how far that has come: told by the thread that reads, seen by all. While it
 * is, the keyspace belongs to that thread.
 */
public final class Loading {
    private volatile boolean on;
    private volatile long startedMs;
    private volatile long bytesTotal;
    private volatile long bytesDone;
    private volatile long usedMemory;

    /** {@code bytes} of all files together; 0 if that is not known yet. */
    public void begin(long nowMs, long bytes) {
        startedMs = nowMs;
        bytesTotal = bytes;
        bytesDone = 0;
        on = true;
    }

    public void end() {
        on = false;
    }

    public boolean isOn() {
        return on;
    }

    public long startedSeconds() {
        return startedMs / 1000;
    }

    /** Bytes of all files together. */
    public void total(long bytes) {
        bytesTotal = bytes;
    }

    /** Bytes of them that are read. */
    public void done(long bytes) {
        bytesDone = bytes;
    }

    /** What the file says of the memory that its data took where it was written. */
    public void usedMemory(long bytes) {
        usedMemory = bytes;
    }

    public long bytesTotal() {
        return bytesTotal;
    }

    public long bytesDone() {
        return bytesDone;
    }

    public long usedMemory() {
        return usedMemory;
    }

    /** In percent. */
    public double share() {
        return bytesTotal == 0 ? 0 : 100.0 * bytesDone / bytesTotal;
    }

    /** Seconds that it will take still, as far as one can tell; 1 at the start. */
    public long secondsLeft(long nowMs) {
        long elapsedSeconds = (nowMs - startedMs) / 1000;
        return elapsedSeconds == 0 || bytesDone == 0 ? 1 : elapsedSeconds * (bytesTotal - bytesDone) / bytesDone;
    }
}
