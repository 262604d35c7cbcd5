package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A dead key that SWAPDB comes upon is journalled under the name it had before. */
class SwapReplayTest {
    @Test
    void theLivingKeyOfTheSameNameStays() throws IOException {
        try (Subject subject = Subject.start();
                RawConnection connection = RawConnection.open(subject.target());
                RawConnection watcher = RawConnection.open(subject.target())) {
            ask(connection, "DEBUG", "SET-ACTIVE-EXPIRE", "0");
            ask(connection, "SET", "x", "dead", "PX", "1");
            ask(connection, "SELECT", "1");
            ask(connection, "SET", "x", "living");
            ask(watcher, "SELECT", "1");
            ask(watcher, "WATCH", "x");
            ask(connection, "DEBUG", "SLEEP", "0.02");
            ask(connection, "SWAPDB", "0", "1");
            try (Subject replayed = subject.replayed();
                    RawConnection after = RawConnection.open(replayed.target())) {
                assertThat(Resp.show(after.ask("GET", "x"))).contains("living");
                assertThat(RandomRun.digest(replayed.target())).isEqualTo(RandomRun.digest(subject.target()));
            }
        }
    }

    private static void ask(RawConnection connection, String... words) throws IOException {
        assertThat(Resp.show(connection.ask(words))).as(String.join(" ", words)).contains("OK");
    }
}
