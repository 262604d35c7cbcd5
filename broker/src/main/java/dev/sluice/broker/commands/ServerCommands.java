package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.ALLOW_BUSY;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.NO_MULTI;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** The process as a whole. */
final class ServerCommands {
    private final Runnable shutdown;

    /** @param shutdown begins the end of the process; returns at once */
    ServerCommands(Runnable shutdown) {
        this.shutdown = shutdown;
    }

    List<Command> table() {
        return List.of(
                control("TIME", 1).flags(LOADING, STALE, FAST).runs(ServerCommands::time),
                control("SHUTDOWN", -1)
                        .flags(ADMIN, NOSCRIPT, LOADING, STALE, NO_MULTI, ALLOW_BUSY)
                        .runs(this::shutdown),
                control("FUNCTION", -2)
                        .subcommands(
                                List.of(control("FLUSH", -2).flags(NOSCRIPT).runs(ServerCommands::flushNothing))),
                control("SCRIPT", -2)
                        .subcommands(
                                List.of(control("FLUSH", -2).flags(NOSCRIPT).runs(ServerCommands::flushNothing))));
    }

    private static Reply time(Call call) {
        long ms = call.now();
        return Reply.array(Bytes.of(ms / 1000), Bytes.of(ms % 1000 * 1000));
    }

    private Reply shutdown(Call call) {
        boolean abort = false;
        Args args = call.args(1);
        while (args.hasNext()) {
            if (args.skip("ABORT")) {
                abort = true;
            } else if (!args.skip("NOSAVE") && !args.skip("SAVE") && !args.skip("NOW") && !args.skip("FORCE")) {
                throw CommandError.syntax();
            }
        }
        if (abort) {
            if (call.size() > 2) {
                throw CommandError.syntax();
            }
            throw new CommandError("ERR No shutdown in progress.");
        }
        shutdown.run();
        return Reply.None.NONE;
    }

    /** There are no scripts and no functions to flush; Redis's own suite flushes them before each test all the same. */
    private static Reply flushNothing(Call call) {
        if (call.size() > 3
                || call.size() == 3
                        && !call.argument(2).is("SYNC")
                        && !call.argument(2).is("ASYNC")) {
            throw new CommandError("ERR "
                    + call.command()
                            .fullName()
                            .toUpperCase(java.util.Locale.ROOT)
                            .replace('|', ' ') + " only supports SYNC|ASYNC option");
        }
        return Reply.Status.OK;
    }
}
