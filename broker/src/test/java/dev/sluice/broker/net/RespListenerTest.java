package dev.sluice.broker.net;

import static dev.sluice.broker.net.PlainSockets.ask;
import static dev.sluice.broker.net.PlainSockets.client;
import static dev.sluice.broker.net.PlainSockets.field;
import static dev.sluice.broker.net.PlainSockets.read;
import static dev.sluice.broker.net.PlainSockets.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.differential.RawConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain sockets against a whole broker, with the sockets on the keyspace loop and on loops of their own. */
@ParameterizedClass
@ValueSource(ints = {1, 3})
class RespListenerTest {
    private static final int MB = 1 << 20;
    /** The largest overhead of a client's output beyond its limit: the reply that crossed it. */
    private static final long ONE_REPLY_BYTES = MB + 256 * 1024;

    private final PlainSockets sockets;

    RespListenerTest(int ioThreads) {
        sockets = new PlainSockets(ioThreads);
    }

    @AfterEach
    void close() throws IOException {
        sockets.close();
    }

    private static void assertClosed(RawConnection connection) throws IOException {
        assertThat(connection.read()).isEmpty();
    }

    private static long clients(RawConnection control) throws IOException {
        return ask(control, "CLIENT", "LIST")
                .lines()
                .filter(line -> line.startsWith("id="))
                .count();
    }

    private static String megabyte() {
        return "x".repeat(MB);
    }

    @Test
    void aPipelineMayBeSplitAnywhere() throws IOException {
        RawConnection client = sockets.connect();
        RawConnection other = sockets.connect();
        String pipeline = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\nv\r\nw\r\n\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
                + "ECHO \"a\\x20b\"\r\n*0\r\n*1\r\n$4\r\nPING\r\n";
        for (int split = 1; split < pipeline.length(); split++) {
            send(client, pipeline.substring(0, split));
            if (split % 7 == 0) {
                ask(other, "PING"); // others' bytes come between
            }
            send(client, pipeline.substring(split));
            assertThat(read(client)).as("split at %d", split).isEqualTo("+OK\r\n");
            assertThat(read(client)).isEqualTo("+PONG\r\n");
            assertThat(read(client)).isEqualTo("$4\r\nv\r\nw\r\n");
            assertThat(read(client)).isEqualTo("$3\r\na b\r\n");
            assertThat(read(client)).isEqualTo("+PONG\r\n");
        }
    }

