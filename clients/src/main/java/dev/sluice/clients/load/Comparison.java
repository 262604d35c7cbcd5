package dev.sluice.clients.load;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Two servers side by side: a section for each kind of figure. Rounds are interleaved, and the order within a pair
 * alternates, so that what else happens on the machine meets both.
 */
final class Comparison {
    private static final long EXPIRING_WARM_UP = 200_000;
    private static final int PUBLISH_PAYLOAD_BYTES = 64;
    private static final double MIB = 1 << 20;

    /** How a server is started (see {@link ServerProcess}) and called in the tables. */
    record Contender(String name, String command) {
        ServerProcess start() {
            return ServerProcess.start(name, command);
        }

        /** With further options. */
        ServerProcess start(String options) {
            return ServerProcess.start(name, command + " " + options);
        }
    }

    /**
     * How much the sections on keys and members handle: pairs of a producer and a consumer, keys that expire within a
     * second beside {@code expiringRate} requests a second, keys that come and go, members of one collection, keys that
     * are saved.
     */
    record Volumes(int pairs, long expiringKeys, double expiringRate, long growthKeys, long members, long savedKeys) {}

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
            long settleMillis,
            Volumes volumes) {
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

    /** Elements that go from a producer to a client that waits. */
    void handOver() {
        title(
                "Hand-over: %d producers, each with a consumer that waits; latency from push to arrival",
                plan.volumes.pairs());
        pairHead("elements/s");
        try (ServerProcess ours = candidate.start();
                ServerProcess theirs = reference.start()) {
            for (HandOver.Kind kind : HandOver.Kind.values()) {
                for (boolean shared : new boolean[] {false, true}) {
                    flush(ours, theirs);
                    try (HandOver left = new HandOver(ours.target(), kind, plan.volumes.pairs(), shared);
                            HandOver right = new HandOver(theirs.target(), kind, plan.volumes.pairs(), shared)) {
                        pairRow(kind.title() + (shared ? " 1 key" : " own"), true, left::runFor, right::runFor);
                    }
                }
            }
        }
    }

    /** Many keys that expire within a second, and the share of dead ones while short-lived keys are written. */
    void expiring() {
        Volumes volumes = plan.volumes;
        title(
                "%,d keys that expire within a second, beside %,.0f GET and SET a second of %d connections: before / then",
                volumes.expiringKeys(), volumes.expiringRate(), plan.connections);
        try (ServerProcess ours = candidate.start();
                ServerProcess theirs = reference.start()) {
            if (volumes.expiringKeys() > EXPIRING_WARM_UP) {
                expiringRound(ours, EXPIRING_WARM_UP);
            }
            List<ExpiringKeys.Outcome> lefts = new ArrayList<>();
            List<ExpiringKeys.Outcome> rights = new ArrayList<>();
            for (int i = 0; i < plan.rounds; i++) {
                lefts.add(expiringRound(ours, volumes.expiringKeys()));
                rights.add(expiringRound(theirs, volumes.expiringKeys()));
            }
            expiringRow(candidate, lefts);
            expiringRow(reference, rights);
            title("Keys with a second to live, written at full rate for %.1f s", plan.rounds * plan.seconds);
            shortLived(candidate, ours);
            shortLived(reference, theirs);
        }
    }

    private ExpiringKeys.Outcome expiringRound(ServerProcess server, long keys) {
        return new ExpiringKeys(server.target(), keys, plan.volumes.expiringRate(), plan.shape(1), plan.payloadBytes)
                .run();
    }

    private void expiringRow(Contender contender, List<ExpiringKeys.Outcome> rounds) {
        Figures before = rounds.stream()
                .map(ExpiringKeys.Outcome::before)
                .reduce(Figures::plus)
                .orElseThrow();
        Figures during = rounds.stream()
                .map(ExpiringKeys.Outcome::during)
                .reduce(Figures::plus)
                .orElseThrow();
        double[] ratios =
                rounds.stream().mapToDouble(round -> round.ratio(99)).sorted().toArray();
        print(
                "%-12s p99 ratio %.2f (%.2f to %.2f); us: p50 %.0f / %.0f, p99 %.0f / %.0f, p99.9 %.0f / %.0f, "
                        + "longest %.0f / %.0f; all gone after %d ms, longest bite %d ms",
                contender.name,
                Pair.median(ratios),
                ratios[0],
                ratios[ratios.length - 1],
                before.micros(50),
                during.micros(50),
                before.micros(99),
                during.micros(99),
                before.micros(99.9),
                during.micros(99.9),
                before.micros(100),
                during.micros(100),
                rounds.stream()
                        .mapToLong(ExpiringKeys.Outcome::goneMillis)
                        .max()
                        .orElseThrow(),
                rounds.stream()
                        .mapToLong(ExpiringKeys.Outcome::longestBiteMillis)
                        .max()
                        .orElseThrow());
    }

    private void shortLived(Contender contender, ServerProcess server) {
        ShortLivedKeys.Outcome outcome = new ShortLivedKeys(server.target(), plan.connections, plan.payloadBytes)
                .run(plan.rounds * plan.seconds);
        print(
                "%-12s %,.0f/s; dead keys: %.1f %% on average, %.1f %% at most; longest bite %d ms",
                contender.name,
                outcome.perSecond(),
                outcome.deadMean() * 100,
                outcome.deadMax() * 100,
                outcome.longestBiteMillis());
    }

    /** Latency of writing and deleting while a database grows, shrinks and grows again. */
    void growth() {
        Shape shape = new Shape("", plan.connections, 1, plan.volumes.growthKeys(), 1);
        try (ServerProcess ours = candidate.start();
                ServerProcess theirs = reference.start();
                Growth left = new Growth(ours.target(), shape, plan.payloadBytes);
                Growth right = new Growth(theirs.target(), shape, plan.payloadBytes)) {
            double rate = Math.min(left.saturation(plan.warmUpNanos()), right.saturation(plan.warmUpNanos())) / 2;
            title(
                    "%,d keys come and go, ten a request, %,.0f requests a second: half of the slower server's saturation",
                    shape.keys(), rate);
            print("%-12s %-17s %-17s %-17s %-17s", "", "p50 us", "p99 us", "p99.9 us", "longest us");
            for (Growth.Phase phase : Growth.Phase.values()) {
                Figures mine = left.run(phase, rate);
                Figures other = right.run(phase, rate);
                print(
                        "%-12s %-17s %-17s %-17s %-17s p99.9 %.2f x",
                        phase,
                        micros(mine, other, 50),
                        micros(mine, other, 99),
                        micros(mine, other, 99.9),
                        micros(mine, other, 100),
                        mine.micros(99.9) / other.micros(99.9));
            }
        }
    }

    /** Latency while all keys are written to a file, and how long it takes to read that. */
    void saving() {
        Volumes volumes = plan.volumes;
        Shape shape = new Shape("", plan.connections, 1, volumes.savedKeys(), 1);
        title(
                "%,d keys are saved, beside %,.0f GET and SET a second of %d connections: before / meanwhile",
                volumes.savedKeys(), volumes.expiringRate(), plan.connections);
        for (Contender contender : contenders()) {
            Path directory = temporaryDirectory(contender);
            Saving.Outcome outcome =
                    new Saving(contender, directory, shape, volumes.expiringRate(), plan.payloadBytes).run();
            print(
                    "%-12s p99 ratio %.2f; us: p50 %.0f / %.0f, p99 %.0f / %.0f, p99.9 %.0f / %.0f, longest %.0f / %.0f; "
                            + "saved in %.1f s, %.0f MiB; start to PONG with them %.2f s, %.0f MiB/s",
                    contender.name,
                    outcome.ratio(99),
                    outcome.before().micros(50),
                    outcome.during().micros(50),
                    outcome.before().micros(99),
                    outcome.during().micros(99),
                    outcome.before().micros(99.9),
                    outcome.during().micros(99.9),
                    outcome.before().micros(100),
                    outcome.during().micros(100),
                    outcome.saveSeconds(),
                    outcome.fileBytes() / MIB,
                    outcome.loadSeconds(),
                    outcome.fileBytes() / MIB / outcome.loadSeconds());
            removeAll(directory);
        }
    }

    /** Throughput of SET with an append-only file, by how it is forced. */
    void appending() {
        title("SET with an append-only file: %d connections, payload %d B", plan.connections, plan.payloadBytes);
        pairHead("commands/s");
        for (String policy : List.of("no", "everysec", "always")) {
            Path mine = temporaryDirectory(candidate);
            Path other = temporaryDirectory(reference);
            String options = " --appendonly yes --appendfsync " + policy;
            try (ServerProcess ours = candidate.start("--dir " + mine + options);
                    ServerProcess theirs = reference.start("--dir " + other + options)) {
                for (int pipeline : plan.pipelines) {
                    Workload workload = Workload.of("SET");
                    try (Side left = side(ours, workload, pipeline);
                            Side right = side(theirs, workload, pipeline)) {
                        pairRow(policy + " P" + pipeline, true, left::round, right::round);
                    }
                }
            }
            removeAll(mine);
            removeAll(other);
        }
    }

    private static Path temporaryDirectory(Contender contender) {
        try {
            return Files.createTempDirectory("bench-" + contender.name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeAll(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String micros(Figures left, Figures right, double percent) {
        return Pair.two(left.micros(percent), right.micros(percent), "%,.0f");
    }

    /** Memory of the members of collections. */
    void members() {
        title("Bytes a member of 16 bytes: %,d in one collection, or in hashes of ten fields", plan.volumes.members());
        print("%-15s %-22s %-22s", "", "used " + candidate.name + "/" + reference.name, "resident");
        for (MemberMemory.Kind kind : MemberMemory.Kind.values()) {
            List<MemberMemory.Outcome> outcomes = new ArrayList<>();
            for (Contender contender : contenders()) {
                try (ServerProcess server = contender.start()) {
                    outcomes.add(MemberMemory.fill(server.target(), kind, plan.volumes.members(), plan.settleMillis));
                }
            }
            MemberMemory.Outcome ours = outcomes.getFirst();
            MemberMemory.Outcome theirs = outcomes.getLast();
            print(
                    "%-15s %-22s %-22s",
                    kind.title,
                    Pair.two(ours.used(), theirs.used(), "%.1f") + ratio(ours.used(), theirs.used()),
                    Pair.two(ours.resident(), theirs.resident(), "%.1f") + ratio(ours.resident(), theirs.resident()));
        }
    }

    private static String ratio(double left, double right) {
        return String.format(Locale.ROOT, " = %.2f", left / right);
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
                    contender.name, Pair.median(millis), millis[0], millis[millis.length - 1]);
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
    private void pairRow(String name, boolean closed, Pair.Round ours, Pair.Round theirs) {
        try {
            Pair pair = new Pair(ours, theirs, plan);
            print("%-15s %s%s", name, pair.line(), closed ? pair.loadBound() : "");
        } catch (IllegalStateException | UncheckedIOException e) {
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
}
