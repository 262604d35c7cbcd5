package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Category;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.session.Users;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** ACL, as far as it concerns the only user there is. */
final class AclCommands {
    private final Users users;

    AclCommands(Users users) {
        this.users = users;
    }

    List<Command> table() {
        return Group.SERVER.rows(control("ACL", -2)
                .since("6.0.0")
                .complexity("As its subcommands")
                .says("Users and what they may do.")
                .subcommands(List.of(
                        own("WHOAMI", 2)
                                .complexity("O(1)")
                                .says("The user that the connection is.")
                                .runs(call -> Bytes.of(call.session().user())),
                        own("CAT", -2)
                                .complexity("O(1), for there are so many categories and commands")
                                .says("The categories, or the commands of one.")
                                .takes(string("categoryname").optional())
                                .runs(AclCommands::categories),
                        own("USERS", 2)
                                .flags(ADMIN)
                                .complexity("O(N), N users")
                                .says("The names of all users.")
                                .runs(call -> Reply.array(Bytes.of(Users.DEFAULT))),
                        own("LIST", 2)
                                .flags(ADMIN)
                                .complexity("O(N), N users")
                                .says("All users, as a configuration file says them.")
                                .runs(call -> Reply.array(Bytes.of(users.describe()))),
                        own("GETUSER", 3)
                                .flags(ADMIN)
                                .complexity("O(N), N rules and passwords of the user")
                                .says("What a user may do.")
                                .changed("6.2.0", "Patterns of channels.")
                                .changed("7.0.0", "Selectors; patterns of keys and channels as rules.")
                                .takes(string("username"))
                                .runs(this::user),
                        Help.row("6.0.0"))));
    }

    private static Command own(String name, int arity) {
        return control(name, arity).since("6.0.0").flags(NOSCRIPT, LOADING, STALE);
    }

    private static Reply categories(Call call) {
        if (call.size() > 3) {
            throw new CommandError("ERR unknown subcommand or wrong number of arguments for '"
                    + call.argument(1).toLatin1() + "'. Try ACL HELP.");
        }
        if (call.size() == 2) {
            return Reply.array(Arrays.stream(Category.values())
                    .map(category -> (Reply) Bytes.of(category.text()))
                    .toList());
        }
        for (Category category : Category.values()) {
            if (call.argument(2).is(category.name())) {
                List<Reply> names = new ArrayList<>();
                call.engine().commands().forEach(command -> addIfIn(category, command, names));
                return Reply.array(names);
            }
        }
        throw new CommandError("ERR Unknown category '" + call.argument(2).toLatin1() + "'");
    }

    private static void addIfIn(Category category, Command command, List<Reply> names) {
        if (command.categories().contains(category)) {
            names.add(Bytes.of(command.fullName()));
        }
        command.subcommands().forEach(sub -> addIfIn(category, sub, names));
    }

    private Reply user(Call call) {
        if (!call.argument(2).toString().equals(Users.DEFAULT)) {
            return Reply.Null.STRING;
        }
        boolean open = !users.hasPassword();
        List<Reply> flags = open ? List.of(Bytes.of("on"), Bytes.of("nopass")) : List.of(Bytes.of("on"));
        return Reply.map(
                Bytes.of("flags"),
                new Reply.Set(flags),
                Bytes.of("passwords"),
                open ? Reply.Array.EMPTY : Reply.array(Bytes.of(users.passwordHash())),
                Bytes.of("commands"),
                Bytes.of("+@all"),
                Bytes.of("keys"),
                Bytes.of("~*"),
                Bytes.of("channels"),
                Bytes.of("&*"),
                Bytes.of("selectors"),
                Reply.Array.EMPTY);
    }
}
