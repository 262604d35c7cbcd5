package dev.sluice.clients.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The rounds of one row, both sides interleaved, run when it is built. */
final class Pair {
    /** Above this share of a core on both sides, the load tester and not the server decides the throughput. */
    private static final double LOAD_BOUND = 0.8;

    /** One round of one side. */
    interface Round {
        Figures run(long nanos);
    }

    private final double[] ratios;
    private final Figures ours;
    private final Figures theirs;

    Pair(Round left, Round right, Comparison.Plan plan) {
        left.run(plan.warmUpNanos());
        right.run(plan.warmUpNanos());
        List<Figures> lefts = new ArrayList<>();
        List<Figures> rights = new ArrayList<>();
        for (int i = 0; i < plan.rounds(); i++) {
            if (i % 2 == 0) {
                lefts.add(left.run(plan.roundNanos()));
            }
            rights.add(right.run(plan.roundNanos()));
            if (i % 2 == 1) {
                lefts.add(left.run(plan.roundNanos()));
            }
        }
        ratios = new double[plan.rounds()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = lefts.get(i).perSecond() / rights.get(i).perSecond();
        }
        Arrays.sort(ratios);
        ours = lefts.stream().reduce(Figures::plus).orElseThrow();
        theirs = rights.stream().reduce(Figures::plus).orElseThrow();
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%5.2f (%.2f to %.2f) %,11.0f / %,9.0f   %-17s %-17s %-17s %-15s %-13s %s%s",
                median(ratios),
                ratios[0],
                ratios[ratios.length - 1],
                ours.perSecond(),
                theirs.perSecond(),
                micros(50),
                micros(99),
                micros(99.9),
                two(ours.serverMicrosPerOperation(), theirs.serverMicrosPerOperation(), "%.2f"),
                two(ours.clientMicrosPerOperation(), theirs.clientMicrosPerOperation(), "%.2f"),
                perServerSecond(),
                notes());
    }

    /** Nothing where a run was so short that a server has used less than a tick of the clock. */
    private String perServerSecond() {
        if (ours.serverCpuMicros() == 0 || theirs.serverCpuMicros() == 0) {
            return "-";
        }
        double ratio = theirs.serverMicrosPerOperation() / ours.serverMicrosPerOperation();
        return String.format(Locale.ROOT, "%.2f x", ratio);
    }

    /** Says so where the load tester was the bottleneck on both sides. */
    String loadBound() {
        if (Math.min(ours.clientCore(), theirs.clientCore()) <= LOAD_BOUND) {
            return "";
        }
        return "  <- the figure: load tester at " + two(ours.clientCore() * 100, theirs.clientCore() * 100, "%.0f")
                + " % of a core";
    }

    static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private String micros(double percent) {
        return two(ours.micros(percent), theirs.micros(percent), "%,.0f");
    }

    /** Both figures in one column. */
    static String two(double left, double right, String format) {
        return String.format(Locale.ROOT, format + " / " + format, left, right);
    }

    private String notes() {
        StringBuilder notes = new StringBuilder();
        note(notes, "errors", ours.errors(), theirs.errors());
        note(notes, "found nothing", ours.nulls(), theirs.nulls());
        if (ours.firstError() != null) {
            notes.append("  ").append(ours.firstError());
        }
        return notes.toString();
    }

    private void note(StringBuilder notes, String what, long left, long right) {
        if (left > 0 || right > 0) {
            notes.append("  ")
                    .append(what)
                    .append(' ')
                    .append(two(100.0 * left / ours.operations(), 100.0 * right / theirs.operations(), "%.1f"))
                    .append(" %");
        }
    }
}
