package dev.sluice.broker.commands;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.keyspace.Eviction;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LockCommandsTest {
    private static final long NOW = InMemoryBroker.START_MS;
    private static final long FIRST = NOW * 1000;

    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    private InMemoryBroker.Answer run(String line) {
        return broker.run(line.split(" "));
    }

    private InMemoryBroker.Answer other(String line) {
        return broker.client().run(line.split(" "));
    }

    @Test
    void oneHoldsIt() {
        run("LOCK k a LEASE 1000").is(FIRST);
        broker.journalledOnly("SET k lock " + FIRST + " a PXAT " + (NOW + 1000));
        run("LOCK k b LEASE 1000").isNull();
        run("UNLOCK k b").is(0);
        run("RELOCK k b LEASE 1000").isNull();
        run("UNLOCK k a").is(1);
        broker.journalledOnly("DEL k");
        run("UNLOCK k a").is(0);
        run("RELOCK k a LEASE 1000").isNull();
        run("LOCK k b LEASE 1000").is(FIRST + 1);
    }

    @Test
    void whoAsksAgainHasTheSameTokenAndANewLease() {
        run("LOCK k a LEASE 1000").is(FIRST);
        broker.pass(900);
        run("LOCK k a LEASE 1000").is(FIRST);
        broker.pass(900);
        run("RELOCK k a LEASE 500").is(FIRST);
        run("PTTL k").is(500);
        broker.journalledOnly(
                "SET k lock " + FIRST + " a PXAT " + (NOW + 1000),
                "SET k lock " + FIRST + " a PXAT " + (NOW + 1900),
                "SET k lock " + FIRST + " a PXAT " + (NOW + 2300));
        broker.pass(501);
        run("RELOCK k a LEASE 500").isNull();
        run("LOCK k a LEASE 500").is((NOW + 2301) * 1000);
    }

    @Test
    void tokensGrowOverKeysAndTime() {
        run("LOCK k a LEASE 1").is(FIRST);
        run("LOCK l a LEASE 1").is(FIRST + 1);
        broker.pass(2);
        run("LOCK k b LEASE 1").is(FIRST + 2000);
    }

    @Test
    void whoWaitsIsServedInOrder() {
        run("LOCK k a LEASE 10000").is(FIRST);
        var b = other("LOCK k b LEASE 1000 WAIT 0");
        var c = other("LOCK k c WAIT 0 LEASE 1000");
        b.hasAnswered("(waits)");
        run("LOCKINFO k").is("[owner, a, token, " + FIRST + ", lease-ms, 10000, waiting, 2]");
        run("UNLOCK k a").is(1);
        b.hasAnswered(Long.toString(FIRST + 1));
        c.hasAnswered("(waits)");
        run("DEL k").is(1);
        c.hasAnswered(Long.toString(FIRST + 2));
        run("LOCKINFO k").is("[owner, c, token, " + (FIRST + 2) + ", lease-ms, 1000, waiting, 0]");
        run("FLUSHALL").is("OK");
        run("LOCKINFO k").isNull();
    }

    @Test
    void theEndOfTheLeaseServesWhoWaits() {
        run("LOCK k a LEASE 100").is(FIRST);
        var b = other("LOCK k b LEASE 1000 WAIT 0");
        broker.dispatcher.housekeeping(() -> {});
        broker.pass(90);
        run("RELOCK k a LEASE 100").is(FIRST);
        broker.pass(90);
        broker.dispatcher.housekeeping(() -> {});
        b.hasAnswered("(waits)");
        run("PEXPIRE k 5").is(1); // sooner than was known
        broker.pass(6);
        broker.dispatcher.housekeeping(() -> {});
        b.hasAnswered(Long.toString((NOW + 186) * 1000));
    }

    @Test
    void nobodyOvertakesThoseWhoWait() {
        run("LOCK k a LEASE 100").is(FIRST);
        var b = other("LOCK k b LEASE 1000 WAIT 0");
        broker.pass(101);
        run("LOCK k c LEASE 1000").isNull(); // the first to see that the lease is over
        b.hasAnswered(Long.toString((NOW + 101) * 1000));
    }

    @Test
    void flushAndRenameFreeALockToo() {
        run("LOCK k a LEASE 10000");
        var b = other("LOCK k b LEASE 1000 WAIT 0");
        run("FLUSHDB");
        b.hasAnswered(Long.toString(FIRST + 1));
        var c = other("LOCK k c LEASE 1000 WAIT 0");
        run("RENAME k l");
        c.hasAnswered(Long.toString(FIRST + 2));
        run("UNLOCK l b").is(1);
    }

    @Test
    void waitingEndsInTimeAndNotInATransaction() {
        run("LOCK k a LEASE 10000");
        var b = other("LOCK k b LEASE 1000 WAIT 50");
        broker.pass(51);
        b.hasAnswered("(nil)");
        run("UNLOCK k a").is(1);
        run("EXISTS k").is(0);
        run("LOCK k a LEASE 10000");
        run("MULTI");
        run("LOCK k b LEASE 1000 WAIT 0");
        run("EXEC").is("[(nil)]");
    }

    @Test
    void waitersForElementsAndForTheLockDoNotDisturbEachOther() {
        var element = other("BLPOP q 0");
        run("LOCK q a LEASE 10000");
        var lock = other("LOCK q b LEASE 1000 WAIT 0");
        run("DEL q");
        element.hasAnswered("(waits)");
        lock.hasAnswered(Long.toString(FIRST + 1));
        run("DEL q");
        run("RPUSH q x");
        element.hasAnswered("[q, x]");
        run("EXISTS q").is(0);
    }

    @Test
    void whatIsNoLockIsRefused() {
        for (String value : List.of("x", "lock", "lock ", "lock 1", "lock x a", "lock  a")) {
            broker.run("SET", "k", value).is("OK");
            for (String line : List.of("LOCK k a LEASE 1", "RELOCK k a LEASE 1", "UNLOCK k a", "LOCKINFO k")) {
                run(line).isError("WRONGTYPE Operation against a key holding the wrong kind of value");
            }
        }
        broker.run("SET", "k", "lock 5 a b");
        run("LOCKINFO k").is("[owner, a b, token, 5, lease-ms, -1, waiting, 0]");
    }

    @Test
    void badNumbersAndWordsAreRefused() {
        run("LOCK k a LEASE").isError("ERR wrong number of arguments for 'lock' command");
        run("LOCK k a LEASE 0").isError("ERR invalid expire time in 'lock' command");
        run("RELOCK k a LEASE -1").isError("ERR invalid expire time in 'relock' command");
        run("LOCK k a LEASE 9223372036854775807").isError("ERR invalid expire time in 'lock' command");
        run("LOCK k a LEASE x").isError("ERR value is not an integer or out of range");
        run("LOCK k a LEASE 1 WAIT x").isError("ERR timeout is not an integer or out of range");
        run("LOCK k a LEASE 1 WAIT -1").isError("ERR timeout is negative");
        run("LOCK k a WAIT 1 WAIT 1").isError("ERR syntax error");
        run("LOCK k a WAIT 1").isError("ERR syntax error");
        run("RELOCK k a FOR 1").isError("ERR syntax error");
        String owner = "o".repeat(1025);
        run("LOCK k " + owner + " LEASE 1").isError("ERR the owner of a lock has at most 1024 bytes");
        run("EXISTS k").is(0);
    }

    @Test
    void evictionLeavesLocksAlone() {
        run("LOCK k a LEASE 100000").is(FIRST);
        for (int i = 0; i < 2_000; i++) {
            broker.run("SET", "key" + i, "v".repeat(100));
        }
        broker.eviction.limit(1, Eviction.Policy.named("allkeys-random"), 5, 100);
        broker.dispatcher.makeRoom();
        run("DBSIZE").is(1);
        broker.eviction.limit(1, Eviction.Policy.named("volatile-ttl"), 5, 100);
        broker.dispatcher.makeRoom();
        run("UNLOCK k a").is(1);
    }

    /** Data stays as it is while clients that write are paused. */
    @Test
    void aPauseHandsNoLockOn() {
        run("LOCK k a LEASE 20").is(FIRST);
        var b = other("LOCK k b LEASE 1000 WAIT 0");
        broker.journalled.clear();
        run("CLIENT PAUSE 100 WRITE").is("OK");
        broker.pass(50);
        broker.dispatcher.housekeeping(() -> {});
        run("LOCKINFO k").isNull();
        b.hasAnswered("(waits)");
        broker.journalledOnly();
        broker.pass(50);
        broker.dispatcher.housekeeping(() -> {});
        b.hasAnswered(Long.toString((NOW + 100) * 1000));
    }

    /** It came to wait in the same moment in which the pause began. */
    @Test
    void aPauseHandsNoLockOnToWhoHasJustCome() {
        run("LOCK k a LEASE 20").is(FIRST);
        var b = other("LOCK k b LEASE 1000 WAIT 0");
        broker.pass(50); // and nobody has looked after the lease by then
        run("CLIENT PAUSE 100 WRITE").is("OK");
        b.hasAnswered("(waits)");
        broker.pass(100);
        broker.dispatcher.housekeeping(() -> {});
        b.hasAnswered(Long.toString((NOW + 150) * 1000));
    }
}
