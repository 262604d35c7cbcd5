package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * COMMAND INFO and COMMAND DOCS of every command that both servers have, in both protocols. Texts are ours: summaries and
 * notes must be there where redis-server has them, complexities must begin with the same formula, histories name the same
 * versions. Everything else is the same, in the same order; but subcommands are listed in any order and those that one
 * server lacks are left out, as are arguments and changes that are newer than the reference.
 */
@Tag("differential")
class CommandRowsDifferentialTest {
    private static final Pattern FORMULA = Pattern.compile("O\\((?:[^()]|\\([^()]*\\))*\\)");
    private static final int SUBCOMMANDS_AT = 9;
    private static final int ARITY_AT = 1;

    /** Their number of arguments is fixed in the reference, and open since Redis 7.2 gave them an option. */
    private static final Set<String> WITH_NEWER_OPTIONS = Set.of("zrank", "zrevrank");

    private static RedisServer reference;
    private static Broker subject;

    @BeforeAll
    static void startServers() throws IOException {
        RedisServer.assumeInstalled();
        reference = RedisServer.start();
        subject = Broker.start(Settings.of(), new Ports(Ports.ANY, Ports.OFF, Ports.OFF));
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

    private static RawConnection connect(boolean toReference, int protocol) throws IOException {
        Target target = toReference ? reference.target() : new Target("127.0.0.1", subject.respPort());
        RawConnection connection = RawConnection.open(target);
        connection.ask("HELLO", Integer.toString(protocol));
        return connection;
    }

    private static TreeSet<String> names(RawConnection connection) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (Resp name : Resp.parse(connection.ask("COMMAND", "LIST")).items()) {
            names.add(name.text());
        }
        return names;
    }

    @TestFactory
    Stream<DynamicTest> rows() throws IOException {
        try (RawConnection expected = connect(true, 2);
                RawConnection actual = connect(false, 2)) {
            TreeSet<String> names = names(actual);
            names.retainAll(names(expected));
            return Stream.of(2, 3)
                    .flatMap(protocol -> names.stream()
                            .flatMap(name -> Stream.of("INFO", "DOCS")
                                    .map(what -> DynamicTest.dynamicTest(
                                            what + " " + name + ", RESP" + protocol,
                                            () -> compare(what, name, protocol)))));
        }
    }

    private static void compare(String what, String name, int protocol) throws IOException {
        try (RawConnection expected = connect(true, protocol);
                RawConnection actual = connect(false, protocol)) {
            TreeSet<String> common = names(expected);
            common.retainAll(names(actual));
            assertThat(lines(what, actual.ask("COMMAND", what, name), common))
                    .isEqualTo(lines(what, expected.ask("COMMAND", what, name), common));
        }
    }

    private static String lines(String what, byte[] reply, TreeSet<String> common) {
        StringBuilder out = new StringBuilder();
        Resp whole = Resp.parse(reply);
        if (what.equals("INFO")) {
            info(whole.items().getFirst(), "", common, out);
        } else {
            show(whole.items().getFirst(), "", out);
            docs(whole.items().get(1), "", common, out);
        }
        return out.toString();
    }

    private static void info(Resp row, String indent, TreeSet<String> common, StringBuilder out) {
        assertThat(row.items()).hasSize(SUBCOMMANDS_AT + 1);
        boolean open = WITH_NEWER_OPTIONS.contains(row.items().getFirst().text());
        for (int i = 0; i < SUBCOMMANDS_AT; i++) {
            if (open && i == ARITY_AT) {
                continue;
            }
            fields(row.items().get(i), indent, out);
        }
        Resp subcommands = row.items().get(SUBCOMMANDS_AT);
        out.append(indent).append(subcommands.type()).append("subcommands\n");
        Map<String, Resp> sorted = new TreeMap<>();
        for (Resp sub : subcommands.items()) {
            sorted.put(sub.items().getFirst().text(), sub);
        }
        sorted.keySet().retainAll(common);
        sorted.values().forEach(sub -> info(sub, indent + "    ", common, out));
    }

