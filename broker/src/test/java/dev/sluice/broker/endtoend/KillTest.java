package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Seeds;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.differential.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A broker is killed at any moment, again and again in one directory, while clients write. What is there then is what each
 * of them had written up to some point: with {@code always} all that it was told of, and no transaction in part. {@code
 * -Dsluice.scale=100} gives 300 rounds a policy.
 */
@Tag("stress")
class KillTest {
    private static final int ROUNDS = 3;
    private static final int WRITERS = 4;
    private static final int KINDS = 7;
    private static final int PIPELINED_MAX = 4;
    private static final long SECOND = 1_000_000_000L;

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);

    @TempDir
    private Path directory;

    private Process process;

    @AfterEach
    void stop() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Runs the broker as its users do; returns where it listens. */
    private Target start(String policy) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "@" + Path.of("bin/jvm.options").toAbsolutePath(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.broker.BrokerMain"));
        command.addAll(List.of("--port", Integer.toString(port), "--rsocket-port", "0", "--http-port", "0"));
        command.addAll(List.of("--dir", directory.toString(), "--save", "", "--appendonly", "yes"));
        command.addAll(List.of("--appendfsync", policy));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line; (line = log.readLine()) != null; ) {
            said.append(line).append('\n');
            if (line.contains("Ready to accept connections")) {
                Thread.ofVirtual().start(() -> log.lines().forEach(rest -> {}));
                return new Target("127.0.0.1", port);
            }
        }
        throw new AssertionError("the broker did not start: " + said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"always", "everysec"})
    void whatWasToldIsThere(String policy) throws Exception {
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer("w" + i + ":", random.nextLong()));
        }
        for (int round = 0; round < ROUNDS * Seeds.scale(); round++) {
            Target target = start(policy);
            try (RawConnection reader = RawConnection.open(target)) {
                for (Writer writer : writers) {
                    writer.check(reader, policy.equals("always"), "sluice.seed=" + seed + " round " + round);
                }
            }
            List<Thread> threads = new ArrayList<>();
            for (Writer writer : writers) {
                threads.add(Thread.ofPlatform().start(() -> writer.write(target)));
            }
            long told = writers.stream().mapToLong(writer -> writer.told).sum();
            long until = told + random.nextInt(round % 2 == 0 ? 50 : 3000);
            while (writers.stream().mapToLong(writer -> writer.told).sum() < until) {
                Thread.onSpinWait();
            }
            process.destroyForcibly().waitFor();
            long killed = System.nanoTime();
            for (Thread thread : threads) {
                thread.join();
            }
            writers.forEach(writer -> writer.killedNanos = killed);
        }
    }

    /** Writes one numbered thing after the other under keys of its own. */
    private static final class Writer {
        private final String prefix;
        private final Random random;
        private final List<Long> toldNanos = new ArrayList<>();
        private long killedNanos;
        private volatile long told;
        private long sent;

        Writer(String prefix, long seed) {
            this.prefix = prefix;
            this.random = new Random(seed);
        }

        void write(Target target) {
            try (RawConnection connection = RawConnection.open(target)) {
                while (true) {
                    int count = 1 + random.nextInt(PIPELINED_MAX);
                    long first = sent;
                    for (int i = 0; i < count; i++) {
                        send(connection, sent++);
                    }
                    for (long i = first; i < first + count; i++) {
                        for (int replies = i % KINDS == 6 ? 4 : 1; replies > 0; replies--) {
                            byte[] reply = connection.read();
                            if (reply.length == 0) {
                                return;
                            }
                            assertThat(reply[0]).isNotEqualTo((byte) '-');
                        }
                        toldNanos.add(System.nanoTime());
                        told = i + 1;
                    }
                }
            } catch (IOException killed) {
                // as it should be
            }
        }

        private void send(RawConnection connection, long i) throws IOException {
            String n = Long.toString(i);
            switch ((int) (i % KINDS)) {
                case 0 -> command(connection, "SET", "s", n);
                case 1 -> command(connection, "INCR", "n");
                case 2 -> command(connection, "RPUSH", "l", n);
                case 3 -> connection.send(words("BLMOVE", prefix + "l", prefix + "m", "LEFT", "RIGHT", "0"));
                case 4 -> command(connection, "ZADD", "z", n, n);
                case 5 -> command(connection, "HSET", "h", n, n);
                default -> {
                    connection.send(words("MULTI"));
                    command(connection, "INCR", "a");
                    command(connection, "INCR", "b");
                    connection.send(words("EXEC"));
                }
            }
        }

        private void command(RawConnection connection, String name, String key, String... more) throws IOException {
            List<String> all = new ArrayList<>(List.of(name, prefix + key));
            all.addAll(List.of(more));
            connection.send(words(all.toArray(String[]::new)));
        }

        private static List<byte[]> words(String... words) {
            List<byte[]> bytes = new ArrayList<>();
            for (String word : words) {
                bytes.add(word.getBytes(StandardCharsets.ISO_8859_1));
            }
            return bytes;
        }

        /** What is there is what was written up to some point; then it goes on from there. */
        void check(RawConnection reader, boolean always, String where) throws IOException {
            long set = number(reader, "GET", "s", -1);
            long moved = number(reader, "LLEN", "m", 0);
            long pushed = number(reader, "LLEN", "l", 0) + moved;
            long a = number(reader, "GET", "a", 0);
            long[] counts = {
                (set + KINDS) / KINDS,
                number(reader, "GET", "n", 0),
                pushed,
                moved,
                number(reader, "ZCARD", "z", 0),
                number(reader, "HLEN", "h", 0),
                a
            };
            long there = 0;
            for (long count : counts) {
                there += count;
            }
            for (int kind = 0; kind < KINDS; kind++) {
                long expected = (there - kind + KINDS - 1) / KINDS;
                assertThat(counts[kind])
                        .as("%s: kind %d of %s%d", where, kind, prefix, there)
                        .isEqualTo(expected);
            }
            assertThat(number(reader, "GET", "b", 0))
                    .as("%s: %s: half of a transaction", where, prefix)
                    .isEqualTo(a);
            long promised = told;
            if (!always) {
                promised = 0;
                while (promised < toldNanos.size() && killedNanos - toldNanos.get((int) promised) > SECOND) {
                    promised++;
                }
            }
            assertThat(there).as("%s: written by %s", where, prefix).isBetween(promised, sent);
            sent = there;
            told = there;
            while (toldNanos.size() > there) {
                toldNanos.removeLast();
            }
            while (toldNanos.size() < there) {
                toldNanos.add(killedNanos);
            }
        }

        private long number(RawConnection reader, String command, String key, long none) throws IOException {
            String reply = new String(reader.ask(command, prefix + key), StandardCharsets.ISO_8859_1);
            String[] lines = reply.split("\r\n");
            String number = lines[lines.length - 1];
            return number.equals("$-1") ? none : Long.parseLong(number.replaceFirst("^:", ""));
        }
    }
}
