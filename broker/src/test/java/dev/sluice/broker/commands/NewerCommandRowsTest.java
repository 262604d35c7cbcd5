package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Flag;
import dev.sluice.broker.command.KeySpec;
import dev.sluice.streams.message.Request;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Rows of commands that redis-server 7.0 cannot be asked about, against newer-commands.tsv. Categories there are without
 * those that follow from the flags.
 */
class NewerCommandRowsTest {
    private static List<String[]> expected() throws IOException {
        try (InputStream in = NewerCommandRowsTest.class.getResourceAsStream("/newer-commands.tsv")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .toList();
        }
    }

    @Test
    void rowsAreThoseOfNewerServers() throws IOException {
        int found = 0;
        try (InMemoryBroker broker = new InMemoryBroker()) {
            for (String[] row : expected()) {
                Command command = broker.dispatcher.find(Request.of(row[0].split(" ")));
                if (command == null || (row[0].indexOf(' ') >= 0) != (command.parent() != null)) {
                    continue;
                }
                found++;
                assertThat(List.of(
                                command.group().text(),
                                command.since(),
                                "" + command.arity(),
                                flags(command),
                                keySpecs(command)))
                        .as(row[0])
                        .containsExactly(row[1], row[2], row[3], sorted(row[4]), row[7]);
                assertThat(command.tips())
                        .as(row[0])
                        .containsExactlyInAnyOrderElementsOf(words(row[6].toLowerCase(Locale.ROOT)));
                assertThat(command.categories().stream().map(Enum::name).toList())
                        .as(row[0])
                        .containsAll(words(row[5]));
            }
        }
        assertThat(found).isPositive();
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    private static String sorted(String flags) {
        return words(flags).stream().sorted().collect(Collectors.joining(" "));
    }

    private static String flags(Command command) {
        Set<Flag> flags = command.flags();
        return flags.stream().filter(Flag::isPublic).map(Flag::name).sorted().collect(Collectors.joining(" "));
    }

    private static String keySpecs(Command command) {
        List<String> specs = new ArrayList<>();
        for (KeySpec spec : command.keySpecs()) {
            String begin = spec.begin() instanceof KeySpec.Begin.Index(int at) ? "index:" + at : spec.begin() + "";
            String find = spec.find() instanceof KeySpec.Find.Range(int last, int step, int limit)
                    ? "range:" + last + "," + step + "," + limit
                    : spec.find() + "";
            specs.add(String.join("|", spec.flags()).toUpperCase(Locale.ROOT) + ";" + begin + ";" + find);
        }
        return String.join(" ", specs);
    }
}
