package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ObservationTest {
    private final InMemoryBroker broker = new InMemoryBroker(
            "slowlog-log-slower-than", "0", "enable-debug-command", "yes", "latency-monitor-threshold", "100");

    @AfterEach
    void close() {
        broker.close();
    }

    private void slowLogIs(String expected) {
        broker.run("CONFIG", "SET", "slowlog-log-slower-than", "-1");
        broker.run("SLOWLOG", "GET", "1").is(expected);
        broker.run("CONFIG", "SET", "slowlog-log-slower-than", "0");
        broker.run("SLOWLOG", "RESET");
    }

    @Test
    void anEntryIsWhoRanWhatWhen() {
        broker.run("CLIENT", "SETNAME", "me");
        broker.run("SET", "k", "a\0b");
        broker.run("SLOWLOG", "GET", "2")
                .is("[[1, 1700000000, 0, [SET, k, a\0b], 127.0.0.1:10001, me], "
                        + "[0, 1700000000, 0, [CLIENT, SETNAME, me], 127.0.0.1:10001, me]]");
    }

    @Test
    void secretsAreNotKept() {
        broker.run("AUTH", "user", "secret");
        broker.run("SLOWLOG", "GET", "1").is("[[0, 1700000000, 0, [AUTH, (redacted), (redacted)], 127.0.0.1:10001, ]]");
        broker.run("HELLO", "2", "AUTH", "user", "secret", "SETNAME", "x");
        broker.run("SLOWLOG", "GET", "1")
                .is("[[2, 1700000000, 0, [HELLO, 2, AUTH, (redacted), (redacted), SETNAME, x], 127.0.0.1:10001, ]]");
        broker.run("CONFIG", "SET", "maxclients", "7", "MasterAuth", "secret");
        broker.run("SLOWLOG", "GET", "1")
                .is("[[4, 1700000000, 0, [CONFIG, SET, maxclients, 7, MasterAuth, (redacted)], 127.0.0.1:10001, ]]");
    }

    @Test
    void manyAndLongArgumentsAreShortened() {
        String[] words = new String[40];
        Arrays.fill(words, "x");
        words[0] = "MGET";
        words[1] = "y".repeat(130);
        broker.run(words);
        slowLogIs("[[0, 1700000000, 0, [MGET, " + "y".repeat(128) + "... (2 more bytes), " + "x, ".repeat(29)
                + "... (9 more arguments)], 127.0.0.1:10001, ]]");
    }

    @Test
    void execIsKeptAsWhatItRan() {
        broker.run("MULTI");
        broker.run("INCR", "n");
        broker.run("SLOWLOG", "RESET");
        broker.run("EXEC");
        broker.run("SLOWLOG", "LEN").is(1);
    }

    @Test
    void monitorsSeeWhatOthersRun() {
        InMemoryBroker.Client monitor = broker.client();
        monitor.run("MONITOR").is("OK");
        broker.run("SET", "k", "a\"\\\r\n\t\u0007\b\0~é");
        broker.run("SELECT", "5");
        broker.run("AUTH", "x");
        broker.run("SLOWLOG", "LEN");
        broker.run("NOSUCH");
        assertThat(monitor.pushed)
                .containsExactly(
                        " +1700000000.000000 [0 127.0.0.1:10001] \"SET\" \"k\""
                                + " \"a\\\"\\\\\\r\\n\\t\\a\\b\\x00~\\xc3\\xa9\"\r\n",
                        " +1700000000.000000 [5 127.0.0.1:10001] \"SELECT\" \"5\"\r\n",
                        " +1700000000.000000 [5 127.0.0.1:10001] \"AUTH\" \"(redacted)\"\r\n");
        monitor.pushed.clear();
        monitor.run("PING").is("[PONG, 1700000000.000000 [0 127.0.0.1:10002] \"PING\"]");
        monitor.run("MONITOR").is("(none)");
        monitor.run("GET", "k").isError("ERR Replica can't interact with the keyspace");
        monitor.run("RESET").is("RESET");
        broker.run("PING");
        assertThat(monitor.pushed).isEmpty();
    }

    @Test
    void aLongRequestIsShownInPart() {
        InMemoryBroker.Client monitor = broker.client();
        monitor.run("MONITOR").is("OK");
        broker.run("ECHO", "x".repeat(MonitorLine.BYTES_MAX));
        assertThat(monitor.pushed.getFirst()).endsWith("xxx... (4 more bytes)\"\r\n");
    }

    @Test
    void whoWaitedIsCountedOnceAndKeptWhenServed() {
        InMemoryBroker.Client waiting = broker.client();
        var answer = waiting.run("BLPOP", "q", "0");
        broker.run("SLOWLOG", "RESET");
        broker.run("RPUSH", "q", "x");
        answer.hasAnswered("[q, x]");
        assertThat(broker.run("SLOWLOG", "GET", "-1").text())
                .containsOnlyOnce("[BLPOP, q, 0], 127.0.0.1:10002")
                .contains("[RPUSH, q, x]");
        assertThat(broker.run("INFO", "commandstats").text()).contains("cmdstat_blpop:calls=1,");
    }

    @Test
    void onlyTheNewestAreKept() {
        broker.run("CONFIG", "SET", "slowlog-max-len", "2");
        broker.run("PING");
        broker.run("PING");
        broker.run("PING");
        broker.run("SLOWLOG", "LEN").is(2);
    }

    @Test
    void whatTookLongIsAnEvent() {
        broker.run("DEBUG", "SLEEP", "0.2");
        broker.run("PING");
        broker.run("SLOWLOG", "GET", "2")
                .is("[[1, 1700000000, 0, [PING], 127.0.0.1:10001, ], "
                        + "[0, 1700000000, 200000, [DEBUG, SLEEP, 0.2], 127.0.0.1:10001, ]]");
        broker.run("LATENCY", "LATEST").is("[[command, 1700000000, 200, 200]]");
        broker.run("MULTI");
        broker.run("DEBUG", "SLEEP", "0.3");
        broker.run("SLOWLOG", "RESET");
        broker.run("EXEC");
        broker.run("SLOWLOG", "LEN").is(1);
        broker.run("LATENCY", "HISTORY", "command").is("[[1700000000, 300]]");
        broker.run("LATENCY", "RESET", "COMMAND", "nosuch").is(1);
        broker.run("LATENCY", "HISTORY", "command").is("[]");
    }
}
