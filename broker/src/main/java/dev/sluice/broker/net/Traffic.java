package dev.sluice.broker.net;

import dev.sluice.streams.flow.Overflow;
import java.util.Arrays;

/** What went over a wire. Counted on the loop that owns the wire's connections; readers may see a moment ago. */
public final class Traffic {
    private long bytesRead;
    private long bytesWritten;
    private long reads;
    private long writes;
    private long stalls;
    private long stallsClosed;
    private long overflows;
    private long forgottenFailures;
    private final Pushes[] pushes = new Pushes[Overflow.values().length];

    /** What became of messages to subscribers of one overflow policy. */
    public static final class Pushes {
        long delivered;
        long lost;
        long throttledNanos;

        /** Handed to the socket. */
        public long delivered() {
            return delivered;
        }

        /** Dropped instead. */
        public long lost() {
            return lost;
        }

        /** Time for which subscribers held publishers up. */
        public long throttledNanos() {
            return throttledNanos;
        }
    }

    public Traffic() {
        Arrays.setAll(pushes, policy -> new Pushes());
    }

    /** Messages to subscribers of that policy. */
    public Pushes pushes(Overflow policy) {
        return pushes[policy.ordinal()];
    }

    void read(int bytes) {
        bytesRead += bytes;
        reads++;
    }

    void written(int bytes) {
        bytesWritten += bytes;
        writes++;
    }

    void stalled() {
        stalls++;
    }

    void stallClosed() {
        stallsClosed++;
    }

    void overflowed() {
        overflows++;
    }

    void forgottenFailed() {
        forgottenFailures++;
    }

    /** Fire-and-forget requests that were refused: nobody else is told. */
    public long forgottenFailures() {
        return forgottenFailures;
    }

    public long bytesRead() {
        return bytesRead;
    }

    public long bytesWritten() {
        return bytesWritten;
    }

    /** Portions in which the bytes came. */
    public long reads() {
        return reads;
    }

    /** Portions in which they went. */
    public long writes() {
        return writes;
    }

    /** How often a connection was held back because its client took no replies. */
    public long stalls() {
        return stalls;
    }

    /** Connections closed because they had stalled for too long. */
    public long stallsClosed() {
        return stallsClosed;
    }

    /** Connections closed because their pushes overflowed. */
    public long overflows() {
        return overflows;
    }

    public void reset() {
        bytesRead = 0;
        bytesWritten = 0;
        reads = 0;
        writes = 0;
        stalls = 0;
        stallsClosed = 0;
        overflows = 0;
        forgottenFailures = 0;
        for (Pushes each : pushes) {
            each.delivered = 0;
            each.lost = 0;
            each.throttledNanos = 0;
        }
    }
}
