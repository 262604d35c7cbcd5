package dev.sluice.broker.net;

import static dev.sluice.broker.net.PlainSockets.ask;
import static dev.sluice.broker.net.PlainSockets.client;
import static dev.sluice.broker.net.PlainSockets.field;
import static dev.sluice.broker.net.PlainSockets.read;
import static dev.sluice.broker.net.PlainSockets.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.differential.RawConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscribers that do not read, on plain sockets, under each policy. */
@ParameterizedClass
@ValueSource(ints = {1, 3})
class PushQueueTest {
    /** More than the buffers of both sockets hold. */
    private static final int MESSAGES = 2_000;

    private static final int MESSAGE_BYTES = 10_000;
    private static final int BUFFER = 50;
    private static final Pattern PUSH = Pattern.compile(
            ">3\r\n\\$\\d+\r\n(message|missed)\r\n(?:\\$\\d+\r\n(.*?)|_)\r\n(?::|\\$\\d+\r\n)(\\d+)(?s:.*)");

    private final PlainSockets sockets;

    PushQueueTest(int ioThreads) {
        sockets = new PlainSockets(ioThreads);
    }

    @AfterEach
    void close() throws IOException {
        sockets.close();
    }

    private RawConnection subscriber(int protocol, String overflow, String... channels) throws IOException {
        RawConnection subscriber = sockets.connect();
        ask(subscriber, "HELLO", "" + protocol);
        ask(subscriber, "CLIENT", "SETNAME", "slow");
        assertThat(ask(subscriber, "CLIENT", "OVERFLOW", overflow, "BUFFER", "" + BUFFER))
                .isEqualTo("+OK\r\n");
        for (String channel : channels) {
            ask(subscriber, "SUBSCRIBE", channel);
        }
        return subscriber;
    }

    /** The number of a message, and as many characters behind it as make it long. */
    private static String message(int number) {
        return number + ":" + "m".repeat(MESSAGE_BYTES);
    }

