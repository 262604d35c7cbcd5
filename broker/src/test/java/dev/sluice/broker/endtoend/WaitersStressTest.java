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

/** Clients that wait for a list and leave at any moment: each element is with one of them or still in the list. */
class WaitersStressTest {
    private static final int WAITERS = 1000;
    private static final int AT_ONCE = 100;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whatWasPushedIsPoppedOrThere(int ioThreads) throws IOException {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        Random random = new Random(seed);
        try (Broker broker =
                        Broker.start(Settings.of("io-threads", "" + ioThreads), new Ports(0, Ports.OFF, Ports.OFF));
                RawConnection control = RawConnection.open(new Target("127.0.0.1", broker.respPort()))) {
            for (int round = WAITERS / AT_ONCE * Integer.getInteger("sluice.scale", 1); round > 0; round--) {
                round(broker.respPort(), control, random, "-Dsluice.seed=" + seed);
            }
        }
    }

    private static void round(int port, RawConnection control, Random random, String hint) throws IOException {
        List<RawConnection> waiters = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            RawConnection waiter = RawConnection.open(new Target("127.0.0.1", port));
            waiter.send("BLPOP q 0\r\n".getBytes(StandardCharsets.US_ASCII));
            waiters.add(waiter);
        }
        await(hint).until(() -> count(control, " flags=b ") == AT_ONCE);
        // CLIENT KILL is the disconnect that the broker decides on: from then on nothing may be given to the client.
        List<String> ids = new ArrayList<>();
        for (String line : clients(control)
                .lines()
                .filter(each -> each.contains(" flags=b "))
                .toList()) {
            if (random.nextBoolean()) {
                ids.add(line.replaceAll("id=(\\d+) .*", "$1"));
            }
        }
        // All in one batch: no waiter that has still to go may be served before.
        StringBuilder batch = new StringBuilder();
        for (String id : ids) {
            batch.append("CLIENT KILL ID ").append(id).append("\r\n");
        }
        batch.append("RPUSH q e\r\n".repeat(AT_ONCE));
        control.send(batch.toString().getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < ids.size() + AT_ONCE; i++) {
            assertThat(control.read()).asString().startsWith(i < ids.size() ? ":1\r\n" : ":");
        }
        int popped = 0;
        int survivors = AT_ONCE - ids.size();
        for (RawConnection waiter : waiters) {
            popped += waiter.read().length > 0 ? 1 : 0; // nothing: it was killed
            waiter.close();
        }
        long left = Long.parseLong(new String(control.ask("LLEN", "q"), StandardCharsets.US_ASCII)
                .substring(1)
                .trim());
        assertThat(popped + left).as(hint).isEqualTo(AT_ONCE);
        assertThat(popped).as(hint).isEqualTo(survivors);
        control.ask("DEL", "q");
        await(hint).until(() -> count(control, "id=") == 1);
    }

    private static String clients(RawConnection control) throws IOException {
        return new String(control.ask("CLIENT", "LIST"), StandardCharsets.ISO_8859_1);
    }

    private static long count(RawConnection control, String what) throws IOException {
        return clients(control).lines().filter(line -> line.contains(what)).count();
    }
}
