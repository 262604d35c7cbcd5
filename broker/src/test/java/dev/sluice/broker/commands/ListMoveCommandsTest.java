package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Beside the transcripts: order, and what is journalled. */
class ListMoveCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void movesBetweenAnyEnds() {
        broker.run("RPUSH", "l", "a", "b", "c", "d");
        broker.run("LMOVE", "l", "m", "LEFT", "RIGHT").is("a");
        broker.run("LMOVE", "l", "m", "RIGHT", "LEFT").is("d");
        broker.run("RPOPLPUSH", "l", "l").is("c");
        broker.run("LRANGE", "l", "0", "-1").is("[c, b]");
        broker.run("LRANGE", "m", "0", "-1").is("[d, a]");
        broker.run("LMOVE", "none", "m", "LEFT", "RIGHT").isNull();
        broker.run("LMOVE", "l", "m", "LEFT", "UP").isError("ERR syntax error");
    }

    @Test
    void aRefusedMoveHasTakenNothing() {
        broker.run("SET", "s", "v");
        broker.run("RPUSH", "l", "a");
        broker.run("LMOVE", "l", "s", "LEFT", "LEFT")
                .isError("WRONGTYPE Operation against a key holding the wrong kind of value");
        broker.run("LRANGE", "l", "0", "-1").is("[a]");
        assertThat(broker.journalled).hasSize(2);
    }

    @Test
    void servingsFollowEachOtherAndAreRecordsOfTheirOwn() {
        var last = broker.client().run("BLPOP", "c", "0");
        var second = broker.client().run("BRPOPLPUSH", "b", "c", "0");
        var first = broker.client().run("BLMOVE", "a", "b", "LEFT", "RIGHT", "0");
        first.waits();
        broker.run("RPUSH", "a", "x").is(1);
        first.hasAnswered("x");
        second.hasAnswered("x");
        last.hasAnswered("[c, x]");
        broker.run("EXISTS", "a", "b", "c").is(0);
        assertThat(broker.journalled).hasSize(4);
        assertThat(broker.journalled.get(1)).contains("LMOVE").doesNotContain("BLMOVE");
        assertThat(broker.journalled.get(2)).contains("RPOPLPUSH").doesNotContain("BRPOPLPUSH");
        assertThat(broker.journalled.get(3)).contains("LPOP").doesNotContain("BLPOP");
    }

    @Test
    void whatNeedNotWaitIsJournalledInTheSameWay() {
        broker.run("RPUSH", "a", "x", "y");
        broker.run("BLMOVE", "a", "b", "left", "right", "0").is("x");
        broker.run("BRPOPLPUSH", "a", "b", "0").is("y");
        assertThat(broker.journalled.get(1)).contains("LMOVE").doesNotContain("BLMOVE");
        assertThat(broker.journalled.get(2)).contains("RPOPLPUSH").doesNotContain("BRPOPLPUSH");
    }

    @Test
    void whoWaitsInACircleIsServedOnce() {
        var one = broker.client().run("BLMOVE", "a", "b", "LEFT", "RIGHT", "0");
        var two = broker.client().run("BLMOVE", "b", "a", "LEFT", "RIGHT", "0");
        broker.run("RPUSH", "a", "x").is(1);
        one.hasAnswered("x");
        two.hasAnswered("x");
        broker.run("LRANGE", "a", "0", "-1").is("[x]");
    }

    @Test
    void aTargetOfAnotherTypeEndsTheWaiting() {
        var one = broker.client().run("BLMOVE", "a", "s", "LEFT", "RIGHT", "0");
        var two = broker.client().run("BLMOVE", "a", "b", "LEFT", "RIGHT", "0");
        broker.run("SET", "s", "v");
        broker.run("RPUSH", "a", "x");
        one.hasAnswered("-WRONGTYPE Operation against a key holding the wrong kind of value");
        two.hasAnswered("x");
        assertThat(broker.journalled).hasSize(3);
    }

    @Test
    void waitingEndsAtItsTime() {
        var waiter = broker.client().run("BLMOVE", "a", "b", "LEFT", "RIGHT", "0.25");
        broker.pass(249);
        waiter.hasAnswered("(waits)");
        broker.pass(1);
        waiter.hasAnswered("(nil)");
        broker.run("RPUSH", "a", "x");
        broker.run("EXISTS", "b").is(0);
    }
}
