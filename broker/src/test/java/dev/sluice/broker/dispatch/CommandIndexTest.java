package dev.sluice.broker.dispatch;

import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Command.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.command.Command;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandIndexTest {
    private final Command get = read("GET", 2);
    private final Command list = control("LIST", -2);
    private final Command count = control("COUNT", 2);
    private final Command client = control("CLIENT", -2).subcommands(List.of(list));
    private final Command command =
            control("COMMAND", -1).runs(call -> Reply.ok()).subcommands(List.of(count));
    private final CommandIndex index = new CommandIndex(List.of(get, client, command));

    @Test
    void namesAreFoundInAnyCase() {
        assertThat(index.find(Bytes.of("GET"))).isSameAs(get);
        assertThat(index.find(Bytes.of("gEt"))).isSameAs(get);
        assertThat(index.find(Bytes.of("GE"))).isNull();
        assertThat(index.find(Bytes.of("GETS"))).isNull();
        assertThat(index.find(Bytes.EMPTY)).isNull();
    }

    @Test
    void aNameMayStandWithinOtherBytes() {
        byte[] buffer = "xxgetxx".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(index.find(Bytes.of(buffer).slice(2, 5))).isSameAs(get);
    }

    @Test
    void ofAContainerTheSubcommand() {
        assertThat(index.find(Request.of("client", "list", "ID"))).isSameAs(list);
        assertThat(index.find(Request.of("client"))).isSameAs(client);
        assertThat(index.find(Request.of("client", "nosuch"))).isNull();
        assertThat(index.find(Request.of("get", "list"))).isSameAs(get);
    }

    @Test
    void aContainerThatRunsByItselfTakesNoOtherWordEither() {
        assertThat(index.find(Request.of("COMMAND"))).isSameAs(command);
        assertThat(index.find(Request.of("COMMAND", "count"))).isSameAs(count);
        assertThat(index.find(Request.of("COMMAND", "nosuch"))).isNull();
    }

    @Test
    void rowsAreNumberedWithTheirSubcommands() {
        assertThat(index.all()).containsExactly(get, client, list, command, count);
        for (int i = 0; i < index.all().size(); i++) {
            assertThat(index.all().get(i).index()).isEqualTo(i);
        }
        assertThat(index.commands()).containsExactly(get, client, command);
    }

    @Test
    void manyNamesAreAllFound() {
        List<Command> rows = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            rows.add(read("C" + i, 1));
        }
        CommandIndex many = new CommandIndex(rows);
        for (Command row : rows) {
            assertThat(many.find(Bytes.of(row.name()))).isSameAs(row);
        }
        assertThat(many.find(Bytes.of("C1000"))).isNull();
    }

    @Test
    void aNameHasOneRow() {
        assertThatThrownBy(() -> new CommandIndex(List.of(read("GET", 2), read("GET", 3))))
                .hasMessageContaining("GET");
    }
}
