package dev.sluice.broker.session;

import dev.sluice.streams.message.Bytes;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** How a connection tracks keys: client-side caching. A session that does not track has none. */
public final class Tracking {
    /**
     * What CLIENT TRACKING ON was told.
     *
     * @param broadcast told of every key with one of the prefixes, whether it has read it or not
     * @param optIn only what is read after CLIENT CACHING YES
     * @param optOut all but what is read after CLIENT CACHING NO
     * @param noLoop not told of what it changes itself
     * @param redirect number of the connection that is told in its place; 0 for none
     * @param prefixes names that can be kept
     */
    public record Options(
            boolean broadcast, boolean optIn, boolean optOut, boolean noLoop, long redirect, List<Bytes> prefixes) {}

    private static final int PREFIX_BYTES = 200; // here and in the table of who is told what, about

    private final TreeSet<Bytes> prefixes = new TreeSet<>();
    private long bytes;
    private Options options;
    private boolean caching;
    private boolean broken;

    Tracking(Options options) {
        this.options = options;
    }

    /** New options; of the old ones the prefixes stay, and what CLIENT CACHING said. */
    void change(Options to) {
        options = to;
        broken = false;
    }

    public boolean isBroadcast() {
        return options.broadcast();
    }

    public boolean isOptIn() {
        return options.optIn();
    }

    public boolean isOptOut() {
        return options.optOut();
    }

    public boolean isNoLoop() {
        return options.noLoop();
    }

    /** Number of the connection that is told in place of this one; 0 for none. */
    public long redirect() {
        return options.redirect();
    }

    /** Prefixes of a broadcasting one, in order; none of them begins with another, but for the empty one. */
    public NavigableSet<Bytes> prefixes() {
        return prefixes;
    }

    void addPrefix(Bytes prefix) {
        if (prefixes.add(prefix)) {
            bytes += PREFIX_BYTES + prefix.length();
        }
    }

    /** Memory that the prefixes take, about. */
    long bytes() {
        return bytes;
    }

    /** Whether CLIENT CACHING was given for the next request or transaction. */
    public boolean isCaching() {
        return caching;
    }

    public void caching(boolean given) {
        caching = given;
    }

    /** Whether something could not be told because the connection that it should go to has gone. */
    public boolean isBroken() {
        return broken;
    }

    void broken() {
        broken = true;
    }

    /** Whether the keys of a request that runs now are to be remembered. */
    boolean remembers() {
        return !isBroadcast() && (!isOptIn() || caching) && !(isOptOut() && caching);
    }
}
