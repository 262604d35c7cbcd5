package dev.sluice.broker.dispatch;

import dev.sluice.broker.session.Session;

/** What the settings say at the moment about who may run what. */
public interface AdmissionPolicy {
    /** Whether a client must authenticate before anything else. */
    boolean authenticationRequired();

    /** Whether DEBUG may run on this connection. */
    boolean debugAllowed(Session session);

    /** Whether commands that load modules may run on this connection. */
    boolean modulesAllowed(Session session);
}
