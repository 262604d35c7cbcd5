package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalHostTest {
    private final LocalHost host = new LocalHost();

    @TempDir
    private Path directory;

    @Test
    void readsFilesOrSaysWhyNotAsTheSystemDoes() throws IOException {
        Path file = Files.writeString(directory.resolve("a.conf"), "port 1");
        assertThat(host.read(file.toString())).asString().isEqualTo("port 1");
        assertThatIOException()
                .isThrownBy(() -> host.read(directory.resolve("b.conf").toString()))
                .withMessage("No such file or directory");
        assertThatIOException()
                .isThrownBy(() -> host.read(directory.toString()))
                .withMessage("Is a directory");
    }

    @Test
    void knowsDirectoriesAndWhereALogCanBe() throws IOException {
        Path file = Files.writeString(directory.resolve("a.log"), "");
        assertThat(host.directoryProblem(directory.toString())).isNull();
        assertThat(host.directoryProblem(file.toString())).isEqualTo("Not a directory");
        assertThat(host.directoryProblem(file + ".d")).isEqualTo("No such file or directory");
        assertThat(host.appendProblem(file.toString())).isNull();
        assertThat(host.appendProblem(directory.resolve("new.log").toString())).isNull();
        assertThat(host.appendProblem(directory.resolve("no/new.log").toString()))
                .isEqualTo("No such file or directory");
        assertThat(host.appendProblem(directory.toString())).isEqualTo("Is a directory");
    }

    @Test
    void globsAreSorted() throws IOException {
        for (String name : new String[] {"2.conf", "1.conf", "other"}) {
            Files.writeString(directory.resolve(name), "");
        }
        assertThat(host.glob(directory + "/[0-9]*.conf")).containsExactly(directory + "/1.conf", directory + "/2.conf");
        assertThat(host.glob(directory + "/*.none")).isEmpty();
        assertThat(host.glob(directory + "/none/*")).isEmpty();
    }
}
