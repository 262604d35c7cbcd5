package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Clients that wait for each other's elements: what was journalled of their servings makes the same data once more. */
class ListReplayTest {
    private static final int ROUNDS = 200;
    private static final int WAITERS = 8;
    private static final int KEYS = 5;

    private final long seed = Long.getLong("sluice.seed", 1);
    private final Random random = new Random(seed);
    private int served;

    @Test
    void theJournalMakesTheSameData() throws IOException {
        List<RawConnection> waiters = new ArrayList<>();
        try (Subject subject = Subject.start();
                RawConnection control = RawConnection.open(subject.target())) {
            for (int i = 0; i < WAITERS; i++) {
                waiters.add(RawConnection.open(subject.target()));
            }
            for (int round = 0; round < ROUNDS * Integer.getInteger("sluice.scale", 1); round++) {
                round(waiters, control);
            }
            assertThat(served).as("sluice.seed=%d", seed).isGreaterThan(ROUNDS);
            JournalReplay.check(subject, seed);
        } finally {
            for (RawConnection waiter : waiters) {
                waiter.close();
            }
        }
    }

    private void round(List<RawConnection> waiters, RawConnection control) throws IOException {
        for (RawConnection waiter : waiters) {
            waiter.send((waiting() + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        for (int pushes = random.nextInt(6); pushes > 0; pushes--) {
            control.ask(random.nextBoolean() ? "RPUSH" : "LPUSH", key(), "a" + random.nextInt(100), "b");
        }
        if (random.nextInt(10) == 0) {
            control.ask("DEL", key(), key());
        }
        for (RawConnection waiter : waiters) {
            served += Resp.show(waiter.read()).startsWith("*-1") ? 0 : 1;
        }
    }

    private String waiting() {
        String timeout = " 0.00" + (1 + random.nextInt(9));
        return switch (random.nextInt(5)) {
            case 0 -> "BLPOP " + key() + " " + key() + timeout;
            case 1 -> "BRPOP " + key() + timeout;
            case 2 -> "BRPOPLPUSH " + key() + " " + key() + timeout;
            case 3 -> "BLMPOP" + timeout + " 2 " + key() + " " + key() + " RIGHT COUNT " + (1 + random.nextInt(4));
            default -> "BLMOVE " + key() + " " + key() + " " + side() + " " + side() + timeout;
        };
    }

    private String key() {
        return "k" + random.nextInt(KEYS);
    }

    private String side() {
        return random.nextBoolean() ? "LEFT" : "RIGHT";
    }
}
