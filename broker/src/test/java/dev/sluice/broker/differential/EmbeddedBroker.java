package dev.sluice.broker.differential;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.journal.Journal;
import dev.sluice.streams.message.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A broker of ours in this process, whose journal is kept. */
final class EmbeddedBroker implements Subject {
    private static final String FENCE = "end of the journal";

    private final Broker broker;
    private final ByteArrayOutputStream journal = new ByteArrayOutputStream();

    private final Path directory;

    private EmbeddedBroker(Broker broker, Path directory) {
        this.broker = broker;
        this.directory = directory;
        Journal.Reader reader = this::keep;
        broker.onLoop(() -> {
            broker.journal().attach(reader);
            return true;
        });
    }

    /** In a directory of its own: what a transcript saves is not for others. */
    static EmbeddedBroker start() {
        try {
            Path directory = Files.createTempDirectory("embedded-broker");
            Settings settings = Settings.of("enable-debug-command", "yes", "save", "", "dir", directory.toString());
            return new EmbeddedBroker(Broker.start(settings, new Ports(Ports.ANY, Ports.OFF, Ports.OFF)), directory);
        } catch (IOException noRoom) {
            throw new UncheckedIOException(noRoom);
        }
    }

    private void keep(long offset, Bytes record) {
        journal.write(record.array(), record.offset(), record.length());
    }

    @Override
    public Target target() {
        return new Target("127.0.0.1", broker.respPort());
    }

    @Override
    public Subject replayed() throws IOException {
        byte[] records = broker.onLoop(journal::toByteArray);
        EmbeddedBroker other = start();
        try (RawConnection connection = RawConnection.open(other.target())) {
            // Beside reading: a broker closes who sends and sends and takes no replies.
            Thread.ofVirtual().start(() -> send(connection, records));
            String reply = "";
            while (!reply.contains(FENCE)) {
                reply = Resp.show(connection.read());
                if (reply.startsWith("-") || reply.startsWith("(")) {
                    throw new IOException("a journalled command was refused: " + reply);
                }
            }
        }
        return other;
    }

    private static void send(RawConnection connection, byte[] records) {
        try {
            connection.send(records);
            connection.send(List.of(bytes("ECHO"), bytes(FENCE)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        broker.close();
        for (File left : Objects.requireNonNullElse(directory.toFile().listFiles(), new File[0])) {
            left.delete();
        }
        directory.toFile().delete();
    }
}
