package dev.sluice.broker.ranking;

import dev.sluice.streams.message.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What a run of changes of one sorted set can have touched: the lowest and the highest place that a member had before or
 * has after any of them, and whether members came or went. Of a change that is not told by members: everything.
 *
 * <p>A {@link Cut} of the set (the members from one place to another, with their ranks) is still the same after changes
 * all of whose places are
 *
 * <ul>
 *   <li>behind its last member, if it does not end because the set does: what comes behind it has no rank within it, and
 *       what was there before has none either;
 *   <li>or all before its first member, or all behind its last, if no member came or went: as many are before it as
 *       there were, and the set has its size.
 * </ul>
 *
 * <p>That holds for each change of the run and so, one after the other, for the run: the members of the cut stay where
 * they are, so the places to compare with stay those of the cut as it was computed.
 */
final class Touched {
    private boolean everything;
    private boolean resized;
    private @Nullable Place low;
    private @Nullable Place high;

    boolean isNothing() {
        return !everything && low == null;
    }

    void everything() {
        everything = true;
    }

    /** A member's score changed; NaN stands for a member that is not there. */
    void member(Bytes member, double before, double after) {
        if (everything) {
            return;
        }
        resized |= Double.isNaN(before) || Double.isNaN(after);
        place(member, before);
        place(member, after);
    }

    private void place(Bytes member, double score) {
        if (Double.isNaN(score)) {
            return;
        }
        if (low == null || low.isAfter(score, member)) {
            low = new Place(score, member.detached());
        }
        if (high == null || high.isBefore(score, member)) {
            high = new Place(score, member.detached());
        }
    }

    /** Whether the cut may be another now. */
    boolean touches(Cut cut) {
        Place lowest = low;
        Place highest = high;
        if (everything) {
            return true;
        }
        if (lowest == null || highest == null) {
            return false;
        }
        Place first = cut.first();
        Place last = cut.last();
        if (first == null || last == null) {
            return resized;
        }
        boolean before = cut.reverse() ? first.isBefore(lowest) : highest.isBefore(first);
        boolean behind = cut.reverse() ? highest.isBefore(last) : last.isBefore(lowest);
        return !(behind && cut.isFull() || (before || behind) && !resized);
    }
}
