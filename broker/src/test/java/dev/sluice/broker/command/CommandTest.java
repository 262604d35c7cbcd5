package dev.sluice.broker.command;

import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
    private static final Handler OK = call -> Reply.ok();

    @Test
    void arityIsExactOrAtLeast() {
        assertThat(read("GET", 2).arityAllows(2)).isTrue();
        assertThat(read("GET", 2).arityAllows(3)).isFalse();
        assertThat(write("DEL", -2).arityAllows(1)).isFalse();
        assertThat(write("DEL", -2).arityAllows(9)).isTrue();
    }

    @Test
    void categoriesFollowFromGroupAndFlags() {
        Command push = write("LPUSH", -3).flags(Flag.FAST).runs(OK);
        Command info = control("INFO", -1)
                .group(Group.SERVER)
                .categories(Category.DANGEROUS)
                .runs(OK);
        Command save = control("SAVE", 1).group(Group.SERVER).flags(Flag.ADMIN).runs(OK);
        Group.LIST.rows(push, info, save);
        assertThat(push.categories()).containsExactly(Category.WRITE, Category.LIST, Category.FAST);
        assertThat(info.categories()).containsExactly(Category.SLOW, Category.DANGEROUS);
        assertThat(save.categories()).containsExactly(Category.ADMIN, Category.SLOW, Category.DANGEROUS);
    }

    @Test
    void categoriesOfARowReplaceTheOneOfItsGroup() {
        Command wait = control("WAIT", 3).categories(Category.CONNECTION).runs(OK);
        Group.GENERIC.rows(wait);
        assertThat(wait.categories()).containsExactly(Category.SLOW, Category.CONNECTION);
    }

    @Test
    void whatReadsForScriptsIsNoRead() {
        Command eval = read("EVAL_RO", -3).group(Group.SCRIPTING).runs(OK);
        assertThat(eval.categories()).containsExactly(Category.SLOW, Category.SCRIPTING);
    }

    @Test
    void subcommandsBelongWhereTheirContainerDoes() {
        Command id = control("ID", 2).runs(OK);
        Command client = control("CLIENT", -2).subcommands(List.of(id));
        Group.CONNECTION.rows(client);
        assertThat(id.fullName()).isEqualTo("client|id");
        assertThat(id.group()).isEqualTo(Group.CONNECTION);
        assertThat(id.categories()).containsExactly(Category.SLOW, Category.CONNECTION);
        assertThat(client.categories()).containsExactly(Category.SLOW);
    }
}