    private static void docs(Resp map, String indent, TreeSet<String> common, StringBuilder out) {
        out.append(indent).append(map.type()).append('\n');
        for (int i = 0; i < map.items().size(); i += 2) {
            Resp value = map.items().get(i + 1);
            String name = map.items().get(i).text();
            if (name.equals("history") && value.items().stream().allMatch(CommandRowsDifferentialTest::isNewerChange)) {
                continue;
            }
            show(map.items().get(i), indent, out);
            switch (name) {
                case "summary" -> present(value, indent, out);
                case "complexity" -> line(value.type() + formula(value.text()), indent, out);
                case "history" -> history(value, indent, out);
                case "subcommands" -> subcommands(value, indent + "    ", common, out);
                default -> fields(value, indent + "  ", out);
            }
        }
    }

    private static String formula(String complexity) {
        Matcher found = FORMULA.matcher(complexity);
        return found.find() ? found.group() : "no formula";
    }

    private static void history(Resp history, String indent, StringBuilder out) {
        line(history.type() + " history", indent, out);
        for (Resp change : history.items()) {
            assertThat(change.items()).hasSize(2);
            if (isNewerChange(change)) {
                continue;
            }
            line(change.type() + change.items().getFirst().text(), indent, out);
            present(change.items().get(1), indent, out);
        }
    }

    private static void subcommands(Resp map, String indent, TreeSet<String> common, StringBuilder out) {
        Map<String, Resp> sorted = new TreeMap<>();
        for (int i = 0; i < map.items().size(); i += 2) {
            sorted.put(map.items().get(i).text(), map.items().get(i + 1));
        }
        sorted.keySet().retainAll(common);
        line(map.type() + " " + sorted.keySet(), indent, out);
        sorted.values().forEach(sub -> docs(sub, indent, common, out));
    }

    /** Whether redis-server 7.0 cannot know what came with a version. */
    private static boolean isNewer(String version) {
        String[] parts = version.split("\\.");
        return Integer.parseInt(parts[0]) > 7 || parts[0].equals("7") && !parts[1].equals("0");
    }

    private static boolean isNewerChange(Resp change) {
        return isNewer(change.items().getFirst().text());
    }

    /** An argument that is not in the reference. */
    private static boolean isNewArgument(Resp item) {
        List<Resp> fields = item.items();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            if (fields.get(i).text().equals("since")) {
                return isNewer(fields.get(i + 1).text());
            }
        }
        return false;
    }

    private static void fields(Resp whole, String indent, StringBuilder out) {
        Resp value = new Resp(
                whole.type(),
                whole.text(),
                whole.items().stream().filter(item -> !isNewArgument(item)).toList());
        show(value, indent, out);
        List<Resp> items = value.items();
        for (int i = 0; i < items.size(); i++) {
            if (i > 0
                    && items.get(i - 1).type() == '$'
                    && items.get(i - 1).text().equals("notes")) {
                present(items.get(i), indent + "  ", out);
            } else {
                fields(items.get(i), indent + "  ", out);
            }
        }
    }

    private static void present(Resp text, String indent, StringBuilder out) {
        assertThat(text.text()).isNotBlank();
        line(text.type() + "(a text)", indent, out);
    }

    private static void show(Resp value, String indent, StringBuilder out) {
        line(
                value.isAggregate() ? value.type() + " " + value.items().size() : value.type() + value.text(),
                indent,
                out);
    }

    private static void line(String text, String indent, StringBuilder out) {
        out.append(indent).append(text).append('\n');
    }

    /** The table as a whole is all of the rows, each as COMMAND INFO has it alone. */
    @Test
    void theWholeTableIsItsRows() throws IOException {
        try (RawConnection connection = connect(false, 3)) {
            List<Resp> rows = Resp.parse(connection.ask("COMMAND")).items();
            assertThat(rows).isNotEmpty();
            assertThat(Resp.parse(connection.ask("COMMAND", "INFO")).items()).isEqualTo(rows);
            List<String> names = new ArrayList<>();
            for (Resp row : rows) {
                String name = row.items().getFirst().text();
                names.add(name);
                assertThat(Resp.parse(connection.ask("COMMAND", "INFO", name)).items())
                        .containsExactly(row);
            }
            assertThat(Resp.parse(connection.ask("COMMAND", "COUNT")).text()).isEqualTo("" + names.size());
            assertThat(names(connection)).containsAll(names);
        }
    }
}