    private static void publish(RawConnection publisher, String channel, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            ask(publisher, "PUBLISH", channel, message(i));
        }
    }

    /** What a subscriber has read: of each channel the numbers, with each gap told in the place where it is. */
    private static final class Heard {
        private static final class Channel {
            final List<Integer> numbers = new ArrayList<>();
            long missed;
            long next; // to come, after what was told to be missing
        }

        private final Map<String, Channel> channels = new HashMap<>();

        void readUntil(RawConnection from, String channel, int last) throws IOException {
            List<Integer> heard = channel(channel).numbers;
            do {
                readOne(from);
            } while (heard.isEmpty() || heard.getLast() != last);
        }

        /** Until so many have been read or are known to be missed. */
        void readAll(RawConnection from, String channel, int messages) throws IOException {
            while (channel(channel).next < messages) {
                readOne(from);
            }
        }

        private void readOne(RawConnection from) throws IOException {
            Matcher push = PUSH.matcher(read(from));
            assertThat(push.matches()).isTrue();
            int number = Integer.parseInt(push.group(3));
            Channel heard = channel(push.group(2));
            if (push.group(1).equals("missed")) {
                heard.missed += number;
                heard.next += number;
            } else {
                assertThat((long) number).as("behind what is known").isEqualTo(heard.next);
                heard.numbers.add(number);
                heard.next++;
            }
        }

        private Channel channel(String name) {
            return channels.computeIfAbsent(name, n -> new Channel());
        }

        List<Integer> numbers(String channel) {
            return channel(channel).numbers;
        }

        long missed(String channel) {
            return channel(channel).missed;
        }
    }

    @Test
    void dropOldestKeepsTheNewestAndTellsWhatIsMissing() throws IOException {
        RawConnection slow = subscriber(3, "drop-oldest", "c");
        RawConnection publisher = sockets.connect();
        publish(publisher, "c", 0, MESSAGES);
        String line = client(publisher, "slow");
        assertThat(line).contains(" overflow=drop-oldest queued=" + BUFFER + " ");
        assertThat(field(line, "omem")).isLessThan((BUFFER + 20) * (long) MESSAGE_BYTES);
        Heard heard = new Heard();
        heard.readUntil(slow, "c", MESSAGES - 1);
        assertThat(heard.numbers("c")).isSorted().doesNotHaveDuplicates();
        assertThat(heard.missed("c")).isPositive().isEqualTo(field(line, "lost"));
        assertThat(heard.missed("c") + heard.numbers("c").size()).isEqualTo(MESSAGES);
    }

    @Test
    void dropNewestKeepsWhatWaitsAndTellsOfTheRestBehindIt() throws IOException {
        RawConnection slow = subscriber(3, "drop-newest", "c", "d");
        RawConnection publisher = sockets.connect();
        publish(publisher, "c", 0, MESSAGES);
        long lost = field(client(publisher, "slow"), "lost");
        assertThat(lost).isPositive();
        Heard heard = new Heard();
        heard.readAll(slow, "c", MESSAGES); // what the socket took in between is followed by a gap
        assertThat(heard.numbers("c")).isSorted().doesNotHaveDuplicates();
        assertThat(heard.missed("c")).isEqualTo(lost);
        ask(publisher, "PUBLISH", "d", message(0));
        heard.readUntil(slow, "d", 0);
        assertThat(heard.missed("d")).isZero();
    }

    @Test
    void latestKeepsTheNewestOfEachChannel() throws IOException {
        RawConnection slow = subscriber(3, "latest", "c", "d");
        RawConnection publisher = sockets.connect();
        publish(publisher, "d", 0, 5);
        publish(publisher, "c", 0, MESSAGES);
        publish(publisher, "d", 5, 10);
        String line = client(publisher, "slow");
        assertThat(field(line, "queued")).isLessThanOrEqualTo(2);
        Heard heard = new Heard();
        heard.readUntil(slow, "c", MESSAGES - 1);
        if (!heard.numbers("d").contains(9)) {
            heard.readUntil(slow, "d", 9);
        }
        assertThat(heard.missed("c") + heard.numbers("c").size()).isEqualTo(MESSAGES);
        assertThat(heard.missed("d") + heard.numbers("d").size()).isEqualTo(10);
        assertThat(heard.missed("c") + heard.missed("d")).isEqualTo(field(line, "lost"));
    }

    @Test
    void resp2ReadsWhatIsThereAndFindsTheRestInClientList() throws IOException {
        RawConnection slow = subscriber(2, "drop-oldest", "c");
        RawConnection publisher = sockets.connect();
        publish(publisher, "c", 0, MESSAGES);
        long lost = field(client(publisher, "slow"), "lost");
        for (int i = 0; i < MESSAGES - lost; i++) {
            assertThat(read(slow)).startsWith("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n");
        }
        ask(publisher, "PUBLISH", "c", "end");
        assertThat(read(slow)).isEqualTo("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$3\r\nend\r\n");
        assertThat(field(client(publisher, "slow"), "lost")).isEqualTo(lost);
    }

    @Test
    void throttleSlowsThePublisherAloneAndLosesNothing() throws Exception {
        RawConnection slow = subscriber(3, "throttle", "c");
        RawConnection publisher = sockets.connect();
        RawConnection other = sockets.connect();
        CompletableFuture<Void> published = CompletableFuture.runAsync(() -> {
            try {
                publish(publisher, "c", 0, MESSAGES);
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        });
        await().until(() -> ask(other, "PUBSUB", "SLOW").contains("throttle"));
        await().until(() -> field(client(other, "slow"), "queued") == BUFFER);
        assertThat(published).isNotDone();
        for (int i = 0; i < 100; i++) {
            assertThat(ask(other, "PUBLISH", "d", "x")).isEqualTo(":0\r\n");
            assertThat(ask(other, "SET", "k", "v")).isEqualTo("+OK\r\n");
        }
        assertThat(field(client(other, "slow"), "queued")).isEqualTo(BUFFER);
        Heard heard = new Heard();
        heard.readUntil(slow, "c", MESSAGES - 1);
        published.join();
        assertThat(heard.numbers("c")).hasSize(MESSAGES).isSorted().doesNotHaveDuplicates();
        assertThat(heard.missed("c")).isZero();
        assertThat(field(client(other, "slow"), "lost")).isZero();
        assertThat(ask(other, "INFO", "pubsub"))
                .containsPattern("resp_throttle:delivered=" + MESSAGES + ",lost=0,throttled_ms=\\d+,lag_ms=0");
    }

    @Test
    void whoThrottlesForTooLongIsDisconnected() throws IOException {
        sockets.start("pubsub-throttle-ms-max", "50");
        RawConnection slow = subscriber(3, "throttle", "c");
        RawConnection publisher = sockets.connect();
        publish(publisher, "c", 0, MESSAGES);
        assertThat(client(publisher, "slow")).isEmpty();
        assertThat(ask(publisher, "PUBLISH", "c", "x")).isEqualTo(":0\r\n");
    }

    @Test
    void theSettingsChooseForSubscribersWhoDoNot() throws IOException {
        sockets.start("pubsub-overflow", "drop-newest", "outbox-messages-max", "" + BUFFER);
        RawConnection slow = sockets.connect();
        ask(slow, "CLIENT", "SETNAME", "slow");
        ask(slow, "SUBSCRIBE", "c");
        RawConnection publisher = sockets.connect();
        publish(publisher, "c", 0, MESSAGES);
        assertThat(client(publisher, "slow")).contains(" overflow=drop-newest queued=" + BUFFER);
        ask(publisher, "CONFIG", "SET", "pubsub-overflow", "disconnect");
        ask(publisher, "PUBLISH", "c", "x");
        assertThat(client(publisher, "slow")).isEmpty();
    }

    @Test
    void aLimitThatIsSetLaterHoldsForWhatWaits() throws IOException {
        RawConnection slow = sockets.connect();
        ask(slow, "CLIENT", "SETNAME", "slow");
        ask(slow, "SUBSCRIBE", "c");
        RawConnection publisher = sockets.connect();
        publish(publisher, "c", 0, MESSAGES);
        assertThat(field(client(publisher, "slow"), "omem")).isGreaterThan(2_000_000);
        ask(publisher, "CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 0 0");
        ask(publisher, "PUBLISH", "c", "x");
        assertThat(client(publisher, "slow")).isEmpty();
    }

    @Test
    void whatMustNotBeMissedEndsTheConnection() throws IOException {
        RawConnection slow = subscriber(3, "drop-oldest", "c");
        ask(slow, "CLIENT", "TRACKING", "ON", "BCAST");
        RawConnection publisher = sockets.connect();
        publish(publisher, "c", 0, MESSAGES / 2);
        ask(publisher, "SET", "k", "v");
        assertThat(client(publisher, "slow")).isNotEmpty();
        publish(publisher, "c", 0, BUFFER + 1);
        assertThat(client(publisher, "slow")).isEmpty();
    }

    /** The hard limit is looked at before anything of the reply is sent. */
    @ParameterizedTest
    @ValueSource(strings = {"GET big\r\n", "MULTI\r\nGET big\r\nGET big\r\nEXEC\r\n"})
    void aReplyAboveTheHardLimitIsNotBegun(String request) throws IOException {
        sockets.start("client-output-buffer-limit", "normal 100000 0 0");
        RawConnection control = sockets.connect();
        ask(control, "SET", "big", "x".repeat(90_000));
        assertThat(ask(control, "GET", "big")).hasSize(90_000 + "$90000\r\n\r\n".length());
        ask(control, "APPEND", "big", "x".repeat(20_000));
        RawConnection client = sockets.connect();
        send(client, request);
        byte[] answer = client.read();
        while (answer.length > 0 && answer.length < 100) {
            answer = client.read(); // OK and QUEUED left in portions of their own, or not at all
        }
        assertThat(answer).isEmpty();
        assertThat(ask(control, "PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void slowSubscribersAreNamed() throws IOException {
        RawConnection slow = subscriber(3, "drop-oldest", "c");
        RawConnection publisher = sockets.connect();
        assertThat(ask(publisher, "PUBSUB", "SLOW")).isEqualTo("*0\r\n");
        publish(publisher, "c", 0, MESSAGES);
        ask(publisher, "HELLO", "3");
        assertThat(ask(publisher, "PUBSUB", "SLOW", "1"))
                .startsWith("*1\r\n%9\r\n$2\r\nid\r\n:")
                .contains("$4\r\nname\r\n$4\r\nslow\r\n", "$6\r\nqueued\r\n:" + BUFFER + "\r\n", "$6\r\nlag-ms\r\n:");
        assertThat(ask(publisher, "PUBSUB", "SLOW", "0")).isEqualTo("-ERR count must be positive\r\n");
        assertThat(ask(publisher, "INFO", "pubsub"))
                .contains("resp_drop_oldest:delivered=", "slow0:id=", ",overflow=drop-oldest,queued=" + BUFFER + ",");
        assertThat(ask(slow, "PING")).isNotEmpty();
    }
}
