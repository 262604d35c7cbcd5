package dev.sluice.broker.commands;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What redis-server 7.0 does not know. The replies are those of HEXPIRE and its kin of redis-server 7.4.1. */
class MemberExpiryCommandsTest {
    private static final long NOW = InMemoryBroker.START_MS;

    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @BeforeEach
    void fill() {
        broker.run("ZADD", "z", "1", "a", "2", "b", "3", "c").is(3);
        broker.journalled.clear();
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private InMemoryBroker.Answer run(String line) {
        return broker.run(line.split(" "));
    }

    @Test
    void aMemberLivesUntilItsTimeIsOver() {
        run("ZEXPIRE z 10 MEMBERS 2 a none").is("[1, -2]");
        broker.journalledOnly("ZPEXPIREAT z " + (NOW + 10_000) + " MEMBERS 1 a");
        run("ZTTL z MEMBERS 3 a b none").is("[10, -1, -2]");
        run("ZPTTL z MEMBERS 1 a").is("[10000]");
        run("ZEXPIRETIME z MEMBERS 1 a").is("[" + (NOW + 10_000) / 1000 + "]");
        run("ZPEXPIRETIME z MEMBERS 1 a").is("[" + (NOW + 10_000) + "]");
        broker.pass(9_001);
        run("ZTTL z MEMBERS 1 a").is("[1]");
        broker.pass(1_000);
        run("ZTTL z MEMBERS 1 a").is("[-2]");
        run("ZRANK z b").is(0);
        broker.journalledOnly("ZREM z a");
        run("ZCARD z").is(2);
    }

    @Test
    void atThePresentTimeAMemberGoesAtOnce() {
        run("ZEXPIRE z 0 MEMBERS 2 a none").is("[2, -2]");
        broker.journalledOnly("ZREM z a");
        run("ZPEXPIREAT z 1 MEMBERS 2 b c").is("[2, 2]");
        broker.journalledOnly("ZREM z b c");
        run("EXISTS z").is(0);
    }

    @Test
    void aCollectionGoesWithItsLastMember() {
        run("ZPEXPIRE z 5 MEMBERS 3 a b c").is("[1, 1, 1]");
        broker.journalled.clear();
        broker.pass(6);
        run("TYPE z").is("none");
        broker.journalledOnly("MULTI ZREM z a ZREM z b ZREM z c EXEC");
        run("DBSIZE").is(0);
    }

    @Test
    void aRangeOfAllTakesTheTimesWithIt() {
        for (int members : new int[] {10, 200, 5_000}) {
            run("DEL z");
            for (int i = 0; i < members; i++) {
                run("ZADD z " + i + " m" + i).is(1);
            }
            run("ZEXPIRE z 10 MEMBERS 2 m1 m2").is("[1, 1]");
            run("ZREMRANGEBYRANK z 0 -1").is(members);
            run("EXISTS z").is(0);
            run("ZADD z 1 m1").is(1);
            run("ZTTL z MEMBERS 1 m1").is("[-1]");
        }
    }

    @Test
    void conditionsHold() {
        run("ZEXPIRE z 10 XX MEMBERS 1 a").is("[0]");
        run("ZEXPIRE z 10 GT MEMBERS 1 a").is("[0]");
        run("ZEXPIRE z 10 LT MEMBERS 1 a").is("[1]");
        run("ZEXPIRE z 10 NX MEMBERS 2 a b").is("[0, 1]");
        run("ZEXPIRE z 5 GT MEMBERS 1 a").is("[0]");
        run("ZEXPIRE z 15 GT MEMBERS 1 a").is("[1]");
        run("ZEXPIRE z 15 LT MEMBERS 1 a").is("[0]");
        run("ZEXPIRE z 15 XX MEMBERS 1 a").is("[1]");
        run("ZEXPIRE z 100 MEMBERS 3 c c c").is("[1, 1, 1]");
    }

    @Test
    void persistTakesTheTimeAway() {
        run("ZEXPIRE z 10 MEMBERS 1 a").is("[1]");
        broker.journalled.clear();
        run("ZPERSIST z MEMBERS 3 a b none").is("[1, -1, -2]");
        broker.journalledOnly("ZPERSIST z MEMBERS 3 a b none");
        run("ZPERSIST z MEMBERS 1 a").is("[-1]");
        broker.journalledOnly();
        broker.pass(20_000);
        run("ZCARD z").is(3);
    }

    @Test
    void whereThereIsNothing() {
        run("ZEXPIRE none 10 MEMBERS 2 a b").is("[-2, -2]");
        run("ZTTL none MEMBERS 2 a b").is("[-2, -2]");
        run("ZPERSIST none MEMBERS 1 a").is("[-2]");
        broker.journalledOnly();
    }

    @Test
    void refusalsAreThoseOfHexpire() {
        run("HEXPIRE h -1 FIELDS 1 a").isError("ERR invalid expire time, must be >= 0");
        run("HEXPIRE h x FIELDS 1 a").isError("ERR value is not an integer or out of range");
        String missing = "ERR Mandatory argument FIELDS is missing or not at the right position";
        run("HEXPIRE h 10 NX XX FIELDS 1 a").isError(missing);
        run("HEXPIRE h 10 foo 1 a").isError(missing);
        String positive = "ERR Parameter `numFields` should be greater than 0";
        run("HEXPIRE h 10 FIELDS 0 a").isError(positive);
        run("HEXPIRE h 10 FIELDS x a").isError(positive);
        String match = "ERR The `numfields` parameter must match the number of arguments";
        run("HEXPIRE h 10 FIELDS 2 a").isError(match);
        run("HEXPIRE h 10 FIELDS 1 a b").isError(match);
        run("HTTL h FIELDS 2 a").isError(match);
        run("HPERSIST h FIELDS 1 a b").isError(match);
        run("HTTL h foo 1 a").isError(missing);
        run("HTTL h FIELDS -1 a").isError("ERR Number of fields must be a positive integer");
        run("HEXPIRE h 99999999999999999 FIELDS 1 b").isError("ERR invalid expire time in 'hexpire' command");
        run("HPEXPIRE h 70368744177664 FIELDS 1 b").isError("ERR invalid expire time in 'hpexpire' command");
        run("HPEXPIREAT h 70368744177664 FIELDS 1 b").isError("ERR invalid expire time in 'hpexpireat' command");
        run("HPEXPIREAT h 70368744177663 FIELDS 1 b").is("[-2]");
        run("HEXPIRE h 10 FIELDS 1").isError("ERR wrong number of arguments for 'hexpire' command");
        String wrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
        run("HEXPIRE z x FIELDS 1 a").isError(wrongType);
        run("HTTL z foo 1 a").isError(wrongType);
        run("SPERSIST z MEMBERS 1 a").isError(wrongType);
    }
}
