package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HyperLogLogCommandsTest {
    private static final String EMPTY = "HYLL\u0001\0\0\0\0\0\0\0\0\0\0";

    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void countsDistinctElements() {
        broker.run("PFADD", "k", "a", "b", "c", "a").is(1);
        broker.run("PFADD", "k", "a").is(0);
        broker.run("PFCOUNT", "k").is(3);
        broker.run("PFADD", "l", "c", "d").is(1);
        broker.run("PFCOUNT", "k", "l").is(4);
        broker.run("PFMERGE", "k", "l").is("OK");
        broker.run("PFCOUNT", "k").is(4);
        broker.run("PFDEBUG", "ENCODING", "k").is("sparse");
        broker.run("PFSELFTEST").is("OK");
    }

    @Test
    void onlyChangesAreJournalled() {
        broker.run("PFADD", "k", "a").is(1);
        broker.run("PFADD", "k", "a").is(0);
        broker.run("PFCOUNT", "k").is(1);
        broker.run("PFCOUNT", "k").is(1);
        broker.run("PFCOUNT", "k", "k").is(1);
        broker.run("PFDEBUG", "TODENSE", "k").is(1);
        broker.run("PFDEBUG", "TODENSE", "k").is(0);
        assertThat(broker.journalled).hasSize(3);
        assertThat(broker.journalled.get(0)).contains("PFADD");
        assertThat(broker.journalled.get(1)).contains("PFCOUNT");
        assertThat(broker.journalled.get(2)).contains("PFDEBUG");
    }

    @Test
    void aCorruptedOneKeepsWhatItTook() {
        broker.run("SETRANGE", "k", "0", EMPTY + "\0\u007f").is(17);
        broker.run("PFCOUNT", "k").is(0);
        broker.run("PFCOUNT", "k", "none").isError("INVALIDOBJ Corrupted HLL object detected");
        broker.run("PFMERGE", "k").isError("INVALIDOBJ Corrupted HLL object detected");
        broker.run("PFDEBUG", "TODENSE", "k").isError("INVALIDOBJ Corrupted HLL object detected");
        broker.run("SET", "k", "abc").is("OK");
        broker.run("PFADD", "k", "a").isError("WRONGTYPE Key is not a valid HyperLogLog string value.");
    }
}
