package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.control;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Flag;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** HELP of a container: how to type its subcommands and what they are for, read from their rows. */
final class Help {
    private static final int SHOWN_BYTES = 128;

    private Help() {}

    /** The row for the container's list of subcommands. */
    static Command row(String since) {
        return control("HELP", 2)
                .since(since)
                .flags(Flag.LOADING, Flag.STALE)
                .says("Lists the subcommands.")
                .complexity("O(1)")
                .runs(Help::reply);
    }

    /** The refusal of a subcommand that takes no so many arguments. */
    static CommandError wrongArguments(Call call) {
        Command container = call.command().parent();
        Bytes word = call.argument(1);
        return new CommandError("ERR unknown subcommand or wrong number of arguments for '"
                + word.slice(0, Math.min(SHOWN_BYTES, word.length())).toLatin1() + "'. Try "
                + (container == null ? call.command() : container).name() + " HELP.");
    }

    private static Reply reply(Call call) {
        Command container = call.command().parent();
        if (container == null) {
            throw new IllegalStateException("HELP stands alone");
        }
        List<Reply> lines = new ArrayList<>();
        lines.add(new Reply.Status(container.name() + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        for (Command sub : container.subcommands()) {
            lines.add(new Reply.Status(usage(sub)));
            lines.add(new Reply.Status("    " + sub.summary()));
        }
        return Reply.array(lines);
    }

    private static String usage(Command command) {
        StringBuilder text = new StringBuilder(command.name());
        for (Argument argument : command.arguments()) {
            text.append(' ').append(argument.usage());
        }
        return text.toString();
    }
}
