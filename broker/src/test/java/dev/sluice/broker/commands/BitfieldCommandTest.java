package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BitfieldCommandTest {
    private final InMemoryBroker broker = new InMemoryBroker("arena-bytes-max", "16mb").readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void operationsSeeWhatThoseBeforeThemDid() {
        broker.run("BITFIELD", "k", "SET", "u8", "0", "250", "INCRBY", "u8", "0", "10", "GET", "u8", "0")
                .is("[0, 4, 4]");
        broker.run("BITFIELD", "k", "OVERFLOW", "SAT", "INCRBY", "u8", "#1", "300", "GET", "u16", "0")
                .is("[255, 1279]");
        broker.run("BITFIELD_RO", "k", "GET", "u8", "#1", "GET", "i8", "#1").is("[255, -1]");
        broker.run("BITFIELD_RO", "k", "SET", "u8", "#1", "1")
                .isError("ERR BITFIELD_RO only supports the GET subcommand");
    }

    @Test
    void onlyChangesAreJournalled() {
        broker.run("BITFIELD", "k", "GET", "u8", "0").is("[0]");
        broker.run("EXISTS", "k").is(0);
        assertThat(broker.journalled).isEmpty();
        broker.run("BITFIELD", "k", "SET", "u8", "0", "0").is("[0]");
        broker.run("BITFIELD", "k", "SET", "u8", "0", "0", "GET", "u8", "0").is("[0, 0]");
        broker.run("BITFIELD", "k", "INCRBY", "u8", "0", "1").is("[1]");
        assertThat(broker.journalled).hasSize(2);
    }

    /** As in redis-server the string is longer afterwards, and nobody is told; but here a replay makes it so, too. */
    @Test
    void aStringThatGrewForAFailureIsJournalled() {
        broker.run("BITFIELD", "k", "OVERFLOW", "FAIL", "SET", "u8", "8", "256").is("[(nil)]");
        broker.run("STRLEN", "k").is(2);
        assertThat(broker.journalled).hasSize(1);
        broker.run("BITFIELD", "k", "OVERFLOW", "FAIL", "SET", "u8", "8", "256").is("[(nil)]");
        assertThat(broker.journalled).hasSize(1);
    }

    @Test
    void withoutMemoryNothingChanges() {
        broker.run("SET", "k", "abc").is("OK");
        long before = broker.keyspace.bytesUsed();
        assertThat(broker.run("BITFIELD", "k", "SET", "u8", "0", "1", "SET", "u8", "400000000", "1")
                        .text())
                .contains("OOM");
        assertThat(broker.keyspace.bytesUsed()).isEqualTo(before);
        broker.run("GET", "k").is("abc");
    }

    @Test
    void readingCountsAsAHitOrAMiss() {
        broker.run("BITFIELD", "k", "GET", "u8", "0").is("[0]");
        broker.run("BITFIELD", "k", "SET", "u8", "0", "1").is("[0]");
        broker.run("BITFIELD", "k", "GET", "u8", "0").is("[1]");
        assertThat(broker.keyspace.hits()).isEqualTo(1);
        assertThat(broker.keyspace.misses()).isEqualTo(1);
    }
}
