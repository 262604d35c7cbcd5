package dev.sluice.broker.net;

import static dev.sluice.broker.net.PlainSockets.MB;
import static dev.sluice.broker.net.PlainSockets.ask;
import static dev.sluice.broker.net.PlainSockets.client;
import static dev.sluice.broker.net.PlainSockets.field;
import static dev.sluice.broker.net.PlainSockets.megabyte;
import static dev.sluice.broker.net.PlainSockets.read;
import static dev.sluice.broker.net.PlainSockets.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.differential.RawConnection;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do not read what they are sent: bounded, in order, and closed when they should be. */
@ParameterizedClass
@ValueSource(ints = {1, 3})
class OutputBufferTest {
    /** The largest overhead of a client's output beyond its limit: the reply that crossed it. */
    private static final long ONE_REPLY_BYTES = MB + 256 * 1024;

    private final PlainSockets sockets;

    OutputBufferTest(int ioThreads) {
        sockets = new PlainSockets(ioThreads);
    }

    @AfterEach
    void close() throws IOException {
        sockets.close();
    }

    @Test
    void whoNeverReadsIsNotServedBeyondTheLimitAndGoesOnWhenHeReads() throws IOException {
        sockets.start("client-reply-buffer-bytes-max", "4mb");
        RawConnection control = sockets.connect();
        ask(control, "SET", "big", megabyte());
        RawConnection greedy = sockets.connect();
        ask(greedy, "CLIENT", "SETNAME", "greedy");
        send(greedy, "GET big\r\n".repeat(400) + "SET done 1\r\n");
        // Anything from nothing to the limit may be left when the kernel's buffers are full: it goes on at the low
        // mark.
        await().until(() -> field(client(control, "greedy"), "omem") > 0);
        for (int i = 0; i < 200; i++) {
            assertThat(ask(control, "INCR", "beside")).isEqualTo(":" + (i + 1) + "\r\n");
            assertThat(field(client(control, "greedy"), "omem")).isLessThan(4 * MB + ONE_REPLY_BYTES);
        }
        assertThat(ask(control, "EXISTS", "done")).isEqualTo(":0\r\n");
        for (int i = 0; i < 400; i++) {
            assertThat(greedy.read()).hasSize(MB + "$1048576\r\n\r\n".length());
        }
        assertThat(read(greedy)).isEqualTo("+OK\r\n");
        assertThat(ask(greedy, "PING")).isEqualTo("+PONG\r\n");
        await().until(() -> field(client(control, "greedy"), "omem") == 0);
    }

    @Test
    void whoStallsForTooLongIsClosed() throws IOException {
        sockets.start("client-reply-buffer-bytes-max", "1mb", "client-stall-ms-max", "50");
        RawConnection control = sockets.connect();
        ask(control, "SET", "big", megabyte());
        RawConnection greedy = sockets.connect();
        ask(greedy, "CLIENT", "SETNAME", "greedy");
        send(greedy, "GET big\r\n".repeat(100));
        await().until(() -> client(control, "greedy").isEmpty());
        RawConnection leaving = sockets.connect(); // one that says good-bye but takes nothing is no better
        ask(leaving, "CLIENT", "SETNAME", "leaving");
        ask(control, "CONFIG", "SET", "client-reply-buffer-bytes-max", "64mb");
        send(leaving, "GET big\r\n".repeat(30) + "QUIT\r\n");
        await().until(() -> client(control, "leaving").isEmpty());
    }

    @Test
    void whoSendsAllBeforeReadingIsServed() throws IOException {
        RawConnection client = sockets.connect();
        ask(client, "SET", "big", megabyte());
        ask(client, "CLIENT", "SETNAME", "me");
        send(client, "GET big\r\n".repeat(16) + "SET done 1\r\n");
        RawConnection control = sockets.connect();
        await().until(() -> ask(control, "EXISTS", "done").equals(":1\r\n"));
        for (int i = 0; i < 16; i++) {
            assertThat(client.read()).hasSize(MB + "$1048576\r\n\r\n".length());
        }
        assertThat(read(client)).isEqualTo("+OK\r\n");
    }

