package dev.sluice.broker.commands;

import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Transaction;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.Published.Kind;

/** A connection as CLIENT LIST shows it: Redis's fields in Redis's order. */
final class ClientLine {
    private ClientLine() {}

    static String of(Session session, long nowMs) {
        Session.Connection connection = session.connection();
        Transaction transaction = session.transaction();
        return "id=" + session.id()
                + " addr=" + connection.address()
                + " laddr=" + connection.localAddress()
                + " fd=" + connection.descriptor()
                + " name=" + session.name()
                + " age=" + (nowMs - session.createdMs()) / 1000
                + " idle=" + (nowMs - session.activeMs()) / 1000
                + " flags=" + flags(session)
                + " db=" + session.database()
                + " sub=" + count(session, Kind.CHANNEL)
                + " psub=" + count(session, Kind.PATTERN)
                + " ssub=" + count(session, Kind.SHARD)
                + " multi=" + (transaction == null ? -1 : transaction.requests().size())
                + " qbuf=" + connection.inputBytes()
                + " qbuf-free=0"
                + " argv-mem=0"
                + " multi-mem=" + (transaction == null ? 0 : transaction.bytes())
                + " rbs=" + connection.outputBytes()
                + " rbp=0"
                + " obl=0"
                + " oll=" + connection.queuedPushes()
                + " omem=" + connection.outputBytes()
                + " tot-mem=" + (connection.inputBytes() + connection.outputBytes())
                + " events=r"
                + " cmd=" + session.lastCommand()
                + " user=" + session.user()
                + " redir=-1"
                + " resp=" + session.protocol()
                + " lib-name=" + session.libraryName()
                + " lib-ver=" + session.libraryVersion();
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
        if (session.watched().isChanged()) {
            flags.append('d');
        }
        if (session.isClosing()) {
            flags.append('c');
        }
        return flags.isEmpty() ? "N" : flags.toString();
    }

    private static int count(Session session, Kind kind) {
        Subscriptions subscriptions = session.subscriptions();
        return subscriptions == null ? 0 : subscriptions.count(kind);
    }
}
