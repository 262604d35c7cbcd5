package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.CONNECTION_STATE;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Sessions;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** CLIENT: the connections there are, looked at and ended. */
final class ClientCommands {
    private static final Argument SETINFO_ATTRIBUTE =
            oneOf("attr", string("libname").token("lib-name"), string("libver").token("lib-ver"));
    private static final Argument LIST_TYPE = oneOf(
                    "normal_master_replica_pubsub",
                    word("normal", "NORMAL"),
                    word("master", "MASTER"),
                    word("replica", "REPLICA"),
                    word("pubsub", "PUBSUB"))
            .token("TYPE")
            .since("5.0.0")
            .optional();
    private static final Argument LIST_ID = block("id", integer("client-id").multiple())
            .token("ID")
            .since("6.2.0")
            .optional();
    private static final Argument KILL_TYPE = oneOf(
                    "normal_master_slave_pubsub",
                    word("normal", "NORMAL"),
                    word("master", "MASTER").since("3.2.0"),
                    word("slave", "SLAVE"),
                    word("replica", "REPLICA").since("5.0.0"),
                    word("pubsub", "PUBSUB"))
            .token("TYPE")
            .since("2.8.12")
            .optional();
    private static final Argument KILL_FILTER = oneOf(
            "filter",
            string("ip:port").deprecated("2.8.12"),
            oneOf(
                            "new-format",
                            integer("client-id").token("ID").since("2.8.12").optional(),
                            KILL_TYPE,
                            string("username").token("USER").optional(),
                            string("ip:port").token("ADDR").optional(),
                            string("ip:port").token("LADDR").since("6.2.0").optional(),
                            string("yes/no").token("SKIPME").optional())
                    .multiple());

    private final Sessions sessions;

    ClientCommands(Sessions sessions) {
        this.sessions = sessions;
    }

    List<Command> table() {
        return Group.CONNECTION.rows(control("CLIENT", -2)
                .since("2.4.0")
                .complexity("As its subcommands")
                .says("Looks at connections and ends them.")
                .subcommands(List.of(
                        own("ID", 2)
                                .since("5.0.0")
                                .complexity("O(1)")
                                .says("Number of the connection.")
                                .runs(call -> Reply.integer(call.session().id())),
                        own("INFO", 2)
                                .since("6.2.0")
                                .tips("nondeterministic_output")
                                .complexity("O(1)")
                                .says("What is known of the connection.")
                                .runs(call -> text(ClientLine.of(call.session(), call.now()) + "\n")),
                        own("GETNAME", 2)
                                .since("2.6.9")
                                .complexity("O(1)")
                                .says("Name of the connection.")
                                .runs(ClientCommands::getname),
                        own("SETNAME", 3)
                                .since("2.6.9")
                                .flags(CONNECTION_STATE)
                                .complexity("O(1)")
                                .says("Gives the connection a name.")
                                .takes(string("connection-name"))
                                .runs(ClientCommands::setname),
                        own("SETINFO", 4)
                                .since("7.2.0")
                                .flags(CONNECTION_STATE)
                                .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                                .complexity("O(1)")
                                .says("Says what library the client uses.")
                                .takes(SETINFO_ATTRIBUTE)
                                .runs(ClientCommands::setinfo),
                        own("LIST", -2)
                                .since("2.4.0")
                                .flags(ADMIN)
                                .tips("nondeterministic_output")
                                .complexity("O(N), N connections")
                                .says("What is known of the connections, a line each.")
                                .changed("2.8.12", "Field id.")
                                .changed("5.0.0", "Option TYPE.")
                                .changed("6.0.0", "Field user.")
                                .changed("6.2.0", "Fields argv-mem, tot-mem, laddr and redir, option ID.")
                                .changed("7.0.0", "Fields resp, multi-mem, rbs and rbp.")
                                .changed("7.0.3", "Field ssub.")
                                .takes(LIST_TYPE, LIST_ID)
                                .runs(this::list),
                        own("KILL", -3)
                                .since("2.4.0")
                                .flags(ADMIN)
                                .complexity("O(N), N connections")
                                .says("Ends connections, by address or by what is known of them.")
                                .changed("2.8.12", "Filters by name and value.")
                                .changed("2.8.12", "Filter ID.")
                                .changed("3.2.0", "Type master.")
                                .changed("5.0.0", "Type replica, for which slave goes on to be understood.")
                                .changed("6.2.0", "Filter LADDR.")
                                .takes(KILL_FILTER)
                                .runs(this::kill),
                        Help.row("5.0.0"))));
    }

    private static Command own(String name, int arity) {
        return control(name, arity).flags(NOSCRIPT, LOADING, STALE);
    }

    private static Reply text(String lines) {
        return new Reply.Verbatim("txt", Bytes.of(lines));
    }

    private static Reply getname(Call call) {
        Bytes name = call.session().name();
        return name.isEmpty() ? Reply.Null.STRING : name;
    }

