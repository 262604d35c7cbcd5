package dev.sluice.clients.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.clients.load.Comparison.Contender;
import dev.sluice.clients.load.Comparison.Plan;
import dev.sluice.clients.load.Comparison.Volumes;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** redis-server against itself: every section prints its figures, and the servers are gone afterwards. */
@Tag("differential")
class ComparisonTest {
    private static final String REDIS = "redis-server --port {port} --save \"\" --appendonly no";

    @Test
    void everySectionComparesTwoServers() {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> new File(folder, "redis-server").canExecute()),
                "redis-server is not installed: the comparison is not tested");
        Plan plan = new Plan(
                2,
                0.05,
                0.05,
                List.of("SET", "RPOP"),
                List.of(1, 16),
                5,
                5,
                32,
                1_000,
                List.of(2_000L),
                50,
                5,
                100,
                new Volumes(3, 2_000, 1_000, 2_000, 1_000, 5_000));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Comparison comparison = new Comparison(
                new Contender("left", REDIS),
                new Contender("right", REDIS),
                plan,
                new PrintStream(bytes, true, StandardCharsets.UTF_8));
        comparison.commands();
        comparison.publish();
        comparison.handOver();
        comparison.latency();
        comparison.expiring();
        comparison.growth();
        comparison.saving();
        comparison.appending();
        comparison.startUp();
        comparison.memory();
        comparison.members();
        comparison.idle();
        comparison.neverRead();

        String text = bytes.toString(StandardCharsets.UTF_8);
        assertThat(text)
                .contains(
                        "SET P1 ",
                        "RPOP P16 ",
                        "PUBLISH P16 ",
                        "BLPOP own ",
                        "BZPOPMIN 1 key ",
                        "all gone after ",
                        "dead keys: ",
                        "FILL_AGAIN ",
                        "saved in ",
                        "always P16 ",
                        "hashes of 10 ",
                        "2,000 keys: resident",
                        "50 connections:",
                        "resident memory grew by")
                .doesNotContain("failed", "NaN");
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }
}
