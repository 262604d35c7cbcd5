package dev.sluice.broker.session;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections that see what others run. A line is encoded once and goes through each one's outbox, so a slow reader
 * is closed as a slow subscriber is. Who has left is noticed with the next line.
 */
public final class Monitors {
    private final List<Session> sessions = new ArrayList<>();
    private Runnable onChange = () -> {};

    /** What is told when the first has come or the last has gone. */
    public void onChange(Runnable what) {
        onChange = what;
    }

    /** Shows the session what is run from now on. */
    public void add(Session session) {
        session.monitor(true);
        if (!sessions.contains(session)) {
            sessions.add(session);
            onChange.run();
        }
    }

    public boolean isEmpty() {
        return sessions.isEmpty();
    }

    /** Takes out who has left; returns whether anybody is there. */
    public boolean anyLeft() {
        if (sessions.removeIf(session -> session.isClosed() || !session.isMonitor()) && sessions.isEmpty()) {
            onChange.run();
        }
        return !sessions.isEmpty();
    }

    /** Sends a line, given without its sign and end, to all but one. */
    public void show(String line, @Nullable Session except) {
        Bytes encoded = Bytes.of(('+' + line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        Published message = Published.raw(encoded);
        for (int i = 0; i < sessions.size(); i++) {
            if (sessions.get(i) != except) {
                sessions.get(i).deliver(message);
            }
        }
    }
}
