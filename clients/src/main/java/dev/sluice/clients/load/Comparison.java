package dev.sluice.clients.load;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Two servers side by side: a section for each kind of figure. Rounds are interleaved, and the order within a pair
 * alternates, so that what else happens on the machine meets both.
 */
final class Comparison {
    /** Above this share of a core on both sides, the load tester and not the server decides the throughput. */
    private static final double LOAD_BOUND = 0.8;

    private static final int PUBLISH_PAYLOAD_BYTES = 64;
    private static final double MIB = 1 << 20;

    /** How a server is started (see {@link ServerProcess}) and called in the tables. */
    record Contender(String name, String command) {
        ServerProcess start() {
            return ServerProcess.start(name, command);
        }
    }

    /**
     * What is measured and for how long. {@code keys} and {@code memoryKeys} are numbers of keys; resident memory is
     * read {@code settleMillis} after the last change.
     */
    record Plan(
            int rounds,
            double seconds,
            double warmUpSeconds,
            List<String> rows,
            List<Integer> pipelines,
            int connections,
            int subscribers,
            int payloadBytes,
            long keys,
            List<Long> memoryKeys,
            int idleConnections,
            int unreadReplies,
            long settleMillis) {
        long roundNanos() {
            return (long) (seconds * 1e9);
        }

        long warmUpNanos() {
            return (long) (warmUpSeconds * 1e9);
        }

        Shape shape(int pipeline) {
            return new Shape("", connections, pipeline, keys, 1);
        }
    }

    /** One round of one side. */
    private interface Round {
        Figures run(long nanos);
    }

    private final Contender candidate;
    private final Contender reference;
    private final Plan plan;
    private final PrintStream out;

    Comparison(Contender candidate, Contender reference, Plan plan, PrintStream out) {
        this.candidate = candidate;
        this.reference = reference;
        this.plan = plan;
        this.out = out;
    }

    /** Throughput, latency and CPU of each command row at each pipeline depth. */
    void commands() {
        title(
                "Commands: %d connections, %d keys, payload %d B, %d rounds of %.1f s",
                plan.connections, plan.keys, plan.payloadBytes, plan.rounds, plan.seconds);
        pairHead("commands/s");
        try (ServerProcess ours = candidate.start();
                ServerProcess theirs = reference.start()) {
            for (String row : plan.rows) {
                for (int pipeline : plan.pipelines) {
                    Workload workload = Workload.of(row);
                    flush(ours, theirs);
                    try (Side left = side(ours, workload, pipeline);
                            Side right = side(theirs, workload, pipeline)) {
                        pairRow(workload.name() + " P" + pipeline, true, left::round, right::round);
                    }
                }
            }
            flush(ours, theirs);
        }
    }

    /** Deliveries a second to all subscribers of one channel. */
    void publish() {
        title(
                "PUBLISH to %d subscribers, payload %d B, %d rounds of %.1f s",
                plan.subscribers, PUBLISH_PAYLOAD_BYTES, plan.rounds, plan.seconds);
        pairHead("deliveries/s");
        try (ServerProcess ours = candidate.start();
                ServerProcess theirs = reference.start()) {
            for (int pipeline : plan.pipelines) {
                try (FanOut left = fanOut(ours, pipeline);
                        FanOut right = fanOut(theirs, pipeline)) {
                    pairRow("PUBLISH P" + pipeline, true, left::runFor, right::runFor);
                }
            }
        }
    }

    /** Latency of GET and SET at half of the throughput that the slower server reaches without a pipeline. */
    void latency() {
        title("Latency at a fixed rate, half of the slower server's saturation, %d connections", plan.connections);
        pairHead("commands/s");
        try (ServerProcess ours = candidate.start();
                ServerProcess theirs = reference.start()) {
            for (String row : List.of("GET", "SET")) {
                Workload workload = Workload.of(row);
                double rate;
                try (Side left = side(ours, workload, 1);
                        Side right = side(theirs, workload, 1)) {
                    left.round(plan.warmUpNanos());
                    right.round(plan.warmUpNanos());
                    rate = Math.min(
                                    left.round(plan.roundNanos()).perSecond(),
                                    right.round(plan.roundNanos()).perSecond())
                            / 2;
                }
                try (OpenLoop left = open(ours, workload);
                        OpenLoop right = open(theirs, workload)) {
                    pairRow(
                            row + " " + Math.round(rate) + "/s",
                            false,
                            nanos -> left.runFor(nanos, rate),
                            nanos -> right.runFor(nanos, rate));
                }
            }
        }
    }

