package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Random commands that redis-server does not know, or answers otherwise: what was journalled makes the same data. */
final class JournalReplay {
    private static final int COMMANDS = 5_000;

    private JournalReplay() {}

    /** Runs commands and then their journal; returns the commands that were refused, each with its reply. */
    static List<String> refusals(long seed, Supplier<List<String>> commands) throws IOException {
        List<String> refusals = new ArrayList<>();
        try (Subject subject = Subject.start();
                RawConnection connection = RawConnection.open(subject.target())) {
            for (int i = 0; i < COMMANDS * Integer.getInteger("sluice.scale", 1); i++) {
                String[] words = commands.get().toArray(String[]::new);
                String reply = Resp.show(connection.ask(words));
                if (reply.startsWith("-")) {
                    refusals.add(String.join(" ", words) + ": " + reply);
                }
            }
            check(subject, seed);
        }
        return refusals;
    }

    /** What was journalled so far makes the same data once more. */
    static void check(Subject subject, long seed) throws IOException {
        try (Subject replayed = subject.replayed()) {
            if (replayed != null) {
                assertThat(RandomRun.digest(replayed.target()))
                        .as("sluice.seed=%d: DEBUG DIGEST after replaying the journal", seed)
                        .isEqualTo(RandomRun.digest(subject.target()));
            }
        }
    }
}
