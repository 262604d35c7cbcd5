package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.streams.flow.Overflow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientOverflowCommandTest {
    private final InMemoryBroker broker = new InMemoryBroker("outbox-messages-max", "5000");

    @AfterEach
    void close() {
        broker.close();
    }

    private void assertChosen(Overflow overflow, int messages) {
        assertThat(broker.first().overflow).isEqualTo(overflow);
        assertThat(broker.first().bufferMessages).isEqualTo(messages);
    }

    @Test
    void choosesThePolicyAndHowManyMayWait() {
        broker.run("CLIENT", "OVERFLOW", "drop-oldest").is("OK");
        assertChosen(Overflow.DROP_OLDEST, 1024);
        broker.run("CLIENT", "OVERFLOW", "THROTTLE", "buffer", "7").is("OK");
        assertChosen(Overflow.THROTTLE, 7);
        broker.run("CLIENT", "OVERFLOW", "latest", "BUFFER", "5000").is("OK");
        assertChosen(Overflow.LATEST, 5000);
        broker.run("CLIENT", "OVERFLOW", "Drop-Newest", "BUFFER", "1").is("OK");
        assertChosen(Overflow.DROP_NEWEST, 1);
        broker.run("CLIENT", "OVERFLOW", "disconnect").is("OK");
        assertChosen(Overflow.DISCONNECT, 5000);
        assertThat(broker.run("CLIENT", "INFO").text()).contains(" overflow=disconnect queued=0 lost=0");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        broker.run("CLIENT", "OVERFLOW").isError("ERR wrong number of arguments for 'client|overflow' command");
        broker.run("CLIENT", "OVERFLOW", "drop")
                .isError(
                        "ERR the overflow policy must be one of disconnect, drop-oldest, drop-newest, latest, throttle");
        broker.run("CLIENT", "OVERFLOW", "latest", "BUFFER").isError("ERR syntax error");
        broker.run("CLIENT", "OVERFLOW", "latest", "SIZE", "1").isError("ERR syntax error");
        broker.run("CLIENT", "OVERFLOW", "latest", "BUFFER", "1", "x").isError("ERR syntax error");
        for (String messages : new String[] {"0", "-1", "5001"}) {
            broker.run("CLIENT", "OVERFLOW", "latest", "BUFFER", messages)
                    .isError("ERR BUFFER must be between 1 and 5000");
        }
        broker.run("CLIENT", "OVERFLOW", "latest", "BUFFER", "x")
                .isError("ERR value is not an integer or out of range");
        assertChosen(Overflow.DISCONNECT, 0);
    }

    @Test
    void resetGoesBackToTheSettings() {
        broker.run("CLIENT", "OVERFLOW", "latest").is("OK");
        broker.run("RESET").is("RESET");
        assertChosen(Overflow.DISCONNECT, 0);
    }

    @Test
    void aTransactionMayChooseIt() {
        broker.run("MULTI").is("OK");
        broker.run("CLIENT", "OVERFLOW", "throttle", "BUFFER", "3").is("QUEUED");
        broker.run("EXEC").is("[OK]");
        assertChosen(Overflow.THROTTLE, 3);
    }
}
