package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HashCounterCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void counts() {
        broker.run("HINCRBY", "h", "f", "5").is(5);
        broker.run("HINCRBY", "h", "f", "-7").is(-2);
        broker.run("HSET", "h", "most", "9223372036854775807", "text", "x", "spaced", " 5");
        broker.run("HINCRBY", "h", "most", "1").isError("ERR increment or decrement would overflow");
        broker.run("HINCRBY", "h", "text", "1").isError("ERR hash value is not an integer");
        broker.run("HINCRBY", "h", "spaced", "1").isError("ERR hash value is not an integer");
        broker.run("HINCRBY", "none", "f", "x").isError("ERR value is not an integer or out of range");
        broker.run("EXISTS", "none").is(0);
    }

    @Test
    void fractionsAreJournalledAsTheirSum() {
        broker.run("HINCRBYFLOAT", "h", "f", "10.5").is("10.5");
        assertThat(broker.journalled.getLast()).contains("HSET", "10.5").doesNotContain("HINCRBYFLOAT");
        broker.run("HINCRBYFLOAT", "h", "f", "-0.25").is("10.25");
        broker.run("HSET", "h", "text", "x");
        broker.run("HINCRBYFLOAT", "h", "text", "1").isError("ERR hash value is not a float");
        broker.run("HINCRBYFLOAT", "h", "f", "inf").isError("ERR value is NaN or Infinity");
        broker.run("HINCRBYFLOAT", "h", "f", "x").isError("ERR value is not a valid float");
    }

    @Test
    void theTimeOfExpiryStaysAlsoInTheJournal() {
        broker.run("HSET", "h", "f", "1");
        broker.run("HPEXPIRE", "h", "5000", "FIELDS", "1", "f");
        broker.run("HINCRBYFLOAT", "h", "f", "0.5").is("1.5");
        assertThat(broker.journalled.getLast()).contains("HSETEX", "KEEPTTL", "1.5");
        broker.run("HPTTL", "h", "FIELDS", "1", "f").is("[5000]");
    }
}
