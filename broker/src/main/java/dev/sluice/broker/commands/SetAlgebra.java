package dev.sluice.broker.commands;

import dev.sluice.broker.data.FieldVisitor;
import dev.sluice.broker.data.SetValue;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Intersection, union and difference of sets; null is an empty set. */
final class SetAlgebra {
    private static final Comparator<SetValue> SMALLEST_FIRST = Comparator.comparingLong(SetValue::size);

    private SetAlgebra() {}

    static boolean hasMissing(@Nullable SetValue[] sets) {
        for (SetValue set : sets) {
            if (set == null) {
                return true;
            }
        }
        return false;
    }

    private static List<SetValue> sorted(@Nullable SetValue[] sets, int from, Comparator<SetValue> order) {
        List<SetValue> sorted = new ArrayList<>(sets.length);
        for (int i = from; i < sets.length; i++) {
            SetValue set = sets[i];
            if (set != null) {
                sorted.add(set);
            }
        }
        sorted.sort(order);
        return sorted;
    }

    /** Shows what all have, until the visitor has seen enough; none may be null. */
    static void intersection(@Nullable SetValue[] sets, FieldVisitor found) {
        List<SetValue> ascending = sorted(sets, 0, SMALLEST_FIRST);
        ascending.getFirst().forEach((array, member, length, value, valueLength) -> {
            Bytes name = Bytes.view(array, member, length);
            for (int i = 1; i < ascending.size(); i++) {
                if (!ascending.get(i).has(name)) {
                    return true;
                }
            }
            return found.field(array, member, length, value, valueLength);
        });
    }

    /** Shows what any has. Each member is looked up in the sets before its own: good for few sets. */
    static void union(@Nullable SetValue[] sets, FieldVisitor found) {
        List<SetValue> descending = sorted(sets, 0, SMALLEST_FIRST.reversed());
        for (int i = 0; i < descending.size(); i++) {
            without(descending.get(i), descending.subList(0, i), found);
        }
    }

    static void addAll(@Nullable SetValue[] sets, SetValue result) {
        for (SetValue set : sets) {
            if (set != null) {
                set.forEach((array, member, length, value, valueLength) -> {
                    result.add(Bytes.view(array, member, length));
                    return true;
                });
            }
        }
    }

    /**
     * Whether looking up each member of the first set in the others is less work than taking theirs out of a copy of it,
     * by the rule of Redis: on that depends what encoding the result has.
     */
    static boolean looksUpForDifference(@Nullable SetValue[] sets) {
        SetValue first = sets[0];
        long lookups = 0;
        long members = 0;
        for (SetValue set : sets) {
            if (first != null && set != null) {
                lookups += first.size();
                members += set.size();
            }
        }
        return lookups / 2 <= members;
    }

    /** Shows what the first has and no other, by look-ups. */
    static void difference(@Nullable SetValue[] sets, FieldVisitor found) {
        SetValue first = sets[0];
        if (first != null) {
            without(first, sorted(sets, 1, SMALLEST_FIRST.reversed()), found);
        }
    }

    private static void without(SetValue set, List<SetValue> others, FieldVisitor found) {
        set.forEach((array, member, length, value, valueLength) -> {
            Bytes name = Bytes.view(array, member, length);
            for (int i = 0; i < others.size(); i++) {
                if (others.get(i).has(name)) {
                    return true;
                }
            }
            return found.field(array, member, length, value, valueLength);
        });
    }

    /** Makes of an empty set what the first has and no other, by taking out of a copy. */
    static void subtractAll(@Nullable SetValue[] sets, SetValue result) {
        addAll(new @Nullable SetValue[] {sets[0]}, result);
        for (int i = 1; i < sets.length && result.size() > 0; i++) {
            SetValue set = sets[i];
            if (set != null) {
                set.forEach((array, member, length, value, valueLength) -> {
                    result.remove(Bytes.view(array, member, length));
                    return true;
                });
            }
        }
    }
}