    /** Pushes wait in the outbox while 1 MB replies wait for the socket; nothing of that may be lost or change places. */
    @Test
    void pushesBehindLongRepliesArriveAndWhatIsBehindThemRuns() throws IOException {
        RawConnection client = sockets.connect();
        RawConnection control = sockets.connect();
        ask(control, "SET", "big", megabyte());
        ask(client, "HELLO", "3");
        ask(client, "SUBSCRIBE", "c");
        for (int round = 0; round < 5; round++) {
            String message = "m".repeat(1000);
            send(client, "GET big\r\n".repeat(8) + ("PUBLISH c " + message + "\r\nINCR n\r\n").repeat(200));
            for (int i = 0; i < 8; i++) {
                assertThat(client.read()).hasSize(MB + "$1048576\r\n\r\n".length());
            }
            for (int i = 1; i <= 200; i++) {
                assertThat(read(client)).isEqualTo(">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1000\r\n" + message + "\r\n");
                assertThat(read(client)).isEqualTo(":1\r\n");
                assertThat(read(client)).isEqualTo(":" + (round * 200 + i) + "\r\n");
            }
        }
    }

    @Test
    void unsubscribeIsConfirmedAfterWhatWasQueued() throws IOException {
        RawConnection listener = sockets.connect();
        RawConnection publisher = sockets.connect();
        ask(listener, "CLIENT", "SETNAME", "listener");
        ask(listener, "SUBSCRIBE", "c");
        String message = "m".repeat(100_000);
        StringBuilder publish = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            publish.append("*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$100000\r\n")
                    .append(message)
                    .append("\r\n");
        }
        send(publisher, publish.toString());
        for (int i = 0; i < 200; i++) {
            assertThat(read(publisher)).isEqualTo(":1\r\n");
        }
        assertThat(field(client(publisher, "listener"), "oll"))
                .as("messages still queued")
                .isPositive();
        send(listener, "UNSUBSCRIBE c\r\n");
        for (int i = 0; i < 200; i++) {
            assertThat(read(listener)).startsWith("*3\r\n$7\r\nmessage\r\n").hasSizeGreaterThan(100_000);
        }
        assertThat(read(listener)).isEqualTo("*3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:0\r\n");
    }

    @Test
    void aSlowSubscriberIsDisconnectedAtTheHardLimit() throws IOException {
        sockets.start("client-output-buffer-limit", "pubsub 2mb 1mb 60");
        RawConnection slow = sockets.connect();
        RawConnection publisher = sockets.connect();
        ask(slow, "CLIENT", "SETNAME", "slow");
        ask(slow, "SUBSCRIBE", "c");
        String message = "m".repeat(100_000);
        boolean gone = false;
        for (int i = 0; i < 1000 && !gone; i++) {
            gone = ask(publisher, "PUBLISH", "c", message).equals(":0\r\n");
            String line = client(publisher, "slow");
            assertThat(line.isEmpty() ? 0 : field(line, "omem")).isLessThan(3L * MB);
        }
        assertThat(gone).isTrue();
        assertThat(client(publisher, "slow")).isEmpty();
    }

    @Test
    void aSlowMonitorIsDisconnectedAtTheHardLimit() throws IOException {
        sockets.start("client-output-buffer-limit", "normal 2mb 1mb 60");
        RawConnection slow = sockets.connect();
        RawConnection other = sockets.connect();
        ask(slow, "CLIENT", "SETNAME", "slow");
        ask(slow, "MONITOR");
        String message = "m".repeat(100_000);
        boolean gone = false;
        for (int i = 0; i < 1000 && !gone; i++) {
            ask(other, "SET", "k", message);
            String line = client(other, "slow");
            gone = line.isEmpty();
            assertThat(gone ? 0 : field(line, "omem")).isLessThan(3L * MB);
        }
        assertThat(gone).isTrue();
        assertThat(ask(other, "PING")).isEqualTo("+PONG\r\n");
    }
}
