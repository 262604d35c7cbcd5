package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void keysOfAWholeCommand() {
        broker.run("COMMAND", "GETKEYS", "get", "k").is("[k]");
        broker.run("COMMAND", "GETKEYS", "MSET", "a", "1", "b", "2").is("[a, b]");
        broker.run("COMMAND", "GETKEYS", "BLPOP", "a", "b", "0").is("[a, b]");
        broker.run("COMMAND", "GETKEYS", "RENAME", "a", "b").is("[a, b]");
    }

    @Test
    void commandsWithoutKeys() {
        broker.run("COMMAND", "GETKEYS").isError("ERR wrong number of arguments for 'command|getkeys' command");
        broker.run("COMMAND", "GETKEYS", "PING").isError("ERR wrong number of arguments for 'command|getkeys' command");
        broker.run("COMMAND", "GETKEYS", "nosuch", "k").isError("ERR Invalid command specified");
        broker.run("COMMAND", "GETKEYS", "client", "nosuch").isError("ERR Invalid command specified");
        broker.run("COMMAND", "GETKEYS", "PING", "x").isError("ERR The command has no key arguments");
        broker.run("COMMAND", "GETKEYS", "GET", "a", "b")
                .isError("ERR Invalid number of arguments specified for command");
    }

    @Test
    void infoAndDocsKnowSubcommandsByTheirFullNames() {
        assertThat(broker.run("COMMAND", "INFO", "Client|ID").text()).startsWith("[[client|id, 2, ");
        broker.run("COMMAND", "INFO", "nosuch", "get|x", "client|nosuch", "client|id|x", "", "command|nosuch")
                .is("[(nil), (nil), (nil), (nil), (nil), (nil)]");
        broker.run("COMMAND", "DOCS", "nosuch", "get|x").is("[]");
        assertThat(broker.run("COMMAND", "DOCS", "config|get").text()).startsWith("[config|get, [summary, ");
    }

    @Test
    void namesByPatternAndCategory() {
        broker.run("COMMAND", "LIST", "FILTERBY", "PATTERN", "GETD*").is("[getdel]");
        broker.run("COMMAND", "LIST", "filterby", "pattern", "client|set?ame").is("[client|setname]");
        broker.run("COMMAND", "LIST", "FILTERBY", "ACLCAT", "Transaction").is("[multi, exec, discard, watch, unwatch]");
        broker.run("COMMAND", "LIST", "FILTERBY", "ACLCAT", "@transaction").is("[]");
        broker.run("COMMAND", "LIST", "FILTERBY", "MODULE", "x").is("[]");
        broker.run("COMMAND", "LIST", "FILTERBY", "FOO", "x").isError("ERR syntax error");
        broker.run("COMMAND", "LIST", "FILTERBY", "ACLCAT").isError("ERR syntax error");
    }

    @Test
    void helpIsReadFromTheRows() {
        assertThat(broker.run("PUBSUB", "help").text())
                .startsWith(
                        "[PUBSUB <subcommand> [<arg> [value] [opt] ...]. Subcommands are:, CHANNELS [pattern],     ")
                .contains("NUMSUB [channel [channel ...]]")
                .endsWith("HELP,     Lists the subcommands.]");
        broker.run("PUBSUB", "HELP", "x").isError("ERR wrong number of arguments for 'pubsub|help' command");
    }
}
