package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.differential.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A whole broker, and plain sockets to it that end with it; and what such a test asks and looks for. */
final class PlainSockets implements AutoCloseable {
    static final int MB = 1 << 20;

    private final int ioThreads;
    private final List<RawConnection> connections = new ArrayList<>();
    private @Nullable Broker broker;

    PlainSockets(int ioThreads) {
        this.ioThreads = ioThreads;
    }

    Broker start(String... settings) {
        List<String> all = new ArrayList<>(List.of("io-threads", "" + ioThreads));
        all.addAll(List.of(settings));
        return broker = Broker.start(Settings.of(all.toArray(String[]::new)), new Ports(0, Ports.OFF, Ports.OFF));
    }

    /** To the broker, which is started with no settings if it was not yet. */
    RawConnection connect() throws IOException {
        Broker started = broker == null ? start() : broker;
        RawConnection connection = RawConnection.open(new Target("127.0.0.1", started.respPort()));
        connections.add(connection);
        return connection;
    }

    @Override
    public void close() throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    static void send(RawConnection to, String text) throws IOException {
        to.send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String read(RawConnection from) throws IOException {
        return new String(from.read(), StandardCharsets.ISO_8859_1);
    }

    static String ask(RawConnection connection, String... words) throws IOException {
        return connection.text(words);
    }

    static String megabyte() {
        return "x".repeat(MB);
    }

    /** The broker has closed it, with no word. */
    static void assertClosed(RawConnection connection) throws IOException {
        assertThat(connection.read()).isEmpty();
    }

    /** What CLIENT LIST says of the connection of this name; nothing when it is gone. */
    static String client(RawConnection control, String name) throws IOException {
        return ask(control, "CLIENT", "LIST")
                .lines()
                .filter(line -> line.contains(" name=" + name + " "))
                .findFirst()
                .orElse("");
    }

    /** A number in a line of CLIENT LIST. */
    static long field(String line, String name) {
        Matcher matcher = Pattern.compile(" " + name + "=(\\d+)").matcher(line);
        assertThat(matcher.find()).as("%s in %s", name, line).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
