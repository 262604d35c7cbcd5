package dev.sluice.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;

/**
 * What the build runs to make the start-up cache: the broker as it is in production, and a client that has it load what
 * the first seconds of a server need. The virtual machine writes the cache when the process ends.
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

    private StartupTraining() {}

    /** Exit code 0 in any case: without a cache the broker starts more slowly, and that is all. */
    public static void main(String[] arguments) throws IOException {
        int port = freePort();
        int httpPort = freePort();
        int rsocketPort = freePort();
        Thread client = new Thread(() -> train(port, httpPort), "training");
        client.setDaemon(true);
        client.start();
        BrokerMain.main(new String[] {
            "--port", Integer.toString(port),
            "--http-port", Integer.toString(httpPort),
            "--rsocket-port", Integer.toString(rsocketPort),
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

    private static void train(int port, int httpPort) {
        try (Socket resp = connect(port, ATTEMPTS_MAX)) {
            for (String command : COMMANDS) {
                converse(resp, command + "\r\n");
            }
            try (Socket http = connect(httpPort, 1)) {
                converse(http, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            converse(resp, "SHUTDOWN NOSAVE\r\n");
        } catch (IOException unreachable) {
            System.err.println("the cache lacks what was not reached: " + unreachable.getMessage());
        }
        System.exit(0);
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
