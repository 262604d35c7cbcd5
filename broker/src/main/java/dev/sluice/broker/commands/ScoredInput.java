package dev.sluice.broker.commands;

import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import org.jspecify.annotations.Nullable;

/**
 * What algebra of sorted sets takes: a sorted set, or a set, whose members have score 1; null is an empty one.
 *
 * @param weight what its scores are multiplied by
 */
record ScoredInput(
        Bytes key, @Nullable SortedSet sorted, @Nullable SetValue set, double weight) {
    /** With weight 1. Throws {@link CommandError#wrongType}. */
    static ScoredInput of(Bytes key, @Nullable Value value) {
        return switch (value) {
            case null -> new ScoredInput(key, null, null, 1);
            case SortedSet sorted -> new ScoredInput(key, sorted, null, 1);
            case SetValue set -> new ScoredInput(key, null, set, 1);
            default -> throw CommandError.wrongType();
        };
    }

    ScoredInput weighing(double other) {
        return new ScoredInput(key, sorted, set, other);
    }

    long size() {
        if (sorted != null) {
            return sorted.size();
        }
        return set == null ? 0 : set.size();
    }

    /** Without the weight; NaN when the member is not there. */
    double score(Bytes member) {
        if (sorted != null) {
            return sorted.score(member);
        }
        return set != null && set.has(member) ? 1 : Double.NaN;
    }

    boolean has(Bytes member) {
        return !Double.isNaN(score(member));
    }

    /** Shows every member with its score, without the weight, until the visitor has seen enough. */
    void forEach(SortedSet.Visitor visitor) {
        if (sorted != null) {
            sorted.range(0, sorted.size() - 1, false, visitor);
        } else if (set != null) {
            set.forEach((array, member, length, value, valueLength) -> visitor.member(array, member, length, 1));
        }
    }
}