    private static Reply setname(Call call) {
        checkName(call.argument(2));
        call.session().name(call.argument(2).detached());
        return Reply.Status.OK;
    }

    /** A name goes into lines of text with spaces between the fields, so it has neither. */
    static void checkName(Bytes name) {
        if (!isPrintable(name)) {
            throw new CommandError("ERR Client names cannot contain spaces, newlines or special characters.");
        }
    }

    private static boolean isPrintable(Bytes text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.at(i) < '!' || text.at(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static Reply setinfo(Call call) {
        Bytes attribute = call.argument(2);
        Bytes value = call.argument(3);
        boolean name = attribute.is("LIB-NAME");
        if (!name && !attribute.is("LIB-VER")) {
            throw new CommandError("ERR Unrecognized option '" + attribute.toLatin1() + "'");
        }
        if (!isPrintable(value)) {
            throw new CommandError("ERR " + (name ? "lib-name" : "lib-ver")
                    + " cannot contain spaces, newlines or special characters.");
        }
        if (name) {
            call.session().libraryName(value.toString());
        } else {
            call.session().libraryVersion(value.toString());
        }
        return Reply.Status.OK;
    }

    private Reply list(Call call) {
        Predicate<Session> shown = session -> true;
        if (call.size() == 4 && call.argument(2).is("TYPE")) {
            shown = ofType(call.argument(3));
        } else if (call.size() > 3 && call.argument(2).is("ID")) {
            Set<Long> ids = new HashSet<>();
            for (int i = 3; i < call.size(); i++) {
                ids.add(Args.toLong(call.argument(i), "ERR Invalid client ID"));
            }
            shown = session -> ids.contains(session.id());
        } else if (call.size() != 2) {
            throw CommandError.syntax();
        }
        StringBuilder lines = new StringBuilder();
        for (Session session : sessions.all()) {
            if (shown.test(session)) {
                lines.append(ClientLine.of(session, call.now())).append('\n');
            }
        }
        return text(lines.toString());
    }

    private static Predicate<Session> ofType(Bytes type) {
        return switch (type.toLatin1().toLowerCase(Locale.ROOT)) {
            case "normal" -> session -> !session.isSubscriber();
            case "pubsub" -> Session::isSubscriber;
            case "master", "replica", "slave" -> session -> false;
            default -> throw new CommandError("ERR Unknown client type '" + type.toLatin1() + "'");
        };
    }

    /** The filters of CLIENT KILL: a session must pass all of them. */
    private record KillFilter(Predicate<Session> matches, boolean skipMe) {
        static KillFilter parse(Args args) {
            Predicate<Session> matches = session -> true;
            boolean skipMe = true;
            while (args.hasNext()) {
                if (args.remaining() % 2 != 0) {
                    throw CommandError.syntax();
                }
                Bytes word = args.next();
                Bytes value = args.next();
                if (word.is("SKIPME")) {
                    skipMe = yesOrNo(value);
                } else {
                    matches = matches.and(one(word, value));
                }
            }
            return new KillFilter(matches, skipMe);
        }

        private static boolean yesOrNo(Bytes value) {
            if (value.is("YES")) {
                return true;
            }
            if (value.is("NO")) {
                return false;
            }
            throw CommandError.syntax();
        }

        private static Predicate<Session> one(Bytes word, Bytes value) {
            String text = value.toLatin1();
            if (word.is("ID")) {
                long id = Args.toLong(value, "ERR client-id should be greater than 0");
                if (id < 1) {
                    throw new CommandError("ERR client-id should be greater than 0");
                }
                return session -> session.id() == id;
            }
            if (word.is("TYPE")) {
                return ofType(value);
            }
            if (word.is("ADDR")) {
                return session -> session.connection().address().equals(text);
            }
            if (word.is("LADDR")) {
                return session -> session.connection().localAddress().equals(text);
            }
            if (word.is("USER")) {
                if (!text.equals(dev.sluice.broker.session.Users.DEFAULT)) {
                    throw new CommandError("ERR No such user '" + text + "'");
                }
                return session -> session.user().equals(text);
            }
            throw CommandError.syntax();
        }
    }

    private Reply kill(Call call) {
        if (call.size() == 3) {
            String address = call.argument(2).toLatin1();
            if (kill(call.session(), session -> session.connection().address().equals(address)) == 0) {
                throw new CommandError("ERR No such client");
            }
            return Reply.Status.OK;
        }
        KillFilter filter = KillFilter.parse(call.args(2));
        @Nullable Session me = filter.skipMe() ? call.session() : null;
        return Reply.integer(kill(call.session(), filter.matches().and(session -> session != me)));
    }

    /** Others are closed at once; the caller itself after its reply. */
    private int kill(Session caller, Predicate<Session> matches) {
        int killed = 0;
        for (Session session : new ArrayList<>(sessions.all())) {
            if (matches.test(session)) {
                if (session == caller) {
                    session.closeAfterReply();
                } else {
                    session.connection().close(false);
                }
                killed++;
            }
        }
        return killed;
    }
}
