package dev.sluice.broker.metric;

import java.util.List;

/**
 * Where memory is at one moment, in bytes: what INFO, MEMORY and the meters tell.
 *
 * @param used what is stored, and what is held for clients
 * @param peak the highest {@code used} so far
 * @param startup {@code used} when nothing was stored yet
 * @param connections how many clients there are
 * @param clients requests and replies held for clients
 * @param allocated blocks in use in arenas
 * @param active extents that arenas hold for them
 * @param held what the operating system gave for extents
 * @param resident what the process takes in the machine
 * @param heap the Java heap as it stands, which is part of that
 * @param tables of the databases that have keys
 */
public record MemoryUse(
        long used,
        long peak,
        long startup,
        int connections,
        long clients,
        long allocated,
        long active,
        long held,
        long resident,
        long heap,
        List<Tables> tables) {
    /** What finds a database's keys; their times to live stand with the keys. */
    public record Tables(int database, long keys, long bytes) {}

    public long tableBytes() {
        return tables.stream().mapToLong(Tables::bytes).sum();
    }

    public long keys() {
        return tables.stream().mapToLong(Tables::keys).sum();
    }

    /** What is used for other things than keys and values. */
    public long overhead() {
        return tableBytes() + clients;
    }

    /** What keys and values use. */
    public long dataset() {
        return Math.max(0, used - overhead());
    }

    /** Of what was added since the start, at most 1. */
    public double datasetShare() {
        return Math.min(1, ratio(dataset(), used - startup));
    }

    public double peakShare() {
        return ratio(used, peak);
    }

    public long bytesPerKey() {
        return keys() == 0 ? 0 : Math.max(0, used - startup) / keys();
    }

    /** How much larger one is than the other; 0 where there is nothing to compare. */
    public static double ratio(long one, long other) {
        return other <= 0 ? 0 : (double) one / other;
    }
}
