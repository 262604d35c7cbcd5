package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.differential.Target;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests with bytes changed, lost, doubled and cut off: 1 000 streams for each number of threads and scale. */
class MutatedStreamsTest {
    private static final int STREAMS = 1000;
    private static final int STUCK_MS = 10_000;
    private static final String[] WORDS = {
        "SET",
        "GET",
        "INCR",
        "LPUSH",
        "RPOP",
        "BLPOP",
        "ZADD",
        "ZRANGE",
        "MULTI",
        "EXEC",
        "WATCH",
        "SUBSCRIBE",
        "UNSUBSCRIBE",
        "PSUBSCRIBE",
        "PUBLISH",
        "HELLO",
        "3",
        "2",
        "CLIENT",
        "LIST",
        "REPLY",
        "OFF",
        "EXPIRE",
        "SCAN",
        "COMMAND",
        "DOCS",
        "k",
        "l",
        "z",
        "0",
        "-1",
        "1.5",
        "*",
        "COUNT",
        "WITHSCORES",
        "RESET",
        "MGET",
        "KEYS",
        "APPEND"
    };

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void nothingThatArrivesHarmsTheOthers(int ioThreads) throws IOException {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        int streams = STREAMS * Integer.getInteger("sluice.scale", 1);
        Random random = new Random(seed);
        try (Broker broker =
                        Broker.start(Settings.of("io-threads", "" + ioThreads), new Ports(0, Ports.OFF, Ports.OFF));
                RawConnection beside = RawConnection.to(broker)) {
            try (Pinger pinger = new Pinger(broker.respPort())) {
                for (int i = 0; i < streams; i++) {
                    try {
                        send(broker.respPort(), mutated(random));
                        pinger.check();
                    } catch (IOException | AssertionError failed) {
                        throw new AssertionError("stream " + i + ", -Dsluice.seed=" + seed, failed);
                    }
                }
            }
            await("-Dsluice.seed=" + seed)
                    .until(() -> new String(beside.ask("CLIENT", "LIST"), StandardCharsets.ISO_8859_1)
                                    .lines()
                                    .filter(line -> line.startsWith("id="))
                                    .count()
                            == 1);
            assertThat(beside.ask("PUBSUB", "NUMPAT")).asString().isEqualTo(":0\r\n");
        }
    }

    /** Sends all, says that no more comes, and reads until the broker has closed too. */
    private static void send(int port, byte[] stream) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(STUCK_MS);
            socket.getOutputStream().write(stream);
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            byte[] sink = new byte[64 * 1024];
            while (in.read(sink) >= 0) {}
        } catch (SocketException closed) {
            // the broker closed first
        }
    }

    /** Asks PING about once a millisecond while the others misbehave. How long that took is printed, not judged. */
    private static final class Pinger implements AutoCloseable {
        private final List<Long> nanos = new ArrayList<>();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;
        private volatile boolean over;

        Pinger(int port) {
            thread = Thread.ofPlatform().name("pinger").start(() -> {
                try (RawConnection connection = RawConnection.open(new Target("127.0.0.1", port))) {
                    while (!over) {
                        long start = System.nanoTime();
                        assertThat(connection.ask("PING")).asString().isEqualTo("+PONG\r\n");
                        nanos.add(System.nanoTime() - start);
                        Thread.sleep(1);
                    }
                } catch (IOException | InterruptedException | AssertionError e) {
                    failure.set(e);
                }
            });
        }

        void check() {
            if (failure.get() != null) {
                throw new AssertionError("a PING beside the streams", failure.get());
            }
        }

        @Override
        public void close() throws IOException {
            over = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            check();
            nanos.sort(null);
            System.out.printf(
                    "PING beside mutated streams: %d, p99 %d us, longest %d us%n",
                    nanos.size(), nanos.get(nanos.size() * 99 / 100) / 1000, nanos.getLast() / 1000);
        }
    }

    private static byte[] mutated(Random random) {
        byte[] bytes = pipeline(random).getBytes(StandardCharsets.ISO_8859_1);
        for (int i = random.nextInt(6); i > 0 && bytes.length > 1; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at + 1);
                case 3 -> {
                    int length = random.nextInt(bytes.length - at) + 1;
                    byte[] doubled = Arrays.copyOf(bytes, bytes.length + length);
                    System.arraycopy(bytes, at, doubled, bytes.length, length);
                    bytes = doubled;
                }
                default -> bytes[at] = (byte) "*$\r\n0123456789-\"\\ \0".charAt(random.nextInt(19));
            }
        }
        return bytes;
    }

    private static String pipeline(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12) + 1; i > 0; i--) {
            int words = random.nextInt(6) + 1;
            boolean inline = random.nextInt(4) == 0;
            text.append(inline ? "" : "*" + words + "\r\n");
            for (int w = 0; w < words; w++) {
                String word = WORDS[random.nextInt(WORDS.length)];
                text.append(inline ? word + " " : "$" + word.length() + "\r\n" + word + "\r\n");
            }
            text.append(inline ? "\r\n" : "");
        }
        return text.toString();
    }
}
