package dev.sluice.broker.commands;

import dev.sluice.broker.data.SortedSet;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;

/** One end of a range of a sorted set by score, or, where all scores are the same, by bytes. */
sealed interface Bound {
    /** Number of members below the bound, those that are on it included if {@code inclusive}. */
    long below(SortedSet set, boolean inclusive);

    boolean isExclusive();

    /** The ranks from one bound to another, in ascending order. */
    static Span ranks(SortedSet set, Bound low, Bound high) {
        return new Span(low.below(set, low.isExclusive()), high.below(set, !high.isExclusive()) - 1);
    }

    /** A number, after a parenthesis if it is itself not in the range. */
    static Bound ofScore(Bytes text) {
        boolean exclusive = text.length() > 0 && text.at(0) == '(';
        double score = Numbers.strtod(exclusive ? text.slice(1, text.length()) : text);
        if (Double.isNaN(score)) {
            throw new CommandError("ERR min or max is not a float");
        }
        return new OfScore(score, exclusive);
    }

    /** A member after a bracket, or after a parenthesis if it is itself not in the range; minus and plus are the ends. */
    static Bound ofMember(Bytes text) {
        int first = text.isEmpty() ? 0 : text.at(0);
        // Redis looks no further than a NUL here.
        boolean alone = text.length() == 1 || text.length() > 1 && text.at(1) == 0;
        if ((first == '-' || first == '+') && alone) {
            return new End(first == '+');
        }
        if (first != '(' && first != '[') {
            throw new CommandError("ERR min or max not valid string range item");
        }
        return new OfMember(text.slice(1, text.length()), first == '(');
    }

    record OfScore(double score, boolean isExclusive) implements Bound {
        @Override
        public long below(SortedSet set, boolean inclusive) {
            return set.countBelow(score, inclusive);
        }
    }

    record OfMember(Bytes member, boolean isExclusive) implements Bound {
        @Override
        public long below(SortedSet set, boolean inclusive) {
            return set.countBelow(member, inclusive);
        }
    }

    /** Before all members, or behind them. */
    record End(boolean last) implements Bound {
        @Override
        public long below(SortedSet set, boolean inclusive) {
            return last ? set.size() : 0;
        }

        @Override
        public boolean isExclusive() {
            return true;
        }
    }
}
