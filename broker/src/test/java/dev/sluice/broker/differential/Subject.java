package dev.sluice.broker.differential;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A server under test, running until it is closed. */
public interface Subject extends AutoCloseable {
    Target target();

    /**
     * Starts an empty server of the same kind and feeds it everything that this one has journalled; null where there is
     * no journal to replay.
     */
    default @Nullable Subject replayed() throws IOException {
        return null;
    }

    @Override
    void close();

    /** The server that is compared with redis-server. */
    static Subject start() {
        return EmbeddedBroker.start();
    }
}
