package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Beside the transcripts: order, and what is journalled. */
class ListPopCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void popsOfTheFirstThatHasAny() {
        broker.run("RPUSH", "b", "1", "2", "3");
        broker.run("LMPOP", "2", "a", "b", "RIGHT", "COUNT", "2").is("[b, [3, 2]]");
        broker.run("LMPOP", "2", "a", "b", "LEFT").is("[b, [1]]");
        broker.run("LMPOP", "2", "a", "b", "LEFT").isNull();
        broker.run("EXISTS", "b").is(0);
    }

    @Test
    void isJournalledAsWhatWasPopped() {
        broker.run("RPUSH", "b", "1", "2", "3");
        broker.run("LMPOP", "2", "a", "b", "RIGHT", "COUNT", "100");
        var waiter = broker.client().run("BLMPOP", "0", "2", "a", "b", "LEFT", "COUNT", "100");
        broker.run("RPUSH", "a", "4", "5");
        waiter.hasAnswered("[a, [4, 5]]");
        assertThat(broker.journalled).hasSize(4);
        assertThat(broker.journalled.get(1)).contains("RPOP", "b", "3").doesNotContain("LMPOP");
        assertThat(broker.journalled.get(3)).contains("LPOP", "a", "2").doesNotContain("BLMPOP");
    }

    @Test
    void aNumberOfKeysBeyondTheArgumentsIsRefused() {
        broker.run("RPUSH", "a", "1");
        broker.run("LMPOP", "9223372036854775807", "a", "LEFT").isError("ERR syntax error");
        broker.run("BLMPOP", "0", "2147483648", "a", "LEFT").isError("ERR syntax error");
        broker.run("LMPOP", "1", "a").isError("ERR wrong number of arguments for 'lmpop' command");
        broker.run("LMPOP", "0", "a", "LEFT").isError("ERR numkeys should be greater than 0");
        broker.run("LLEN", "a").is(1);
    }

    @Test
    void countsAreTakenInTheOrderOfWaiting() {
        var one = broker.client().run("BLMPOP", "0", "1", "q", "LEFT", "COUNT", "2");
        var two = broker.client().run("BLPOP", "q", "0");
        var three = broker.client().run("BLMPOP", "0", "1", "q", "RIGHT", "COUNT", "10");
        broker.run("RPUSH", "q", "1", "2", "3", "4", "5").is(5);
        one.hasAnswered("[q, [1, 2]]");
        two.hasAnswered("[q, 3]");
        three.hasAnswered("[q, [5, 4]]");
        broker.run("EXISTS", "q").is(0);
    }

    @Test
    void aTransactionDoesNotWait() {
        broker.run("MULTI");
        broker.run("BLMPOP", "0", "1", "q", "LEFT").is("QUEUED");
        broker.run("BLMOVE", "q", "r", "LEFT", "LEFT", "0").is("QUEUED");
        broker.run("EXEC").is("[(nil), (nil)]");
    }
}
