package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Engine;
import dev.sluice.broker.command.Keys;
import dev.sluice.streams.hub.Glob;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** COMMAND: the table of commands over the wire. */
final class CommandCommands {
    static final List<Command> TABLE = List.of(control("COMMAND", -1)
            .flags(LOADING, STALE)
            .runs(CommandCommands::all)
            .subcommands(List.of(
                    own("COUNT", 2)
                            .runs(call -> Reply.integer(call.engine().commands().size())),
                    own("LIST", -2).runs(CommandCommands::list),
                    own("INFO", -2).runs(CommandCommands::info),
                    own("DOCS", -2).runs(CommandCommands::docs),
                    own("GETKEYS", -3).runs(CommandCommands::getkeys))));

    private CommandCommands() {}

    private static Command own(String name, int arity) {
        return control(name, arity).flags(LOADING, STALE);
    }

    private static Reply all(Call call) {
        return Reply.array(
                call.engine().commands().stream().map(CommandRows::info).toList());
    }

    private static Reply info(Call call) {
        if (call.size() == 2) {
            return all(call);
        }
        List<Reply> rows = new ArrayList<>();
        for (int i = 2; i < call.size(); i++) {
            Command command = named(call.engine(), call.argument(i));
            rows.add(command == null ? Reply.Null.ARRAY : CommandRows.info(command));
        }
        return Reply.array(rows);
    }

    private static Reply docs(Call call) {
        List<Reply> pairs = new ArrayList<>();
        if (call.size() == 2) {
            call.engine().commands().forEach(command -> addDocs(command, pairs));
        }
        for (int i = 2; i < call.size(); i++) {
            Command command = named(call.engine(), call.argument(i));
            if (command != null) {
                addDocs(command, pairs);
            }
        }
        return new Reply.Map(pairs);
    }

    private static void addDocs(Command command, List<Reply> pairs) {
        pairs.add(Bytes.of(command.fullName()));
        pairs.add(CommandRows.docs(command));
    }

    /** A row by the name that INFO and DOCS use, {@code config|get} for a subcommand. */
    private static @Nullable Command named(Engine engine, Bytes name) {
        String[] words = name.toLatin1().split("\\|", -1);
        return words.length > 2 ? null : find(engine, words);
    }

    private static @Nullable Command find(Engine engine, String... words) {
        Command found = engine.find(Request.of(words));
        boolean whole = found == null || words.length == 1 || found.parent() != null;
        return whole ? found == null && words.length == 1 ? container(engine, words[0]) : found : null;
    }

    private static @Nullable Command container(Engine engine, String name) {
        for (Command each : engine.commands()) {
            if (each.name().equalsIgnoreCase(name)) {
                return each;
            }
        }
        return null;
    }

    private static Reply list(Call call) {
        Predicate<Command> shown = command -> true;
        if (call.size() == 5 && call.argument(2).is("FILTERBY")) {
            shown = filter(call.argument(3), call.argument(4));
        } else if (call.size() != 2) {
            throw CommandError.syntax();
        }
        List<Reply> names = new ArrayList<>();
        for (Command command : call.engine().commands()) {
            addIfShown(command, shown, names);
        }
        return Reply.array(names);
    }

    private static void addIfShown(Command command, Predicate<Command> shown, List<Reply> names) {
        if (shown.test(command)) {
            names.add(Bytes.of(command.fullName()));
        }
        command.subcommands().forEach(sub -> addIfShown(sub, shown, names));
    }

    private static Predicate<Command> filter(Bytes by, Bytes value) {
        if (by.is("MODULE")) {
            return command -> false;
        }
        if (by.is("ACLCAT")) {
            String category = value.toLatin1().toLowerCase(Locale.ROOT);
            return command -> CommandRows.categories(command).contains(category);
        }
        if (by.is("PATTERN")) {
            return command -> Glob.matches(value, Bytes.of(command.fullName()), true);
        }
        throw CommandError.syntax();
    }

    private static Reply getkeys(Call call) {
        Bytes[] words = new Bytes[call.size() - 2];
        Arrays.setAll(words, i -> call.argument(i + 2));
        Request request = new Request(words);
        Command command = call.engine().find(request);
        if (command == null) {
            throw new CommandError("ERR Invalid command specified");
        }
        if (command.keySpecs().isEmpty()) {
            throw new CommandError("ERR The command has no key arguments");
        }
        if (!command.arityAllows(request.size())) {
            throw new CommandError("ERR Invalid number of arguments specified for command");
        }
        int[] positions = Keys.positions(command, request);
        if (positions.length == 0) {
            throw new CommandError("ERR Invalid arguments specified for command");
        }
        return Reply.array(Arrays.stream(positions)
                .mapToObj(at -> (Reply) request.argument(at).detached())
                .toList());
    }
}
