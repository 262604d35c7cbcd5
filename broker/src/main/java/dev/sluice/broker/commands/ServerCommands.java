package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.ALLOW_BUSY;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.NO_MULTI;
import static dev.sluice.broker.command.Flag.STALE;
import static dev.sluice.broker.command.Flag.WRITE;
import static dev.sluice.broker.command.Group.SCRIPTING;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** The process as a whole. */
final class ServerCommands {
    private static final Argument SAVING =
            oneOf("nosave_save", word("nosave", "NOSAVE"), word("save", "SAVE")).optional();
    private static final Argument FLUSH_MODE =
            oneOf("async", word("async", "ASYNC"), word("sync", "SYNC")).optional();

    private final Persistence persistence;

    ServerCommands(Persistence persistence) {
        this.persistence = persistence;
    }

    List<Command> table() {
        return Group.SERVER.rows(
                control("TIME", 1)
                        .since("2.6.0")
                        .flags(LOADING, STALE, FAST)
                        .tips("nondeterministic_output")
                        .complexity("O(1)")
                        .says("What time it is, in seconds of Unix time and microseconds.")
                        .runs(ServerCommands::time),
                control("SHUTDOWN", -1)
                        .since("1.0.0")
                        .flags(ADMIN, NOSCRIPT, LOADING, STALE, NO_MULTI, ALLOW_BUSY)
                        .complexity("O(N) to save N keys, else O(1)")
                        .says("Saves if asked for and ends the broker.")
                        .changed("7.0.0", "Options NOW, FORCE and ABORT.")
                        .takes(SAVING, word("now", "NOW").since("7.0.0").optional())
                        .takes(word("force", "FORCE").since("7.0.0").optional())
                        .takes(word("abort", "ABORT").since("7.0.0").optional())
                        .runs(this::shutdown),
                control("FUNCTION", -2)
                        .group(SCRIPTING)
                        .since("7.0.0")
                        .complexity("As its subcommands")
                        .says("Functions; there are none yet.")
                        .subcommands(List.of(
                                flush("request_policy:all_shards")
                                        .since("7.0.0")
                                        .flags(WRITE)
                                        .complexity("O(N), N functions")
                                        .says("Removes all functions.")
                                        .takes(FLUSH_MODE)
                                        .runs(ServerCommands::flushFunctions),
                                Help.row("7.0.0"))),
                control("SCRIPT", -2)
                        .group(SCRIPTING)
                        .since("2.6.0")
                        .complexity("As its subcommands")
                        .says("Scripts; there are none yet.")
                        .subcommands(List.of(
                                flush("request_policy:all_nodes")
                                        .since("2.6.0")
                                        .complexity("O(N), N scripts")
                                        .says("Forgets all scripts.")
                                        .changed("6.2.0", "Options ASYNC and SYNC.")
                                        .takes(FLUSH_MODE.since("6.2.0"))
                                        .runs(ServerCommands::flushScripts),
                                Help.row("5.0.0"))));
    }

    private static Command flush(String policy) {
        return control("FLUSH", -2).flags(NOSCRIPT).tips(policy, "response_policy:all_succeeded");
    }

    private static Reply time(Call call) {
        long ms = call.now();
        return Reply.array(Bytes.of(ms / 1000), Bytes.of(ms % 1000 * 1000));
    }

    private Reply shutdown(Call call) {
        boolean abort = false;
        boolean save = false;
        boolean nosave = false;
        boolean force = false;
        boolean now = false;
        Args args = call.args(1);
        while (args.hasNext()) {
            if (args.skip("ABORT")) {
                abort = true;
            } else if (args.skip("NOSAVE")) {
                nosave = true;
            } else if (args.skip("SAVE")) {
                save = true;
            } else if (args.skip("NOW")) {
                now = true;
            } else if (args.skip("FORCE")) {
                force = true;
            } else {
                throw CommandError.syntax();
            }
        }
        if (save && nosave || abort && (save || nosave || now || force)) {
            throw CommandError.syntax();
        }
        if (abort) {
            throw new CommandError("ERR No shutdown in progress.");
        }
        return Reply.later(persistence
                .shutdown(new Persistence.Ending(save, nosave, force))
                .map(ends -> ends ? Reply.None.NONE : Reply.error("ERR Errors trying to SHUTDOWN. Check logs.")));
    }

    /** There are no functions to flush; Redis's own suite flushes them before each test all the same. */
    private static Reply flushFunctions(Call call) {
        if (call.size() > 3) {
            throw new CommandError("ERR unknown subcommand or wrong number of arguments for '"
                    + call.argument(1).toLatin1() + "'. Try FUNCTION HELP.");
        }
        if (!waysToFlush(call)) {
            throw new CommandError("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
        }
        return Reply.Status.OK;
    }

    /** Nor are there scripts. */
    private static Reply flushScripts(Call call) {
        if (!waysToFlush(call)) {
            throw new CommandError("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
        }
        return Reply.Status.OK;
    }

    private static boolean waysToFlush(Call call) {
        return call.size() == 2
                || call.size() == 3
                        && (call.argument(2).is("SYNC") || call.argument(2).is("ASYNC"));
    }
}
