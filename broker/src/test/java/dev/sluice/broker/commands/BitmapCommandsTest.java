package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BitmapCommandsTest {
    private static final String OFFSET = "ERR bit offset is not an integer or out of range";

    private final InMemoryBroker broker = new InMemoryBroker("arena-bytes-max", "16mb").readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void setsAndGets() {
        broker.run("SETBIT", "k", "7", "1").is(0);
        broker.run("SETBIT", "k", "7", "1").is(1);
        broker.run("GET", "k").is("\u0001");
        broker.run("GETBIT", "k", "7").is(1);
        broker.run("GETBIT", "k", "100000000").is(0);
        broker.run("SETBIT", "k", "7", "0").is(1);
        broker.run("SETBIT", "k", "4294967296", "1").isError(OFFSET);
    }

    /** Nothing of that size is put together on the way. */
    @Test
    void aFarBitTakesNoMoreThanTheString() {
        broker.run("SETBIT", "k", "40000000", "1").is(0);
        broker.run("STRLEN", "k").is(5_000_001);
        broker.run("BITPOS", "k", "1").is(40_000_000);
        broker.run("BITCOUNT", "k").is(1);
    }

    @Test
    void aBitForWhichThereIsNoMemoryChangesNothing() {
        broker.run("SET", "k", "abc").is("OK");
        long before = broker.keyspace.bytesUsed();
        assertThat(broker.run("SETBIT", "k", "400000000", "1").text()).contains("OOM");
        assertThat(broker.run("SETBIT", "none", "400000000", "1").text()).contains("OOM");
        assertThat(broker.keyspace.bytesUsed()).isEqualTo(before);
        broker.run("GET", "k").is("abc");
        broker.run("EXISTS", "none").is(0);
    }

    @Test
    void onlyChangesAreJournalled() {
        broker.run("SETBIT", "k", "8", "0").is(0);
        broker.run("SETBIT", "k", "8", "0").is(0);
        broker.run("SETBIT", "k", "3", "1").is(0);
        broker.run("SETBIT", "k", "3", "1").is(1);
        broker.run("SETBIT", "k", "16", "0").is(0);
        assertThat(broker.journalled).hasSize(3).allMatch(record -> record.contains("SETBIT"));
    }

    @Test
    void aStringIsFollowedByZeros() {
        broker.run("SETRANGE", "k", "0", "~~").is(2);
        broker.run("BITPOS", "k", "0", "0").is(0);
        broker.run("BITPOS", "k", "0", "2").is(-1);
        broker.run("BITOP", "OR", "k", "k").is(2);
        for (String bit : new String[] {"0", "7", "8", "15"}) {
            broker.run("SETBIT", "k", bit, "1").is(0);
        }
        broker.run("BITPOS", "k", "0").is(16);
        broker.run("BITPOS", "k", "0", "0", "-1").is(-1);
    }
}
