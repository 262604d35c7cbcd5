package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BitopCommandTest {
    private final InMemoryBroker broker = new InMemoryBroker("arena-bytes-max", "16mb").readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void theResultHasNoTimeToLive() {
        broker.run("SET", "k", "a", "EX", "100").is("OK");
        broker.run("BITOP", "OR", "k", "k", "none").is(1);
        broker.run("TTL", "k").is(-1);
    }

    @Test
    void nothingFromNothingIsAChangeOnlyWhereSomethingWas() {
        broker.run("BITOP", "AND", "d", "none").is(0);
        assertThat(broker.journalled).isEmpty();
        broker.run("RPUSH", "d", "a").is(1);
        broker.run("BITOP", "AND", "d", "none").is(0);
        broker.run("EXISTS", "d").is(0);
        assertThat(broker.journalled).hasSize(2);
    }

    @Test
    void withoutMemoryForTheResultNothingChanges() {
        broker.run("SETBIT", "a", "120000000", "1").is(0);
        broker.run("SET", "d", "old").is("OK");
        long before = broker.keyspace.bytesUsed();
        assertThat(broker.run("BITOP", "NOT", "d", "a").text()).contains("OOM");
        assertThat(broker.keyspace.bytesUsed()).isEqualTo(before);
        broker.run("GET", "d").is("old");
    }

    @Test
    void sourcesCountAsHitsAndMisses() {
        broker.run("SET", "a", "x").is("OK");
        long hits = broker.keyspace.hits();
        long misses = broker.keyspace.misses();
        broker.run("BITOP", "OR", "d", "a", "none", "a").is(1);
        assertThat(broker.keyspace.hits() - hits).isEqualTo(2);
        assertThat(broker.keyspace.misses() - misses).isEqualTo(1);
    }
}
