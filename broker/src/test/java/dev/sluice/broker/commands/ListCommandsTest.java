package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void whoWaitsIsServedInTheOrderOfWaiting() {
        var one = broker.client().run("BLPOP", "q", "0");
        var two = broker.client().run("BLPOP", "q", "0");
        one.waits();
        broker.run("RPUSH", "q", "a").is(1);
        one.hasAnswered("[q, a]");
        two.hasAnswered("(waits)");
        broker.run("RPUSH", "q", "b", "c").is(2);
        two.hasAnswered("[q, b]");
        broker.run("LRANGE", "q", "0", "-1").is("[c]");
    }

    @Test
    void aServingIsARecordOfItsOwn() {
        broker.client().run("BRPOP", "q", "0").waits();
        broker.run("RPUSH", "q", "a");
        assertThat(broker.journalled).hasSize(2);
        assertThat(broker.journalled.get(1)).contains("RPOP").doesNotContain("BRPOP");
    }

    @Test
    void waitingEndsAtItsTime() {
        var waiter = broker.client().run("BLPOP", "q", "0.5");
        broker.pass(499);
        waiter.hasAnswered("(waits)");
        broker.pass(1);
        waiter.hasAnswered("(nil)");
        broker.run("RPUSH", "q", "a").is(1);
        broker.run("LLEN", "q").is(1);
    }

    @Test
    void aTransactionDoesNotWait() {
        broker.run("MULTI").is("OK");
        broker.run("BLPOP", "q", "0").is("QUEUED");
        broker.run("EXEC").is("[(nil)]");
    }

    @Test
    void waitersOfAnotherTypeAreLeftAlone() {
        var waiter = broker.client().run("BLPOP", "q", "0");
        broker.run("SET", "q", "v").is("OK");
        waiter.hasAnswered("(waits)");
        broker.run("DEL", "q").is(1);
        broker.run("LPUSH", "q", "x").is(1);
        waiter.hasAnswered("[q, x]");
    }

    @Test
    void pushesToWhatIsThere() {
        broker.run("LPUSHX", "l", "a").is(0);
        broker.run("EXISTS", "l").is(0);
        broker.run("RPUSH", "l", "a").is(1);
        broker.run("LPUSHX", "l", "b", "c").is(3);
        broker.run("RPUSHX", "l", "d").is(4);
        broker.run("LRANGE", "l", "0", "-1").is("[c, b, a, d]");
    }

    @Test
    void popWithCount() {
        broker.run("RPUSH", "l", "a", "b", "c").is(3);
        broker.run("LPOP", "l", "0").is("[]");
        broker.run("LPOP", "l", "-1").isError("ERR value is out of range, must be positive");
        broker.run("RPOP", "l", "2").is("[c, b]");
        broker.run("LPOP", "missing", "2").isNull();
        broker.run("LPOP", "l", "10").is("[a]");
        broker.run("EXISTS", "l").is(0);
    }
}
