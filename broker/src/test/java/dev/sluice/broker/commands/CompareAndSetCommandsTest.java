package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What redis-server 7.0 does not know: after the documentation and the test suite of Redis 8.4, and of Valkey 9. */
class CompareAndSetCommandsTest {
    private static final String WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
    private static final String NO_DIGEST = "ERR must be exactly 16 hexadecimal characters";

    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    private String digest(String key) {
        return broker.run("DIGEST", key).text();
    }

    @Test
    void digestIsXxh3() {
        broker.run("SET", "k", "Hello world").is("OK");
        assertThat(digest("k")).isEqualTo("b6acb9d84a38ff74");
        broker.run(
                        "SET",
                        "k",
                        "v8lf0c11xh8ymlqztfd3eeq16kfn4sspw7fqmnuuq3k3t75em5wdizgcdw7uc26nnf961u2jkfzkjytls2kwlj7626sd")
                .is("OK");
        assertThat(digest("k")).isEqualTo("00006c38adf31777");
        broker.run("SET", "k", "").is("OK");
        assertThat(digest("k")).isEqualTo("2d06800538d394c2");
        broker.run("DIGEST", "none").isNull();
        broker.run("RPUSH", "l", "a").is(1);
        broker.run("DIGEST", "l").isError(WRONG_TYPE);
    }

