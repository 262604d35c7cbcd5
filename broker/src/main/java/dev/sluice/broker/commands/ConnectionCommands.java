package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ALLOW_BUSY;
import static dev.sluice.broker.command.Flag.CONNECTION_STATE;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.IMMEDIATE;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.NO_AUTH;
import static dev.sluice.broker.command.Flag.SECRET;
import static dev.sluice.broker.command.Flag.STALE;
import static dev.sluice.broker.command.Flag.SUBSCRIBER;
import static dev.sluice.broker.command.Flag.TELLS_OF_DISK;
import static dev.sluice.broker.command.Flag.UNSEEN;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.TrackingTable;
import dev.sluice.broker.session.Users;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.List;

/** Who a connection is and how it speaks. */
final class ConnectionCommands {
    private static final Reply RESET = new Reply.Status("RESET");

    private static final Argument HELLO = block(
                    "arguments",
                    integer("protover"),
                    block("username_password", string("username"), string("password"))
                            .token("AUTH")
                            .optional(),
                    string("clientname").token("SETNAME").optional())
            .optional();

    private final Users users;
    private final TransactionCommands transactions;
    private final TrackingTable tracking;
    private final String redisVersion;

    /** @param redisVersion the version of Redis that clients are told, so that they use what is there */
    ConnectionCommands(Users users, TransactionCommands transactions, TrackingTable tracking, String redisVersion) {
        this.users = users;
        this.transactions = transactions;
        this.tracking = tracking;
        this.redisVersion = redisVersion;
    }

    List<Command> table() {
        return Group.CONNECTION.rows(
                control("PING", -1)
                        .since("1.0.0")
                        .flags(FAST, SUBSCRIBER, TELLS_OF_DISK)
                        .tips("request_policy:all_shards", "response_policy:all_succeeded")
                        .complexity("O(1)")
                        .says("Answers PONG, or the message.")
                        .takes(string("message").optional())
                        .runs(ConnectionCommands::ping),
                control("ECHO", 2)
                        .since("1.0.0")
                        .flags(LOADING, STALE, FAST)
                        .complexity("O(1)")
                        .says("Answers the message.")
                        .takes(string("message"))
                        .runs(call -> call.argument(1)),
                control("SELECT", 2)
                        .since("1.0.0")
                        .flags(LOADING, STALE, FAST, CONNECTION_STATE)
                        .complexity("O(1)")
                        .says("Goes to another database.")
                        .takes(integer("index"))
                        .runs(ConnectionCommands::select),
                beforeAuthentication("AUTH", -2)
                        .since("1.0.0")
                        .flags(SECRET)
                        .complexity("O(N), N passwords of the user")
                        .says("Says who the connection is, with a password.")
                        .changed("6.0.0", "A name of a user.")
                        .takes(string("username").since("6.0.0").optional(), string("password"))
                        .runs(this::auth),
                beforeAuthentication("HELLO", -1)
                        .since("6.0.0")
                        .flags(SECRET)
                        .hides(ConnectionCommands::isCredential)
                        .complexity("O(1)")
                        .says(
                                "Chooses the protocol, says who the connection is if asked for, and answers what server this is.")
                        .changed("6.2.0", "The version of the protocol may be left out.")
                        .takes(HELLO)
                        .runs(this::hello),
                beforeAuthentication("QUIT", -1)
                        .since("1.0.0")
                        .flags(IMMEDIATE, SUBSCRIBER, UNSEEN)
                        .complexity("O(1)")
                        .says("Closes the connection.")
                        .runs(ConnectionCommands::quit),
                beforeAuthentication("RESET", 1)
                        .since("6.2.0")
                        .flags(IMMEDIATE, SUBSCRIBER)
                        .complexity("O(1)")
                        .says("Makes the connection as it was at its beginning.")
                        .runs(this::reset));
    }

