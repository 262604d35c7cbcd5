package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StringCommandsTest {
    private static final long NOW = InMemoryBroker.START_MS;

    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    private void counted(long hits, long misses) {
        assertThat(broker.keyspace.hits()).as("hits").isEqualTo(hits);
        assertThat(broker.keyspace.misses()).as("misses").isEqualTo(misses);
    }

    private void lastEffect(String... words) {
        String record =
                broker.journalled.getLast().replaceAll("[*$][0-9]+\r\n", "").replace("\r\n", " ");
        assertThat(record).endsWith(String.join(" ", words) + " ");
    }

    @Test
    void whatReadsAndWritesCountsHitsAndMisses() {
        broker.run("GETDEL", "k").isNull();
        broker.run("GETEX", "k").isNull();
        broker.run("SET", "k", "v", "GET").isNull();
        counted(0, 3);
        broker.run("SET", "k", "w", "GET").is("v");
        broker.run("GETSET", "k", "x").is("w");
        broker.run("GETEX", "k", "PERSIST").is("x");
        broker.run("GETDEL", "k").is("x");
        counted(4, 3);
        broker.run("GETSET", "k", "v").isNull();
        counted(4, 4);
        broker.run("RPUSH", "l", "a").is(1);
        broker.run("SET", "l", "v", "GET").isError("WRONGTYPE Operation against a key holding the wrong kind of value");
        counted(5, 4);
    }

    @Test
    void whatOnlyWritesCountsNothing() {
        broker.run("SETNX", "k", "1").is(1);
        broker.run("SETNX", "k", "1").is(0);
        broker.run("MSETNX", "k", "1").is(0);
        broker.run("SET", "k", "1", "NX").isNull();
        broker.run("SET", "k", "1", "XX").is("OK");
        broker.run("SETEX", "k", "100", "1").is("OK");
        broker.run("INCR", "k").is(2);
        broker.run("APPEND", "k", "x").is(2);
        broker.run("SETRANGE", "k", "0", "x").is(2);
        counted(0, 0);
    }

    @Test
    void aConditionOfSetIsNotCountedBesideGet() {
        broker.run("SET", "k", "1", "NX", "GET").isNull();
        broker.run("SET", "k", "2", "NX", "GET").is("1");
        counted(1, 1);
    }

    @Test
    void insideATransactionEachCallCountsAsItWouldAlone() {
        broker.run("SET", "k", "v").is("OK");
        broker.run("MULTI").is("OK");
        broker.run("GET", "k");
        broker.run("SETNX", "k", "v");
        broker.run("GETEX", "none");
        broker.run("STRLEN", "none");
        broker.run("EXEC").is("[v, 0, (nil), 0]");
        counted(1, 2);
    }

    @Test
    void timesToLiveAreJournalledAsTimes() {
        broker.run("SETEX", "k", "10", "v").is("OK");
        lastEffect("SET", "k", "v", "PXAT", Long.toString(NOW + 10_000));
        broker.run("PSETEX", "k", "10", "v").is("OK");
        lastEffect("SET", "k", "v", "PXAT", Long.toString(NOW + 10));
        broker.run("GETSET", "k", "w").is("v");
        lastEffect("SET", "k", "w");
    }
}
