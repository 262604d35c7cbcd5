package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.net.LockingPeer.Gone;
import dev.sluice.broker.net.LockingPeer.Hold;
import dev.sluice.broker.net.LockingPeer.OverRSocket;
import dev.sluice.broker.net.LockingPeer.OverResp;
import dev.sluice.streams.rsocket.MimeType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients on both wires that lock, renew, unlock, forget to and go away, while connections are killed and the broker is
 * paused and stalled. Who has a lock for certain, by his own clock, is alone with it; tokens only grow; who waits is
 * served, in order; nothing stays of those who went. Ten seeds of each; {@code -Dsluice.scale=100} makes it a thousand.
 */
class LockHistoryTest {
    private static final int SEEDS = 5; // and as many with several I/O threads
    private static final int CLIENTS = 8;
    private static final int LOCKS_A_CLIENT = 5;
    private static final int KEYS = 2;
    private static final int[] LEASES_MS = {2, 5, 10, 50};
    private static final int LOOKS_MAX = 100_000;

    /**
     * One time that a lock was held.
     *
     * @param askedMs before it was asked for
     * @param gotMs after the answer had come: from here on he has it
     * @param untilMs he gave it back then, or his lease was over at the earliest
     */
    private record Held(String key, String owner, long token, long askedMs, long gotMs, long untilMs) {
        Held until(long ms) {
            return new Held(key, owner, token, askedMs, gotMs, ms);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whoHoldsALockIsAloneWithIt(int ioThreads) throws Exception {
        eachSeed(ioThreads, LockHistoryTest::history);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whoWaitsIsServedInOrder(int ioThreads) throws Exception {
        eachSeed(ioThreads, (broker, control, threads, seed) -> queue(broker, control, new Random(seed)));
    }

    private interface OneSeed {
        void run(Broker broker, OverResp control, ExecutorService threads, long seed) throws Exception;
    }

    private static void eachSeed(int ioThreads, OneSeed one) throws Exception {
        long first = Seeds.next();
        Settings settings = Settings.of("io-threads", "" + ioThreads, "enable-debug-command", "yes");
        try (Broker broker = Broker.start(settings, Ports.any());
                OverResp control = new OverResp(broker);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            for (long seed = first; seed < first + (long) SEEDS * Seeds.scale(); seed++) {
                try {
                    one.run(broker, control, threads, seed);
                    nothingIsLeft(control);
                } catch (Exception | AssertionError failed) {
                    String what = "-Dsluice.seed=" + seed + " with " + ioThreads + " I/O threads, leaving\n";
                    throw new AssertionError(what + left(broker), failed);
                }
            }
        }
    }

    private static String left(Broker broker) throws IOException {
        try (OverResp looking = new OverResp(broker)) {
            return looking.ask("CLIENT", "LIST") + looking.ask("LOCKINFO", "k0") + looking.ask("LOCKINFO", "k1");
        }
    }

    private static void nothingIsLeft(OverResp control) {
        await().pollInSameThread().pollInterval(Duration.ofMillis(2)).untilAsserted(() -> {
            assertThat(control.ask("INFO", "clients")).contains("blocked_clients:0", "connected_clients:1");
            for (int key = 0; key < KEYS; key++) {
                assertThat(control.ask("LOCKINFO", "k" + key)).isEqualTo(LockingPeer.NOTHING);
            }
        });
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    // ---- mutual exclusion

    private static void history(Broker broker, OverResp control, ExecutorService threads, long seed) throws Exception {
        List<Callable<List<Held>>> clients = new ArrayList<>();
        AtomicInteger running = new AtomicInteger(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            clients.add(() -> {
                try (Client client = new Client(broker, number, new Random(seed * CLIENTS + number))) {
                    return client.run();
                } finally {
                    running.decrementAndGet();
                }
            });
        }
        clients.add(() -> {
            disturb(control, new Random(-seed), running);
            return List.of();
        });
        check(Together.run(threads, clients));
    }

    private static void disturb(OverResp control, Random random, AtomicInteger running) throws IOException {
        while (running.get() > 0) {
            switch (random.nextInt(100)) {
                case 0 -> control.ask("CLIENT", "PAUSE", "" + random.nextInt(1, 5), "WRITE");
                case 1 -> control.ask("CLIENT", "PAUSE", "" + random.nextInt(1, 5), "ALL");
                case 2 -> control.ask("DEBUG", "SLEEP", "0.00" + random.nextInt(1, 9));
                case 3, 4 -> kill(control, random);
                default -> control.ask("LOCKINFO", "k0");
            }
        }
    }

    private static void kill(OverResp control, Random random) throws IOException {
        List<String> ids = control.ask("CLIENT", "LIST")
                .lines()
                .filter(line -> line.startsWith("id="))
                .map(line -> line.substring(3, line.indexOf(' ')))
                .toList();
        control.ask("CLIENT", "KILL", "ID", ids.get(random.nextInt(ids.size())), "SKIPME", "yes");
    }

    private static void check(List<Held> all) {
        all.sort(Comparator.comparingLong(Held::token));
        for (int i = 0; i < all.size(); i++) {
            Held one = all.get(i);
            for (Held later : all.subList(i + 1, all.size())) {
                assertThat(later.token).as("tokens of %s and %s", one, later).isGreaterThan(one.token);
                assertThat(one.askedMs).as("%s was over before %s", later, one).isLessThanOrEqualTo(later.gotMs);
                if (later.key.equals(one.key)) {
                    assertThat(later.gotMs).as("%s and %s", one, later).isGreaterThanOrEqualTo(one.untilMs);
                }
            }
        }
    }

    /** One client, with an owner of its own for each lock that it takes. */
    private static final class Client implements AutoCloseable {
        private final Broker broker;
        private final int number;
        private final Random random;
        private final List<Held> held = new ArrayList<>();
        private @Nullable LockingPeer peer;
        private int owners;

        Client(Broker broker, int number, Random random) {
            this.broker = broker;
            this.number = number;
            this.random = random;
        }

        List<Held> run() throws Exception {
            for (int i = 0; i < LOCKS_A_CLIENT; i++) {
                try {
                    once(peer());
                } catch (Gone killed) {
                    close();
                }
            }
            return held;
        }

        private LockingPeer peer() throws IOException {
            LockingPeer open = peer;
            if (open == null) {
                MimeType[] types = MimeType.values();
                peer = open = number % 2 == 0
                        ? new OverResp(broker)
                        : new OverRSocket(broker, types[number / 2 % types.length]);
            }
            return open;
        }

        @Override
        public void close() throws IOException {
            LockingPeer open = peer;
            peer = null;
            if (open != null) {
                open.close();
            }
        }

        private void once(LockingPeer peer) throws Exception {
            String key = "k" + random.nextInt(KEYS);
            String owner = "c" + number + "-" + ++owners;
            int leaseMs = LEASES_MS[random.nextInt(LEASES_MS.length)];
            if (peer instanceof OverRSocket rsocket && random.nextBoolean()) {
                hold(rsocket, key, owner, leaseMs);
                return;
            }
            String[] lock = {"LOCK", key, owner, "LEASE", "" + leaseMs, "WAIT", random.nextInt(4) == 0 ? "5" : "0"};
            if (random.nextInt(10) == 0) {
                close(peer, lock);
                return;
            }
            long askedMs = now();
            String token = peer.ask(lock);
            if (!token.equals(LockingPeer.NOTHING)) {
                add(new Held(key, owner, Long.parseLong(token), askedMs, now(), askedMs + leaseMs));
                use(peer, leaseMs);
            }
        }

        private void close(LockingPeer asking, String... lock) throws IOException {
            peer = null;
            asking.askAndGo(lock);
        }

        private void add(Held one) {
            held.add(one);
        }

        private void until(long ms) {
            held.add(held.removeLast().until(ms));
        }

        /** Renews it perhaps; gives it back, or forgets to, or goes away. */
        private void use(LockingPeer peer, int leaseMs) throws IOException {
            Held one = held.getLast();
            for (int i = random.nextInt(4); i > 0; i--) {
                long askedMs = now();
                String token = peer.ask("RELOCK", one.key, one.owner, "LEASE", "" + leaseMs);
                if (token.equals(LockingPeer.NOTHING)) {
                    assertThat(now()).as("%s could not be renewed", one).isGreaterThanOrEqualTo(one.untilMs);
                    return;
                }
                assertThat(Long.parseLong(token)).as("%s renewed", one).isEqualTo(one.token);
                until(Math.max(one.untilMs, askedMs + leaseMs));
                one = held.getLast();
            }
            switch (random.nextInt(4)) {
                case 0 -> {}
                case 1 -> close();
                default -> unlock(peer, one);
            }
        }

        private void unlock(LockingPeer peer, Held one) throws IOException {
            until(Math.min(one.untilMs, now()));
            if (peer.ask("UNLOCK", one.key, one.owner).equals("0")) {
                assertThat(now()).as("%s was not held any more", one).isGreaterThanOrEqualTo(one.untilMs);
            }
        }

        /**
         * As long as the stream lives, or until its renewal came too late. Its end frees the lock whatever the lease,
         * so he has it for certain until the last time that the broker has said so.
         */
        private void hold(OverRSocket peer, String key, String owner, int leaseMs) throws Exception {
            long askedMs = now();
            Hold hold = peer.hold(key, owner, leaseMs);
            long token = hold.token();
            add(new Held(key, owner, token, askedMs, now(), askedMs));
            for (int i = random.nextInt(30); i > 0; i--) {
                long lookedMs = now();
                if (!peer.ask("LOCKINFO", key).startsWith("[owner, " + owner + ", token, " + token + ",")) {
                    assertThat(hold.next()).isIn(Hold.LOST, "gone");
                    return;
                }
                until(Math.max(held.getLast().untilMs, lookedMs));
            }
            long releasedMs = now();
            if (random.nextInt(4) == 0) {
                close();
            } else {
                hold.cancel();
            }
            until(Math.min(held.getLast().untilMs, releasedMs));
        }
    }

    // ---- the queue

    /** Who waits in a queue, by a command or a stream, and perhaps leaves it. */
    private record Waiter(
            String owner, LockingPeer peer, @Nullable Hold hold) {
        long token() throws Exception {
            return hold == null ? Long.parseLong(((OverResp) peer).read()) : hold.token();
        }

        /** Gives it back in one of the ways that there are. */
        void release(Random random) throws IOException {
            if (hold == null) {
                peer.ask("UNLOCK", "k0", owner);
            } else if (random.nextBoolean()) {
                hold.cancel();
            }
            peer.close();
        }
    }

    private static void queue(Broker broker, OverResp control, Random random) throws Exception {
        long token = Long.parseLong(control.ask("LOCK", "k0", "first", "LEASE", "60000"));
        List<Waiter> queue = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            queue.add(waiter(broker, "w" + i, random));
            awaitWaiting(control, queue.size());
        }
        while (random.nextInt(3) > 0 && queue.size() > 1) {
            Waiter leaving = queue.remove(random.nextInt(queue.size()));
            if (leaving.hold != null && random.nextBoolean()) {
                leaving.hold.cancel();
            }
            leaving.peer.close();
            awaitWaiting(control, queue.size());
        }
        String[][] ends = {
            {"UNLOCK", "k0", "first"}, {"DEL", "k0"}, {"PEXPIRE", "k0", "1"}, {"RELOCK", "k0", "first", "LEASE", "1"}
        };
        control.ask(ends[random.nextInt(ends.length)]);
        for (Waiter next : queue) {
            long given = next.token();
            assertThat(given).as("%s of %s", next, queue).isGreaterThan(token);
            token = given;
            next.release(random);
        }
    }

    private static Waiter waiter(Broker broker, String owner, Random random) throws IOException {
        if (random.nextBoolean()) {
            OverResp peer = new OverResp(broker);
            peer.send("LOCK", "k0", owner, "LEASE", "60000", "WAIT", "0");
            return new Waiter(owner, peer, null);
        }
        MimeType[] types = MimeType.values();
        OverRSocket peer = new OverRSocket(broker, types[random.nextInt(types.length)]);
        return new Waiter(owner, peer, peer.hold("k0", owner, 60_000));
    }

    private static void awaitWaiting(OverResp control, int count) throws IOException {
        String info = "";
        for (int i = 0; i < LOOKS_MAX; i++) {
            info = control.ask("LOCKINFO", "k0");
            if (info.endsWith("waiting\r\n:" + count)) {
                return;
            }
        }
        throw new AssertionError("not " + count + " waiting: " + info);
    }
}
