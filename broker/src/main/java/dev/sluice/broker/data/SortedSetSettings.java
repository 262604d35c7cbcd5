package dev.sluice.broker.data;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;

/**
 * What sorted sets are told from outside.
 *
 * @param listpackEntriesMax {@code zset-max-listpack-entries}: a set with more members is no longer packed
 * @param listpackValueBytesMax {@code zset-max-listpack-value}: a set with a longer member is no longer packed
 * @param hash must stay the same as long as any set lives, and be secret: who knows it can choose members that collide
 */
public record SortedSetSettings(int listpackEntriesMax, int listpackValueBytesMax, MemberHash hash) {
    /** Redis's defaults, with a hash whose key is known: for tests and tools. */
    public static final SortedSetSettings DEFAULTS = new SortedSetSettings(128, 64, hash(0, 0));

    /** The hash that goes with 128 secret bits. */
    public static MemberHash hash(long secret, long otherSecret) {
        Hasher64 hasher = Hashing.wyhashFinal4(secret, otherSecret);
        return (array, offset, length) -> (int) (hasher.hashBytesToLong(array, offset, length) >>> 32);
    }
}
