package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Subscribers that come, subscribe and die at random while others publish: nothing of them stays. With {@code
 * -Dsluice.scale=50} they are 10 000 at a time, for minutes; the process needs descriptors for both ends of each.
 */
class PubSubChurnTest {
    private static final int SCALE = Integer.getInteger("sluice.scale", 1);
    private static final int AT_ONCE = 200 * SCALE;
    private static final int STEPS = 4_000 * SCALE;
    private static final int CHANNELS = 50;
    private static final String[] POLICIES = {"disconnect", "drop-oldest", "drop-newest", "latest", "throttle"};

    private final long seed = Long.getLong("sluice.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final @Nullable Socket[] subscribers = new Socket[AT_ONCE];

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void nothingStaysOfThoseWhoHaveGone(int ioThreads) throws IOException {
        Settings settings =
                Settings.of("io-threads", "" + ioThreads, "maxclients", "20000", "pubsub-throttle-ms-max", "5");
        try (Broker broker = Broker.start(settings, new Ports(0, Ports.OFF, Ports.OFF));
                RawConnection control = RawConnection.to(broker)) {
            control.ask("PING");
            long descriptors = descriptors();
            for (int i = 0; i < STEPS; i++) {
                step(broker.respPort(), control);
            }
            assertThat(text(control.ask("PUBSUB", "NUMPAT"))).isNotEqualTo(":0\r\n");
            for (int i = 0; i < AT_ONCE; i++) {
                die(i);
            }
            await(hint())
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> text(control.ask("CLIENT", "LIST"))
                                    .lines()
                                    .filter(line -> line.startsWith("id="))
                                    .count()
                            == 1);
            assertThat(text(control.ask("PUBSUB", "CHANNELS"))).as(hint()).isEqualTo("*0\r\n");
            assertThat(text(control.ask("PUBSUB", "SHARDCHANNELS"))).as(hint()).isEqualTo("*0\r\n");
            assertThat(text(control.ask("PUBSUB", "NUMPAT"))).as(hint()).isEqualTo(":0\r\n");
            assertThat(text(control.ask("PUBSUB", "SLOW"))).as(hint()).isEqualTo("*0\r\n");
            await(hint()).until(() -> descriptors() <= descriptors);
        }
    }

    private String hint() {
        return "-Dsluice.seed=" + seed;
    }

    private void step(int port, RawConnection control) throws IOException {
        int i = random.nextInt(AT_ONCE);
        Socket subscriber = subscribers[i];
        if (subscriber == null) {
            subscribers[i] = born(port);
            return;
        }
        switch (random.nextInt(8)) {
            case 0 -> die(i);
            case 1 -> send(subscriber, "UNSUBSCRIBE\r\nSUNSUBSCRIBE\r\nPUNSUBSCRIBE p*\r\n");
            case 2 -> send(subscriber, subscription());
            case 3, 4 -> read(subscriber);
            default -> publish(control);
        }
    }

    private Socket born(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8 * 1024);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        send(socket, "HELLO 3\r\nCLIENT OVERFLOW " + POLICIES[random.nextInt(POLICIES.length)] + " BUFFER 100\r\n");
        send(socket, subscription());
        return socket;
    }

    private String subscription() {
        int channel = random.nextInt(CHANNELS);
        return switch (random.nextInt(3)) {
            case 0 -> "SUBSCRIBE c" + channel + "\r\n";
            case 1 -> "SSUBSCRIBE c" + channel + "\r\n";
            default -> "PSUBSCRIBE p* c" + channel % 5 + "*\r\n";
        };
    }

    /** By a reset, or after what was sent. */
    private void die(int i) throws IOException {
        Socket subscriber = subscribers[i];
        subscribers[i] = null;
        if (subscriber != null && !subscriber.isClosed()) {
            subscriber.setSoLinger(random.nextBoolean(), 0);
            subscriber.close();
        }
    }

    private void publish(RawConnection control) throws IOException {
        String message = "m".repeat(random.nextInt(20) == 0 ? 20_000 : random.nextInt(100));
        String command = random.nextBoolean() ? "PUBLISH" : "SPUBLISH";
        byte[] receivers = control.ask(command, "c" + random.nextInt(CHANNELS), message);
        assertThat(text(receivers)).as(hint()).startsWith(":");
    }

    private static void send(Socket to, String text) throws IOException {
        try {
            to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (SocketException gone) {
            to.close(); // disconnected as too slow; its place is taken by another when it dies
        }
    }

    private static void read(Socket from) throws IOException {
        try {
            InputStream in = from.getInputStream();
            in.readNBytes(in.available());
        } catch (SocketException gone) {
            from.close();
        }
    }

    private static String text(byte[] reply) {
        return new String(reply, StandardCharsets.ISO_8859_1);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
