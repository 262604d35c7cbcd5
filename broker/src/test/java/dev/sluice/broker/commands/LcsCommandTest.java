package dev.sluice.broker.commands;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LcsCommandTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void saysWhatIsInBothStringsAndWhere() {
        broker.run("MSET", "a", "ohmytext", "b", "mynewtext").is("OK");
        broker.run("LCS", "a", "b").is("mytext");
        broker.run("LCS", "a", "b", "LEN").is(6);
        broker.run("LCS", "a", "b", "IDX", "MINMATCHLEN", "4", "WITHMATCHLEN")
                .is("[matches, [[[4, 7], [5, 8], 4]], len, 6]");
    }

    @Test
    void refusesWhatNoSettingShouldLetThrough() {
        broker.run("CONFIG", "SET", "proto-max-bulk-len", "1099511627776").is("OK");
        broker.run("SETRANGE", "a", "60000", "x").is(60_001);
        broker.run("LCS", "a", "a", "LEN")
                .isError("ERR Insufficient memory, failed allocating transient memory for LCS");
    }
}
