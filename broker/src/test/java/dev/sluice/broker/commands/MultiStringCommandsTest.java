package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** MSETEX, which redis-server 7.0 does not know: after the documentation and the test suite of Redis 8.4. */
class MultiStringCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    private void refused(String error, String words) {
        broker.run(words.split(" ")).isError(error);
        broker.run("EXISTS", "a", "b").is(0);
    }

    @Test
    void msetexStoresAllWithOneTimeToLive() {
        broker.run("MSETEX", "2", "a", "1", "b", "2", "EX", "10").is(1);
        broker.run("MGET", "a", "b").is("[1, 2]");
        broker.run("TTL", "b").is(10);
        broker.run("MSETEX", "1", "a", "3", "KEEPTTL").is(1);
        broker.run("TTL", "a").is(10);
        broker.run("MSETEX", "1", "a", "4").is(1);
        broker.run("TTL", "a").is(-1);
        broker.run("MSETEX", "2", "a", "5", "a", "6", "PXAT", "1700000100000").is(1);
        broker.run("GET", "a").is("6");
        broker.run("TTL", "a").is(100);
        broker.run("RPUSH", "l", "x").is(1);
        broker.run("MSETEX", "1", "l", "v", "EXAT", "1700000100").is(1);
        broker.run("GET", "l").is("v");
    }

    @Test
    void msetexOnCondition() {
        broker.run("MSETEX", "2", "a", "1", "b", "2", "XX").is(0);
        broker.run("MSETEX", "2", "a", "1", "b", "2", "px", "3000", "nx").is(1);
        broker.run("MSETEX", "2", "a", "9", "c", "9", "NX", "EX", "10").is(0);
        broker.run("MSETEX", "2", "a", "9", "c", "9", "XX").is(0);
        broker.run("MSETEX", "2", "a", "3", "b", "4", "XX").is(1);
        broker.run("MGET", "a", "b", "c").is("[3, 4, (nil)]");
    }

    @Test
    void msetexRefuses() {
        refused("ERR wrong number of arguments for 'msetex' command", "MSETEX 1 a");
        for (String count : new String[] {"a", "0", "-1", "2147483648", "1.0"}) {
            refused("ERR invalid numkeys value", "MSETEX " + count + " a 1 EX 10");
        }
        refused("ERR wrong number of key-value pairs", "MSETEX 2 a 1 b");
        refused("ERR wrong number of key-value pairs", "MSETEX 2147483647 a 1 EX 10");
        for (String options : new String[] {
            "FOO", "NX XX", "XX NX", "EX", "EX 10 PX 5000", "KEEPTTL EX 10", "EX 10 KEEPTTL", "PERSIST", "IFEQ 1"
        }) {
            refused("ERR syntax error", "MSETEX 2 a 1 b 2 " + options);
        }
        refused("ERR invalid expire time in 'msetex' command", "MSETEX 1 a 1 EX 0");
        refused("ERR invalid expire time in 'msetex' command", "MSETEX 1 a 1 PXAT -1 XX");
        refused("ERR value is not an integer or out of range", "MSETEX 1 a 1 EX ten");
    }

    @Test
    void msetexIsJournalledAsWhatItStored() {
        broker.run("MSETEX", "2", "a", "1", "b", "2", "EX", "10");
        broker.run("MSETEX", "1", "a", "1", "NX");
        assertThat(broker.journalled).hasSize(1);
        String at = Long.toString(InMemoryBroker.START_MS + 10_000);
        assertThat(broker.journalled.getFirst().replaceAll("[*$][0-9]+\r\n", "").replace("\r\n", " "))
                .contains("SET a 1 PXAT " + at + " SET b 2 PXAT " + at);
    }

    @Test
    void itsKeysAreFound() {
        broker.run("COMMAND", "GETKEYS", "MSETEX", "2", "a", "1", "b", "2", "NX")
                .is("[a, b]");
    }
}
