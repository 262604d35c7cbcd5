package dev.sluice.broker.metric;

import java.util.ArrayList;
import java.util.List;

/** The figures of one moment, copied on the loop that they belong to, to be shown elsewhere. */
public final class Measures {
    /** A meter and the values of its tags: what has one figure. */
    record Series(Meter meter, List<String> tags) {}

    record Measure(Series series, double value) {}

    private final List<Measure> measures = new ArrayList<>(256);

    /** @param tags a value for each tag of the meter */
    public void put(Meter meter, double value, String... tags) {
        if (tags.length != meter.tags().size()) {
            throw new IllegalArgumentException(meter + " has the tags " + meter.tags());
        }
        measures.add(new Measure(new Series(meter, List.of(tags)), value));
    }

    List<Measure> all() {
        return measures;
    }
}