    /** From the start of the process to the first PONG. */
    void startUp() {
        title("Start to first PONG, %d times each, milliseconds", plan.rounds);
        for (Contender contender : contenders()) {
            contender.start().close();
            double[] millis = new double[plan.rounds];
            for (int i = 0; i < millis.length; i++) {
                try (ServerProcess server = contender.start()) {
                    millis[i] = server.millisToFirstPong();
                }
            }
            Arrays.sort(millis);
            print(
                    "%-12s median %.0f (%.0f to %.0f)",
                    contender.name, median(millis), millis[0], millis[millis.length - 1]);
        }
    }

    /** Resident memory and the longest pause while keys are written and written over. */
    void memory() {
        title(
                "Memory: 16 B keys and %d B values, then as many random overwrites; a PING every ms beside the load",
                plan.payloadBytes);
        for (long keys : plan.memoryKeys) {
            List<MemoryFill.Outcome> outcomes = new ArrayList<>();
            for (Contender contender : contenders()) {
                try (ServerProcess server = contender.start()) {
                    MemoryFill.Outcome outcome =
                            new MemoryFill(server.target(), keys, plan.payloadBytes, plan.settleMillis).run();
                    outcomes.add(outcome);
                    memoryRow(contender, keys, outcome);
                }
            }
            print(
                    "%-12s %,11d keys: resident %.2f x filled, %.2f x overwritten",
                    "ratio",
                    keys,
                    (double) outcomes.get(0).residentFilled() / outcomes.get(1).residentFilled(),
                    (double) outcomes.get(0).residentOverwritten()
                            / outcomes.get(1).residentOverwritten());
        }
    }

    private void memoryRow(Contender contender, long keys, MemoryFill.Outcome outcome) {
        print(
                "%-12s %,11d keys: resident %.0f MiB empty, %.0f filled (%.0f B a key), %.0f overwritten",
                contender.name,
                keys,
                outcome.residentEmpty() / MIB,
                outcome.residentFilled() / MIB,
                (double) outcome.residentFilled() / keys,
                outcome.residentOverwritten() / MIB);
        print("%-12s    fill      %s", "", pauses(outcome.fill(), outcome.fillPauses()));
        print("%-12s    overwrite %s", "", pauses(outcome.overwrite(), outcome.overwritePauses()));
    }

    private static String pauses(Figures figures, PingProbe.Pauses pauses) {
        return String.format(
                Locale.ROOT,
                "%,.0f/s, %.2f us server CPU each; PING %s",
                figures.perSecond(),
                figures.serverMicrosPerOperation(),
                pauses);
    }

    /** Resident memory per connection that has sent one PING and is idle. */
    void idle() {
        title("Idle connections, each of which has sent one PING");
        for (Contender contender : contenders()) {
            try (ServerProcess server = contender.start()) {
                IdleConnections.Outcome outcome =
                        IdleConnections.open(server.target(), plan.idleConnections, plan.settleMillis);
                print(
                        "%-12s %,d connections: %.1f KiB each",
                        contender.name, outcome.connections(), outcome.bytesEach() / 1024);
            }
        }
    }

    /** Growth of resident memory when a client asks for much and never reads. */
    void neverRead() {
        title("%d GETs of 1 MiB, pipelined by a client that never reads", plan.unreadReplies);
        for (Contender contender : contenders()) {
            try (ServerProcess server = contender.start()) {
                NeverReader.Outcome outcome =
                        NeverReader.run(server.target(), plan.unreadReplies, 1 << 20, plan.settleMillis);
                print(
                        "%-12s resident memory grew by %.0f MiB; a PING beside it took %.2f ms at most",
                        contender.name, outcome.growthBytes() / MIB, outcome.longestPingNanos() / 1e6);
            }
        }
    }

