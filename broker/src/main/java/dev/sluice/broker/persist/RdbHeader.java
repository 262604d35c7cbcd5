package dev.sluice.broker.persist;

import dev.sluice.broker.keyspace.Keyspace;
import java.util.List;

/**
 * What a file says of itself before its keys.
 *
 * @param version of the format
 * @param createdSeconds since 1970
 * @param usedMemory bytes
 * @param aofBase whether increments of an append-only file go on from it
 * @param lastToken see {@link Keyspace#lastToken}; 0 for none
 * @param databases those that have keys
 */
public record RdbHeader(
        int version,
        String redisVersion,
        String sluiceVersion,
        long createdSeconds,
        long usedMemory,
        boolean aofBase,
        long lastToken,
        List<Size> databases) {
    private static final int VERSION_OF_7_0 = 10;
    private static final int VERSION_OF_7_2 = 11;

    /** How many keys a database has, and how many of them a time to live. */
    public record Size(int database, long keys, long expiring) {}

    /** Of a keyspace as it is now, and of what was kept of another file. */
    public static RdbHeader of(
            Keyspace keyspace,
            RdbKept kept,
            String redisVersion,
            String sluiceVersion,
            long usedMemory,
            boolean aofBase) {
        List<Size> sizes = keyspace.databases().stream()
                .filter(database -> database.size() > 0)
                .map(database -> new Size(database.index(), database.size(), database.keysWithExpiry()))
                .toList();
        return new RdbHeader(
                kept.needs72() ? VERSION_OF_7_2 : VERSION_OF_7_0,
                redisVersion,
                sluiceVersion,
                keyspace.now() / 1000,
                usedMemory,
                aofBase,
                keyspace.lastToken(),
                sizes);
    }
}
