package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Beside the transcripts: what is journalled, and lists of many nodes. */
class ListElementCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void elementsByPosition() {
        broker.run("RPUSH", "l", "a", "b", "c").is(3);
        broker.run("LINDEX", "l", "-1").is("c");
        broker.run("LINDEX", "l", "3").isNull();
        broker.run("LSET", "l", "-3", "x").is("OK");
        broker.run("LSET", "l", "3", "x").isError("ERR index out of range");
        broker.run("LSET", "none", "abc", "x").isError("ERR no such key");
        broker.run("LINSERT", "l", "AFTER", "b", "y").is(4);
        broker.run("LRANGE", "l", "0", "-1").is("[x, b, y, c]");
    }

    @Test
    void whatChangesNothingIsNotJournalled() {
        broker.run("RPUSH", "l", "a");
        broker.run("LREM", "l", "0", "none").is(0);
        broker.run("LINSERT", "l", "BEFORE", "none", "x").is(-1);
        broker.run("LINSERT", "none", "BEFORE", "a", "x").is(0);
        broker.run("LTRIM", "none", "0", "1").is("OK");
        broker.run("LPOS", "l", "a").is(0);
        assertThat(broker.journalled).hasSize(1);
        broker.run("LREM", "l", "0", "a").is(1);
        broker.run("EXISTS", "l").is(0);
        assertThat(broker.journalled).hasSize(2);
    }

    @Test
    void rankOfTheLeastNumberFindsAllFromTheRight() {
        broker.run("RPUSH", "l", "a", "b", "a");
        broker.run("LPOS", "l", "a", "RANK", "-9223372036854775808", "COUNT", "1")
                .is("[2, 0]");
        broker.run("LPOS", "l", "a", "RANK", "-9223372036854775808").is(2);
    }

    @Test
    void aTrimOfAVeryLongListLeavesTheRestToBeFreed() {
        String[] push = new String[10_002];
        push[0] = "RPUSH";
        push[1] = "l";
        for (int round = 0; round < 15; round++) {
            for (int i = 0; i < 10_000; i++) {
                push[i + 2] = Integer.toString(round * 10_000 + i);
            }
            broker.run(push);
        }
        long before = broker.keyspace.bytesUsed();
        broker.run("LTRIM", "l", "70000", "70002").is("OK");
        broker.run("LRANGE", "l", "0", "-1").is("[70000, 70001, 70002]");
        broker.run("LLEN", "l").is(3);
        assertThat(broker.keyspace.unlinkedPending()).isEqualTo(1);
        assertThat(broker.keyspace.bytesUsed()).isGreaterThan(before / 2);
        broker.run("RPUSH", "l", "last");
        broker.run("LPUSH", "l", "first");
        broker.run("LRANGE", "l", "0", "-1").is("[first, 70000, 70001, 70002, last]");
        broker.run("LTRIM", "l", "9", "10").is("OK");
        broker.run("EXISTS", "l").is(0);
    }
}
