package dev.sluice.samples.leaderboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is committed as a resource is what the sources of the page give. */
class BundleTest {
    private static final Path WEB = Path.of("src/main/web").toAbsolutePath();

    @Test
    void theBundleIsBuiltFromTheSources(@TempDir Path folder) throws IOException, InterruptedException {
        Needed.assumeThat(!Needed.present("node").isEmpty(), "node is not on the PATH");
        Needed.assumeThat(
                Files.isDirectory(WEB.resolve("node_modules")),
                "the page's packages are not installed: npm ci --ignore-scripts --prefix samples/src/main/web");
        Process build = new ProcessBuilder("node", "build.mjs", folder.toString())
                .directory(WEB.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(build.getInputStream().readAllBytes(), UTF_8);
        assertThat(build.waitFor()).as(said).isZero();
        for (String name : List.of("page.js", "licences.txt")) {
            try (InputStream committed = Leaderboard.class.getResourceAsStream(name)) {
                assertThat(folder.resolve(name))
                        .as("stale: node samples/src/main/web/build.mjs")
                        .hasBinaryContent(committed.readAllBytes());
            }
        }
    }
}
