package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.persist.RdbFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * Locks over restarts: what is on disk of them has the same holders, and tokens to come are larger than all before,
 * although the clock is behind by days where the broker starts again, and after a power loss. Ten seeds; {@code
 * -Dsluice.scale=100} makes it a thousand.
 */
class LockRestartTest {
    private static final int SEEDS = 10;
    private static final int STEPS = 60;
    private static final int KEYS = 4;
    private static final int BEHIND_DAYS_MAX = 400;
    private static final long DAY_MS = 24 * 60 * 60 * 1000L;
    private static final String LEASE_MS = Long.toString(2 * BEHIND_DAYS_MAX * DAY_MS);

    @Test
    void tokensGrowAndHoldersStay() throws IOException {
        long first = Seeds.next();
        for (long seed = first; seed < first + (long) SEEDS * Seeds.scale(); seed++) {
            try {
                new Life(new Random(seed)).run();
            } catch (IOException | AssertionError failed) {
                throw new AssertionError("-Dsluice.seed=" + seed, failed);
            }
        }
    }

    private static final class Life {
        private final Random random;
        private final SimulatedDisk disk = new SimulatedDisk("/data", "/data/appendonlydir");
        private final InMemoryBroker before = new InMemoryBroker();
        private final ByteArrayOutputStream journal = new ByteArrayOutputStream();
        private final boolean appends;
        private final List<String> ends = new CopyOnWriteArrayList<>();
        private long lastToken;

        Life(Random random) {
            this.random = random;
            this.appends = random.nextBoolean();
        }

        void run() throws IOException {
            try (before) {
                before.pass(System.currentTimeMillis() - InMemoryBroker.START_MS);
                before.pass(random.nextLong(BEHIND_DAYS_MAX * DAY_MS));
                before.journal.attach(
                        (offset, record) -> journal.write(record.array(), record.offset(), record.length()));
                write();
                again(true);
            }
            again(false);
        }

        /** Some time before the base is written, some after. */
        private void write() {
            int cut = random.nextInt(STEPS);
            for (int i = 0; i < STEPS; i++) {
                if (appends && i == cut) {
                    disk.put("/data/appendonlydir/appendonly.aof.1.base.rdb", RdbFiles.write(before));
                    journal.reset();
                    before.journal.selectAgain();
                }
                step();
            }
            if (appends) {
                disk.put("/data/appendonlydir/appendonly.aof.1.incr.aof", journal.toByteArray());
                disk.put(
                        "/data/appendonlydir/appendonly.aof.manifest",
                        ("file appendonly.aof.1.base.rdb seq 1 type b\n"
                                        + "file appendonly.aof.1.incr.aof seq 1 type i\n")
                                .getBytes(StandardCharsets.ISO_8859_1));
            } else {
                disk.put("/data/dump.rdb", RdbFiles.write(before));
            }
        }

        private void step() {
            String key = "k" + random.nextInt(KEYS);
            String owner = "o" + random.nextInt(3);
            switch (random.nextInt(8)) {
                case 0, 1, 2 ->
                    token(before.run("LOCK", key, owner, "LEASE", LEASE_MS).text());
                case 3 ->
                    token(before.run("RELOCK", key, owner, "LEASE", LEASE_MS).text());
                case 4, 5 -> before.run("UNLOCK", key, owner);
                case 6 -> before.run("DEL", key);
                default -> before.pass(random.nextInt(3));
            }
        }

        private void token(String answer) {
            if (!answer.equals("(nil)")) {
                lastToken = Math.max(lastToken, Long.parseLong(answer));
            }
        }

        private Broker start() {
            Settings settings = Settings.of(
                    "dir", "/data", "appendonly", appends ? "yes" : "no", "appendfsync", "always", "save", "3600 1");
            return Broker.start(settings, new Ports(Ports.ANY, Ports.OFF, Ports.OFF), disk, ends::add);
        }

        /** Once more from the disk, in which nobody has to be forgotten; the end is a power loss. */
        private void again(boolean holdersStay) throws IOException {
            try (Broker broker = start();
                    RawConnection client = RawConnection.to(broker)) {
                for (int i = 0; holdersStay && i < KEYS; i++) {
                    assertThat(ask(client, "GET", "k" + i))
                            .isEqualTo(before.run("GET", "k" + i).text());
                }
                for (int i = 0; i < 3; i++) {
                    String given = ask(client, "LOCK", "fresh" + random.nextInt(1_000_000), "me", "LEASE", LEASE_MS);
                    assertThat(Long.parseLong(given)).isGreaterThan(lastToken);
                    lastToken = Long.parseLong(given);
                }
                if (!appends) {
                    assertThat(ask(client, "SAVE")).isEqualTo("OK");
                }
                disk.crash(random);
            }
        }

        private static String ask(RawConnection client, String... words) throws IOException {
            String reply = new String(client.ask(words), StandardCharsets.ISO_8859_1).strip();
            return reply.equals("$-1") ? "(nil)" : reply.substring(Math.max(1, reply.indexOf('\n') + 1));
        }
    }
}
