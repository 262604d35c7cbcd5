package dev.sluice.broker.dispatch;

import dev.sluice.broker.command.Command;
import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;

/** Hears of calls that took some time: MONITOR, slow log, latency. */
public interface CallObserver {
    /**
     * A call has ended, or waits.
     *
     * @param nested it ran inside another one
     * @return the reply, or what to answer in its place
     */
    Reply ended(Session session, Command command, Request request, long nanos, boolean nested, Reply reply);

    /**
     * A call that waited has been served.
     *
     * @param nanos how long it ran, before and after
     * @param servingNanos of that, after
     */
    void served(Session session, Command command, Request request, long nanos, long servingNanos);
}
