package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientListCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void killsWhoIsOldEnough() {
        InMemoryBroker.Client other = broker.client();
        String id = Long.toString(other.session.id());
        broker.pass(9_999);
        broker.run("CLIENT", "KILL", "ID", id, "MAXAGE", "10").is(0);
        broker.pass(1);
        broker.run("CLIENT", "KILL", "ID", id, "MAXAGE", "10").is(1);
        assertThat(other.closed).isTrue();
        broker.run("CLIENT", "KILL", "MAXAGE", "0").isError("ERR maxage should be greater than 0");
        broker.run("CLIENT", "KILL", "MAXAGE", "-1").isError("ERR maxage should be greater than 0");
        broker.run("CLIENT", "KILL", "MAXAGE", "old").isError("ERR maxage is not an integer or out of range");
    }

    @Test
    void wakesUpWhoWaitsOnce() {
        InMemoryBroker.Client other = broker.client();
        String id = Long.toString(other.session.id());
        InMemoryBroker.Answer waits = other.run("BLPOP", "queue", "0");
        broker.run("CLIENT", "UNBLOCK", id).is(1);
        waits.hasAnswered("(nil)");
        broker.run("CLIENT", "UNBLOCK", id).is(0);
        waits = other.run("BLPOP", "queue", "0");
        broker.run("CLIENT", "UNBLOCK", id, "ERROR").is(1);
        waits.hasAnswered("-UNBLOCKED client unblocked via CLIENT UNBLOCK");
        broker.run("RPUSH", "queue", "a").is(1);
        broker.run("LLEN", "queue").is(1);
    }
}
