package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Flag.ADMIN;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Sessions;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** CLIENT LIST, KILL and UNBLOCK: the connections that there are, looked at, ended and woken up. */
final class ClientListCommands {
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
                            string("yes/no").token("SKIPME").optional(),
                            integer("maxage").token("MAXAGE").since("7.4.0").optional())
                    .multiple());

    private static final Argument UNBLOCK_REASON = oneOf(
                    "timeout_error", word("timeout", "TIMEOUT"), word("error", "ERROR"))
            .optional();
    private static final Reply UNBLOCKED = Reply.error("UNBLOCKED client unblocked via CLIENT UNBLOCK");

    private final Sessions sessions;

    ClientListCommands(Sessions sessions) {
        this.sessions = sessions;
    }

    List<Command> rows() {
        return List.of(
                ClientCommands.own("LIST", -2)
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
                ClientCommands.own("KILL", -3)
                        .since("2.4.0")
                        .flags(ADMIN)
                        .complexity("O(N), N connections")
                        .says("Ends connections, by address or by what is known of them.")
                        .changed("2.8.12", "Filters by name and value.")
                        .changed("2.8.12", "Filter ID.")
                        .changed("3.2.0", "Type master.")
                        .changed("5.0.0", "Type replica, for which slave goes on to be understood.")
                        .changed("6.2.0", "Filter LADDR.")
                        .changed("7.4.0", "Filter MAXAGE.")
                        .takes(KILL_FILTER)
                        .runs(this::kill),
                ClientCommands.own("UNBLOCK", -3)
                        .since("5.0.0")
                        .flags(ADMIN)
                        .complexity("O(log N), N connections")
                        .says("Ends the waiting of a connection, as if its time were over or with an error.")
                        .takes(integer("client-id"), UNBLOCK_REASON)
                        .runs(this::unblock));
    }

    private Reply list(Call call) {
        if (call.size() > 3 && call.argument(2).is("ID")) {
            return ClientCommands.text(byId(call));
        }
        Predicate<Session> shown = session -> true;
        if (call.size() == 4 && call.argument(2).is("TYPE")) {
            shown = KillFilter.ofType(call.argument(3));
        } else if (call.size() != 2) {
            throw CommandError.syntax();
        }
        StringBuilder lines = new StringBuilder();
        for (Session session : sessions.all()) {
            if (shown.test(session)) {
                lines.append(ClientLine.of(session, call)).append('\n');
            }
        }
        return ClientCommands.text(lines.toString());
    }

    /** In the order in which they were asked for. */
    private String byId(Call call) {
        StringBuilder lines = new StringBuilder();
        for (int i = 3; i < call.size(); i++) {
            Session session = sessions.byId(Args.toLong(call.argument(i), "ERR Invalid client ID"));
            if (session != null) {
                lines.append(ClientLine.of(session, call)).append('\n');
            }
        }
        return lines.toString();
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
        long now = call.now();
        return Reply.integer(kill(call.session(), session -> session != me && filter.matches(session, now)));
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

    private Reply unblock(Call call) {
        if (call.size() > 4) {
            throw Help.wrongArguments(call);
        }
        boolean withError = call.size() == 4 && isError(call.argument(3));
        Session session = sessions.byId(Args.toLong(call.argument(2)));
        boolean ended = false;
        if (session != null) {
            for (Session.Waiting waiting : List.copyOf(session.waits())) {
                ended |= waiting.unblock(withError ? UNBLOCKED : null);
            }
        }
        return Reply.integer(ended ? 1 : 0);
    }

    private static boolean isError(Bytes reason) {
        if (!reason.is("ERROR") && !reason.is("TIMEOUT")) {
            throw new CommandError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        }
        return reason.is("ERROR");
    }
}
