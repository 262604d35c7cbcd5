package dev.sluice.broker.session;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction that a connection is queueing: from MULTI to EXEC or DISCARD. One that came as a whole has no MULTI. */
public final class Transaction {
    /** What has to be under a key when the transaction runs: a string of this digest; null: nothing. */
    public record Expected(Bytes key, @Nullable Bytes digest) {}

    private final List<Expected> expected;
    private final List<Request> requests = new ArrayList<>();
    private long bytes;
    private long heldBytes;
    private boolean writes;
    private boolean grows;
    private @Nullable String spoiledBy;

    public Transaction() {
        this(List.of());
    }

    /** A transaction that runs only if all of this is so. */
    public Transaction(List<Expected> expected) {
        this.expected = expected;
    }

    public List<Expected> expected() {
        return expected;
    }

    /**
     * Queues a request, which must be one that can be kept; {@code writes} if it changes data or goes to replicas, {@code
     * grows} if it is refused when memory is short.
     */
    public void add(Request request, boolean writes, boolean grows) {
        requests.add(request);
        bytes += request.bytes();
        heldBytes += request.heldBytes();
        this.writes |= writes;
        this.grows |= grows;
    }

    /** Whether any of the requests changes data or goes to replicas. */
    public boolean writes() {
        return writes;
    }

    /** Whether any of the requests is refused when memory is short. */
    public boolean grows() {
        return grows;
    }

    public List<Request> requests() {
        return requests;
    }

    /** Bytes of the queued arguments, as CLIENT LIST shows them. */
    public long bytes() {
        return bytes;
    }

    /** Memory of the queued requests. */
    long heldBytes() {
        return heldBytes;
    }

    /** A request was refused while queueing: EXEC will refuse the whole. */
    public void spoil() {
        spoil(" previous errors.");
    }

    /** The end itself was refused; the words go behind "because of". */
    public void spoil(String reason) {
        spoiledBy = reason;
    }

    /** Why nothing of this will run; null if it may. */
    public @Nullable String spoiledBy() {
        return spoiledBy;
    }
}
