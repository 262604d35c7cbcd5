package dev.sluice.broker.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** The random commands of one family: each a row, added by the constructor. */
abstract class RandomFamily extends RandomWords {
    private final List<Row> rows = new ArrayList<>();

    RandomFamily(Random random) {
        super(random);
    }

    /** A command, how often it comes beside the others, how its replies compare, and what makes its arguments. */
    record Row(String name, int weight, Comparison comparison, boolean mayBeSpoilt, Supplier<List<String>> arguments) {}

    final List<Row> rows() {
        return rows;
    }

    final void row(int weight, String name, Supplier<List<String>> arguments) {
        row(weight, name, Comparison.BYTES, arguments);
    }

    final void row(int weight, String name, Comparison comparison, Supplier<List<String>> arguments) {
        rows.add(new Row(name, weight, comparison, true, arguments));
    }

    /** For what one argument too many, or of another kind, would make another thing to each server. */
    final void unspoilt(int weight, String name, Supplier<List<String>> arguments) {
        rows.add(new Row(name, weight, Comparison.BYTES, false, arguments));
    }
}
