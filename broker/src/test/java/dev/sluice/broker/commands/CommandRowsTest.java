package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Command.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Flag;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.KeySpec;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.resp.Resp3Writer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandRowsTest {
    private static final Set<String> TYPES =
            Set.of("string", "integer", "double", "key", "pattern", "unix-time", "pure-token", "oneof", "block");

    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    /** RESP3 without its line ends. */
    private static String resp3(Reply reply) {
        ByteBuf out = Unpooled.buffer();
        new Resp3Writer().write(reply, out);
        return out.toString(StandardCharsets.ISO_8859_1)
                .replaceAll("\\$[0-9]+\r\n", "")
                .replace("\r\n", " ");
    }

    @Test
    void infoInTheTypesOfResp3() {
        Command row = read("X", -2, KeySpec.keys(1, -1, 2, "RO", "access"))
                .flags(Flag.FAST, Flag.SECRET)
                .tips("a", "b")
                .runs(call -> Reply.ok());
        Group.HASH.rows(row);
        assertThat(resp3(CommandRows.info(row)))
                .isEqualTo("*10 x :-2 ~2 +readonly +fast :1 :-1 :2 ~3 +@read +@hash +@fast ~2 a b "
                        + "~1 %3 flags ~2 +RO +access begin_search %2 type index spec %1 index :1 "
                        + "find_keys %2 type range spec %3 lastkey :-1 keystep :2 limit :0 ~0 ");
    }

    @Test
    void otherWaysToFindKeys() {
        KeySpec counted = new KeySpec(
                new KeySpec.Begin.Keyword("STORE", -1), new KeySpec.Find.Count(0, 1, 1), List.of("OW"), "said so");
        KeySpec unknown = KeySpec.unknown(request -> 0, "RO", "incomplete");
        assertThat(resp3(CommandRows.info(read("X", -2, counted, unknown))))
                .startsWith("*10 x :-2 ~2 +readonly +movablekeys :0 :0 :0 ")
                .contains("~2 %4 notes said so flags ~1 +OW "
                        + "begin_search %2 type keyword spec %2 keyword STORE startfrom :-1 "
                        + "find_keys %2 type keynum spec %3 keynumidx :0 firstkey :1 keystep :1 "
                        + "%3 flags ~2 +RO +incomplete begin_search %2 type unknown spec %0 "
                        + "find_keys %2 type unknown spec %0 ");
    }

    @Test
    void docsSayWhatTheRowSays() {
        Argument argument = oneOf(
                        "how", word("nx", "NX"), string("v").token("V").since("2.0.0"))
                .since("1.1.0")
                .deprecated("3.0.0")
                .optional()
                .multiple();
        Command sub = control("SUB", 2).since("1.5.0").says("Sub.").complexity("O(1)");
        Command row = control("X", -2)
                .since("1.0.0")
                .says("What.")
                .complexity("O(N)")
                .flags(Flag.SYSCMD)
                .deprecated("6.0.0", "Y")
                .changed("2.0.0", "More.")
                .takes(argument)
                .subcommands(List.of(sub));
        Group.SERVER.rows(row);
        assertThat(resp3(CommandRows.docs(row)))
                .isEqualTo("%10 summary What. since 1.0.0 group server complexity O(N) "
                        + "doc_flags ~2 +deprecated +syscmd deprecated_since 6.0.0 replaced_by Y "
                        + "history ~1 *2 2.0.0 More. "
                        + "arguments *1 %6 name how type oneof since 1.1.0 deprecated_since 3.0.0 "
                        + "flags ~2 +optional +multiple arguments *2 %3 name nx type pure-token token NX "
                        + "%4 name v type string token V since 2.0.0 "
                        + "subcommands %1 x|sub %4 summary Sub. since 1.5.0 group server complexity O(1) ");
    }

    @Test
    void everyRowIsComplete() {
        List<Command> rows = new ArrayList<>();
        broker.dispatcher.commands().forEach(row -> all(row, rows));
        assertThat(rows).isNotEmpty();
        for (Command row : rows) {
            assertThat(row.summary()).as("summary of %s", row).endsWith(".").hasSizeBetween(5, 130);
            // redis-server gives these none
            assertThat(row.complexity().isBlank())
                    .as("complexity of %s", row)
                    .isEqualTo(Set.of("MONITOR", "LOLWUT").contains(row.name()));
            assertThat(row.since()).as("since of %s", row).matches("[0-9]+\\.[0-9]+\\.[0-9]+");
            assertThat(row.hasHandler() || !row.subcommands().isEmpty())
                    .as("%s runs", row)
                    .isTrue();
            int words = row.parent() == null ? 1 : 2;
            if (row.arity() > 0) {
                assertThat(row.arguments().isEmpty())
                        .as("arity and arguments of %s", row)
                        .isEqualTo(row.arity() == words);
            }
        }
    }

    @Test
    void everyKeyIsAnArgument() {
        List<Command> rows = new ArrayList<>();
        broker.dispatcher.commands().forEach(row -> all(row, rows));
        for (Command row : rows) {
            List<Argument> arguments = new ArrayList<>();
            row.arguments().forEach(argument -> parts(argument, arguments));
            Set<Integer> specs = new TreeSet<>();
            for (Argument argument : arguments) {
                assertThat(TYPES).as("argument %s of %s", argument.name(), row).contains(argument.type());
                if (!argument.type().equals("pattern")) {
                    assertThat(argument.hasKeySpec()).isEqualTo(argument.type().equals("key"));
                }
                if (argument.hasKeySpec()) {
                    specs.add(argument.keySpec());
                }
            }
            assertThat(specs)
                    .as("keys of %s", row)
                    .hasSize((int)
                            row.keySpecs().stream().filter(KeySpec::isOfKeys).count())
                    .allMatch(spec -> spec < row.keySpecs().size());
        }
    }

    private static void all(Command row, List<Command> into) {
        into.add(row);
        row.subcommands().forEach(sub -> all(sub, into));
    }

    private static void parts(Argument argument, List<Argument> into) {
        into.add(argument);
        argument.parts().forEach(part -> parts(part, into));
    }
}
