package dev.sluice.clients.load;

import dev.sluice.clients.load.Comparison.Contender;
import dev.sluice.clients.load.Comparison.Plan;
import dev.sluice.clients.load.Comparison.Volumes;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The command line of the load tester. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        description = "Puts load on a Redis-compatible server and measures it.",
        subcommands = {
            LoadTester.Closed.class,
            LoadTester.Open.class,
            LoadTester.Publish.class,
            LoadTester.Handover.class,
            LoadTester.Expiring.class,
            LoadTester.Fill.class,
            LoadTester.Idle.class,
            LoadTester.NeverRead.class,
            LoadTester.Compare.class
        })
public final class LoadTester {
    /** Time for a server to give memory back, before its resident memory is read. */
    private static final long SETTLE_MILLIS = 2_000;

    private LoadTester() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new LoadTester()).setUsageHelpAutoWidth(true);
    }

    /** The server that is already running. */
    static final class ServerOptions {
        @Option(names = "--host", defaultValue = "127.0.0.1", description = "Default: ${DEFAULT-VALUE}.")
        String host = "127.0.0.1";

        @Option(names = "--port", required = true, description = "Port of the server.")
        int port;

        @Option(names = "--pid", description = "Process id of the server, for its CPU and memory.")
        long pid;

        Target target() {
            return new Target(host, port, pid);
        }
    }

    /** What the requests look like. */
    static final class ShapeOptions {
        @Option(names = "--connections", defaultValue = "50", description = "Default: ${DEFAULT-VALUE}.")
        int connections;

        @Option(names = "--pipeline", defaultValue = "1", description = "Requests under way per connection.")
        int pipeline;

        @Option(
                names = "--keys",
                defaultValue = "100000",
                description = "Size of the key space; default: ${DEFAULT-VALUE}.")
        long keys;

        @Option(names = "--payload", defaultValue = "64", description = "Bytes of a value; default: ${DEFAULT-VALUE}.")
        int payloadBytes;

        @Option(names = "--seconds", defaultValue = "5", description = "Length of the run; default: ${DEFAULT-VALUE}.")
        double seconds;

        @Option(names = "--warm-up", defaultValue = "1", description = "Seconds before it; default: ${DEFAULT-VALUE}.")
        double warmUpSeconds;

        @Parameters(
                arity = "1..*",
                description =
                        "SET, GET, INCR, LPUSH, RPOP, HSET, HGET, ZADD, MSET, LRANGE_100, ZRANK, ZINCRBY, ZRANGE_10, "
                                + "ZREVRANGE_100, PING, or a request of your own with {rand}, {seq}, {data:N} in its words.")
        List<String> words = List.of();

        Workload workload() {
            return Workload.of(String.join(" ", words));
        }

        Shape shape() {
            return new Shape(Workload.withPayload(workload().line(), payloadBytes), connections, pipeline, keys, 1);
        }
    }

    @Command(name = "closed", description = "Each connection sends its next batch when it has all replies.")
    static final class Closed implements Runnable {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Mixin
        ShapeOptions options = new ShapeOptions();

        @Override
        public void run() {
            try (Side side = new Side(server.target(), options.workload(), options.shape(), options.payloadBytes)) {
                side.round(nanos(options.warmUpSeconds));
                print(side.round(nanos(options.seconds)));
            }
        }
    }

    @Command(name = "open", description = "Requests at a fixed rate, whether or not the server keeps up.")
    static final class Open implements Runnable {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Mixin
        ShapeOptions options = new ShapeOptions();

        @Option(names = "--rate", required = true, description = "Requests a second.")
        double rate;

        @Override
        public void run() {
            try (OpenLoop loop = new OpenLoop(server.target(), options.shape())) {
                loop.runFor(nanos(options.warmUpSeconds), rate);
                print(loop.runFor(nanos(options.seconds), rate));
            }
        }
    }

    @Command(name = "publish", description = "Four publishers, many subscribers of one channel; counts deliveries.")
    static final class Publish implements Runnable {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Option(names = "--subscribers", defaultValue = "50", description = "Default: ${DEFAULT-VALUE}.")
        int subscribers;

        @Option(
                names = "--pipeline",
                defaultValue = "1",
                description = "Messages under way; default: ${DEFAULT-VALUE}.")
        int pipeline;

        @Option(
                names = "--payload",
                defaultValue = "64",
                description = "Bytes of a message; default: ${DEFAULT-VALUE}.")
        int payloadBytes;

        @Option(names = "--seconds", defaultValue = "5", description = "Length of the run; default: ${DEFAULT-VALUE}.")
        double seconds;

        @Override
        public void run() {
            try (FanOut fanOut = new FanOut(server.target(), subscribers, pipeline, payloadBytes)) {
                fanOut.runFor(nanos(1));
                print(fanOut.runFor(nanos(seconds)));
            }
        }
    }

    @Command(name = "handover", description = "Producers, and as many consumers that wait in BLPOP or BZPOPMIN.")
    static final class Handover implements Runnable {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Option(names = "--pairs", defaultValue = "50", description = "Default: ${DEFAULT-VALUE}.")
        int pairs;

        @Option(names = "--shared", description = "All pairs use one key.")
        boolean shared;

        @Option(names = "--sorted-set", description = "ZADD and BZPOPMIN instead of LPUSH and BLPOP.")
        boolean sortedSet;

        @Option(names = "--seconds", defaultValue = "5", description = "Length of the run; default: ${DEFAULT-VALUE}.")
        double seconds;

        @Override
        public void run() {
            HandOver.Kind kind = sortedSet ? HandOver.Kind.SORTED_SET : HandOver.Kind.LIST;
            try (HandOver handOver = new HandOver(server.target(), kind, pairs, shared)) {
                handOver.runFor(nanos(1));
                print(handOver.runFor(nanos(seconds)));
            }
        }
    }

    @Command(name = "expiring", description = "Keys that expire within a second, and the latency of others meanwhile.")
    static final class Expiring implements Runnable {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Option(names = "--keys", defaultValue = "1000000", description = "Default: ${DEFAULT-VALUE}.")
        long keys;

        @Option(names = "--rate", defaultValue = "20000", description = "Requests a second; default: ${DEFAULT-VALUE}.")
        double rate;

        @Option(names = "--payload", defaultValue = "64", description = "Bytes of a value; default: ${DEFAULT-VALUE}.")
        int payloadBytes;

        @Override
        public void run() {
            Shape others = new Shape("", 50, 1, 100_000, 1);
            ExpiringKeys.Outcome outcome = new ExpiringKeys(server.target(), keys, rate, others, payloadBytes).run();
            print(outcome.before());
            print(outcome.during());
            line(
                    "all gone %d ms after the last was due; longest bite %d ms",
                    outcome.goneMillis(), outcome.longestBiteMillis());
        }
    }

    @Command(name = "fill", description = "Writes keys, overwrites as many at random; memory and longest pause.")
    static final class Fill implements Runnable {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Option(names = "--keys", defaultValue = "1000000", description = "Default: ${DEFAULT-VALUE}.")
        long keys;

        @Option(names = "--payload", defaultValue = "64", description = "Bytes of a value; default: ${DEFAULT-VALUE}.")
        int payloadBytes;

        @Override
        public void run() {
            MemoryFill.Outcome outcome = new MemoryFill(server.target(), keys, payloadBytes, SETTLE_MILLIS).run();
            line(
                    "resident: %,d bytes empty, %,d filled, %,d overwritten",
                    outcome.residentEmpty(), outcome.residentFilled(), outcome.residentOverwritten());
            phase("fill", outcome.fill(), outcome.fillPauses());
            phase("overwrite", outcome.overwrite(), outcome.overwritePauses());
        }

        private static void phase(String name, Figures figures, PingProbe.Pauses pauses) {
            line("%s: %,.0f/s; PING %s", name, figures.perSecond(), pauses);
        }
    }

    @Command(name = "idle", description = "Resident memory per idle connection.")
    static final class Idle implements Runnable {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Option(names = "--connections", defaultValue = "10000", description = "Default: ${DEFAULT-VALUE}.")
        int connections;

        @Override
        public void run() {
            IdleConnections.Outcome outcome = IdleConnections.open(server.target(), connections, SETTLE_MILLIS);
            line("%,d connections, %,.0f bytes each", outcome.connections(), outcome.bytesEach());
        }
    }

    @Command(name = "never-read", description = "Growth of memory while a client asks for much and reads nothing.")
    static final class NeverRead implements Runnable {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Option(names = "--requests", defaultValue = "2000", description = "Default: ${DEFAULT-VALUE}.")
        int requests;

        @Option(
                names = "--payload",
                defaultValue = "1048576",
                description = "Bytes of a value; default: ${DEFAULT-VALUE}.")
        int payloadBytes;

        @Override
        public void run() {
            NeverReader.Outcome outcome = NeverReader.run(server.target(), requests, payloadBytes, SETTLE_MILLIS);
            line(
                    "grew by %,d bytes; slowest PING beside it %.2f ms",
                    outcome.growthBytes(), outcome.longestPingNanos() / 1e6);
        }
    }

    @Command(name = "compare", description = "Starts two servers on spare ports and measures them side by side.")
    static final class Compare implements Runnable {
        private static final long QUICK_GROWTH_KEYS = 500_000;
        private static final List<String> SECTIONS = List.of(
                "commands",
                "publish",
                "handover",
                "latency",
                "expiring",
                "growth",
                "saving",
                "appending",
                "start",
                "memory",
                "members",
                "idle",
                "never-read");

        @CommandLine.Spec
        CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

        @Option(
                names = "--candidate",
                required = true,
                description = "Command line of the server that is measured; {port} is replaced.")
        String candidate = "";

        @Option(names = "--candidate-name", defaultValue = "sluice", description = "Default: ${DEFAULT-VALUE}.")
        String candidateName = "";

        @Option(
                names = "--reference",
                defaultValue = "redis-server --port {port} --save \"\" --appendonly no --maxclients 15000",
                description = "Command line of the server to compare with; default: ${DEFAULT-VALUE}.")
        String reference = "";

        @Option(names = "--reference-name", defaultValue = "redis", description = "Default: ${DEFAULT-VALUE}.")
        String referenceName = "";

        @Option(
                names = "--sections",
                split = ",",
                description =
                        "Any of commands, publish, handover, latency, expiring, growth, saving, appending, start, memory, "
                                + "members, idle, never-read; default: all.")
        List<String> sections = SECTIONS;

        @Option(
                names = "--rows",
                split = ",",
                description = "Command rows; default: SET,GET,INCR,LPUSH,RPOP,HSET,HGET,ZADD,MSET,LRANGE_100.")
        List<String> rows = Workload.COMPARED;

        @Option(names = "--pipelines", split = ",", description = "Default: 1,16,64.")
        List<Integer> pipelines = List.of(1, 16, 64);

        @Option(names = "--rounds", defaultValue = "7", description = "Rounds of a row; default: ${DEFAULT-VALUE}.")
        int rounds;

        @Option(names = "--seconds", defaultValue = "1", description = "Length of a round; default: ${DEFAULT-VALUE}.")
        double seconds;

        @Option(
                names = "--warm-up",
                defaultValue = "3",
                description = "Seconds before the first round; default: ${DEFAULT-VALUE}.")
        double warmUpSeconds;

        @Option(
                names = "--quick",
                description = "3 rounds of 0.4 s after 1 s, and only 1 million keys: a look, not a figure.")
        boolean quick;

        @Option(names = "--connections", defaultValue = "50", description = "Default: ${DEFAULT-VALUE}.")
        int connections;

        @Option(names = "--subscribers", defaultValue = "50", description = "Default: ${DEFAULT-VALUE}.")
        int subscribers;

        @Option(names = "--payload", defaultValue = "64", description = "Bytes of a value; default: ${DEFAULT-VALUE}.")
        int payloadBytes;

        @Option(
                names = "--keys",
                defaultValue = "100000",
                description = "Key space of the command rows; default: ${DEFAULT-VALUE}.")
        long keys;

        @Option(names = "--memory-keys", split = ",", description = "Default: 1000000,10000000.")
        List<Long> memoryKeys = List.of(1_000_000L, 10_000_000L);

        @Option(names = "--idle-connections", defaultValue = "10000", description = "Default: ${DEFAULT-VALUE}.")
        int idleConnections;

        @Option(names = "--pairs", defaultValue = "50", description = "Of the hand-over; default: ${DEFAULT-VALUE}.")
        int pairs;

        @Option(names = "--expiring-keys", defaultValue = "1000000", description = "Default: ${DEFAULT-VALUE}.")
        long expiringKeys;

        @Option(
                names = "--expiring-rate",
                defaultValue = "20000",
                description = "Requests a second beside keys that expire; default: ${DEFAULT-VALUE}.")
        double expiringRate;

        @Option(names = "--growth-keys", defaultValue = "5000000", description = "Default: ${DEFAULT-VALUE}.")
        long growthKeys;

        @Option(names = "--members", defaultValue = "1000000", description = "Default: ${DEFAULT-VALUE}.")
        long members;

        @Option(names = "--saved-keys", defaultValue = "5000000", description = "Default: ${DEFAULT-VALUE}.")
        long savedKeys;

        @Option(names = "--unread-replies", defaultValue = "2000", description = "Default: ${DEFAULT-VALUE}.")
        int unreadReplies;

        @Override
        public void run() {
            TreeSet<String> unknown = new TreeSet<>(sections);
            SECTIONS.forEach(unknown::remove);
            if (!unknown.isEmpty() && spec != null) {
                throw new ParameterException(spec.commandLine(), "no such section: " + String.join(", ", unknown));
            }
            Comparison comparison = new Comparison(
                    new Contender(candidateName, candidate),
                    new Contender(referenceName, reference),
                    plan(),
                    System.out);
            for (String section : SECTIONS) {
                if (sections.contains(section)) {
                    run(section, comparison);
                }
            }
        }

        private static void run(String section, Comparison comparison) {
            switch (section) {
                case "commands" -> comparison.commands();
                case "publish" -> comparison.publish();
                case "handover" -> comparison.handOver();
                case "expiring" -> comparison.expiring();
                case "growth" -> comparison.growth();
                case "saving" -> comparison.saving();
                case "appending" -> comparison.appending();
                case "members" -> comparison.members();
                case "latency" -> comparison.latency();
                case "start" -> comparison.startUp();
                case "memory" -> comparison.memory();
                case "idle" -> comparison.idle();
                default -> comparison.neverRead();
            }
        }

        private Plan plan() {
            return new Plan(
                    quick ? 3 : rounds,
                    quick ? 0.4 : seconds,
                    quick ? 1 : warmUpSeconds,
                    rows,
                    pipelines,
                    connections,
                    subscribers,
                    payloadBytes,
                    keys,
                    quick ? memoryKeys.subList(0, 1) : memoryKeys,
                    idleConnections,
                    unreadReplies,
                    SETTLE_MILLIS,
                    new Volumes(
                            pairs,
                            expiringKeys,
                            expiringRate,
                            quick ? Math.min(growthKeys, QUICK_GROWTH_KEYS) : growthKeys,
                            members,
                            quick ? Math.min(savedKeys, QUICK_GROWTH_KEYS) : savedKeys));
        }
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    private static void print(Figures figures) {
        line(
                "%,.0f/s; p50 %.0f us, p99 %.0f us, p99.9 %.0f us, longest %.2f ms",
                figures.perSecond(),
                figures.micros(50),
                figures.micros(99),
                figures.micros(99.9),
                figures.longestMillis());
        line(
                "server %.2f us each (%.0f %% of a core), load tester %.2f us each (%.0f %%)",
                figures.serverMicrosPerOperation(),
                figures.serverCore() * 100,
                figures.clientMicrosPerOperation(),
                figures.clientCore() * 100);
        if (figures.nulls() > 0 || figures.errors() > 0) {
            line(
                    "found nothing: %,d; errors: %,d %s",
                    figures.nulls(), figures.errors(), figures.firstError() == null ? "" : figures.firstError());
        }
    }

    private static void line(String format, Object... values) {
        PrintStream out = System.out;
        out.println(String.format(Locale.ROOT, format, values));
    }
}
