package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.metric.LatencyMonitor;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** LATENCY: what kept the loop for long, and how long calls run. */
final class LatencyCommands {
    private static final int FIRST_POWER = 10; // 1024 nanoseconds
    private static final int LAST_POWER = 29; // half a second; above there is no end

    private final LatencyMonitor monitor;
    private final Histograms histograms;
    private final Settings settings;

    LatencyCommands(LatencyMonitor monitor, Histograms histograms, Settings settings) {
        this.monitor = monitor;
        this.histograms = histograms;
        this.settings = settings;
    }

    List<Command> table() {
        return Group.SERVER.rows(control("LATENCY", -2)
                .since("2.8.13")
                .complexity("As its subcommands")
                .says("What took long, and how long calls run.")
                .subcommands(List.of(
                        own("DOCTOR", 2)
                                .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                                .says("What the events mean and what helps, as text.")
                                .runs(call -> text(LatencyReport.of(monitor, settings))),
                        own("GRAPH", 3)
                                .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                                .says("The samples of an event as a drawing.")
                                .takes(string("event"))
                                .runs(this::graph),
                        own("HISTORY", 3)
                                .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                                .says("The samples of an event, each with its second.")
                                .takes(string("event"))
                                .runs(this::history),
                        own("LATEST", 2)
                                .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                                .says("The newest and the worst sample of each event.")
                                .runs(this::latest),
                        own("RESET", -2)
                                .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                                .says("Forgets these events, or all.")
                                .takes(string("event").optional().multiple())
                                .runs(this::reset),
                        own("HISTOGRAM", -2)
                                .since("7.0.0")
                                .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                                .complexity("O(N), N commands that have run")
                                .says("How many calls of these commands, or of all, ran at most how long.")
                                .takes(string("command").optional().multiple())
                                .runs(this::histogram),
                        Help.row("2.8.13"))));
    }

    private static Command own(String name, int arity) {
        return control(name, arity)
                .since("2.8.13")
                .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                .complexity("O(1)");
    }

    private static Reply text(String lines) {
        return new Reply.Verbatim("txt", Bytes.of(lines));
    }

    private Reply graph(Call call) {
        String event = call.argument(2).toLatin1();
        LatencyMonitor.Series series = monitor.series(event);
        if (series == null) {
            throw new CommandError("ERR No samples available for event '" + event + "'");
        }
        return text(LatencyGraph.of(event, series, call.now() / 1000));
    }

    private Reply history(Call call) {
        LatencyMonitor.Series series = monitor.series(call.argument(2).toLatin1());
        if (series == null) {
            return Reply.Array.EMPTY;
        }
        List<Reply> samples = new ArrayList<>();
        for (LatencyMonitor.Sample sample : series.samples()) {
            samples.add(Reply.array(Reply.integer(sample.seconds()), Reply.integer(sample.millis())));
        }
        return Reply.array(samples);
    }

    private Reply latest(Call call) {
        List<Reply> events = new ArrayList<>();
        monitor.events().forEach((event, series) -> {
            LatencyMonitor.Sample latest = series.latest();
            events.add(Reply.array(
                    Bytes.of(event),
                    Reply.integer(latest.seconds()),
                    Reply.integer(latest.millis()),
                    Reply.integer(series.worstMs())));
        });
        return Reply.array(events);
    }

    private Reply reset(Call call) {
        if (call.size() == 2) {
            return Reply.integer(monitor.clear());
        }
        int cleared = 0;
        for (int i = 2; i < call.size(); i++) {
            cleared += monitor.clear(call.argument(i).toLatin1());
        }
        return Reply.integer(cleared);
    }

    private Reply histogram(Call call) {
        List<Reply> pairs = new ArrayList<>();
        if (call.size() == 2) {
            call.engine().commands().forEach(command -> show(command, pairs));
        }
        for (int i = 2; i < call.size(); i++) {
            Command command = find(call, call.argument(i).toLatin1());
            if (command != null) {
                show(command, pairs);
            }
        }
        return new Reply.Map(pairs);
    }

    /** The row of {@code get} or {@code client|list}. */
    private static @Nullable Command find(Call call, String name) {
        String[] words = name.split("\\|", 2);
        Command command = call.engine().find(Request.of(words));
        return command != null && words.length == 2 && command.parent() == null ? null : command;
    }

    private void show(Command command, List<Reply> pairs) {
        long calls = histograms.calls(command);
        if (calls > 0) {
            pairs.add(Bytes.of(command.fullName()));
            pairs.add(Reply.map(
                    Bytes.of("calls"), Reply.integer(calls), Bytes.of("histogram_usec"), distribution(command)));
        }
        command.subcommands().forEach(sub -> show(sub, pairs));
    }

    /** Calls that ran at most 1, 2, 4 … microseconds, where that is more than for the number before. */
    private Reply distribution(Command command) {
        List<Reply> pairs = new ArrayList<>();
        long before = 0;
        for (int power = FIRST_POWER; power <= LAST_POWER; power++) {
            long nanos = (1L << power) + (1L << power - 7) - 1; // the end of the bucket of that power of two
            long sum = histograms.atMost(command, nanos);
            if (sum > before) {
                pairs.add(Reply.integer(nanos / 1000));
                pairs.add(Reply.integer(sum));
                before = sum;
            }
        }
        return new Reply.Map(pairs);
    }
}
