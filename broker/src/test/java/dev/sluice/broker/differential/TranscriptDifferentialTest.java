package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every section of every transcript, in both protocols, against redis-server. */
@Tag("differential")
class TranscriptDifferentialTest {
    private static RedisServer reference;
    private static Subject subject;

    @BeforeAll
    static void startServers() throws IOException {
        RedisServer.assumeInstalled();
        reference = RedisServer.start();
        subject = Subject.start();
    }

    @AfterAll
    static void stopServers() {
        if (subject != null) {
            subject.close();
        }
        if (reference != null) {
            reference.close();
        }
    }

    @TestFactory
    Stream<DynamicContainer> transcripts() throws IOException, URISyntaxException {
        TranscriptRunner runner = new TranscriptRunner(reference.target(), subject.target(), Deviations.load());
        Path folder = Path.of(
                Objects.requireNonNull(getClass().getResource("/differential")).toURI());
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> sorted = files.filter(file -> file.toString().endsWith(".transcript"))
                    .sorted()
                    .toList();
            return sorted.stream().map(Transcript::read).map(transcript -> container(runner, transcript));
        }
    }

    /** So that a command does not stay out of the comparison once it is there. */
    @Test
    void commandsSaidToBeAbsentAre() throws IOException {
        List<String> present = new ArrayList<>();
        try (RawConnection connection = RawConnection.open(subject.target())) {
            for (String name : Deviations.load().absent()) {
                Resp reply = Resp.parse(connection.ask(name.split(" ")));
                if (!reply.text().startsWith("ERR unknown ")) {
                    present.add(name);
                }
            }
        }
        assertThat(present).as("to be taken out of deviations.tsv").isEmpty();
    }

    private static DynamicContainer container(TranscriptRunner runner, Transcript transcript) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Transcript.Section section : transcript.sections()) {
            for (int protocol : section.protocols()) {
                String name = transcript.name() + ": " + section.title() + ", RESP" + protocol;
                tests.add(DynamicTest.dynamicTest(name, () -> {
                    List<String> differences = runner.differences(transcript, section, protocol);
                    if (!differences.isEmpty()) {
                        fail(String.join("\n", differences));
                    }
                }));
            }
        }
        return DynamicContainer.dynamicContainer(transcript.name(), tests);
    }
}
