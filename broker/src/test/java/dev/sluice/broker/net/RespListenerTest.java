package dev.sluice.broker.net;

import static dev.sluice.broker.net.PlainSockets.ask;
import static dev.sluice.broker.net.PlainSockets.assertClosed;
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
    private final PlainSockets sockets;

    RespListenerTest(int ioThreads) {
        sockets = new PlainSockets(ioThreads);
    }

    @AfterEach
    void close() throws IOException {
        sockets.close();
    }

    private static long clients(RawConnection control) throws IOException {
        return ask(control, "CLIENT", "LIST")
                .lines()
                .filter(line -> line.startsWith("id="))
                .count();
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
        await().until(() -> ask(client, "CLIENT", "LIST").contains(" flags=b "));
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
