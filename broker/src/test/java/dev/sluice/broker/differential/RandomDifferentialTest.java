package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.differential.RandomCommands.Command;
import dev.sluice.broker.differential.RandomCommands.Family;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hundreds of thousands of random commands; {@code -Dsluice.seed=} repeats a run, {@code -Dsluice.scale=} makes it longer. */
@Tag("differential")
class RandomDifferentialTest {
    private static final int COMMANDS = 25_000;
    private static final int FAMILY_COMMANDS = 25_000;
    private static final int HEARD_COMMANDS = 8_000;

    private static RedisServer reference;

    @BeforeAll
    static void startServer() throws IOException {
        RedisServer.assumeInstalled();
        // Else a client that waits for a millisecond is let go after up to a hundred.
        reference = RedisServer.start("--hz", "500");
    }

    @AfterAll
    static void stopServer() {
        if (reference != null) {
            reference.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void randomCommandsAreAnsweredAlike(int protocol) throws IOException {
        long seed = seed() + protocol;
        try (Subject subject = Subject.start()) {
            RandomRun run = new RandomRun(reference.target(), subject.target(), Deviations.load(), protocol);
            Set<String> absent = RandomRun.absent(subject.target(), RandomCommands.names());
            String difference = run.difference(commands(seed, absent, COMMANDS * scale()));
            assertThat(difference)
                    .as("sluice.seed=%d: %s", seed - protocol, difference)
                    .isNull();
            JournalReplay.check(subject, seed - protocol);
        }
    }

    /** With few keys and nothing that empties them at once, values grow beyond what is packed and shrink again. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"KEYS", "OTHERS"})
    void commandsOfOneFamilyAreAnsweredAlike(Family family) throws IOException {
        long seed = seed();
        try (Subject subject = Subject.start()) {
            RandomRun run =
                    new RandomRun(reference.target(), subject.target(), Deviations.load(), 2 + family.ordinal() % 2);
            Set<String> absent = RandomRun.absent(subject.target(), RandomCommands.names());
            String difference = run.difference(commands(seed, absent, Set.of(family), FAMILY_COMMANDS * scale()));
            assertThat(difference).as("sluice.seed=%d: %s", seed, difference).isNull();
            assertThat(run.encodings()).as("sluice.seed=%d", seed).containsAll(family.encodings());
            JournalReplay.check(subject, seed);
        }
    }

    @Test
    void randomCommandsTellTheSameEvents() throws IOException {
        long seed = seed();
        try (Subject subject = Subject.start()) {
            RandomRun run = new RandomRun(reference.target(), subject.target(), Deviations.load(), 2).hearingEvents();
            Set<String> absent = RandomRun.absent(subject.target(), RandomCommands.names());
            String difference = run.difference(commands(seed, absent, HEARD_COMMANDS * scale()));
            assertThat(difference).as("sluice.seed=%d: %s", seed, difference).isNull();
            assertThat(run.heard()).isGreaterThan(HEARD_COMMANDS / 2);
        }
    }

    @Test
    void differenceIsFoundAndShrunk() throws IOException {
        try (RedisServer other = RedisServer.start("--zset-max-listpack-entries", "3")) {
            RandomRun run = new RandomRun(reference.target(), other.target(), Deviations.load(), 2);
            String difference = run.difference(commands(1, Set.of(), 10_000));
            assertThat(difference).contains("shrunk to:");
            assertThat(difference.lines().count()).as(difference).isLessThan(20);
        }
    }

    private static List<Command> commands(long seed, Set<String> absent, int count) {
        return commands(seed, absent, EnumSet.allOf(Family.class), count);
    }

    private static List<Command> commands(long seed, Set<String> absent, Set<Family> families, int count) {
        RandomCommands source = new RandomCommands(new Random(seed), absent, families);
        List<Command> commands = new ArrayList<>(count);
        while (commands.size() < count) {
            commands.add(source.next());
        }
        return commands;
    }

    private static long seed() {
        String given = System.getProperty("sluice.seed", "");
        return given.isEmpty() ? System.nanoTime() % 1_000_000 : Long.parseLong(given);
    }

    private static int scale() {
        return Integer.parseInt(System.getProperty("sluice.scale", "1"));
    }
}
