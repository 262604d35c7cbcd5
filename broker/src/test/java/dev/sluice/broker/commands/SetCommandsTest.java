package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.streams.message.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SetCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void addsEachMemberOnce() {
        broker.run("SADD", "s", "b", "a", "b").is(2);
        broker.run("SADD", "s", "a").is(0);
        broker.run("SCARD", "s").is(2);
        broker.run("SISMEMBER", "s", "a").is(1);
        broker.run("SMISMEMBER", "s", "a", "x", "b").is("[1, 0, 1]");
        broker.run("SMISMEMBER", "none", "a", "x").is("[0, 0]");
        assertThat(broker.journalled).hasSize(1);
    }

    @Test
    void theLastMemberTakesTheSetAlong() {
        broker.run("SADD", "s", "1", "2");
        broker.run("SREM", "s", "1", "x", "2", "1").is(2);
        broker.run("EXISTS", "s").is(0);
        broker.run("SREM", "s", "1").is(0);
        assertThat(broker.journalled).hasSize(2);
    }

    @Test
    void integersComeInOrder() {
        broker.run("SADD", "s", "30", "-1", "200000", "7");
        broker.run("SMEMBERS", "s").is("[-1, 7, 30, 200000]");
        broker.run("SMEMBERS", "none").is("[]");
    }

    @Test
    void aMovedMemberIsInOneSet() {
        broker.run("SADD", "a", "1", "x");
        broker.run("SMOVE", "a", "b", "x").is(1);
        broker.run("SMOVE", "a", "b", "x").is(0);
        broker.run("SMOVE", "a", "b", "1").is(1);
        broker.run("EXISTS", "a").is(0);
        broker.run("SMOVE", "b", "b", "x").is(1);
        broker.run("SMOVE", "b", "b", "y").is(0);
        broker.run("SCARD", "b").is(2);
        assertThat(broker.journalled).hasSize(3);
    }

    @Test
    void typesAreCheckedAsRedisDoes() {
        broker.run("SET", "text", "v");
        broker.run("SMOVE", "none", "text", "x").is(0);
        broker.run("SADD", "s", "a");
        broker.run("SMOVE", "s", "text", "x")
                .isError("WRONGTYPE Operation against a key holding the wrong kind of value");
        broker.run("SSCAN", "none", "0", "FOO").is("[0, []]");
        broker.run("SSCAN", "s", "x").isError("ERR invalid cursor");
        broker.run("SSCAN", "s", "0", "TYPE", "set").isError("ERR syntax error");
    }

    @Test
    void scanShowsWhatMatches() {
        broker.run("SADD", "s", "1", "12", "3");
        broker.run("SSCAN", "s", "0", "MATCH", "1*").is("[0, [1, 12]]");
        broker.run("SSCAN", "s", "0", "COUNT", "1").is("[0, [1, 3, 12]]");
    }

    @Test
    void theThresholdIsASetting() {
        broker.keyspace.collections().setLimit(2);
        broker.run("SADD", "s", "1", "2");
        assertThat(encoding("s")).isEqualTo("intset");
        broker.run("SADD", "s", "2");
        assertThat(encoding("s")).isEqualTo("intset");
        broker.run("SADD", "s", "3");
        assertThat(encoding("s")).isEqualTo("hashtable");
    }

    private String encoding(String key) {
        var value = broker.keyspace.database(0).inspect(Bytes.of(key));
        return value == null ? "none" : value.encoding();
    }
}
