package dev.sluice.samples.leaderboard;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Programs that a test needs and a machine may lack. */
final class Needed {
    /** Skips the calling test with one line if something is missing; fails it where the build promised all of it. */
    static void assumeThat(boolean present, String missing) {
        if (!present && Boolean.getBoolean("sluice.clients.required")) {
            throw new AssertionError(missing);
        }
        assumeTrue(present, "skipped: " + missing);
    }

    /** Those of these programs that start and end well when asked for their version. */
    static List<String> present(String... programs) {
        return Stream.of(programs).filter(Needed::starts).toList();
    }

    private static boolean starts(String program) {
        try {
            Process process = new ProcessBuilder(program, "--version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Needed() {}
}
