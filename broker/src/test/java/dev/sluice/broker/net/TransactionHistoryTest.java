package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.net.TransactingPeer.OverRSocket;
import dev.sluice.broker.net.TransactingPeer.OverResp;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.rsocket.MimeType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random transactions of sixteen clients on both wires at once. Each begins with INCR of one counter, which says where it
 * stands in the serial order; in that order they run again, on one connection, and have to be answered the same. Ten
 * seeds; {@code -Dsluice.scale=100} makes it a thousand.
 */
class TransactionHistoryTest {
    private static final int CLIENTS = 16;
    private static final int STEPS = 8;
    private static final int SEEDS = 5; // and as many with several I/O threads
    private static final String[] ALL = {"MGET", "clock", "k0", "k1", "k2", "left", "right"};

    /** A transaction that has run. */
    private record Done(List<Request> commands, List<String> replies) {
        long position() {
            return Long.parseLong(replies.getFirst());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void everyHistoryHasASerialOrder(int ioThreads) throws Exception {
        long first = Seeds.next();
        try (Broker broker = Broker.start(Settings.of("io-threads", "" + ioThreads), Ports.any());
                InMemoryBroker serial = new InMemoryBroker();
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (long seed = first; seed < first + SEEDS * Seeds.scale(); seed++) {
                try {
                    history(broker, serial, threads, seed);
                } catch (Exception | AssertionError failed) {
                    throw new AssertionError("-Dsluice.seed=" + seed + " with " + ioThreads + " I/O threads", failed);
                }
            }
        }
    }

    private static void history(Broker broker, InMemoryBroker serial, ExecutorService threads, long seed)
            throws Exception {
        List<Callable<List<Done>>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            clients.add(() -> {
                try (TransactingPeer peer = peer(broker, number)) {
                    return new Client(peer, number, new Random(seed * CLIENTS + number)).run();
                }
            });
        }
        List<Done> history = Together.run(threads, clients);
        history.sort(Comparator.comparingLong(Done::position));
        for (Done done : history) {
            serial.run("MULTI");
            done.commands().forEach(serial.first()::run);
            assertThat(done.replies())
                    .as("%s", done.commands())
                    .hasToString(serial.run("EXEC").text());
        }
        try (TransactingPeer after = new OverResp(broker)) {
            assertThat(after.ask(Request.of(ALL))).isEqualTo(serial.run(ALL).text());
            after.ask(Request.of("FLUSHALL"));
            serial.run("FLUSHALL");
        }
    }

    private static TransactingPeer peer(Broker broker, int number) throws Exception {
        MimeType[] types = MimeType.values();
        return number % 2 == 0 ? new OverResp(broker) : new OverRSocket(broker, types[number / 2 % types.length]);
    }

    /** One client's part of a history. */
    private static final class Client {
        private final TransactingPeer peer;
        private final int number;
        private final Random random;
        private final List<Done> done = new ArrayList<>();
        private int values;

        Client(TransactingPeer peer, int number, Random random) {
            this.peer = peer;
            this.number = number;
            this.random = random;
        }

        List<Done> run() throws Exception {
            for (int i = 0; i < STEPS; i++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> blind();
                    case 3, 4 -> basedOnAKey();
                    case 5 -> pair();
                    case 6 -> seesNoHalf();
                    default -> peer.abandon(Request.of("SET", "left", value()));
                }
            }
            return done;
        }

        /** No two values are the same, so that who saw one knows when. */
        private String value() {
            return "c" + number + "v" + ++values;
        }

        private void blind() throws Exception {
            List<Request> commands = begun();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                commands.add(command());
            }
            run(commands);
        }

        private static List<Request> begun() {
            List<Request> commands = new ArrayList<>();
            commands.add(Request.of("INCR", "clock"));
            return commands;
        }

        private @Nullable List<String> run(List<Request> commands) throws Exception {
            List<String> replies = peer.transaction(commands, random.nextBoolean());
            if (replies != null) {
                done.add(new Done(commands, replies));
            }
            return replies;
        }

        /** Only one of those that saw the same may write. */
        private void basedOnAKey() throws Exception {
            String key = key();
            String seen = peer.look(key);
            List<Request> commands = begun();
            commands.add(Request.of("GET", key));
            commands.add(Request.of("SET", key, value()));
            commands.add(command());
            List<String> replies = run(commands);
            if (replies != null) {
                assertThat(replies.get(1)).as("%s, which was watched", key).isEqualTo(seen);
            }
        }

        private void pair() throws Exception {
            List<Request> commands = begun();
            String value = value();
            commands.add(Request.of("SET", "left", value));
            commands.add(command());
            commands.add(Request.of("SET", "right", value));
            run(commands);
        }

        private void seesNoHalf() throws Exception {
            String both = peer.ask(Request.of("MGET", "left", "right"));
            String[] halves = both.substring(1, both.length() - 1).split(", ");
            assertThat(halves[0]).isEqualTo(halves[1]);
        }

        private String key() {
            return "k" + random.nextInt(3);
        }

        private Request command() {
            return switch (random.nextInt(11)) {
                case 0 -> Request.of("SET", key(), value());
                case 1 -> Request.of("APPEND", key(), "x");
                case 2 -> Request.of("DEL", key());
                case 3 -> Request.of("INCR", key());
                case 4 -> Request.of("GETSET", key(), value());
                case 5 -> Request.of("RENAME", key(), key());
                case 6 -> Request.of("RPUSH", "l", value());
                case 7 -> Request.of("LPOP", random.nextBoolean() ? "l" : key());
                case 8 -> Request.of("LRANGE", "l", "0", "-1");
                case 9 -> Request.of("BLPOP", "l", "0");
                default -> Request.of(ALL);
            };
        }
    }
}
