package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.differential.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writes of every type at a maxmemory of 64 MiB, under each policy: the broker stays within it, refuses with -OOM what it
 * cannot make room for, and lives. {@code -Dsluice.scale=N} writes N times as much, {@code -Dsluice.minutes=N} so long;
 * {@code -Dsluice.port=N} writes to a broker that runs there, and whose data goes; {@code -Dsluice.policy=NAME} is for one
 * policy alone.
 */
@Tag("long")
class MaxmemoryTest {
    private static final int WRITES = 60_000;
    private static final int BATCH = 50;
    private static final long MAXMEMORY = 64L << 20;

    /** What a batch may add before eviction, which works in bites between commands, has caught up. */
    private static final long SLACK = 2L << 20;

    private final long seed = Long.getLong("sluice.seed", System.nanoTime());
    private final RandomWrites writes = new RandomWrites(new Random(seed));

    private long written;
    private long refused;
    private long usedMax;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "noeviction",
                "allkeys-lru",
                "allkeys-lfu",
                "allkeys-random",
                "volatile-lru",
                "volatile-lfu",
                "volatile-random",
                "volatile-ttl"
            })
    void memoryStaysWithinItsLimit(String policy) throws IOException {
        assumeTrue(policy.equals(System.getProperty("sluice.policy", policy)));
        int port = Integer.getInteger("sluice.port", 0);
        if (port > 0) {
            writeTo(port, policy);
            return;
        }
        try (Broker broker = Broker.start(Settings.of(), new Ports(0, Ports.OFF, Ports.OFF))) {
            writeTo(broker.respPort(), policy);
        }
    }

    private void writeTo(int port, String policy) throws IOException {
        String hint = policy + " -Dsluice.seed=" + seed;
        try (RawConnection connection = RawConnection.open(new Target("127.0.0.1", port))) {
            connection.text("FLUSHALL");
            connection.text("CONFIG", "RESETSTAT");
            connection.text("CONFIG", "SET", "maxmemory", Long.toString(MAXMEMORY), "maxmemory-policy", policy);
            long begun = System.nanoTime();
            while (written < (long) WRITES * Integer.getInteger("sluice.scale", 1)
                    || System.nanoTime() - begun < TimeUnit.MINUTES.toNanos(Integer.getInteger("sluice.minutes", 0))) {
                batch(connection, hint);
            }
            String info = connection.text("INFO", "everything");
            System.out.printf(
                    "%s: %d writes, %d refused, %d evicted, used_memory at most %d%n",
                    policy, written, refused, field(info, "evicted_keys"), usedMax);
            assertThat(usedMax)
                    .as("more was written than there is room for; %s", hint)
                    .isGreaterThan(MAXMEMORY * 9 / 10);
            if (policy.equals("noeviction")) {
                assertThat(refused).as(hint).isPositive();
                assertThat(field(info, "evicted_keys")).as(hint).isZero();
            } else {
                assertThat(field(info, "evicted_keys")).as(hint).isPositive();
            }
            if (policy.startsWith("allkeys")) {
                assertThat(refused).as(hint).isZero();
            }
            connection.text("CONFIG", "SET", "maxmemory", "0");
            connection.text("FLUSHALL");
        }
    }

    private void batch(RawConnection connection, String hint) throws IOException {
        for (int i = 0; i < BATCH; i++) {
            connection.send(Arrays.stream(writes.next())
                    .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                    .toList());
        }
        for (int i = 0; i < BATCH; i++) {
            String reply = new String(connection.read(), StandardCharsets.ISO_8859_1);
            assertThat(reply).as(hint).isNotEmpty();
            if (reply.startsWith("-OOM ")) {
                refused++;
            } else {
                assertThat(reply.charAt(0)).as("%s: %s", hint, reply).isNotEqualTo('-');
            }
            written++;
        }
        long used = field(connection.text("INFO", "memory"), "used_memory");
        usedMax = Math.max(usedMax, used);
        assertThat(used).as(hint).isLessThanOrEqualTo(MAXMEMORY + SLACK);
    }

    private static long field(String info, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + name + ":(\\d+)").matcher(info);
        assertThat(matcher.find()).as("%s in %s", name, info).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
