package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.keyspace.Eviction;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A command is refused before it has changed anything, or does all that it should. */
class OutOfMemoryTest {
    private static final String LARGE = "x".repeat(300_000);

    private final InMemoryBroker broker = new InMemoryBroker("arena-bytes-max", "16mb");

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void pushesAllElementsOrNone() {
        int pushes = 0;
        while (broker.run("RPUSH", "q", LARGE, LARGE, LARGE).text().equals(Integer.toString(3 * pushes + 3))) {
            pushes++;
        }
        assertThat(broker.run("RPUSH", "q", LARGE, LARGE, LARGE).text()).contains("OOM");
        assertThat(pushes).isBetween(8, 24);
        broker.run("LLEN", "q").is(3 * pushes);
    }

    @Test
    void setsAllKeysOrNone() {
        int keys = 0;
        while (broker.run("MSET", "a" + keys, LARGE, "b" + keys, LARGE).text().equals("OK")) {
            keys++;
        }
        broker.run("DBSIZE").is(2 * keys);
        broker.run("EXISTS", "a" + keys, "b" + keys).is(0);
    }

    @Test
    void movesOrLeavesWhereItWas() {
        broker.run("RPUSH", "q", "x".repeat(7_000_000), "small");
        while (broker.run("RPUSH", "r", LARGE).text().matches("\\d+")) {
            assertThat(broker.keyspace.bytesUsed()).isLessThan(32 << 20);
        }
        assertThat(broker.run("LMOVE", "q", "new", "LEFT", "LEFT").text()).contains("OOM");
        broker.run("LLEN", "q").is(2);
        broker.run("EXISTS", "new").is(0);
        broker.run("DEL", "r").is(1);
        broker.run("LMOVE", "q", "new", "RIGHT", "LEFT").is("small");
    }

    @Test
    void aVeryLongListMakesRoomAtOnceWhenItIsNeeded() {
        String[] push = new String[10_002];
        Arrays.fill(push, "element-of-40-bytes-----------------------");
        push[0] = "RPUSH";
        push[1] = "q";
        while (broker.run(push).text().matches("\\d+")) {
            assertThat(broker.keyspace.bytesUsed()).isLessThan(32 << 20);
        }
        broker.run("LTRIM", "q", "0", "1").is("OK");
        assertThat(broker.keyspace.unlinkedPending()).isEqualTo(1);
        broker.run(push).is(10_002);
        assertThat(broker.keyspace.unlinkedPending()).isZero();
    }

    @Test
    void storesAResultOrLeavesWhatWasThere() {
        broker.run("SET", "d", "v");
        int members = 0;
        while (broker.run("SADD", "s", "m" + members).text().equals("1")) {
            members++;
        }
        assertThat(broker.run("SUNIONSTORE", "d", "s").text()).contains("OOM");
        broker.run("GET", "d").is("v");
        broker.run("SCARD", "s").is(members);
        broker.run("SPOP", "s", Integer.toString(members - 5));
        broker.run("SCARD", "s").is(5);
        broker.run("SUNIONSTORE", "d", "s").is(5);
    }

    @Test
    void whatFreesMemoryIsNotRefused() {
        while (broker.run("APPEND", "k", LARGE).text().matches("\\d+")) {
            assertThat(broker.keyspace.bytesUsed()).isLessThan(32 << 20);
        }
        broker.run("DEL", "k").is(1);
        broker.run("SET", "k", LARGE).is("OK");
    }

    @Test
    void keysGoBeforeAnythingIsRefused() {
        broker.readJournal();
        broker.run("SET", "old", LARGE);
        broker.eviction.limit(broker.keyspace.bytesUsed() + 100_000, Eviction.Policy.ALLKEYS_LRU, 5, 100);
        broker.pass(10_000);
        broker.run("SET", "new", LARGE).is("OK");
        broker.run("GET", "none").isNull();
        broker.run("EXISTS", "old", "new").is(1);
        assertThat(broker.journalled.getLast()).contains("DEL", "old");
    }

    @Test
    void nothingIsQueuedWithoutRoom() {
        broker.run("SET", "a", "1");
        broker.run("MULTI");
        broker.run("SET", "k", "v").is("QUEUED");
        broker.eviction.limit(1, Eviction.Policy.NOEVICTION, 5, 100);
        broker.run("EXEC")
                .isError("EXECABORT Transaction discarded because of: OOM command not allowed when used memory >"
                        + " 'maxmemory'.");
        broker.run("MULTI");
        broker.run("PING").isError("OOM command not allowed when used memory > 'maxmemory'.");
        broker.run("EXEC").isError("EXECABORT Transaction discarded because of previous errors.");
        broker.run("DBSIZE").is(1);
    }
}
