package dev.sluice.broker.net;

import static dev.sluice.broker.net.PlainSockets.MB;
import static dev.sluice.broker.net.PlainSockets.ask;
import static dev.sluice.broker.net.PlainSockets.assertClosed;
import static dev.sluice.broker.net.PlainSockets.client;
import static dev.sluice.broker.net.PlainSockets.field;
import static dev.sluice.broker.net.PlainSockets.megabyte;
import static dev.sluice.broker.net.PlainSockets.read;
import static dev.sluice.broker.net.PlainSockets.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.differential.RawConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients have sent and is not run yet: bounded for each and for all together. */
@ParameterizedClass
@ValueSource(ints = {1, 3})
class QueryBufferTest {
    private final PlainSockets sockets;

    QueryBufferTest(int ioThreads) {
        sockets = new PlainSockets(ioThreads);
    }

    @AfterEach
    void close() throws IOException {
        sockets.close();
    }

    @Test
    void aHeldQueryBufferIsBoundedAndClosedInSilence() throws IOException {
        sockets.start("client-query-buffer-limit", "1mb");
        RawConnection client = sockets.connect();
        ask(client, "CLIENT", "SETNAME", "client");
        RawConnection control = sockets.connect();
        send(client, "BLPOP q 0\r\n");
        await().until(() -> client(control, "client").contains(" flags=b "));
        send(client, "SET k 1\r\n".repeat(200_000));
        assertClosed(client);
        assertThat(ask(control, "RPUSH", "q", "e")).isEqualTo(":1\r\n");
        assertThat(ask(control, "LLEN", "q")).isEqualTo(":1\r\n");
    }

    private static void sendPart(RawConnection client, int megabytes, int of) throws IOException {
        send(client, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + of * MB + "\r\n");
        for (int i = 0; i < megabytes; i++) {
            send(client, megabyte());
        }
    }

    /** One of 5 and one of 6 MB find room alone, whatever they grow by on the way, and not both. */
    private void roomForOne() {
        sockets.start("query-buffers-bytes-max", "11mb");
    }

    private static void sendAll(RawConnection client, int megabytes) {
        Thread.startVirtualThread(() -> {
            try {
                sendPart(client, megabytes, megabytes); // some of it stays in the sockets
                send(client, "\r\n");
            } catch (IOException refused) {
                // its reply says so
            }
        });
    }

    @Test
    void aLargeRequestWaitsUntilOthersHaveGivenMemoryBack() throws IOException {
        roomForOne();
        RawConnection first = sockets.connect();
        ask(first, "CLIENT", "SETNAME", "first");
        sendPart(first, 4, 5);
        RawConnection control = sockets.connect();
        await().until(() -> field(client(control, "first"), "qbuf") >= 4 * MB);
        RawConnection second = sockets.connect();
        ask(second, "CLIENT", "SETNAME", "second");
        sendAll(second, 6);
        await().until(() -> field(client(control, "second"), "qbuf") > MB);
        assertThat(ask(control, "SET", "small", "x".repeat(50_000))).isEqualTo("+OK\r\n");
        assertThat(ask(control, "EXISTS", "k")).isEqualTo(":0\r\n");
        send(first, megabyte() + "\r\n");
        assertThat(read(first)).isEqualTo("+OK\r\n");
        assertThat(read(second)).isEqualTo("+OK\r\n");
        assertThat(ask(control, "STRLEN", "k")).isEqualTo(":" + 6 * MB + "\r\n");
    }

    @Test
    void aRequestThatCanNeverFindMemoryIsRefused() throws IOException {
        sockets.start("query-buffers-bytes-max", "10mb");
        RawConnection client = sockets.connect();
        send(client, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + 12 * MB + "\r\n");
        try {
            for (int i = 0; i < 12; i++) {
                send(client, megabyte());
            }
        } catch (IOException closed) {
            // before all of it was sent
        }
        assertThat(read(client)).startsWith("-OOM what all clients have sent");
        assertThat(ask(sockets.connect(), "PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void whereNobodyCouldGoOnTheLastToComeIsRefused() throws IOException {
        sockets.start("query-buffers-bytes-max", "10mb");
        List<RawConnection> clients = new ArrayList<>();
        RawConnection control = sockets.connect();
        for (int i = 0; i < 3; i++) {
            RawConnection client = sockets.connect();
            ask(client, "CLIENT", "SETNAME", "client" + i);
            sendPart(client, 1, 5);
            String name = "client" + i;
            await().until(() -> field(client(control, name), "qbuf") >= MB);
            clients.add(client);
        }
        List<String> replies = new ArrayList<>();
        for (RawConnection client : clients) {
            Thread.startVirtualThread(() -> {
                try {
                    send(client, megabyte() + megabyte() + megabyte());
                    send(client, megabyte() + "\r\n");
                } catch (IOException refused) {
                    // its reply says so
                }
            });
        }
        for (RawConnection client : clients) {
            replies.add(read(client));
        }
        assertThat(replies).contains("+OK\r\n").allMatch(reply -> reply.equals("+OK\r\n") || reply.startsWith("-OOM"));
        assertThat(ask(control, "PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void whoSendsAPartAndNoMoreDoesNotKeepOthersWaitingForEver() throws IOException {
        roomForOne();
        RawConnection silent = sockets.connect();
        ask(silent, "CLIENT", "SETNAME", "silent");
        sendPart(silent, 4, 5);
        RawConnection control = sockets.connect();
        await().until(() -> field(client(control, "silent"), "qbuf") >= 4 * MB);
        ask(control, "CONFIG", "SET", "client-stall-ms-max", "100");
        RawConnection other = sockets.connect();
        sendAll(other, 6);
        assertThat(read(other)).isEqualTo("+OK\r\n");
        assertThat(client(control, "silent")).isEmpty();
    }
}
