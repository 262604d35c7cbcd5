package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
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
import dev.sluice.broker.session.Pause;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Sessions;
import dev.sluice.broker.session.TrackingTable;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** CLIENT: what a connection says and asks of itself. The rest of the container is in tables of its own. */
final class ClientCommands {
    private static final Argument SETINFO_ATTRIBUTE =
            oneOf("attr", string("libname").token("lib-name"), string("libver").token("lib-ver"));
    private static final Argument REPLY_MODE =
            oneOf("on_off_skip", word("on", "ON"), word("off", "OFF"), word("skip", "SKIP"));
    private static final Argument ENABLED = oneOf("enabled", word("on", "ON"), word("off", "OFF"));
    private static final Argument STATUS = oneOf("status", word("on", "ON"), word("off", "OFF"));
    private static final List<String> ENDPOINT_TYPES =
            List.of("INTERNAL-IP", "INTERNAL-FQDN", "EXTERNAL-IP", "EXTERNAL-FQDN", "NONE");

    private static final List<Command> OWN = List.of(
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
                    .runs(call -> text(ClientLine.of(call.session(), call) + "\n")),
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
            own("REPLY", 3)
                    .since("3.2.0")
                    .flags(CONNECTION_STATE)
                    .complexity("O(1)")
                    .says("Switches replies off and on, or skips the next one.")
                    .takes(REPLY_MODE)
                    .runs(ClientCommands::reply),
            own("NO-EVICT", 3)
                    .since("7.0.0")
                    .flags(ADMIN, CONNECTION_STATE)
                    .complexity("O(1)")
                    .says("Keeps the connection from being closed to make room.")
                    .takes(ENABLED)
                    .runs(call -> {
                        call.session().noEvict(isOn(call));
                        return Reply.Status.OK;
                    }),
            own("NO-TOUCH", 3)
                    .since("7.2.0")
                    .flags(CONNECTION_STATE)
                    .complexity("O(1)")
                    .says("Lets what the connection reads not count as accessed.")
                    .takes(ENABLED)
                    .runs(call -> {
                        call.session().noTouch(isOn(call));
                        return Reply.Status.OK;
                    }),
            own("CAPA", -3)
                    .since("8.0.0")
                    .flags(CONNECTION_STATE)
                    .complexity("O(1)")
                    .says("Says what the client is able to do; none of it is made use of.")
                    .takes(string("capability").multiple())
                    .runs(call -> Reply.Status.OK),
            own("MAINT_NOTIFICATIONS", -3)
                    .since("8.0.0")
                    .flags(CONNECTION_STATE)
                    .complexity("O(1)")
                    .says("Asks to be told before an endpoint moves, which none does here.")
                    .takes(
                            STATUS,
                            block("parameter", string("name"), string("value"))
                                    .multiple()
                                    .optional())
                    .runs(ClientCommands::maintenance));

    private ClientCommands() {}

    /** @param outboxMessagesMax how many messages may wait for a connection at most */
    static List<Command> table(Sessions sessions, Pause pause, TrackingTable tracking, IntSupplier outboxMessagesMax) {
        return Group.CONNECTION.rows(control("CLIENT", -2)
                .since("2.4.0")
                .complexity("As its subcommands")
                .says("Looks at connections and ends them.")
                .subcommands(Stream.of(
                                OWN,
                                new ClientListCommands(sessions).rows(),
                                new ClientPauseCommands(pause).rows(),
                                new ClientTrackingCommands(sessions, tracking).rows(),
                                new ClientOverflowCommand(outboxMessagesMax).rows(),
                                List.of(Help.row("5.0.0")))
                        .flatMap(List::stream)
                        .toList()));
    }

    static Command own(String name, int arity) {
        return control(name, arity).flags(NOSCRIPT, LOADING, STALE);
    }

    static Reply text(String lines) {
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
            throw new CommandError(
                    "ERR " + attribute.toLatin1() + " cannot contain spaces, newlines or special characters.");
        }
        if (name) {
            call.session().libraryName(value.toString());
        } else {
            call.session().libraryVersion(value.toString());
        }
        return Reply.Status.OK;
    }

    private static boolean isOn(Call call) {
        Bytes word = call.argument(2);
        if (!word.is("ON") && !word.is("OFF")) {
            throw CommandError.syntax();
        }
        return word.is("ON");
    }

    /** Inside EXEC an answer is given all the same: the reply of EXEC has a place for it. */
    private static Reply reply(Call call) {
        Session session = call.session();
        Bytes mode = call.argument(2);
        Reply unsaid = call.mayWait() ? Reply.None.NONE : Reply.Status.OK;
        if (mode.is("ON")) {
            session.replies(Session.Replies.ON);
            return Reply.Status.OK;
        }
        if (mode.is("OFF")) {
            session.replies(Session.Replies.OFF);
        } else if (!mode.is("SKIP")) {
            throw CommandError.syntax();
        } else if (session.replies() != Session.Replies.OFF) {
            session.replies(Session.Replies.SKIP_NEXT);
        }
        return unsaid;
    }

    /** What a client that follows an endpoint asks for; it hears of nothing, as nothing moves. */
    private static Reply maintenance(Call call) {
        isOn(call);
        Args args = call.args(3);
        while (args.hasNext()) {
            Bytes name = args.next();
            Bytes value = args.next();
            if (name.is("MOVING-ENDPOINT-TYPE") && ENDPOINT_TYPES.stream().noneMatch(each -> value.is(each))) {
                throw new CommandError("ERR Invalid moving-endpoint-type '" + value.toLatin1() + "'");
            }
        }
        return Reply.Status.OK;
    }
}
