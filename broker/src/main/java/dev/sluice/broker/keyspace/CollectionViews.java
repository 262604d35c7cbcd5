package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListLimits;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.ListpackSettings;
import dev.sluice.broker.data.MemberHash;
import dev.sluice.broker.data.Root;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;

/** Makes the views of collections, with the limits of their small forms. A change of these is for what is changed next. */
public final class CollectionViews {
    private ListpackSettings hashes;
    private ListpackSettings sets;
    private ListpackSettings sortedSets;
    private int intsetEntriesMax = 512;
    private ListLimits lists = ListLimits.DEFAULTS;

    /** With Redis's defaults; {@code hash} as {@link ListpackSettings#hash}. */
    CollectionViews(MemberHash hash) {
        hashes = new ListpackSettings(512, 64, hash);
        sets = new ListpackSettings(128, 64, hash);
        sortedSets = new ListpackSettings(128, 64, hash);
    }

    /** {@code hash-max-listpack-entries} and {@code hash-max-listpack-value}. */
    public void hashLimits(long listpackEntriesMax, long listpackValueBytesMax) {
        hashes = settings(listpackEntriesMax, listpackValueBytesMax);
    }

    /** {@code zset-max-listpack-entries} and {@code zset-max-listpack-value}. */
    public void sortedSetLimits(long listpackEntriesMax, long listpackValueBytesMax) {
        sortedSets = settings(listpackEntriesMax, listpackValueBytesMax);
    }

    /** {@code set-max-intset-entries}. */
    public void setLimit(long intsetEntriesMax) {
        this.intsetEntriesMax = limited(intsetEntriesMax);
    }

    /** {@code list-max-listpack-size}. */
    public void listLimit(long listpackSize) {
        lists = ListLimits.of(listpackSize);
    }

    private ListpackSettings settings(long entriesMax, long valueBytesMax) {
        return new ListpackSettings(limited(entriesMax), limited(valueBytesMax), sortedSets.hash());
    }

    private static int limited(long value) {
        return (int) Math.min(value, Integer.MAX_VALUE);
    }

    /** What {@link MemberExpiry} is told. */
    ListpackSettings sortedSets() {
        return sortedSets;
    }

    ListValue list(Root root) {
        return new ListValue(root, lists);
    }

    HashValue hash(Root root) {
        return new HashValue(root, hashes);
    }

    SetValue set(Root root) {
        return new SetValue(root, sets, intsetEntriesMax);
    }

    SortedSet sortedSet(Root root) {
        return new SortedSet(root, sortedSets);
    }
}