    @Test
    void aLongStringHasTheDigestOfItsBytes() {
        String text = "Lorem ipsum dolor sit amet. ".repeat(10_000);
        broker.run("SET", "rope", text).is("OK");
        long hash = com.dynatrace.hash4j.hashing.Hashing.xxh3_64()
                .hashBytesToLong(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        assertThat(digest("rope")).isEqualTo(String.format("%016x", hash));
    }

    @Test
    void setIfEqual() {
        broker.run("SET", "k", "new", "IFEQ", "old").isNull();
        broker.run("EXISTS", "k").is(0);
        broker.run("SET", "k", "old").is("OK");
        broker.run("SET", "k", "new", "IFEQ", "other").isNull();
        broker.run("SET", "k", "new", "ifeq", "old").is("OK");
        broker.run("SET", "k", "newer", "IfEq", "new", "GET").is("new");
        broker.run("SET", "k", "newest", "IFEQ", "new", "GET").is("newer");
        broker.run("GET", "k").is("newer");
        broker.run("SET", "k", "").is("OK");
        broker.run("SET", "k", "12345", "IFEQ", "", "EX", "100").is("OK");
        broker.run("TTL", "k").is(100);
        broker.run("SET", "k", "x", "KEEPTTL", "IFEQ", "12345").is("OK");
        broker.run("TTL", "k").is(100);
    }

    @Test
    void setIfNotEqual() {
        broker.run("SET", "k", "v", "IFNE", "v").is("OK");
        broker.run("SET", "k", "w", "IFNE", "v").isNull();
        broker.run("SET", "k", "w", "IFNE", "v", "GET").is("v");
        broker.run("SET", "k", "w", "IFNE", "x", "GET").is("v");
        broker.run("GET", "k").is("w");
        broker.run("SET", "none", "w", "GET", "IFNE", "x").isNull();
        broker.run("GET", "none").is("w");
    }

    @Test
    void setByDigest() {
        broker.run("SET", "k", "v", "IFDEQ", "no digest at all").isNull();
        broker.run("EXISTS", "k").is(0);
        broker.run("SET", "k", "hello", "IFDNE", "1234567890").is("OK");
        String digest = digest("k");
        broker.run("SET", "k", "w", "IFDNE", digest).isNull();
        broker.run("SET", "k", "w", "IFDEQ", "0123456789abcdef").isNull();
        broker.run("SET", "k", "w", "IFDEQ", digest.substring(1)).isError(NO_DIGEST);
        broker.run("SET", "k", "w", "IFDNE", "0" + digest).isError(NO_DIGEST);
        broker.run("SET", "k", "w", "IFDNE", "").isError(NO_DIGEST);
        broker.run("SET", "k", "w", "IFDEQ", digest.toUpperCase(Locale.ROOT)).is("OK");
        broker.run("SET", "k", "x", "IFDNE", digest, "GET").is("w");
        broker.run("GET", "k").is("x");
    }

    @Test
    void conditionsOfSetExcludeEachOther() {
        for (String[] words : new String[][] {
            {"NX", "IFEQ", "v"},
            {"IFEQ", "v", "NX"},
            {"IFEQ", "v", "XX"},
            {"IFEQ", "v", "IFNE", "v"},
            {"IFDEQ", "0123456789abcdef", "IFEQ", "v"},
            {"IFEQ"},
            {"IFDNE"},
            {"EX", "10", "IFEQ"},
        }) {
            String[] request = new String[3 + words.length];
            System.arraycopy(new String[] {"SET", "k", "v"}, 0, request, 0, 3);
            System.arraycopy(words, 0, request, 3, words.length);
            broker.run(request).isError("ERR syntax error");
        }
        broker.run("RPUSH", "l", "a").is(1);
        for (String word : new String[] {"IFEQ", "IFNE", "IFDEQ", "IFDNE"}) {
            broker.run("SET", "l", "v", word, "a").isError(WRONG_TYPE);
        }
    }

    @Test
    void whatSetDidIsJournalledWithoutItsCondition() {
        broker.run("SET", "k", "v", "IFNE", "x");
        broker.run("SET", "k", "w", "IFEQ", "x");
        broker.run("SET", "k", "w", "IFEQ", "v", "PX", "5000");
        broker.journalledOnly("SET k v", "SET k w PXAT " + (InMemoryBroker.START_MS + 5000));
    }

    @Test
    void delex() {
        broker.run("DELEX", "none").is(0);
        broker.run("RPUSH", "l", "a").is(1);
        broker.run("DELEX", "l", "IFEQ", "a").isError("ERR Key should be of string type if conditions are specified");
        broker.run("DELEX", "l").is(1);
        for (String word : new String[] {"IFEQ", "IFNE", "IFDEQ", "IFDNE"}) {
            broker.run("DELEX", "none", word, "a").is(0);
        }
        broker.run("SET", "k", "hello").is("OK");
        broker.run("DELEX", "k", "IFEQ", "world").is(0);
        broker.run("DELEX", "k", "IFNE", "hello").is(0);
        broker.run("DELEX", "k", "IFDEQ", "0123456789abcdef").is(0);
        broker.run("DELEX", "k", "IFDNE", digest("k")).is(0);
        broker.run("DELEX", "k", "IFDNE", "abc").isError(NO_DIGEST);
        broker.run("DELEX", "k", "ifdeq", digest("k").toUpperCase(Locale.ROOT)).is(1);
        broker.run("EXISTS", "k").is(0);
        broker.run("SET", "k", "123").is("OK");
        broker.run("DELEX", "k", "IFNE", "0123").is(1);
    }

    @Test
    void delexRefuses() {
        broker.run("DELEX").isError("ERR wrong number of arguments for 'delex' command");
        broker.run("DELEX", "k", "IFEQ").isError("ERR wrong number of arguments for 'delex' command");
        broker.run("DELEX", "k", "IFEQ", "a", "b").isError("ERR wrong number of arguments for 'delex' command");
        broker.run("SET", "k", "v").is("OK");
        broker.run("DELEX", "k", "EQ", "v").isError("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE");
    }

    @Test
    void delifeq() {
        broker.run("SET", "k", "abc").is("OK");
        broker.run("DELIFEQ", "k", "abd").is(0);
        broker.run("DELIFEQ", "k", "abc").is(1);
        broker.run("DELIFEQ", "k", "abc").is(0);
        broker.run("RPUSH", "l", "a").is(1);
        broker.run("DELIFEQ", "l", "a").isError(WRONG_TYPE);
        broker.run("DELIFEQ", "k").isError("ERR wrong number of arguments for 'delifeq' command");
    }

    @Test
    void deletionsAreJournalledAsSuch() {
        broker.run("MSET", "a", "1", "b", "2", "c", "3");
        broker.journalled.clear();
        broker.run("DELEX", "a");
        broker.run("DELEX", "b", "IFNE", "1");
        broker.run("DELIFEQ", "c", "3");
        broker.run("DELIFEQ", "c", "3");
        broker.journalledOnly("DEL a", "DEL b", "DEL c");
    }
}
