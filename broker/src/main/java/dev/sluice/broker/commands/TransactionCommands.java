package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ALLOW_BUSY;
import static dev.sluice.broker.command.Flag.CONNECTION_STATE;
import static dev.sluice.broker.command.Flag.ENDS_TRANSACTION;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.IMMEDIATE;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.NOT_NESTED;
import static dev.sluice.broker.command.Flag.SKIP_SLOWLOG;
import static dev.sluice.broker.command.Flag.STALE;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.KeySpec;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Watches;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Transaction;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several commands as one, if nobody touched what they were based on. */
final class TransactionCommands {
    private final Watches watches;

    TransactionCommands(Watches watches) {
        this.watches = watches;
    }

    List<Command> table() {
        return Group.TRANSACTIONS.rows(
                own("MULTI", 1)
                        .since("1.2.0")
                        .flags(FAST, ALLOW_BUSY, IMMEDIATE, NOT_NESTED)
                        .complexity("O(1)")
                        .says("Begins a transaction: what follows is kept until EXEC.")
                        .runs(TransactionCommands::multi),
                own("EXEC", 1)
                        .since("1.2.0")
                        .flags(SKIP_SLOWLOG, IMMEDIATE, ENDS_TRANSACTION)
                        .complexity("As the commands kept")
                        .says("Runs the commands of the transaction, unless a watched key has changed.")
                        .runs(this::exec),
                own("DISCARD", 1)
                        .since("2.0.0")
                        .flags(FAST, ALLOW_BUSY, IMMEDIATE)
                        .complexity("O(N), N commands kept")
                        .says("Forgets the commands of the transaction.")
                        .runs(this::discard),
                own("WATCH", -2, keys(1, -1, 1, "RO"))
                        .since("2.2.0")
                        .flags(FAST, ALLOW_BUSY, IMMEDIATE, NOT_NESTED)
                        .complexity("O(1) a key")
                        .says("Lets the next transaction run only if these keys have not changed until then.")
                        .takes(key("key").multiple())
                        .runs(this::watch),
                own("UNWATCH", 1)
                        .since("2.2.0")
                        .flags(FAST, ALLOW_BUSY)
                        .complexity("O(1)")
                        .says("Forgets the watched keys.")
                        .runs(this::unwatch));
    }

    private static Command own(String name, int arity, KeySpec... keys) {
        return control(name, arity, keys)
                .flags(NOSCRIPT, LOADING, STALE, CONNECTION_STATE)
                .onRSocket("transaction");
    }

    private static Reply multi(Call call) {
        if (call.session().transaction() != null) {
            throw new CommandError("ERR MULTI calls can not be nested");
        }
        call.session().transaction(new Transaction());
        return Reply.Status.OK;
    }

    private Reply exec(Call call) {
        Session session = call.session();
        Transaction transaction = session.transaction();
        if (transaction == null) {
            throw new CommandError("ERR EXEC without MULTI");
        }
        boolean changed = isAnyWatchedChanged(call);
        close(session);
        if (transaction.spoiledBy() != null) {
            throw new CommandError("EXECABORT Transaction discarded because of" + transaction.spoiledBy());
        }
        if (changed || !isAsExpected(call, transaction)) {
            return Reply.Null.ARRAY;
        }
        List<Reply> replies = new ArrayList<>(transaction.requests().size());
        for (Request request : transaction.requests()) {
            Command command = call.engine().find(request);
            if (command == null) {
                throw new IllegalStateException("a command vanished while it was queued: " + request.name());
            }
            replies.add(call.engine().nested(session, command, request));
        }
        return Reply.array(replies);
    }

    private static boolean isAsExpected(Call call, Transaction transaction) {
        for (Transaction.Expected expected : transaction.expected()) {
            StringValue value = call.database().string(expected.key());
            if (!isDigest(expected.digest(), value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigest(@Nullable Bytes digest, @Nullable StringValue value) {
        if (value == null || digest == null) {
            return value == null && digest == null;
        }
        return StringDigest.of(value).toLatin1().equalsIgnoreCase(digest.toLatin1());
    }

    private Reply discard(Call call) {
        if (call.session().transaction() == null) {
            throw new CommandError("ERR DISCARD without MULTI");
        }
        close(call.session());
        return Reply.Status.OK;
    }

    /** Ends the transaction and the watches it was guarded by. */
    void close(Session session) {
        session.transaction(null);
        session.watched().clear(watches);
    }

    /** A watched key whose time has come since counts as changed, although nobody has looked at it. */
    private static boolean isAnyWatchedChanged(Call call) {
        for (var watched : call.session().watched().keys().entrySet()) {
            Database database = call.keyspace().database(watched.getKey().database());
            Bytes name = watched.getKey().name();
            if (!database.isOver(name)) {
                dropMembers(database, name);
            } else if (!watched.getValue().isOver()) {
                return true;
            }
        }
        return call.session().watched().isChanged();
    }

    /** Members whose time has come go now, before or after the key is watched: a loss between is a change to it. */
    private static void dropMembers(Database database, Bytes key) {
        var unused = database.holds(key);
    }

    private Reply watch(Call call) {
        Session session = call.session();
        if (session.transaction() != null) {
            throw new CommandError("ERR WATCH inside MULTI is not allowed");
        }
        Database database = call.database();
        for (int i = 1; i < call.size() && !session.watched().isChanged(); i++) {
            Bytes key = call.argument(i);
            boolean over = database.isOver(key);
            if (!over) {
                dropMembers(database, key);
            }
            session.watched().add(watches, new Watches.Key(database.index(), key.detached()), over);
        }
        return Reply.Status.OK;
    }

    private Reply unwatch(Call call) {
        call.session().watched().clear(watches);
        return Reply.Status.OK;
    }
}
