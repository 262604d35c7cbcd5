package dev.sluice.broker.differential;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A redis-server 7.0 of our own on a free port, in a directory of its own, stopped when it is closed or the tests end. */
public final class RedisServer implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    private final Process process;
    private final Thread atExit;
    private final int port;
    private final @Nullable Path directory;

    /** {@code directory} goes with the server; null if it is not the server's. */
    private RedisServer(Process process, int port, @Nullable Path directory) {
        this.process = process;
        this.port = port;
        this.directory = directory;
        this.atExit = new Thread(this::stop);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Skips the calling test with one line where redis-server 7.0 is not installed. */
    public static void assumeInstalled() {
        assumeTrue(
                version().startsWith("7.0."),
                "skipped: redis-server 7.0 is not on the PATH, so there is nothing to compare with");
    }

    private static String version() {
        try {
            Process process = new ProcessBuilder("redis-server", "--version")
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int at = text.indexOf(" v=");
            return at < 0 ? "" : text.substring(at + 3);
        } catch (IOException absent) {
            return "";
        }
    }

    /** Starts a server; {@code options} are added to the command line. */
    public static RedisServer start(String... options) throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = freePort();
            Path directory = Files.createTempDirectory("redis-server"); // in another's it would load what lies there
            List<String> command = new ArrayList<>(List.of("redis-server", "--port", Integer.toString(port)));
            command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
            command.addAll(List.of("--enable-debug-command", "yes", "--dir", directory.toString()));
            command.addAll(List.of(options));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            RedisServer server = new RedisServer(process, port, directory);
            if (server.becomesReady()) {
                return server;
            }
            server.close();
            if (attempt == ATTEMPTS) {
                throw new IOException("redis-server did not start: " + String.join(" ", command));
            }
        }
    }

    /** Starts a server from a configuration file, which must not say the port; what it leaves lies beside that file. */
    public static RedisServer startFrom(Path file) throws IOException {
        int port = freePort();
        Process process = new ProcessBuilder("redis-server", file.toString(), "--port", Integer.toString(port))
                .directory(file.toAbsolutePath().getParent().toFile())
                .redirectErrorStream(true)
                .start();
        RedisServer server = new RedisServer(process, port, null);
        Thread.ofVirtual().start(() -> drain(process.inputReader(StandardCharsets.UTF_8)));
        // What it logs depends on the file, so it is ready when it takes a connection.
        Awaitility.await().until(() -> !process.isAlive() || server.isListening());
        if (!process.isAlive()) {
            server.close();
            throw new IOException("redis-server did not start from " + file);
        }
        return server;
    }

    private boolean isListening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean becomesReady() throws IOException {
        BufferedReader log =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            if (line.contains("Ready to accept connections")) {
                Thread.ofVirtual().start(() -> drain(log));
                return true;
            }
        }
        return false;
    }

    private static void drain(BufferedReader log) {
        try (log) {
            log.transferTo(new java.io.OutputStreamWriter(OutputStream.nullOutputStream(), StandardCharsets.UTF_8));
        } catch (IOException closed) {
            // The server has gone, and its log with it.
        }
    }

    public Target target() {
        return new Target("127.0.0.1", port);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // Then the hook stops the server.
        }
        stop();
    }

    private void stop() {
        process.destroyForcibly();
        try {
            process.waitFor();
            process.getOutputStream().close();
            if (directory != null) {
                for (File left : Objects.requireNonNullElse(directory.toFile().listFiles(), new File[0])) {
                    Files.delete(left.toPath());
                }
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
