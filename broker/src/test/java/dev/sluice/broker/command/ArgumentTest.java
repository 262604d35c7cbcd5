package dev.sluice.broker.command;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArgumentTest {
    @Test
    void usageIsHowItIsTyped() {
        assertThat(key("key").multiple().usage()).isEqualTo("key [key ...]");
        assertThat(key("key").optional().multiple().usage()).isEqualTo("[key [key ...]]");
        assertThat(integer("count").token("COUNT").optional().usage()).isEqualTo("[COUNT count]");
        assertThat(word("get", "GET").optional().usage()).isEqualTo("[GET]");
        assertThat(block("data", string("a"), string("b")).multiple().usage()).isEqualTo("a b [a b ...]");
    }

    @Test
    void alternativesStandInBrackets() {
        Argument condition = oneOf("condition", word("nx", "NX"), word("xx", "XX"));
        assertThat(condition.usage()).isEqualTo("<NX | XX>");
        assertThat(condition.optional().usage()).isEqualTo("[NX | XX]");
        assertThat(condition.multiple().usage()).isEqualTo("<NX | XX> ...");
        assertThat(condition.token("IF").usage()).isEqualTo("IF <NX | XX>");
        assertThat(oneOf("time", integer("seconds").token("EX"), word("keep", "KEEPTTL"))
                        .optional()
                        .usage())
                .isEqualTo("[EX seconds | KEEPTTL]");
    }

    @Test
    void aTokenStandsOnceOrBeforeEach() {
        Argument id = integer("id").token("ID").multiple();
        assertThat(id.usage()).isEqualTo("ID id [id ...]");
        assertThat(id.multipleToken().usage()).isEqualTo("ID id [ID id ...]");
    }
}
