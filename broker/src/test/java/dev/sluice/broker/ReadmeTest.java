package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.command.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** README.md says which commands there are; with SLUICE_UPDATE=1 in the environment it writes them anew. */
class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final String BEGIN = "<!-- commands -->\n";
    private static final String END = "<!-- /commands -->";

    @Test
    void commandsAreThoseOfTheTable() throws IOException {
        String readme = Files.readString(README);
        int from = readme.indexOf(BEGIN) + BEGIN.length();
        int to = readme.indexOf(END);
        if (System.getenv("SLUICE_UPDATE") != null) {
            Files.writeString(README, readme.substring(0, from) + table() + readme.substring(to));
            return;
        }
        assertThat(readme.substring(from, to)).isEqualTo(table());
    }

    private static String table() {
        try (InMemoryBroker broker = new InMemoryBroker()) {
            Map<String, String> byGroup = broker.dispatcher.commands().stream()
                    .collect(Collectors.groupingBy(
                            command -> command.group().text(),
                            TreeMap::new,
                            Collectors.mapping(ReadmeTest::name, Collectors.joining(", "))));
            StringBuilder table = new StringBuilder("| group | commands |\n| --- | --- |\n");
            byGroup.forEach((group, names) ->
                    table.append("| ").append(group).append(" | ").append(names).append(" |\n"));
            return table.toString();
        }
    }

    private static String name(Command command) {
        if (command.subcommands().isEmpty()) {
            return command.name();
        }
        return command.name()
                + command.subcommands().stream().map(Command::name).collect(Collectors.joining(", ", " (", ")"));
    }
}
