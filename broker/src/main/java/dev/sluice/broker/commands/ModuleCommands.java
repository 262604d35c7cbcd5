package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.MODULE;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.NO_ASYNC_LOADING;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** MODULE: libraries for redis-server's process, none of which can be loaded into this one. */
final class ModuleCommands {
    static final List<Command> TABLE = Group.SERVER.rows(control("MODULE", -2)
            .since("4.0.0")
            .complexity("As its subcommands")
            .says("Modules, of which there are none.")
            .subcommands(List.of(
                    control("LIST", 2)
                            .since("4.0.0")
                            .flags(ADMIN, NOSCRIPT)
                            .tips("nondeterministic_output_order")
                            .complexity("O(N), N modules")
                            .says("The modules that are loaded.")
                            .runs(call -> Reply.Array.EMPTY),
                    changing("LOAD", -3)
                            .since("4.0.0")
                            .says("Would load a module.")
                            .takes(string("path"), string("arg").optional().multiple())
                            .runs(call -> refuse()),
                    changing("LOADEX", -3)
                            .since("7.0.0")
                            .says("Would load a module and set its parameters.")
                            .takes(
                                    string("path"),
                                    block("configs", string("name"), string("value"))
                                            .token("CONFIG")
                                            .optional()
                                            .multiple()
                                            .multipleToken(),
                                    block("args", string("arg"))
                                            .token("ARGS")
                                            .optional()
                                            .multiple())
                            .runs(ModuleCommands::loadWithSettings),
                    changing("UNLOAD", 3)
                            .since("4.0.0")
                            .says("Would unload a module.")
                            .takes(string("name"))
                            .runs(ModuleCommands::unload),
                    Help.row("5.0.0"))));

    private ModuleCommands() {}

    private static Command changing(String name, int arity) {
        return control(name, arity)
                .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, MODULE)
                .complexity("O(1)");
    }

    private static Reply refuse() {
        throw new CommandError("ERR Error loading the extension. Please check the server logs.");
    }

    private static Reply loadWithSettings(Call call) {
        Args args = call.args(3);
        while (args.hasNext()) {
            if (args.skip("ARGS")) {
                break;
            }
            if (!args.skip("CONFIG")) {
                throw new CommandError("ERR Error loading the extension. Please check the server logs.");
            }
            if (args.remaining() < 2) {
                throw new CommandError("ERR wrong number of arguments for 'module|loadex' command");
            }
            args.next();
            args.next();
        }
        return refuse();
    }

    private static Reply unload(Call call) {
        throw new CommandError("ERR Error unloading module: no such module with that name");
    }
}
