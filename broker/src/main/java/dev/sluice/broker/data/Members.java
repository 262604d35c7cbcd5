package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;

/** A collection whose members, or fields, can expire one by one. Its view never shows one whose time has come. */
public sealed interface Members extends Value permits HashValue, SetValue, SortedSet {
    /** No time of expiry. */
    long NO_EXPIRY = Expiries.NONE;

    /** The last time that a member can expire, as Redis limits it. */
    long EXPIRE_AT_MS_MAX = (1L << 46) - 1;

    long size();

    boolean has(Bytes member);

    /** Returns whether the member was there. Its time of expiry goes with it. */
    boolean remove(Bytes member);

    /** When a member that is there expires, in ms since 1970; {@link #NO_EXPIRY}. */
    long memberExpireAt(Bytes member);

    /** Gives a member that is there a time of expiry. Whoever calls this tells the database of it. */
    void expireMemberAt(Bytes member, long atMs);

    /** Takes the time of expiry of a member away. Returns whether there was one. */
    boolean persistMember(Bytes member);

    /** The first time at which a member expires; {@link #NO_EXPIRY}. */
    long earliestExpiry();

    /** Members whose time is before {@code nowMs}, the first at most {@code limit} of them. */
    Bytes[] dueMembers(long nowMs, int limit);
}
