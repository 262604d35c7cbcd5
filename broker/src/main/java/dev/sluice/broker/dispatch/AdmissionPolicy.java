package dev.sluice.broker.dispatch;

import dev.sluice.broker.session.Session;
import org.jspecify.annotations.Nullable;

/** What the settings say at the moment about who may run what. */
public interface AdmissionPolicy {
    /** Whether a client must authenticate before anything else. */
    boolean authenticationRequired();

    /** Whether DEBUG may run on this connection. */
    boolean debugAllowed(Session session);

    /** Whether commands that load modules may run on this connection. */
    boolean modulesAllowed(Session session);

    /** Why nobody may change data at the moment, as the text of an error; null if one may. */
    @Nullable
    String writesRefused();

    /** Whether data is being read from disk into memory: it belongs to another thread until it is there. */
    boolean isLoading();
}
