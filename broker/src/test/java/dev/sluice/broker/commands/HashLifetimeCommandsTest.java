package dev.sluice.broker.commands;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What redis-server 7.0 does not know: replies and refusals as Redis 8 documents and words them. */
class HashLifetimeCommandsTest {
    private static final long NOW = InMemoryBroker.START_MS;
    private static final String ONE_LIFETIME =
            "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified";
    private static final String WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @BeforeEach
    void fill() {
        run("HSET h a 1 b 2 c 3").is(3);
        run("SET text v");
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
    void hgetdelTakesFieldsOut() {
        run("HGETDEL h FIELDS 3 a none a").is("[1, (nil), (nil)]");
        broker.journalledOnly("HDEL h a none a");
        run("HGETDEL h FIELDS 1 none").is("[(nil)]");
        broker.journalledOnly();
        run("HGETDEL h FIELDS 2 b c").is("[2, 3]");
        run("EXISTS h").is(0);
        run("HGETDEL h FIELDS 2 b c").is("[(nil), (nil)]");
        broker.journalledOnly("HDEL h b c");
    }

    @Test
    void hgetdelRefuses() {
        run("HGETDEL text foo 1 a").isError(WRONG_TYPE);
        run("HGETDEL h foo 1 a").isError("ERR Mandatory argument FIELDS is missing or not at the right position");
        run("HGETDEL h FIELDS 0 a").isError("ERR Number of fields must be a positive integer");
        run("HGETDEL h FIELDS x a").isError("ERR Number of fields must be a positive integer");
        run("HGETDEL h FIELDS 2 a").isError("ERR The `numfields` parameter must match the number of arguments");
        run("HGETDEL h FIELDS 1").isError("ERR wrong number of arguments for 'hgetdel' command");
        run("HLEN h").is(3);
    }

    @Test
    void hgetexSetsATimeToLive() {
        run("HGETEX h FIELDS 2 a none").is("[1, (nil)]");
        broker.journalledOnly();
        run("HGETEX h EX 10 FIELDS 2 a none").is("[1, (nil)]");
        broker.journalledOnly("HPEXPIREAT h " + (NOW + 10_000) + " FIELDS 2 a none");
        run("HPTTL h FIELDS 2 a b").is("[10000, -1]");
        run("HGETEX h FIELDS 1 a").is("[1]");
        run("HPTTL h FIELDS 1 a").is("[10000]");
        run("HGETEX h PX 5 FIELDS 1 a").is("[1]");
        run("HPTTL h FIELDS 1 a").is("[5]");
        run("HGETEX h PXAT " + (NOW + 7) + " FIELDS 1 a").is("[1]");
        run("HPTTL h FIELDS 1 a").is("[7]");
        run("HGETEX h EXAT " + (NOW / 1000 + 7) + " FIELDS 1 a").is("[1]");
        run("HPTTL h FIELDS 1 a").is("[7000]");
        broker.journalled.clear();
        run("HGETEX h PERSIST FIELDS 2 a b").is("[1, 2]");
        broker.journalledOnly("HPERSIST h FIELDS 2 a b");
        run("HGETEX h PERSIST FIELDS 2 a b").is("[1, 2]");
        broker.journalledOnly();
    }

    @Test
    void hgetexOfATimeThatIsOverRemoves() {
        run("HGETEX h EX 0 FIELDS 2 a a").is("[1, (nil)]");
        broker.journalledOnly("HDEL h a a");
        run("HGETEX h PXAT 5 FIELDS 2 b c").is("[2, 3]");
        run("EXISTS h").is(0);
        run("HGETEX h EX 10 FIELDS 1 a").is("[(nil)]");
    }

    @Test
    void hgetexRefuses() {
        run("HGETEX text foo 1 a").isError(WRONG_TYPE);
        run("HGETEX h EX 10 PX 10 FIELDS 1 a")
                .isError("ERR Mandatory argument FIELDS is missing or not at the right position");
        run("HGETEX h EX x FIELDS 1 a").isError("ERR value is not an integer or out of range");
        run("HGETEX h EX -1 FIELDS 1 a").isError("ERR invalid expire time, must be >= 0");
        run("HGETEX h EX 99999999999999 FIELDS 1 a").isError("ERR invalid expire time in 'hgetex' command");
        run("HGETEX h EX 10 FIELDS 0 a").isError("ERR Number of fields must be a positive integer");
        run("HGETEX h EX 10 FIELDS 1 a b").isError("ERR The `numfields` parameter must match the number of arguments");
        broker.journalledOnly();
    }

    @Test
    void hsetexSetsFieldsWithATimeToLive() {
        run("HSETEX h EX 10 FIELDS 2 a 5 d 6").is(1);
        broker.journalledOnly("HSETEX h PXAT " + (NOW + 10_000) + " FIELDS 2 a 5 d 6");
        run("HPTTL h FIELDS 3 a b d").is("[10000, -1, 10000]");
        run("HSETEX h KEEPTTL FIELDS 1 a 7").is(1);
        run("HPTTL h FIELDS 1 a").is("[10000]");
        run("HSETEX h FIELDS 1 a 8").is(1);
        run("HPTTL h FIELDS 1 a").is("[-1]");
        run("HGET h a").is("8");
        broker.pass(10_001);
        run("HGET h d").isNull();
        run("HSETEX new px 5 fields 1 a 1").is(1);
        broker.pass(6);
        run("EXISTS new").is(0);
    }

    @Test
    void hsetexOnACondition() {
        run("HSETEX h FNX FIELDS 2 x 1 a 5").is(0);
        run("HSETEX h FXX FIELDS 2 x 1 a 5").is(0);
        run("HSETEX none FXX FIELDS 1 a 5").is(0);
        broker.journalledOnly();
        run("HSETEX h FNX FIELDS 2 x 1 y 5").is(1);
        run("HSETEX h EX 10 FXX FIELDS 2 x 2 y 6").is(1);
        run("HMGET h a x y").is("[1, 2, 6]");
        run("HSETEX none FNX FIELDS 1 a 5").is(1);
    }

    @Test
    void hsetexOfATimeThatIsOverRemoves() {
        run("HSETEX h EX 0 FIELDS 2 a 5 d 6").is(1);
        broker.journalledOnly("HDEL h a d");
        run("HKEYS h").is("[b, c]");
        run("HSETEX new PXAT 1 FIELDS 1 a 5").is(1);
        run("EXISTS new").is(0);
    }

    @Test
    void hsetexRefuses() {
        String arity = "ERR wrong number of arguments for 'hsetex' command";
        run("HSETEX h FIELDS 1 a").isError(arity);
        run("HSETEX h FIELDS 2 a 1").isError(arity);
        run("HSETEX h FIELDS 1 a 1 b").isError(arity);
        run("HSETEX h EX 10 FIELDS 1").isError(arity);
        run("HSETEX h FIELDS 0 a 1").isError("ERR invalid number of fields");
        run("HSETEX h FIELDS x a 1").isError("ERR invalid number of fields");
        run("HSETEX h BAD FIELDS 1 a 1").isError("ERR unknown argument: BAD");
        run("HSETEX h FNX FXX FIELDS 1 a 1").isError("ERR Only one of FXX or FNX arguments can be specified");
        run("HSETEX h FNX FNX FIELDS 1 a 1").isError("ERR Only one of FXX or FNX arguments can be specified");
        run("HSETEX h EX 10 KEEPTTL FIELDS 1 a 1").isError(ONE_LIFETIME);
        run("HSETEX h KEEPTTL PX x FIELDS 1 a 1").isError(ONE_LIFETIME);
        run("HSETEX h EX x FIELDS 1 a 1").isError("ERR value is not an integer or out of range");
        run("HSETEX h EX -1 FIELDS 1 a 1").isError("ERR invalid expire time, must be >= 0");
        run("HSETEX h EX 99999999999999 FIELDS 1 a 1").isError("ERR invalid expire time in 'hsetex' command");
        run("HSETEX text BAD FIELDS 1 a 1").isError("ERR unknown argument: BAD");
        run("HSETEX text FIELDS 1 a 1").isError(WRONG_TYPE);
        run("HSETEX h FNX KEEPTTL x EX").isError("ERR unknown argument: x");
        run("HSETEX h FNX KEEPTTL FXX EX").isError("ERR Only one of FXX or FNX arguments can be specified");
        broker.journalledOnly();
    }
}