    @Test
    void aLongPipelineIsAnsweredInOrder() throws IOException {
        RawConnection client = sockets.connect();
        StringBuilder pipeline = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            pipeline.append("INCR n\r\n");
        }
        send(client, pipeline.toString());
        for (int i = 1; i <= 20_000; i++) {
            assertThat(read(client)).isEqualTo(":" + i + "\r\n");
        }
    }

    @Test
    void whatIsNoRequestIsNamedAndEndsTheConnection() throws IOException {
        assertRefused("*x\r\n", "invalid multibulk length");
        assertRefused("*2147483648\r\n", "invalid multibulk length");
        assertRefused("*1\r\nPING\r\n", "expected '$', got 'P'");
        assertRefused("*1\r\n$-1\r\n", "invalid bulk length");
        assertRefused("*1\r\n$536870913\r\n", "invalid bulk length");
        assertRefused("SET k \"v\r\n", "unbalanced quotes in request");
        assertRefused("*" + "1".repeat(70_000), "too big mbulk count string");
        assertRefused("*1\r\n$" + "1".repeat(70_000), "too big bulk count string");
        assertRefused("x".repeat(70_000), "too big inline request");
    }

    private void assertRefused(String bytes, String why) throws IOException {
        RawConnection client = sockets.connect();
        send(client, "PING\r\n" + bytes);
        assertThat(read(client)).isEqualTo("+PONG\r\n");
        assertThat(read(client)).isEqualTo("-ERR Protocol error: " + why + "\r\n");
        assertClosed(client);
    }

    @Test
    void httpIsCutOff() throws IOException {
        for (String line : List.of("POST / HTTP/1.1\r\n", "host: example\r\n", "*1\r\n$5\r\nHost:\r\n")) {
            RawConnection client = sockets.connect();
            send(client, line + "SET stolen 1\r\n");
            assertClosed(client);
        }
        assertThat(ask(sockets.connect(), "EXISTS", "stolen")).isEqualTo(":0\r\n");
    }

    @Test
    void strangersMaySayLittle() throws IOException {
        sockets.start("requirepass", "secret");
        RawConnection many = sockets.connect();
        assertThat(ask(many, "GET", "k")).isEqualTo("-NOAUTH Authentication required.\r\n");
        send(many, "*11\r\n");
        assertThat(read(many)).isEqualTo("-ERR Protocol error: unauthenticated multibulk length\r\n");
        assertClosed(many);
        RawConnection longer = sockets.connect();
        send(longer, "*2\r\n$4\r\nAUTH\r\n$16385\r\n");
        assertThat(read(longer)).isEqualTo("-ERR Protocol error: unauthenticated bulk length\r\n");
        assertClosed(longer);
    }

    @Test
    void whoHasSaidThePasswordMaySayMuch() throws IOException {
        sockets.start("requirepass", "secret");
        String mset = "*11\r\n$4\r\nMSET\r\n" + "$1\r\na\r\n".repeat(10);
        String set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20000\r\n" + "x".repeat(20_000) + "\r\n";
        for (String auth : List.of("AUTH secret\r\n", "HELLO 2 AUTH default secret\r\n")) {
            RawConnection client = sockets.connect();
            send(client, auth + mset + set); // in one batch: the limit goes with the command that lifts it
            assertThat(read(client)).doesNotStartWith("-");
            assertThat(read(client)).isEqualTo("+OK\r\n");
            assertThat(read(client)).isEqualTo("+OK\r\n");
            send(client, "RESET\r\n*11\r\n");
            assertThat(read(client)).isEqualTo("+RESET\r\n");
            assertThat(read(client)).isEqualTo("-ERR Protocol error: unauthenticated multibulk length\r\n");
            assertClosed(client);
        }
        RawConnection wrong = sockets.connect();
        assertThat(ask(wrong, "AUTH", "guess")).startsWith("-WRONGPASS ");
        assertThat(ask(wrong, "PING")).isEqualTo("-NOAUTH Authentication required.\r\n");
    }

    @Test
    void aPasswordThatIsSetLaterIsForThoseWhoCome() throws IOException {
        RawConnection there = sockets.connect();
        assertThat(ask(there, "CONFIG", "SET", "requirepass", "secret")).isEqualTo("+OK\r\n");
        assertThat(ask(there, "SET", "k", "v")).isEqualTo("+OK\r\n");
        assertThat(ask(sockets.connect(), "GET", "k")).isEqualTo("-NOAUTH Authentication required.\r\n");
    }

    @Test
    void noMoreClientsThanMaxclients() throws IOException {
        sockets.start("maxclients", "2");
        RawConnection first = sockets.connect();
        RawConnection second = sockets.connect();
        assertThat(ask(first, "PING")).isEqualTo("+PONG\r\n");
        assertThat(ask(second, "PING")).isEqualTo("+PONG\r\n");
        RawConnection third = sockets.connect();
        assertThat(read(third)).isEqualTo("-ERR max number of clients reached\r\n");
        assertClosed(third);
        second.close();
        await().until(() -> clients(first) == 1);
        assertThat(ask(sockets.connect(), "PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void whoIsIdleForTooLongIsClosedUnlessHeListensOrWaits() throws IOException {
        RawConnection listener = sockets.connect();
        RawConnection waiter = sockets.connect();
        RawConnection idle = sockets.connect();
        ask(listener, "SUBSCRIBE", "c");
        send(waiter, "BLPOP q 0\r\n");
        assertThat(ask(idle, "CONFIG", "SET", "timeout", "1")).isEqualTo("+OK\r\n");
        assertClosed(idle);
        RawConnection control = sockets.connect();
        assertThat(ask(control, "PUBLISH", "c", "m")).isEqualTo(":1\r\n");
        assertThat(ask(control, "RPUSH", "q", "e")).isEqualTo(":1\r\n");
        assertThat(read(waiter)).isEqualTo("*2\r\n$1\r\nq\r\n$1\r\ne\r\n");
    }

    @Test
    void quitEndsWithOkAndRunsNothingMore() throws IOException {
        RawConnection client = sockets.connect();
        send(client, "SET k 1\r\nQUIT\r\nSET k 2\r\n");
        assertThat(read(client)).isEqualTo("+OK\r\n");
        assertThat(read(client)).isEqualTo("+OK\r\n");
        assertClosed(client);
        assertThat(ask(sockets.connect(), "GET", "k")).isEqualTo("$1\r\n1\r\n");
    }

    @Test
    void whoIsKilledIsGoneAtOnce() throws IOException {
        RawConnection control = sockets.connect();
        RawConnection victim = sockets.connect();
        ask(victim, "CLIENT", "SETNAME", "victim");
        ask(victim, "SET", "l", "0");
        send(victim, "BLPOP q 0\r\n");
        await().until(() -> client(control, "victim").contains(" flags=b "));
        long id = Long.parseLong(client(control, "victim").replaceAll("id=(\\d+) .*", "$1"));
        // One batch, so that nobody else is served between the killing and the pushing.
        send(control, "CLIENT KILL ID " + id + "\r\nRPUSH q e\r\nLLEN q\r\n");
        assertThat(read(control)).isEqualTo(":1\r\n");
        assertThat(read(control)).isEqualTo(":1\r\n");
        assertThat(read(control)).as("not given to the killed one").isEqualTo(":1\r\n");
        assertClosed(victim);
        assertThat(ask(control, "CLIENT", "KILL", "ID", "" + id)).isEqualTo(":0\r\n");
        send(control, "CLIENT KILL TYPE normal SKIPME no\r\nSET l 1\r\n");
        assertThat(read(control)).isEqualTo(":1\r\n");
        assertClosed(control);
        assertThat(ask(sockets.connect(), "GET", "l")).isEqualTo("$1\r\n0\r\n");
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

    @Test
    void whatAWaiterWasToGetStaysWhenHeHasGone() throws IOException {
        RawConnection control = sockets.connect();
        for (int i = 0; i < 20; i++) {
            RawConnection waiter = sockets.connect();
            send(waiter, "BLPOP q other 0\r\n");
            await().until(() -> ask(control, "CLIENT", "LIST").contains(" flags=b "));
            waiter.close();
            await().until(() -> clients(control) == 1);
            assertThat(ask(control, "RPUSH", "q", "e")).isEqualTo(":1\r\n");
            assertThat(ask(control, "LPOP", "q")).isEqualTo("$1\r\ne\r\n");
        }
    }

    @Test
    void whatCameBehindAWaitingCommandRunsAfterIt() throws IOException {
        RawConnection waiter = sockets.connect();
        RawConnection control = sockets.connect();
        send(waiter, "BLPOP q 0\r\nINCR n\r\n");
        await().until(() -> ask(control, "CLIENT", "LIST").contains(" flags=b "));
        send(waiter, "INCR n\r\n");
        assertThat(ask(control, "EXISTS", "n")).isEqualTo(":0\r\n");
        ask(control, "RPUSH", "q", "e");
        assertThat(read(waiter)).isEqualTo("*2\r\n$1\r\nq\r\n$1\r\ne\r\n");
        assertThat(read(waiter)).isEqualTo(":1\r\n");
        assertThat(read(waiter)).isEqualTo(":2\r\n");
    }

    @Test
    void pushesAndRepliesLeaveInOneOrder() throws IOException {
        RawConnection client = sockets.connect();
        assertThat(ask(client, "HELLO", "3")).startsWith("%7");
        send(
                client,
                "SUBSCRIBE c\r\nINCR n\r\nPUBLISH c m1\r\nINCR n\r\nPUBLISH c m2\r\nUNSUBSCRIBE c\r\nPUBLISH c m3\r\n");
        assertThat(read(client)).isEqualTo(">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
        assertThat(read(client)).isEqualTo(":1\r\n");
        assertThat(read(client)).isEqualTo(">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nm1\r\n");
        assertThat(read(client)).isEqualTo(":1\r\n");
        assertThat(read(client)).isEqualTo(":2\r\n");
        assertThat(read(client)).isEqualTo(">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nm2\r\n");
        assertThat(read(client)).isEqualTo(":1\r\n");
        assertThat(read(client)).isEqualTo(">3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:0\r\n");
        assertThat(read(client)).isEqualTo(":0\r\n");
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

    @Test
    void aLargeRequestWaitsUntilOthersHaveGivenMemoryBack() throws IOException {
        sockets.start("query-buffers-bytes-max", "10mb");
        RawConnection first = sockets.connect();
        ask(first, "CLIENT", "SETNAME", "first");
        sendPart(first, 5, 6);
        RawConnection control = sockets.connect();
        await().until(() -> field(client(control, "first"), "qbuf") >= 5 * MB);
        RawConnection second = sockets.connect();
        ask(second, "CLIENT", "SETNAME", "second");
        sendPart(second, 3, 4); // it stays in the sockets
        send(second, megabyte());
        assertThat(ask(control, "SET", "small", "x".repeat(50_000))).isEqualTo("+OK\r\n");
        assertThat(field(client(control, "second"), "qbuf")).isLessThan(4 * MB);
        send(first, megabyte() + "\r\n");
        assertThat(read(first)).isEqualTo("+OK\r\n");
        send(second, "\r\n");
        assertThat(read(second)).isEqualTo("+OK\r\n");
        assertThat(ask(control, "STRLEN", "k")).isEqualTo(":" + 4 * MB + "\r\n");
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
    void aPipelineOfManyTurnsIsAnsweredAndPublishedInOrder() throws IOException {
        sockets.start("turn-commands-max", "3");
        RawConnection listener = sockets.connect();
        ask(listener, "SUBSCRIBE", "c");
        RawConnection publisher = sockets.connect();
        StringBuilder pipeline = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            pipeline.append("PUBLISH c m").append(i).append("\r\nINCR n\r\n");
        }
        send(publisher, pipeline.toString());
        for (int i = 0; i < 100; i++) {
            String message = "m" + i;
            assertThat(read(listener))
                    .isEqualTo("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$" + message.length() + "\r\n" + message + "\r\n");
            assertThat(read(publisher)).isEqualTo(":1\r\n");
            assertThat(read(publisher)).isEqualTo(":" + (i + 1) + "\r\n");
        }
    }

    @Test
    void whoSendsAPartAndNoMoreDoesNotKeepOthersWaitingForEver() throws IOException {
        sockets.start("query-buffers-bytes-max", "10mb");
        RawConnection silent = sockets.connect();
        ask(silent, "CLIENT", "SETNAME", "silent");
        sendPart(silent, 5, 6);
        RawConnection control = sockets.connect();
        await().until(() -> field(client(control, "silent"), "qbuf") >= 5 * MB);
        ask(control, "CONFIG", "SET", "client-stall-ms-max", "100");
        RawConnection other = sockets.connect();
        sendPart(other, 5, 5);
        send(other, "\r\n");
        String reply = read(other);
        assertThat(reply).matches("\\+OK\r\n|-OOM.*\r\n");
        assertThat(ask(control, "PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void nothingStaysOfThoseWhoHaveGone() throws IOException {
        Random random = new Random(7);
        RawConnection control = sockets.connect();
        for (int round = 0; round < 10; round++) {
            List<RawConnection> guests = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                RawConnection guest = sockets.connect();
                guests.add(guest);
                switch (random.nextInt(5)) {
                    case 0 -> send(guest, "SUBSCRIBE c d\r\nPSUBSCRIBE p*\r\n");
                    case 1 -> send(guest, "BLPOP q r 0\r\n");
                    case 2 -> send(guest, "WATCH k\r\nMULTI\r\nSET k 1\r\n");
                    case 3 -> send(guest, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100\r\nhalf");
                    default -> ask(guest, "PING");
                }
            }
            for (RawConnection guest : guests) {
                guest.close();
            }
        }
        await().until(() -> clients(control) == 1);
        assertThat(ask(control, "PUBSUB", "CHANNELS")).isEqualTo("*0\r\n");
        assertThat(ask(control, "PUBSUB", "NUMPAT")).isEqualTo(":0\r\n");
        assertThat(ask(control, "PUBLISH", "p1", "m")).isEqualTo(":0\r\n");
        assertThat(ask(control, "RPUSH", "q", "e")).isEqualTo(":1\r\n");
        assertThat(ask(control, "LLEN", "q")).isEqualTo(":1\r\n");
    }

    @Test
    void shutdownClosesEverything() throws IOException {
        Broker broker = sockets.start();
        RawConnection client = sockets.connect();
        RawConnection waiter = sockets.connect();
        send(waiter, "BLPOP q 0\r\n");
        send(client, "SHUTDOWN NOSAVE\r\n");
        assertClosed(client);
        assertClosed(waiter);
        broker.onStop().block(java.time.Duration.ofSeconds(10));
    }

    /** What INFO says of all is the sum of what CLIENT LIST says of each, at any moment. */
    @Test
    void bytesOfEachConnectionAddUp() throws IOException {
        RawConnection control = sockets.connect();
        RawConnection client = sockets.connect();
        ask(client, "CLIENT", "SETNAME", "counted");
        String before = client(control, "counted");
        for (int i = 0; i < 10; i++) {
            ask(client, "PING");
        }
        String after = client(control, "counted");
        assertThat(field(after, "tot-net-in") - field(before, "tot-net-in"))
                .isEqualTo(10 * "*1\r\n$4\r\nPING\r\n".length());
        assertThat(field(after, "tot-net-out") - field(before, "tot-net-out")).isEqualTo(10 * "+PONG\r\n".length());
        ask(control, "MULTI");
        ask(control, "INFO", "stats");
        ask(control, "CLIENT", "LIST");
        String both = ask(control, "EXEC");
        assertThat(both)
                .contains("total_net_input_bytes:" + sum(both, "tot-net-in"))
                .contains("total_net_output_bytes:" + sum(both, "tot-net-out"));
    }

    private static long sum(String lines, String name) {
        return lines.lines()
                .filter(line -> line.startsWith("id="))
                .mapToLong(line -> field(line, name))
                .sum();
    }
}
