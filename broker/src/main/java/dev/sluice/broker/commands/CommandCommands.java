package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.pattern;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Category.CONNECTION;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Engine;
import dev.sluice.broker.command.Flag;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.KeySpec;
import dev.sluice.broker.command.Keys;
import dev.sluice.streams.hub.Glob;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** COMMAND: the table of commands over the wire. */
final class CommandCommands {
    private static final String NO_ORDER = "nondeterministic_output_order";

    private static final Argument NAMES = string("command-name").optional().multiple();
    private static final Argument FILTER = oneOf(
                    "filterby",
                    string("module-name").token("MODULE"),
                    string("category").token("ACLCAT"),
                    pattern("pattern").token("PATTERN"))
            .token("FILTERBY")
            .optional();

    static final List<Command> TABLE = Group.SERVER.rows(own("COMMAND", -1)
            .since("2.8.13")
            .tips(NO_ORDER)
            .complexity("O(N), N commands")
            .says("All commands: arity, flags, keys, categories.")
            .runs(CommandCommands::all)
            .subcommands(List.of(
                    own("COUNT", 2)
                            .since("2.8.13")
                            .complexity("O(1)")
                            .says("Number of commands.")
                            .runs(call -> Reply.integer(call.engine().commands().size())),
                    own("LIST", -2)
                            .since("7.0.0")
                            .tips(NO_ORDER)
                            .complexity("O(N), N commands")
                            .says("Names of the commands, all of them or those of a category or a pattern.")
                            .takes(FILTER)
                            .runs(CommandCommands::list),
                    own("INFO", -2)
                            .since("2.8.13")
                            .tips(NO_ORDER)
                            .complexity("O(N), N commands asked for")
                            .says("Arity, flags, keys and categories of commands.")
                            .changed("7.0.0", "Without a name, all commands.")
                            .takes(NAMES)
                            .runs(CommandCommands::info),
                    own("DOCS", -2)
                            .since("7.0.0")
                            .tips(NO_ORDER)
                            .complexity("O(N), N commands asked for")
                            .says("What commands are for, and their arguments.")
                            .takes(NAMES)
                            .runs(CommandCommands::docs),
                    own("GETKEYS", -4)
                            .since("2.8.13")
                            .complexity("O(N), N arguments")
                            .says("The keys among the arguments of a whole command.")
                            .runs(CommandCommands::getkeys),
                    own("GETKEYSANDFLAGS", -4)
                            .since("7.0.0")
                            .complexity("O(N), N arguments")
                            .says("The keys among the arguments of a whole command, and what it does to them.")
                            .runs(CommandCommands::getkeysAndFlags),
                    Help.row("5.0.0").categories(CONNECTION))));

    private CommandCommands() {}

    private static Command own(String name, int arity) {
        return control(name, arity).flags(LOADING, STALE).categories(CONNECTION);
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
            rows.add(command == null ? Reply.Null.STRING : CommandRows.info(command));
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
        Command found = words.length > 2 ? null : engine.find(Request.of(words));
        return words.length == 2 && found != null && found.parent() == null ? null : found;
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
            return command -> command.categories().stream().anyMatch(category -> value.is(category.name()));
        }
        if (by.is("PATTERN")) {
            return command -> Glob.matches(value, Bytes.of(command.fullName()), true);
        }
        throw CommandError.syntax();
    }

    private static Reply getkeys(Call call) {
        return Reply.array(keys(call).stream()
                .map(key -> (Reply) call.argument(key.position() + 2).detached())
                .toList());
    }

    private static Reply getkeysAndFlags(Call call) {
        return Reply.array(keys(call).stream()
                .map(key -> Reply.array(
                        call.argument(key.position() + 2).detached(), new Reply.Set(CommandRows.statuses(key.flags()))))
                .toList());
    }

    /** The keys of the request that stands after the subcommand. */
    private static List<Keys.Found> keys(Call call) {
        Bytes[] words = new Bytes[call.size() - 2];
        Arrays.setAll(words, i -> call.argument(i + 2));
        Request request = new Request(words);
        Command command = call.engine().find(request);
        if (command == null) {
            throw new CommandError("ERR Invalid command specified");
        }
        if (command.keySpecs().stream().noneMatch(KeySpec::isOfKeys)) {
            throw new CommandError("ERR The command has no key arguments");
        }
        if (!command.arityAllows(request.size())) {
            throw new CommandError("ERR Invalid number of arguments specified for command");
        }
        List<Keys.Found> keys = Keys.withFlags(command, request);
        if (keys.isEmpty() && !command.has(Flag.NO_MANDATORY_KEYS)) {
            throw new CommandError("ERR Invalid arguments specified for command");
        }
        return keys;
    }
}
