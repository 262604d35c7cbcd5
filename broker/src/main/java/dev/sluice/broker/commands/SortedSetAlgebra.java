package dev.sluice.broker.commands;

import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Union, intersection and difference of sorted sets. Scores are brought together in the order of the sizes of the inputs,
 * as Redis does: the sum of doubles depends on it.
 */
final class SortedSetAlgebra {
    private static final Comparator<ScoredInput> SMALLEST_FIRST = Comparator.comparingLong(ScoredInput::size);

    private SortedSetAlgebra() {}

    /** What becomes of two scores of a member. */
    enum Aggregate {
        SUM,
        MIN,
        MAX;

        double of(double score, double other) {
            return switch (this) {
                case SUM -> orZero(score + other); // of inf and -inf
                case MIN -> other < score ? other : score;
                case MAX -> other > score ? other : score;
            };
        }
    }

    private static double orZero(double score) {
        return Double.isNaN(score) ? 0 : score;
    }

    private static List<ScoredInput> sorted(List<ScoredInput> inputs, Comparator<ScoredInput> order) {
        List<ScoredInput> sorted = new ArrayList<>(inputs);
        sorted.sort(order);
        return sorted;
    }

    static void union(List<ScoredInput> inputs, Aggregate aggregate, SortedSet result) {
        for (ScoredInput input : sorted(inputs, SMALLEST_FIRST)) {
            input.forEach((array, offset, length, score) -> {
                Bytes member = Bytes.view(array, offset, length);
                double weighed = orZero(score * input.weight());
                double before = result.score(member);
                result.put(member, Double.isNaN(before) ? weighed : aggregate.of(before, weighed));
                return true;
            });
        }
    }

    /** Shows what all have, until the visitor has seen enough. */
    static void intersection(List<ScoredInput> inputs, Aggregate aggregate, SortedSet.Visitor found) {
        List<ScoredInput> ascending = sorted(inputs, SMALLEST_FIRST);
        ScoredInput smallest = ascending.getFirst();
        smallest.forEach((array, offset, length, score) -> {
            Bytes member = Bytes.view(array, offset, length);
            double sum = orZero(score * smallest.weight());
            for (int i = 1; i < ascending.size(); i++) {
                double other = ascending.get(i).score(member);
                if (Double.isNaN(other)) {
                    return true;
                }
                sum = aggregate.of(sum, other * ascending.get(i).weight());
            }
            return found.member(array, offset, length, sum);
        });
    }

    /**
     * Shows what the first has and no other.
     *
     * @param room an empty set, in which members of the others are gathered where there are many look-ups to be saved
     */
    static void difference(List<ScoredInput> inputs, SetValue room, SortedSet.Visitor found) {
        ScoredInput first = inputs.getFirst();
        List<ScoredInput> others = inputs.subList(1, inputs.size());
        if (looksUp(first, others)) {
            List<ScoredInput> descending = sorted(others, SMALLEST_FIRST.reversed());
            first.forEach((array, offset, length, score) -> {
                Bytes member = Bytes.view(array, offset, length);
                return hasAny(descending, member) || found.member(array, offset, length, score);
            });
            return;
        }
        for (ScoredInput other : others) {
            other.forEach((array, offset, length, score) -> {
                room.add(Bytes.view(array, offset, length));
                return true;
            });
        }
        first.forEach((array, offset, length, score) ->
                room.has(Bytes.view(array, offset, length)) || found.member(array, offset, length, score));
    }

    private static boolean looksUp(ScoredInput first, List<ScoredInput> others) {
        long members = 0;
        for (ScoredInput other : others) {
            members += other.size();
        }
        return others.size() <= 1 || first.size() * (others.size() - 1) <= members;
    }

    private static boolean hasAny(List<ScoredInput> inputs, Bytes member) {
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).has(member)) {
                return true;
            }
        }
        return false;
    }
}
