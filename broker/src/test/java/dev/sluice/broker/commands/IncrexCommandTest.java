package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.data.StringValue;
import dev.sluice.streams.message.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IncrexCommandTest {
    private static final String LEAST = "-9223372036854775808";
    private static final String MOST = "9223372036854775807";

    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    private void set(String value, String... options) {
        String[] words = new String[3 + options.length];
        System.arraycopy(new String[] {"SET", "k", value}, 0, words, 0, 3);
        System.arraycopy(options, 0, words, 3, options.length);
        broker.run(words).is("OK");
        broker.journalled.clear();
    }

    private InMemoryBroker.Answer increx(String options) {
        return broker.run(("INCREX k " + options).trim().split(" "));
    }

    @Test
    void countsByOneFromZero() {
        increx("").is("[1, 1]");
        increx("BYINT 5").is("[6, 5]");
        increx("byint -10").is("[-4, -10]");
        increx("BYINT 0").is("[-4, 0]");
        set("1.5");
        increx("").isError("ERR value is not an integer or out of range");
    }

    @Test
    void isRefusedBeyondItsBounds() {
        increx("BYINT 15 UBOUND 10").is("[0, 0]");
        increx("BYINT 5 LBOUND 10").is("[0, 0]");
        broker.run("EXISTS", "k").is(0);
        set("5", "EX", "100");
        increx("BYINT 10 LBOUND 0 UBOUND 10 EX 500").is("[5, 0]");
        increx("BYINT -10 LBOUND 0").is("[5, 0]");
        broker.run("TTL", "k").is(100);
        increx("BYINT 5 UBOUND 10").is("[10, 5]");
        increx("BYINT 5 UBOUND 3").is("[10, 0]");
        increx("BYINT -9 UBOUND 3").is("[1, -9]");
        set(MOST);
        increx("").is("[" + MOST + ", 0]");
        set(LEAST);
        increx("BYINT -1").is("[" + LEAST + ", 0]");
    }

    @Test
    void saturates() {
        set("50");
        increx("BYINT 100 UBOUND 80 SATURATE").is("[80, 30]");
        increx("SATURATE BYINT 5 UBOUND 30").is("[30, -50]");
        increx("LBOUND 0 BYINT -100 SATURATE").is("[0, -30]");
        set("9223372036854775800");
        increx("BYINT 9223372036854775800 SATURATE").is("[" + MOST + ", 7]");
        set("9223372036854775800");
        increx("BYINT 9223372036854775800 SATURATE UBOUND 9").is("[9, -9223372036854775791]");
        set("-9223372036854775800");
        increx("BYINT -9223372036854775800 SATURATE").is("[" + LEAST + ", -8]");
        set("9223372036854775800");
        increx("BYINT 1 SATURATE UBOUND " + LEAST).isError("ERR applied increment would overflow");
        broker.run("GET", "k").is("9223372036854775800");
    }

    @Test
    void countsInFloats() {
        set("1.5");
        increx("BYFLOAT 0.25").is("[1.75, 0.25]");
        increx("BYFLOAT 1").is("[2.75, 1]");
        increx("BYFLOAT 10 UBOUND 5.5").is("[2.75, 0]");
        increx("BYFLOAT 10 UBOUND 5.5 SATURATE").is("[5.5, 2.75]");
        increx("BYFLOAT -10 LBOUND -5.5").is("[-4.5, -10]");
        increx("BYFLOAT -10 LBOUND -5.5 SATURATE").is("[-5.5, -1]");
        set("10");
        increx("BYFLOAT 1.0").is("[11, 1]");
        StringValue value = broker.keyspace.database(0).string(Bytes.of("k"));
        assertThat(value.encoding()).isEqualTo("embstr");
        set("1.1e4932");
        increx("BYFLOAT 1.1e4932").text();
        broker.run("GET", "k").is("1.1e4932");
        set("0.5");
        broker.client().resp3().run("INCREX", "k", "BYFLOAT", "1").is("[1.5, 1]");
    }

    @Test
    void floatsAreFinite() {
        increx("BYFLOAT inf").isError("ERR BYFLOAT increment cannot be Infinity");
        increx("BYFLOAT -inf").isError("ERR BYFLOAT increment cannot be Infinity");
        set("inf");
        increx("BYFLOAT 1").isError("ERR value cannot be Infinity");
        set("hello");
        increx("BYFLOAT 1").isError("ERR value is not a valid float");
        increx("BYINT 1").isError("ERR value is not an integer or out of range");
        set("1");
        increx("BYFLOAT 1 LBOUND inf UBOUND inf SATURATE").isError("ERR applied increment would overflow");
    }

    @Test
    void refusesWhatMakesNoSense() {
        for (String options : new String[] {
            "FOO", "BYINT", "BYINT 1 FOO", "BYINT 1 BYFLOAT 1", "BYFLOAT 1 BYINT 1", "BYINT 1 BYINT 1",
                    "LBOUND 0 LBOUND 1",
            "UBOUND", "UBOUND 1 UBOUND 1", "SATURATE SATURATE", "EX 10 EX 20", "EX 10 PX 10", "EX 10 PERSIST",
                    "PERSIST EX 10",
            "PERSIST PERSIST", "PERSIST ENX", "ENX PERSIST", "ENX ENX EX 10", "KEEPTTL", "EX"
        }) {
            increx(options).isError("ERR syntax error");
        }
        increx("ENX").isError("ERR ENX flag requires an expiration");
        increx("BYINT 1.5").isError("ERR Increment is not an integer or out of range");
        increx("BYFLOAT abc").isError("ERR Increment is not a valid float");
        increx("LBOUND 1.5").isError("ERR LBOUND is not an integer or out of range");
        increx("UBOUND abc").isError("ERR UBOUND is not an integer or out of range");
        increx("BYFLOAT 1 LBOUND abc").isError("ERR LBOUND is not a valid float");
        increx("BYFLOAT 1 UBOUND nan").isError("ERR UBOUND is not a valid float");
        increx("LBOUND 10 UBOUND 5").isError("ERR LBOUND can't be greater than UBOUND");
        increx("BYFLOAT 1 LBOUND 10.5 UBOUND 1.5 SATURATE").isError("ERR LBOUND can't be greater than UBOUND");
        increx("EX 0").isError("ERR invalid expire time in 'increx' command");
        increx("PX -1").isError("ERR invalid expire time in 'increx' command");
        broker.run("RPUSH", "l", "a").is(1);
        broker.run("INCREX", "l").isError("WRONGTYPE Operation against a key holding the wrong kind of value");
        broker.run("INCREX").isError("ERR wrong number of arguments for 'increx' command");
        broker.run("EXISTS", "k").is(0);
    }

    @Test
    void setsTheTimeToLive() {
        increx("EX 100").is("[1, 1]");
        broker.run("TTL", "k").is(100);
        increx("").is("[2, 1]");
        broker.run("TTL", "k").is(100);
        increx("PX 50000 ENX").is("[3, 1]");
        broker.run("TTL", "k").is(100);
        increx("PX 50000").is("[4, 1]");
        broker.run("TTL", "k").is(50);
        increx("PERSIST").is("[5, 1]");
        broker.run("TTL", "k").is(-1);
        increx("EX 10 ENX").is("[6, 1]");
        broker.run("TTL", "k").is(10);
        increx("EXAT 1 ENX").is("[7, 1]");
        broker.run("TTL", "k").is(10);
        increx("EXAT 1").is("[8, 1]");
        broker.run("EXISTS", "k").is(0);
    }

    @Test
    void isJournalledAsWhatItStored() {
        increx("PXAT 1");
        increx("BYINT 7");
        increx("BYFLOAT 0.5");
        increx("BYFLOAT 100 UBOUND 8 SATURATE EX 10");
        increx("EX 20 ENX");
        increx("PERSIST UBOUND 100");
        increx("UBOUND 5");
        increx("PXAT 1");
        broker.journalledOnly(
                "SET k 7 KEEPTTL",
                "SET k 7.5 KEEPTTL",
                "SET k 8 PXAT " + (InMemoryBroker.START_MS + 10_000),
                "SET k 9 KEEPTTL",
                "SET k 10",
                "DEL k");
    }
}
