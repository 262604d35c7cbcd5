package dev.sluice.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the build runs to make the start-up cache: the broker as it is in production, and a client that has it load what
 * the first seconds of a server need, and its first save, which others are not to wait for. The virtual machine writes the
 * cache when the process ends: classes, and how often which way was taken in methods that ran often.
 */
final class StartupTraining {
    private static final int ATTEMPTS_MAX = 200;
    private static final int ATTEMPT_MS = 50;

    private static final List<String> COMMANDS = List.of(
            "PING",
            "HELLO 3",
            "INFO",
            "COMMAND",
            "CONFIG GET *",
            "CLIENT LIST",
            "SET key value EX 100",
            "GET key",
            "INCR counter",
            "MSET a 1 b 2",
            "MGET a b",
            "LPUSH list a b c",
            "LRANGE list 0 -1",
            "RPOP list",
            "BLPOP list 1",
            "ZADD board 1 a 2 b",
            "ZRANGE board 0 -1 WITHSCORES",
            "SCAN 0",
            "MULTI",
            "GET key",
            "EXEC",
            "SUBSCRIBE channel",
            "PUBLISH channel message",
            "UNSUBSCRIBE channel",
            "FLUSHALL");

    private static final int SAVES = 8;
    private static final int CHANGES_DURING_ONE = 20_000;
    private static final int CHANGES_AT_ONCE = 500;
    private static final int PATIENCE_MS = 30_000;

    /** What is saved: many strings, and some of all else, in small forms and large ones. */
    private static final List<String> CONTENTS = List.of(
            "DEBUG POPULATE 100000 key 100",
            "DEBUG POPULATE 5 large 300000",
            many("RPUSH list", "element%d", 200),
            many("RPUSH longlist", "element%d", 3000),
            many("SADD set", "member%d", 100),
            many("SADD longset", "member%d", 3000),
            many("SADD numbers", "%d", 300),
            many("ZADD board", "%1$d member%1$d", 100),
            many("ZADD longboard", "%1$d member%1$d", 3000),
            many("HSET hash", "field%1$d value%1$d", 100),
            many("HSET longhash", "field%1$d value%1$d", 3000),
            "SET brief value EX 1000");

    private StartupTraining() {}

    private static String many(String command, String argument, int times) {
        StringBuilder all = new StringBuilder(command);
        for (int i = 0; i < times; i++) {
            all.append(' ').append(argument.formatted(i));
        }
        return all.toString();
    }

    /** Exit code 0 in any case: without a cache the broker starts more slowly, and that is all. */
    public static void main(String[] arguments) throws IOException {
        int port = freePort();
        int httpPort = freePort();
        int rsocketPort = freePort();
        Path directory = Files.createTempDirectory("sluice-training");
        Thread client = new Thread(() -> train(port, httpPort, directory), "training");
        client.setDaemon(true);
        client.start();
        BrokerMain.main(new String[] {
            "--port", Integer.toString(port),
            "--http-port", Integer.toString(httpPort),
            "--rsocket-port", Integer.toString(rsocketPort),
            "--dir", directory.toString(),
            "--enable-debug-command", "yes",
            "--save", ""
        });
        join(client);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        }
    }

    private static void train(int port, int httpPort, Path directory) {
        try (Socket resp = connect(port, ATTEMPTS_MAX)) {
            for (String command : COMMANDS) {
                converse(resp, command + "\r\n");
            }
            try (Socket http = connect(httpPort, 1)) {
                converse(http, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            save(resp);
            converse(resp, "SHUTDOWN NOSAVE\r\n");
        } catch (IOException unreachable) {
            System.err.println("the cache lacks what was not reached: " + unreachable.getMessage());
        } finally {
            remove(directory);
        }
        System.exit(0);
    }

    private static void remove(Path directory) {
        try {
            Files.deleteIfExists(directory.resolve("dump.rdb"));
            Files.deleteIfExists(directory);
        } catch (IOException stays) {
            System.err.println(directory + " stays: " + stays.getMessage());
        }
    }

    /** Saves while keys are changed, and reads what was saved. */
    private static void save(Socket resp) throws IOException {
        resp.setSoTimeout(PATIENCE_MS);
        for (String command : CONTENTS) {
            answers(resp, command + "\r\n", 1);
        }
        for (int i = 0; i < SAVES; i++) {
            answers(resp, "BGSAVE\r\n", 1);
            change(resp, i);
            while (answers(resp, "SAVE\r\n", 1) == '-') { // the other one goes on
                pause();
            }
        }
        answers(resp, "DEBUG RELOAD\r\n", 1);
    }

    private static void change(Socket resp, int round) throws IOException {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < CHANGES_DURING_ONE; i += 2) {
            requests.append("SET key:")
                    .append(i)
                    .append(" changed")
                    .append(round)
                    .append("\r\n");
            requests.append("GET key:").append(i + 1).append("\r\n");
            if ((i + 2) % CHANGES_AT_ONCE == 0) {
                answers(resp, requests.toString(), CHANGES_AT_ONCE * 3 / 2); // that of GET has two lines
                requests.setLength(0);
            }
        }
    }

    /** Sends, and reads so many lines. Returns the first byte of the last that came. */
    private static int answers(Socket socket, String requests, int lines) throws IOException {
        socket.getOutputStream().write(requests.getBytes(ISO_8859_1));
        byte[] piece = new byte[1 << 14];
        int first = 0;
        for (int left = lines; left > 0; ) {
            int read = socket.getInputStream().read(piece);
            if (read < 0) {
                throw new EOFException("the connection has ended");
            }
            first = piece[0];
            for (int i = 0; i < read; i++) {
                left -= piece[i] == '\n' ? 1 : 0;
            }
        }
        return first;
    }

    private static Socket connect(int port, int attemptsMax) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.setSoTimeout(2 * ATTEMPT_MS);
                return socket;
            } catch (IOException notYet) {
                if (attempt == attemptsMax) {
                    throw notYet;
                }
                pause();
            }
        }
    }

    /** Sends and reads what comes until nothing comes any more: what the answer is does not matter here. */
    private static void converse(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        try {
            while (in.read() >= 0) {
                if (!in.ready()) {
                    return;
                }
            }
        } catch (SocketTimeoutException silent) {
            return;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(ATTEMPT_MS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread client) {
        try {
            client.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
