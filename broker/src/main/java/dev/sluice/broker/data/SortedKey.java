package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;

/**
 * A place in the order of a sorted set: every entry is before, at or after it.
 *
 * @param byScore whether scores are compared
 * @param byMember whether members are compared (where scores are equal)
 * @param tie how an entry that is equal in all of that lies to the place: before (-1), at (0) or after it (1)
 */
record SortedKey(boolean byScore, double score, boolean byMember, byte[] array, int offset, int length, int tie) {
    private static final byte[] NOTHING = {};

    /** The place of an entry. */
    static SortedKey entry(double score, Bytes member) {
        return new SortedKey(true, score, true, member.array(), member.offset(), member.length(), 0);
    }

    /** The same member with another score. */
    SortedKey withScore(double other) {
        return new SortedKey(byScore, other, byMember, array, offset, length, tie);
    }

    /** Just before all entries with a score, or just after them. */
    static SortedKey score(double score, boolean after) {
        return new SortedKey(true, score, false, NOTHING, 0, 0, after ? -1 : 1);
    }

    /** Just before a member, or just after it, where all scores are the same. */
    static SortedKey member(Bytes member, boolean after) {
        return new SortedKey(false, 0, true, member.array(), member.offset(), member.length(), after ? -1 : 1);
    }

    /** How an entry with this score lies to the place as far as scores tell: negative before it, positive after it. */
    int compareScore(double entry) {
        return !byScore || entry == score ? 0 : entry < score ? -1 : 1;
    }

    /** The same for an entry with an equal score, and a member that compares with that of the place as told. */
    int orTie(int order) {
        return order == 0 ? tie : order;
    }
}
