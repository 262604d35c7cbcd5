package dev.sluice.broker.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.differential.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that wait for a list or a sorted set, in all the ways there are, and leave at any moment: each element is with one
 * of them, where they had it moved, or still there.
 */
class WaitersStressTest {
    private static final int WAITERS = 1000;
    private static final int AT_ONCE = 100;

    /** How to wait, and how an element comes that all of them wait for. */
    private record Kind(String push, String size, String... waits) {}

    private static final Kind[] KINDS = {
        new Kind(
                "RPUSH q e",
                "LLEN",
                "BLPOP q 0",
                "BRPOP none q 0",
                "BLMPOP 0 2 q none LEFT COUNT 5",
                "BLMOVE q moved LEFT RIGHT 0",
                "BRPOPLPUSH q moved 0"),
        new Kind("ZADD q %1$d m%1$d", "ZCARD", "BZPOPMIN q 0", "BZPOPMAX none q 0", "BZMPOP 0 1 q MAX")
    };

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whatWasPushedIsPoppedOrThere(int ioThreads) throws IOException {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        Random random = new Random(seed);
        try (Broker broker =
                        Broker.start(Settings.of("io-threads", "" + ioThreads), new Ports(0, Ports.OFF, Ports.OFF));
                RawConnection control = RawConnection.to(broker)) {
            for (int round = WAITERS / AT_ONCE * Integer.getInteger("sluice.scale", 1); round > 0; round--) {
                round(broker.respPort(), control, random, "-Dsluice.seed=" + seed);
            }
        }
    }

    private static void round(int port, RawConnection control, Random random, String hint) throws IOException {
        Kind kind = KINDS[random.nextInt(KINDS.length)];
        List<RawConnection> waiters = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            RawConnection waiter = RawConnection.open(new Target("127.0.0.1", port));
            waiter.send(ascii(kind.waits[random.nextInt(kind.waits.length)] + "\r\n"));
            waiters.add(waiter);
        }
        await(hint).until(() -> count(control, " flags=b ") == AT_ONCE);
        // CLIENT KILL is the disconnect that the broker decides on: from then on nothing may be given to the client.
        StringBuilder batch = new StringBuilder();
        int leaving = 0;
        for (String line : clients(control)
                .lines()
                .filter(each -> each.contains(" flags=b "))
                .toList()) {
            String id = line.replaceAll("id=(\\d+) .*", "$1");
            if (random.nextBoolean()) {
                batch.append(random.nextBoolean() ? "CLIENT KILL ID " : "CLIENT UNBLOCK ")
                        .append(id)
                        .append("\r\n");
                leaving++;
            }
        }
        // All in one batch: no waiter that has still to go may be served before.
        for (int i = 0; i < AT_ONCE; i++) {
            batch.append(kind.push.formatted(i)).append("\r\n");
        }
        control.send(ascii(batch.toString()));
        for (int i = 0; i < leaving + AT_ONCE; i++) {
            assertThat(control.read()).asString().startsWith(i < leaving ? ":1\r\n" : ":");
        }
        int served = 0;
        int moved = 0;
        for (RawConnection waiter : waiters) {
            String reply = new String(waiter.read(), StandardCharsets.US_ASCII);
            served += reply.isEmpty() || reply.startsWith("*-1") || reply.startsWith("$-1") ? 0 : 1;
            moved += reply.startsWith("$1") ? 1 : 0;
            waiter.close();
        }
        assertThat(served).as(hint).isEqualTo(AT_ONCE - leaving);
        assertThat(size(control, kind.size, "q")).as(hint).isEqualTo(leaving);
        assertThat(size(control, "LLEN", "moved")).as(hint).isEqualTo(moved);
        control.ask("DEL", "q", "moved");
        await(hint).until(() -> count(control, "id=") == 1);
    }

    private static long size(RawConnection control, String command, String key) throws IOException {
        return Long.parseLong(new String(control.ask(command, key), StandardCharsets.US_ASCII)
                .substring(1)
                .trim());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String clients(RawConnection control) throws IOException {
        return new String(control.ask("CLIENT", "LIST"), StandardCharsets.ISO_8859_1);
    }

    private static long count(RawConnection control, String what) throws IOException {
        return clients(control).lines().filter(line -> line.contains(what)).count();
    }
}
