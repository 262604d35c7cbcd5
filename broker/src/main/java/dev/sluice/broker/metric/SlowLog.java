package dev.sluice.broker.metric;

import dev.sluice.streams.message.Bytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The calls that took longest to run, the newest first. Bounded by what it is told at each addition. */
public final class SlowLog {
    /** How many arguments of a call are kept; the last then says how many more there were. */
    public static final int ARGUMENTS_MAX = 32;

    /** How many bytes of an argument are kept. */
    public static final int ARGUMENT_BYTES_MAX = 128;

    /**
     * A call.
     *
     * @param id grows by one from entry to entry, also across resets
     * @param seconds of Unix time, when it ended
     * @param micros how long it ran
     * @param arguments shortened, and without secrets
     * @param address of the client
     * @param name of the client; empty if it has none
     */
    public record Entry(long id, long seconds, long micros, List<Bytes> arguments, String address, Bytes name) {}

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long nextId;

    /** @param entriesMax the oldest go when there are more */
    public void add(long seconds, long micros, List<Bytes> arguments, String address, Bytes name, long entriesMax) {
        entries.addFirst(new Entry(nextId++, seconds, micros, arguments, address, name));
        while (entries.size() > entriesMax) {
            entries.removeLast();
        }
    }

    /** The newest first. */
    public Iterable<Entry> entries() {
        return entries;
    }

    public int size() {
        return entries.size();
    }

    public void clear() {
        entries.clear();
    }
}
