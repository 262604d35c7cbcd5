package dev.sluice.broker.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The clients that are written for Node, in {@code src/test/node}. The last thing that each says is {@code done}. */
final class NodeScripts {
    private static final Path FOLDER = Path.of("src/test/node").toAbsolutePath();
    private static final boolean NODE_IS_NEW =
            Program.succeeds("node", "-e", "process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)");

    private NodeScripts() {}

    /** Starts one; skips the calling test where Node or the clients are missing. */
    static Program start(String script, String... arguments) {
        Program.assumeThat(NODE_IS_NEW, "node 18 or newer is not on the PATH");
        Program.assumeThat(
                Files.isDirectory(FOLDER.resolve("node_modules")),
                "the clients are not installed: npm ci --prefix broker/src/test/node");
        List<String> words =
                new ArrayList<>(List.of("node", FOLDER.resolve(script).toString()));
        words.addAll(List.of(arguments));
        return Program.start(words, FOLDER);
    }
}
