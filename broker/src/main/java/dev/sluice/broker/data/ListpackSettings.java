package dev.sluice.broker.data;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;

/**
 * What hashes, sets and sorted sets are told from outside, each of their own.
 *
 * @param listpackEntriesMax {@code hash-max-listpack-entries} and the like: a collection with more is no longer packed
 * @param listpackValueBytesMax {@code hash-max-listpack-value} and the like: with a longer one it is no longer packed
 * @param hash must stay the same as long as any collection lives, and be secret: who knows it can choose members that collide
 */
public record ListpackSettings(int listpackEntriesMax, int listpackValueBytesMax, MemberHash hash) {
    /** Redis's defaults for sorted sets, with a hash whose key is known: for tests and tools. */
    public static final ListpackSettings DEFAULTS = new ListpackSettings(128, 64, hash(0, 0));

    /** The hash that goes with 128 secret bits. */
    public static MemberHash hash(long secret, long otherSecret) {
        Hasher64 hasher = Hashing.wyhashFinal4(secret, otherSecret);
        return (array, offset, length) -> (int) (hasher.hashBytesToLong(array, offset, length) >>> 32);
    }
}