    private static Command beforeAuthentication(String name, int arity) {
        return control(name, arity).flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY, CONNECTION_STATE);
    }

    private static Reply ping(Call call) {
        if (call.size() > 2) {
            throw new CommandError("ERR wrong number of arguments for 'ping' command");
        }
        boolean given = call.size() == 2;
        if (call.session().isSubscriber() && !call.resp3()) {
            return Reply.array(Bytes.of("pong"), given ? call.argument(1) : Bytes.EMPTY);
        }
        return given ? call.argument(1) : Reply.Status.PONG;
    }

    private static Reply select(Call call) {
        long index = Args.toLong(
                call.argument(1),
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                "ERR value is out of range, value must between -2147483648 and 2147483647");
        if (index < 0 || index >= call.keyspace().databases().size()) {
            throw new CommandError("ERR DB index is out of range");
        }
        call.session().database((int) index);
        return Reply.Status.OK;
    }

    private Reply auth(Call call) {
        if (call.size() > 3) {
            throw CommandError.syntax();
        }
        if (call.size() == 2 && !users.hasPassword()) {
            throw new CommandError("ERR AUTH <password> called without any password configured for the default user."
                    + " Are you sure your configuration is correct?");
        }
        Bytes user = call.size() == 3 ? call.argument(1) : Bytes.of(Users.DEFAULT);
        users.authenticate(call.session(), user, call.argument(call.size() - 1));
        return Reply.Status.OK;
    }

    /** Of HELLO: the two words after AUTH. */
    private static boolean isCredential(Request request, int index) {
        return index > 2 && request.argument(index - 1).is("AUTH")
                || index > 3 && request.argument(index - 2).is("AUTH");
    }

    /** Options take effect one after the other: what came before the one that is refused stays. */
    private Reply hello(Call call) {
        Args args = call.args(1);
        Session session = call.session();
        int protocol = args.hasNext() ? protocol(args.next()) : session.protocol();
        while (args.hasNext()) {
            if (args.remaining() > 2 && args.skip("AUTH")) {
                users.authenticate(session, args.next(), args.next());
            } else if (args.remaining() > 1 && args.skip("SETNAME")) {
                Bytes name = args.next();
                ClientCommands.checkName(name);
                session.name(name.detached());
            } else {
                throw new CommandError(
                        "ERR Syntax error in HELLO option '" + args.next().toLatin1() + "'");
            }
        }
        if (!session.isAuthenticated() && users.hasPassword()) {
            throw new CommandError("NOAUTH HELLO must be called with the client already authenticated, otherwise the"
                    + " HELLO AUTH <user> <pass> option can be used to authenticate the client and select the"
                    + " RESP protocol version at the same time");
        }
        session.protocol(protocol);
        return Reply.map(
                Bytes.of("server"),
                Bytes.of("redis"),
                Bytes.of("version"),
                Bytes.of(redisVersion),
                Bytes.of("proto"),
                Reply.integer(session.protocol()),
                Bytes.of("id"),
                Reply.integer(session.id()),
                Bytes.of("mode"),
                Bytes.of("standalone"),
                Bytes.of("role"),
                Bytes.of("master"),
                Bytes.of("modules"),
                Reply.Array.EMPTY);
    }

    private static int protocol(Bytes word) {
        long version = Args.toLong(word, "ERR Protocol version is not an integer or out of range");
        if (version < 2 || version > 3) {
            throw new CommandError("NOPROTO unsupported protocol version");
        }
        return (int) version;
    }

    private static Reply quit(Call call) {
        call.session().closeAfterReply();
        return Reply.Status.OK;
    }

    private Reply reset(Call call) {
        Session session = call.session();
        transactions.close(session);
        tracking.disable(session);
        Subscriptions subscriptions = session.subscriptions();
        if (subscriptions != null) {
            subscriptions.close();
            session.leftAll();
        }
        session.database(0);
        session.protocol(2);
        session.name(Bytes.EMPTY);
        session.monitor(false);
        session.noTouch(false);
        session.connection().overflow(null, 0);
        if (session.replies() != Session.Replies.SKIP) {
            session.replies(Session.Replies.ON);
        }
        users.admit(session);
        return RESET;
    }
}
