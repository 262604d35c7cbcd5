package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DebugCommandsTest {
    private final InMemoryBroker broker =
            new InMemoryBroker("enable-debug-command", "yes", "arena-bytes-max", "16mb", "proto-max-bulk-len", "2mb");

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void populateIsBoundedByMemory() {
        broker.run("DEBUG", "POPULATE", "10000000").isError("OOM command not allowed when used memory > 'maxmemory'.");
        broker.run("DEBUG", "POPULATE", "9223372036854775807", "p", "9223372036854775807")
                .isError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        broker.run("DEBUG", "POPULATE", "9223372036854775807", "p", "1000")
                .isError("OOM command not allowed when used memory > 'maxmemory'.");
        broker.run("DBSIZE").is(0);
    }

    @Test
    void populateTellsWatchersAndTheJournal() {
        broker.readJournal();
        broker.run("WATCH", "key:1");
        broker.run("DEBUG", "POPULATE", "2").is("OK");
        broker.run("MULTI");
        broker.run("EXEC").isNull();
        assertThat(broker.journalled).hasSize(1).first().asString().contains("POPULATE");
    }

    @Test
    void aBlockChangedInPlaceStaysWhereItIs() {
        broker.run("SET", "n", "20000");
        broker.run("INCR", "n");
        String before = broker.run("DEBUG", "OBJECT", "n").text();
        broker.run("INCR", "n");
        assertThat(broker.run("DEBUG", "OBJECT", "n").text())
                .isEqualTo(before)
                .matches("Value at:0x[0-9a-f]+ refcount:1 encoding:int serializedlength:3 lru:\\d+ lru_seconds_idle:0");
    }

    @Test
    void listsSayHowTheyAreSplit() {
        broker.run("RPUSH", "l", "a", "b".repeat(100), "3");
        assertThat(broker.run("DEBUG", "OBJECT", "l").text())
                .contains(" serializedlength:107 ")
                .contains(" ql_nodes:1 ql_avg_node:3.00 ql_listpack_max:-2 ql_compressed:0 ql_uncompressed_size:");
    }

    @Test
    void tables() {
        assertThat(broker.run("DEBUG", "HTSTATS", "0").text())
                .isEqualTo("[Dictionary HT]\nNo stats available for empty dictionaries\n"
                        + "[Expires HT]\nNo stats available for empty dictionaries\n");
        broker.run("SET", "k", "v", "EX", "100");
        assertThat(broker.run("DEBUG", "HTSTATS", "0").text()).contains("number of elements: 1\n");
    }

    @Test
    void theHistoryGetsAnotherName() {
        broker.run("DEBUG", "CHANGE-REPL-ID").is("OK");
        assertThat(broker.run("INFO", "replication").text()).contains("master_replid:" + "f".repeat(40) + "\r\n");
    }

    @Test
    void patterns() {
        broker.run("DEBUG", "STRINGMATCH-LEN", "a*b?", "axxbc").is(1);
        broker.run("DEBUG", "STRINGMATCH-LEN", "a*b?", "axxb").is(0);
        assertThat(broker.run("DEBUG", "STRINGMATCH-TEST").text()).endsWith(" of 100000 patterns matched: test passed");
    }

    @Test
    void sleepKeepsTheLoop() {
        broker.run("DEBUG", "SLEEP", "1.5");
        assertThat(broker.time.epochMillis()).isEqualTo(InMemoryBroker.START_MS + 1500);
        broker.run("DEBUG", "SLEEP", "inf").is("OK");
    }

    @Test
    void withoutTheSettingItIsRefused() {
        try (InMemoryBroker plain = new InMemoryBroker()) {
            assertThat(plain.run("DEBUG", "SLEEP", "0").text()).startsWith("-ERR DEBUG command not allowed.");
        }
    }
}
