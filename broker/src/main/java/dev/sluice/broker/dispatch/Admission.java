package dev.sluice.broker.dispatch;

import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Flag;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Transaction;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Request;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** May this run? Small rules, each of which refuses by throwing, in the order in which Redis checks. */
final class Admission {
    private static final int SHOWN_NAME = 128;

    private final AdmissionPolicy policy;
    private final BooleanSupplier hasRoom;

    /** @param hasRoom whether memory is within its limit, or will soon be */
    Admission(AdmissionPolicy policy, BooleanSupplier hasRoom) {
        this.policy = policy;
        this.hasRoom = hasRoom;
    }

    /** The row of the request, if it may run on this session now. */
    Command admit(Session session, Request request, @Nullable Command found, CommandIndex index) {
        if (found == null) {
            throw unknown(request, index);
        }
        arity(found, request);
        debugging(session, found);
        authentication(session, found);
        transaction(session, found);
        memory(session, found);
        disk(session, found);
        subscriberMode(session, found);
        loading(session, found);
        monitor(session, found);
        connectionState(session, found);
        return found;
    }

    private static CommandError unknown(Request request, CommandIndex index) {
        Command container = index.find(request.name());
        if (container != null && request.size() > 1) {
            return new CommandError("ERR unknown subcommand '" + shown(request.argument(1), SHOWN_NAME) + "'. Try "
                    + container.name() + " HELP.");
        }
        StringBuilder arguments = new StringBuilder();
        for (int i = 1; i < request.size() && arguments.length() < SHOWN_NAME; i++) {
            String shown = shown(request.argument(i), SHOWN_NAME - arguments.length());
            arguments.append('\'').append(shown).append("' ");
        }
        return new CommandError("ERR unknown command '" + shown(request.name(), SHOWN_NAME)
                + "', with args beginning with: " + arguments);
    }

    /** As Redis shows a word that a client sent: up to its first NUL, and not for long. */
    private static String shown(Bytes word, int max) {
        String text = word.slice(0, Math.min(max, word.length())).toLatin1();
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    private static void arity(Command command, Request request) {
        if (!command.arityAllows(request.size())) {
            throw new CommandError("ERR wrong number of arguments for '" + command.fullName() + "' command");
        }
    }

    private void debugging(Session session, Command command) {
        if (command.has(Flag.DEBUG) && !policy.debugAllowed(session)) {
            throw switchedOff("DEBUG", "enable-debug-command");
        }
        if (command.has(Flag.MODULE) && !policy.modulesAllowed(session)) {
            throw switchedOff("MODULE", "enable-module-command");
        }
    }

    private static CommandError switchedOff(String command, String setting) {
        return new CommandError("ERR " + command + " command not allowed. If the " + setting
                + " option is set to \"local\", you can run it from a local connection, otherwise you need to set this"
                + " option in the configuration file, and then restart the server.");
    }

    private void authentication(Session session, Command command) {
        if (!session.isAuthenticated() && policy.authenticationRequired() && !command.has(Flag.NO_AUTH)) {
            throw new CommandError("NOAUTH Authentication required.");
        }
    }

    private static void transaction(Session session, Command command) {
        if (session.transaction() != null && command.has(Flag.NO_MULTI)) {
            throw new CommandError("ERR Command not allowed inside a transaction");
        }
    }

    /** What may add to memory is refused when there is none; also a transaction grows while it is queued. */
    private void memory(Session session, Command command) {
        if (hasRoom.getAsBoolean()) {
            return;
        }
        Transaction transaction = session.transaction();
        boolean inside = !command.has(Flag.IMMEDIATE) || command.has(Flag.NOT_NESTED);
        boolean queued = transaction != null && inside;
        boolean ends = transaction != null && command.has(Flag.ENDS_TRANSACTION) && transaction.grows();
        if (queued || ends || command.has(Flag.DENYOOM)) {
            throw CommandError.outOfMemory();
        }
    }

    private void disk(Session session, Command command) {
        String reason = policy.writesRefused();
        if (reason != null) {
            Transaction transaction = session.transaction();
            boolean writesAtLast = transaction != null && command.has(Flag.ENDS_TRANSACTION) && transaction.writes();
            if (command.isWrite() || command.has(Flag.TELLS_OF_DISK) || writesAtLast) {
                throw new CommandError(reason);
            }
        }
    }

    /** What was queued before may want data. */
    private void loading(Session session, Command command) {
        boolean ends = command.has(Flag.ENDS_TRANSACTION) && session.transaction() != null;
        if (policy.isLoading() && (ends || !command.has(Flag.LOADING))) {
            throw loading();
        }
    }

    static CommandError loading() {
        return new CommandError("LOADING Redis is loading the dataset in memory");
    }

    private static void subscriberMode(Session session, Command command) {
        if (session.isSubscriber() && session.protocol() == 2 && !command.has(Flag.SUBSCRIBER)) {
            throw new CommandError("ERR Can't execute '" + command.fullName()
                    + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");
        }
    }

    /** Redis counts monitors among replicas. */
    private static void monitor(Session session, Command command) {
        if (session.isMonitor()
                && (command.isWrite() || command.has(Flag.READONLY) || command.has(Flag.MAY_REPLICATE))) {
            throw new CommandError("ERR Replica can't interact with the keyspace");
        }
    }

    private static void connectionState(Session session, Command command) {
        if (command.has(Flag.CONNECTION_STATE) && session.isShared()) {
            String route = command.insteadRoute();
            throw new CommandError("ERR " + command.name() + " changes the state of a connection, which RSocket"
                    + " requests share; " + (route.isEmpty() ? "it has no meaning here" : "use the route " + route));
        }
    }
}
