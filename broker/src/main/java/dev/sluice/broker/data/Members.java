package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;

/** A collection whose members, or fields, can expire one by one. Its view never shows one whose time has come. */
public abstract sealed class Members implements Value permits HashValue, SetValue, SortedSet {
    /** No time of expiry. */
    public static final long NO_EXPIRY = Expiries.NONE;

    /** The last time that a member can expire, as Redis limits it. */
    public static final long EXPIRE_AT_MS_MAX = (1L << 46) - 1;

    Members() {}

    public abstract long size();

    public abstract boolean has(Bytes member);

    /** Returns whether the member was there. Its time of expiry goes with it. */
    public abstract boolean remove(Bytes member);

    abstract Expiries expiries();

    /** When a member that is there expires, in ms since 1970; {@link #NO_EXPIRY}. */
    public final long memberExpireAt(Bytes member) {
        return expiries().at(member);
    }

    /** Gives a member that is there a time of expiry. Whoever calls this tells the database of it. */
    public final void expireMemberAt(Bytes member, long atMs) {
        expiries().put(member, atMs);
    }

    /** Takes the time of expiry of a member away. Returns whether there was one. */
    public final boolean persistMember(Bytes member) {
        return expiries().remove(member);
    }

    /** The first time at which a member expires; {@link #NO_EXPIRY}. */
    public final long earliestExpiry() {
        return expiries().earliest();
    }

    /** Shows every member that expires, with its time in ms since 1970 as the score, the earliest first. */
    public final void forEachExpiry(SortedSet.Visitor visitor) {
        expiries().forEach(visitor);
    }

    /** Members whose time is before {@code nowMs}, the first at most {@code limit} of them. */
    public final Bytes[] dueMembers(long nowMs, int limit) {
        return expiries().due(nowMs, limit);
    }
}
