package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientPauseCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();
    private final InMemoryBroker.Client other = broker.client();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void writesRunInTheirOrderWhenItIsOver() {
        broker.run("CLIENT", "PAUSE", "100", "WRITE").is("OK");
        InMemoryBroker.Answer first = other.run("APPEND", "k", "a");
        InMemoryBroker.Answer second = broker.client().run("APPEND", "k", "b");
        first.waits();
        other.run("GET", "k").isNull();
        broker.pass(99);
        first.hasAnswered("(waits)");
        broker.pass(1);
        first.hasAnswered("1");
        second.hasAnswered("2");
        broker.run("GET", "k").is("ab");
    }

    @Test
    void aSecondPauseMakesItNeitherShorterNorLessRestrictive() {
        broker.run("CLIENT", "PAUSE", "100", "WRITE").is("OK");
        broker.run("CLIENT", "PAUSE", "50", "ALL").is("OK");
        InMemoryBroker.Answer ping = other.run("PING");
        broker.pass(99);
        ping.hasAnswered("(waits)");
        broker.pass(1);
        ping.hasAnswered("PONG");
        broker.run("PING").is("PONG");
    }

    @Test
    void whatWasHeldCanBeHeldAgain() {
        broker.run("CLIENT", "PAUSE", "100", "WRITE").is("OK");
        InMemoryBroker.Answer held = other.run("SET", "k", "v");
        broker.run("CLIENT", "UNPAUSE").is("OK");
        broker.run("CLIENT", "PAUSE", "100", "WRITE").is("OK");
        broker.pass(0);
        held.hasAnswered("(waits)");
        broker.pass(100);
        held.hasAnswered("OK");
    }

    @Test
    void aHeldRequestThatWaitsGoesOnWaiting() {
        broker.run("CLIENT", "PAUSE", "100", "WRITE").is("OK");
        InMemoryBroker.Answer held = other.run("BLPOP", "queue", "0");
        broker.pass(100);
        held.hasAnswered("(waits)");
        broker.run("RPUSH", "queue", "a").is(1);
        held.hasAnswered("[queue, a]");
    }

    @Test
    void onlyTheEndOfThePauseWakesUp() {
        broker.run("CLIENT", "PAUSE", "100", "WRITE").is("OK");
        InMemoryBroker.Answer held = other.run("SET", "k", "v");
        String id = Long.toString(other.session.id());
        broker.run("CLIENT", "UNBLOCK", id).is(0);
        assertThat(broker.run("CLIENT", "LIST", "ID", id).text()).contains(" flags=b ");
        assertThat(broker.run("INFO", "clients").text()).contains("blocked_clients:1");
        broker.pass(100);
        held.hasAnswered("OK");
        assertThat(broker.run("INFO", "clients").text()).contains("blocked_clients:0");
    }

    @Test
    void aKeyWhoseTimeHasComeIsMissingButNotRemoved() {
        broker.run("SET", "k", "v", "PX", "50").is("OK");
        broker.run("CLIENT", "PAUSE", "100", "WRITE").is("OK");
        broker.journalled.clear();
        broker.pass(60);
        broker.run("GET", "k").isNull();
        broker.run("DBSIZE").is(1);
        assertThat(broker.journalled).isEmpty();
        broker.pass(40);
        broker.run("GET", "k").isNull();
        broker.run("DBSIZE").is(0);
        assertThat(broker.journalled).hasSize(1);
    }

    @Test
    void aTimeThatIsOverDoesNotBegin() {
        broker.run("CLIENT", "PAUSE", "0").is("OK");
        broker.run("PING").is("PONG");
        broker.run("CLIENT", "PAUSE", "100000000000000", "WRITE").is("OK");
        InMemoryBroker.Answer held = other.run("SET", "k", "v");
        broker.pass(3 * 24 * 60 * 60 * 1000L);
        held.hasAnswered("(waits)");
        broker.run("CLIENT", "UNPAUSE").is("OK");
        broker.pass(0);
        held.hasAnswered("OK");
    }
}