    private List<Contender> contenders() {
        return List.of(candidate, reference);
    }

    private Side side(ServerProcess server, Workload workload, int pipeline) {
        return new Side(server.target(), workload, plan.shape(pipeline), plan.payloadBytes);
    }

    private FanOut fanOut(ServerProcess server, int pipeline) {
        return new FanOut(server.target(), plan.subscribers, pipeline, PUBLISH_PAYLOAD_BYTES);
    }

    private OpenLoop open(ServerProcess server, Workload workload) {
        return new OpenLoop(
                server.target(), plan.shape(1).withLine(Workload.withPayload(workload.line(), plan.payloadBytes)));
    }

    private static void flush(ServerProcess... servers) {
        for (ServerProcess server : servers) {
            Side.send(server.target(), "FLUSHALL", 1);
        }
    }

    /** Runs warm-up and rounds of both, and prints the row; {@code closed} unless the rate is fixed. */
    private void pairRow(String name, boolean closed, Round ours, Round theirs) {
        try {
            Pair pair = new Pair(ours, theirs, plan);
            print("%-15s %s%s", name, pair.line(), closed ? pair.loadBound() : "");
        } catch (IllegalStateException | java.io.UncheckedIOException e) {
            print("%-15s failed: %s", name, String.valueOf(e.getMessage()));
        }
    }

    private void pairHead(String unit) {
        print(
                "%-15s %-20s %23s   %-17s %-17s %-17s %-15s %-13s %s",
                "",
                "ratio (range)",
                unit + " " + candidate.name + "/" + reference.name,
                "p50 us",
                "p99 us",
                "p99.9 us",
                "server us each",
                "client us",
                "per server CPU s");
    }

    private void title(String format, Object... values) {
        print("");
        print(format, values);
    }

    private void print(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
        out.flush();
    }

    static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The rounds of one row, run when it is built. */
    private static final class Pair {
        private final double[] ratios;
        private final Figures ours;
        private final Figures theirs;

        Pair(Round left, Round right, Plan plan) {
            left.run(plan.warmUpNanos());
            right.run(plan.warmUpNanos());
            List<Figures> lefts = new ArrayList<>();
            List<Figures> rights = new ArrayList<>();
            for (int i = 0; i < plan.rounds; i++) {
                if (i % 2 == 0) {
                    lefts.add(left.run(plan.roundNanos()));
                }
                rights.add(right.run(plan.roundNanos()));
                if (i % 2 == 1) {
                    lefts.add(left.run(plan.roundNanos()));
                }
            }
            ratios = new double[plan.rounds];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = lefts.get(i).perSecond() / rights.get(i).perSecond();
            }
            Arrays.sort(ratios);
            ours = lefts.stream().reduce(Figures::plus).orElseThrow();
            theirs = rights.stream().reduce(Figures::plus).orElseThrow();
        }

        String line() {
            double perServerSecond = theirs.serverMicrosPerOperation() / ours.serverMicrosPerOperation();
            return String.format(
                    Locale.ROOT,
                    "%5.2f (%.2f to %.2f) %,11.0f / %,9.0f   %-17s %-17s %-17s %-15s %-13s %.2f x%s",
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
                    perServerSecond,
                    notes());
        }

        /** Says so where the load tester was the bottleneck on both sides. */
        String loadBound() {
            if (Math.min(ours.clientCore(), theirs.clientCore()) <= LOAD_BOUND) {
                return "";
            }
            return "  <- the figure: load tester at " + two(ours.clientCore() * 100, theirs.clientCore() * 100, "%.0f")
                    + " % of a core";
        }

        private String micros(double percent) {
            return two(ours.micros(percent), theirs.micros(percent), "%,.0f");
        }

        private static String two(double left, double right, String format) {
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
}
