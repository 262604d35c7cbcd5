package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SortedSetPopCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @BeforeEach
    void fill() {
        run("ZADD z 1 a 2 b 2 c 3 d");
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
    void membersGoFromEitherEnd() {
        run("ZPOPMIN z").is("[a, 1]");
        run("ZPOPMAX z 2").is("[d, 3, c, 2]");
        run("ZPOPMIN z 0").is("[]");
        run("ZPOPMIN z 5").is("[b, 2]");
        run("EXISTS z").is(0);
        run("ZPOPMIN z").is("[]");
        assertThat(broker.journalled).hasSize(3);
    }

    @Test
    void whatIsTakenFromOneOfSeveralIsJournalledWithItsKey() {
        run("ZMPOP 2 none z MAX COUNT 9").is("[z, [d, 3, c, 2, b, 2, a, 1]]");
        assertThat(broker.journalled).hasSize(1);
        assertThat(broker.journalled.getFirst())
                .contains("ZPOPMAX", "\r\n4\r\n")
                .doesNotContain("ZMPOP", "none");
        run("ZMPOP 2 none z MIN").isNull();
        assertThat(broker.journalled).hasSize(1);
    }

    @Test
    void whoWaitsIsServedInTheOrderOfWaiting() {
        var one = broker.client().run("BZPOPMIN", "q", "0");
        var two = broker.client().run("BZMPOP", "0", "2", "p", "q", "MAX", "COUNT", "2");
        one.waits();
        run("ZADD q 1 a");
        one.hasAnswered("[q, a, 1]");
        two.hasAnswered("(waits)");
        run("ZADD q 2 b 3 c 4 d");
        two.hasAnswered("[q, [d, 4, c, 3]]");
        run("ZRANGE q 0 -1").is("[b]");
        assertThat(broker.journalled).hasSize(4);
        assertThat(broker.journalled.get(1)).contains("ZPOPMIN").doesNotContain("BZPOPMIN");
        assertThat(broker.journalled.get(3)).contains("ZPOPMAX").doesNotContain("BZMPOP");
    }

    @Test
    void waitersOfAnotherTypeAreLeftAlone() {
        var waiter = broker.client().run("BZPOPMAX", "q", "0");
        run("RPUSH q a");
        waiter.hasAnswered("(waits)");
        run("DEL q");
        run("ZUNIONSTORE q 1 z");
        waiter.hasAnswered("[q, d, 3]");
    }

    @Test
    void waitingEndsAtItsTime() {
        var waiter = broker.client().run("BZPOPMIN", "q", "0.5");
        broker.pass(499);
        waiter.hasAnswered("(waits)");
        broker.pass(1);
        waiter.hasAnswered("(nil)");
    }

    @Test
    void whatIsDueIsNotTaken() {
        run("ZPEXPIRE z 5 MEMBERS 1 a");
        broker.pass(6);
        run("ZPOPMIN z").is("[b, 2]");
        run("ZPEXPIRE z 5 MEMBERS 2 c d");
        broker.pass(6);
        run("ZPOPMIN z").is("[]");
        run("ZADD z 1 c");
        run("ZTTL z MEMBERS 1 c").is("[-1]");
    }

    @Test
    void aTakenMemberLosesItsTimeToLive() {
        run("ZPEXPIRE z 500 MEMBERS 4 a b c d");
        run("ZPOPMAX z 2").is("[d, 3, c, 2]");
        run("ZADD z 7 d");
        run("ZTTL z MEMBERS 2 b d").is("[1, -1]");
    }
}
