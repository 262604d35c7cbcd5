package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.CONNECTION_STATE;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.metric.SlowLog;
import dev.sluice.broker.session.Monitors;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** SLOWLOG and MONITOR: which calls ran, and which of them for long. */
final class ObservationCommands {
    private static final long SHOWN = 10;

    private final SlowLog slowLog;
    private final Monitors monitors;

    ObservationCommands(SlowLog slowLog, Monitors monitors) {
        this.slowLog = slowLog;
        this.monitors = monitors;
    }

    List<Command> table() {
        return Group.SERVER.rows(
                control("MONITOR", 1)
                        .since("1.0.0")
                        .flags(ADMIN, NOSCRIPT, LOADING, STALE, CONNECTION_STATE)
                        .says("Shows the connection all calls of all clients from now on.")
                        .runs(this::monitor),
                control("SLOWLOG", -2)
                        .since("2.2.12")
                        .complexity("As its subcommands")
                        .says("The calls that took longest.")
                        .subcommands(List.of(
                                own("GET", -2)
                                        .since("2.2.12")
                                        .tips("request_policy:all_nodes", "nondeterministic_output")
                                        .complexity("O(N), N entries")
                                        .says("The newest entries, 10 unless told; all of them at -1.")
                                        .changed("4.0.0", "Address and name of the client.")
                                        .takes(integer("count").optional())
                                        .runs(this::get),
                                own("LEN", 2)
                                        .since("2.2.12")
                                        .tips(
                                                "request_policy:all_nodes",
                                                "response_policy:agg_sum",
                                                "nondeterministic_output")
                                        .complexity("O(1)")
                                        .says("Number of entries.")
                                        .runs(call -> Reply.integer(slowLog.size())),
                                own("RESET", 2)
                                        .since("2.2.12")
                                        .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                                        .complexity("O(N), N entries")
                                        .says("Forgets all entries.")
                                        .runs(this::reset),
                                Help.row("6.2.0"))));
    }

    private static Command own(String name, int arity) {
        return control(name, arity).flags(ADMIN, LOADING, STALE);
    }

    private Reply monitor(Call call) {
        if (!call.mayWait()) {
            throw new CommandError("ERR MONITOR isn't allowed for DENY BLOCKING client");
        }
        if (call.session().isMonitor()) {
            return Reply.None.NONE; // as redis-server: what it reads are lines already
        }
        monitors.add(call.session());
        return Reply.Status.OK;
    }

    private Reply reset(Call call) {
        slowLog.clear();
        return Reply.Status.OK;
    }

    private Reply get(Call call) {
        if (call.size() > 3) {
            throw new CommandError("ERR unknown subcommand or wrong number of arguments for '"
                    + call.argument(1).toLatin1() + "'. Try SLOWLOG HELP.");
        }
        long count = call.size() == 3 ? count(call.argument(2)) : SHOWN;
        List<Reply> shown = new ArrayList<>();
        for (SlowLog.Entry entry : slowLog.entries()) {
            if (count >= 0 && shown.size() >= count) {
                break;
            }
            shown.add(reply(entry));
        }
        return Reply.array(shown);
    }

    private static long count(Bytes text) {
        String refusal = "ERR count should be greater than or equal to -1";
        long count = Args.toLong(text, refusal);
        if (count < -1) {
            throw new CommandError(refusal);
        }
        return count;
    }

    private static Reply reply(SlowLog.Entry entry) {
        return Reply.array(
                Reply.integer(entry.id()),
                Reply.integer(entry.seconds()),
                Reply.integer(entry.micros()),
                Reply.array(List.<Reply>copyOf(entry.arguments())),
                Bytes.of(entry.address()),
                entry.name());
    }
}
