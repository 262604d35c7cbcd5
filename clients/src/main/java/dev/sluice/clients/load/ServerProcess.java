package dev.sluice.clients.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server that this process started, and the only kind that it stops: by the id it was given. The command is one line
 * in which {@code {port}} stands for a port that was free a moment ago; it must {@code exec} the server, so that its
 * process is the server's.
 */
final class ServerProcess implements AutoCloseable {
    /** A launcher may have to build the server first. */
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(300);

    private static final int POLL_MILLIS = 1;
    private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final String name;
    private final Process process;
    private final Path log;
    private final int port;
    private final long nanosToFirstPong;

    private ServerProcess(String name, Process process, Path log, int port, long startedAt) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.port = port;
        this.nanosToFirstPong = untilFirstPong(startedAt);
    }

    /** Starts the server and waits for its first PONG. */
    static ServerProcess start(String name, String command) {
        try {
            int port = freePort();
            List<String> words = words(command.replace("{port}", Integer.toString(port)));
            Path log = Files.createTempFile("bench-" + name + "-", ".log");
            log.toFile().deleteOnExit();
            ProcessBuilder builder =
                    new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.redirectInput(
                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            long startedAt = System.nanoTime();
            return new ServerProcess(name, builder.start(), log, port, startedAt);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    /** Words parted by blanks; {@code ""} is an empty one. */
    private static List<String> words(String command) {
        return Arrays.stream(command.strip().split(" +"))
                .map(word -> word.equals("\"\"") ? "" : word)
                .toList();
    }

    String name() {
        return name;
    }

    Target target() {
        return Target.local(port, process.pid());
    }

    double millisToFirstPong() {
        return nanosToFirstPong / 1e6;
    }

    long residentBytes() {
        return ProcessFigures.residentBytes(process.pid());
    }

    /** Asks the server to end, and ends it if it does not within ten seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private long untilFirstPong(long startedAt) {
        while (System.nanoTime() - startedAt < START_NANOS) {
            if (!process.isAlive()) {
                throw new IllegalStateException(name + " ended at once:\n" + logText());
            }
            if (answers()) {
                return System.nanoTime() - startedAt;
            }
            pause();
        }
        close();
        throw new IllegalStateException(name + " has not answered PING for 300 s:\n" + logText());
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(PING);
            return socket.getInputStream().read() == '+';
        } catch (IOException e) {
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String logText() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
