package dev.sluice.broker.commands;

import dev.sluice.broker.metric.LatencyMonitor;
import dev.sluice.broker.metric.LatencyMonitor.Sample;
import java.util.List;

/** LATENCY GRAPH: a column for each sample, 80 side by side, with how long ago it was written downwards below. */
final class LatencyGraph {
    private static final int COLUMNS = 80;
    private static final int ROWS = 4;
    private static final String MARKS = "_o#"; // the lower, middle and upper third of a row
    private static final char BELOW = '|';

    private final StringBuilder text = new StringBuilder();
    private final List<Sample> samples;
    private final long now;
    private final long least;
    private final long most;

    private LatencyGraph(List<Sample> samples, long now) {
        this.samples = samples;
        this.now = now;
        this.least = samples.stream().mapToLong(Sample::millis).min().orElse(0);
        this.most = samples.stream().mapToLong(Sample::millis).max().orElse(0);
    }

    static String of(String event, LatencyMonitor.Series series, long nowSeconds) {
        LatencyGraph graph = new LatencyGraph(series.samples(), nowSeconds);
        graph.draw(event, series.worstMs());
        return graph.text.toString();
    }

    private void draw(String event, long worst) {
        text.append(event).append(" - high ").append(most).append(" ms, low ").append(least);
        text.append(" ms (all time high ").append(worst).append(" ms)\n");
        text.append("-".repeat(COLUMNS)).append('\n');
        for (int from = 0; from < samples.size(); from += COLUMNS) {
            if (from > 0) {
                text.append('\n');
            }
            draw(samples.subList(from, Math.min(samples.size(), from + COLUMNS)));
        }
    }

    private void draw(List<Sample> part) {
        for (int row = ROWS - 1; row >= 0; row--) {
            for (Sample sample : part) {
                text.append(mark(height(sample), row * MARKS.length()));
            }
            text.append('\n');
        }
        text.append(" ".repeat(part.size())).append('\n');
        List<String> ages =
                part.stream().map(sample -> age(now - sample.seconds())).toList();
        int longest = ages.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (String age : ages) {
                text.append(i < age.length() ? age.charAt(i) : ' ');
            }
            text.append('\n');
        }
    }

    /** In thirds of a row. */
    private int height(Sample sample) {
        int steps = ROWS * MARKS.length();
        long range = Math.max(1, most - least);
        return (int) Math.min(steps - 1, (sample.millis() - least) * steps / range);
    }

    private static char mark(int height, int floor) {
        int above = height - floor;
        return above < 0 ? ' ' : above < MARKS.length() ? MARKS.charAt(above) : BELOW;
    }

    private static String age(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 86_400 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }
}
