package dev.sluice.broker.commands;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SortedSetRangeCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @BeforeEach
    void fill() {
        run("ZADD z 1 a 2 b 2 c 3 d");
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private InMemoryBroker.Answer run(String line) {
        return broker.run(line.split(" "));
    }

    @Test
    void rangesAreByRankScoreOrBytes() {
        run("ZRANGE z 1 -2").is("[b, c]");
        run("ZRANGEBYSCORE z (1 +inf LIMIT 1 2").is("[c, d]");
        run("ZREVRANGEBYSCORE z +inf (1 LIMIT 1 2").is("[c, b]");
        run("ZADD l 0 a 0 b 0 c");
        run("ZRANGEBYLEX l (a +").is("[b, c]");
        run("ZREVRANGEBYLEX l + [b").is("[c, b]");
        run("ZRANGEBYLEX l - + WITHSCORES")
                .isError("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
    }

    @Test
    void ranksComeWithScores() {
        run("ZRANK z c WITHSCORE").is("[2, 2]");
        run("ZREVRANK z c withscore").is("[1, 2]");
        run("ZRANK z none WITHSCORE").isNull();
        run("ZRANK none a WITHSCORE").isNull();
        run("ZRANK z a WITHSCORES").isError("ERR syntax error");
        run("ZREVRANK z a WITHSCORE b").isError("ERR wrong number of arguments for 'zrevrank' command");
    }

    @Test
    void aStoredRangeHasNoTimesToLive() {
        run("ZEXPIRE z 100 MEMBERS 4 a b c d");
        run("ZADD y 1 x");
        run("ZEXPIRE y 100 MEMBERS 1 x");
        run("ZRANGESTORE y z 0 1").is(2);
        run("ZTTL y MEMBERS 3 a b x").is("[-1, -1, -2]");
        run("ZUNIONSTORE z 1 z").is(4);
        run("ZTTL z MEMBERS 1 a").is("[-1]");
    }

    @Test
    void whatIsDueIsNotInARange() {
        run("ZPEXPIRE z 5 MEMBERS 2 b d");
        broker.pass(6);
        run("ZRANGEBYSCORE z -inf +inf").is("[a, c]");
        run("ZCOUNT z 2 3").is(1);
        run("ZMSCORE z a b c").is("[1, (nil), 2]");
        run("ZRANGESTORE y z 0 -1").is(2);
    }

    @Test
    void removedRangesTakeTimesToLiveAlong() {
        run("ZEXPIRE z 100 MEMBERS 4 a b c d");
        run("ZREMRANGEBYSCORE z 2 2").is(2);
        run("ZADD z 2 b");
        run("ZTTL z MEMBERS 2 a b").is("[100, -1]");
        run("ZREMRANGEBYRANK z 0 -1").is(3);
        run("EXISTS z").is(0);
    }
}
