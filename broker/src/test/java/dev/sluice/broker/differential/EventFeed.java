package dev.sluice.broker.differential;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Hears all that one server publishes of its keys. */
final class EventFeed implements AutoCloseable {
    private static final String FENCE = "__key fence";

    private final RawConnection listener;
    private final RawConnection publisher;

    EventFeed(Target target) throws IOException {
        listener = RawConnection.open(target);
        publisher = RawConnection.open(target);
        publisher.ask("CONFIG", "SET", "notify-keyspace-events", "KEAnm");
        listener.ask("PSUBSCRIBE", "__key*");
    }

    /** Messages since the last time, {@code channel message}, in their order. */
    List<String> take() throws IOException {
        publisher.ask("PUBLISH", FENCE, "");
        List<String> events = new ArrayList<>();
        while (true) {
            List<Resp> message = Resp.parse(listener.read()).items();
            String channel = message.get(2).text();
            if (channel.equals(FENCE)) {
                return events;
            }
            events.add(channel + " " + message.get(3).text());
        }
    }

    @Override
    public void close() throws IOException {
        publisher.ask("CONFIG", "SET", "notify-keyspace-events", "");
        publisher.close();
        listener.close();
    }
}
