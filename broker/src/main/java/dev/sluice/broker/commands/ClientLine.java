package dev.sluice.broker.commands;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Tracking;
import dev.sluice.broker.session.Transaction;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.Published.Kind;
import java.util.List;

/** A connection as CLIENT LIST shows it: Redis's fields in Redis's order. */
final class ClientLine {
    private ClientLine() {}

    /** As the call sees it, which is a request of the session itself perhaps. */
    static String of(Session session, Call call) {
        Session.Connection connection = session.connection();
        Transaction transaction = session.transaction();
        long own = session == call.session() ? call.request().bytes() : 0;
        Session.Usage usage = connection.usage();
        long beyondBuffer = connection.outputBytes() - usage.unsent() + usage.idleOutput();
        List<Session.Pushes> pushes = connection.pushes(call.now());
        return "id=" + session.id()
                + " addr=" + connection.address()
                + " laddr=" + connection.localAddress()
                + " fd=" + connection.descriptor()
                + " name=" + session.name()
                + " age=" + (call.now() - session.createdMs()) / 1000
                + " idle=" + (call.now() - session.activeMs()) / 1000
                + " flags=" + flags(session)
                + " db=" + session.database()
                + " sub=" + count(session, Kind.CHANNEL)
                + " psub=" + count(session, Kind.PATTERN)
                + " ssub=" + count(session, Kind.SHARD)
                + " multi=" + (transaction == null ? -1 : transaction.requests().size())
                + " qbuf=" + connection.inputBytes()
                + " qbuf-free=" + usage.inputRoom()
                + " argv-mem=" + (own + session.waitingBytes())
                + " multi-mem=" + (transaction == null ? 0 : transaction.bytes())
                + " rbs=" + usage.replyBuffer()
                + " rbp=" + usage.replyBuffer()
                + " obl=" + usage.unsent()
                + " oll=" + queued(pushes)
                + " omem=" + beyondBuffer
                + " tot-mem=" + (own + session.heldBytes())
                + " events=" + (beyondBuffer > 0 ? "rw" : "r")
                + " cmd=" + session.lastCommand()
                + " user=" + session.user()
                + " redir=" + redirect(session)
                + " resp=" + session.protocol()
                + " lib-name=" + session.libraryName()
                + " lib-ver=" + session.libraryVersion()
                + " watch=" + session.watched().keys().size()
                + " tot-net-in=" + usage.read()
                + " tot-net-out=" + usage.written()
                + " tot-cmds=" + session.commands()
                + " overflow=" + overflow(pushes)
                + " queued=" + queued(pushes)
                + " lost=" + lost(pushes);
    }

    private static long queued(List<Session.Pushes> pushes) {
        long queued = 0;
        for (Session.Pushes each : pushes) {
            queued += each.queued();
        }
        return queued;
    }

    private static long lost(List<Session.Pushes> pushes) {
        long lost = 0;
        for (Session.Pushes each : pushes) {
            lost += each.lost();
        }
        return lost;
    }

    /** The policy; a connection with several subscriptions may have several. */
    private static String overflow(List<Session.Pushes> pushes) {
        String policy = "";
        for (Session.Pushes each : pushes) {
            String text = each.overflow().text();
            policy = policy.isEmpty() || policy.equals(text) ? text : "several";
        }
        return policy;
    }

    private static String flags(Session session) {
        StringBuilder flags = new StringBuilder();
        if (session.isMonitor()) {
            flags.append('O');
        }
        if (session.isSubscriber()) {
            flags.append('P');
        }
        if (session.transaction() != null) {
            flags.append('x');
        }
        if (session.isWaiting()) {
            flags.append('b');
        }
        Tracking tracking = session.tracking();
        if (tracking != null) {
            flags.append('t').append(tracking.isBroken() ? "R" : "").append(tracking.isBroadcast() ? "B" : "");
        }
        if (session.watched().isChanged()) {
            flags.append('d');
        }
        if (session.isClosing()) {
            flags.append('c');
        }
        if (session.connection().isUnixSocket()) {
            flags.append('U');
        }
        if (session.isNoEvict()) {
            flags.append('e');
        }
        if (session.isNoTouch()) {
            flags.append('T');
        }
        return flags.isEmpty() ? "N" : flags.toString();
    }

    private static long redirect(Session session) {
        Tracking tracking = session.tracking();
        return tracking == null ? -1 : tracking.redirect();
    }

    private static int count(Session session, Kind kind) {
        Subscriptions subscriptions = session.subscriptions();
        return subscriptions == null ? 0 : subscriptions.count(kind);
    }
}
