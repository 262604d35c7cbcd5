package dev.sluice.streams.resp;

import dev.sluice.streams.message.Request;
import org.jspecify.annotations.Nullable;

/**
 * The array that all {@link RequestReader}s of one event loop read in, one at a time, so that a connection that sends
 * whole requests holds no memory. Not thread-safe: one per event loop.
 */
public final class Scratch {
    static final int BYTES_MIN = 16 * 1024;
    static final int BYTES_MAX = 1024 * 1024;

    /** So many turns that needed a quarter at most, and it is halved. */
    private static final int QUIET_TURNS = 1000;

    /** Requests that the owner read ahead, and where each begins. */
    final @Nullable Request[] ahead = new Request[RequestReader.AHEAD_MAX];

    final int[] aheadStart = new int[RequestReader.AHEAD_MAX];

    private byte[] array = new byte[BYTES_MIN];
    private @Nullable RequestReader owner;
    private int quietTurns;
    private long ownBytes;

    /** What all readers hold together in arrays of their own. */
    public long ownBytes() {
        return ownBytes;
    }

    void countOwn(long more) {
        ownBytes += more;
    }

    /**
     * The array, with room for {@code bytes}, now {@code reader}'s. A reader that still had unread bytes in it takes them
     * away first.
     */
    byte[] take(RequestReader reader, int bytes) {
        if (owner != null && owner != reader) {
            owner.settle();
        }
        owner = reader;
        resize(bytes);
        return array;
    }

    boolean isOwnedBy(RequestReader reader) {
        return owner == reader;
    }

    void give() {
        owner = null;
    }

    int capacityBytes() {
        return array.length;
    }

    private void resize(int bytes) {
        if (bytes > array.length) {
            array = new byte[Integer.highestOneBit(bytes - 1) << 1];
            quietTurns = 0;
        } else if (array.length == BYTES_MIN || bytes > array.length / 4) {
            quietTurns = 0;
        } else if (++quietTurns == QUIET_TURNS) {
            array = new byte[array.length / 2];
            quietTurns = 0;
        }
    }
}
