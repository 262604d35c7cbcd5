package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HashWalkCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void aSmallHashIsShownInTheOrderOfItsMaking() {
        broker.run("HSET", "h", "b", "1", "a", "2", "", "");
        broker.run("HKEYS", "h").is("[b, a, ]");
        broker.run("HVALS", "h").is("[1, 2, ]");
        broker.run("HGETALL", "h").is("[b, 1, a, 2, , ]");
        broker.run("HGETALL", "none").is("[]");
        broker.run("HKEYS", "none").is("[]");
    }

    @Test
    void scanShowsWhatMatches() {
        broker.run("HSET", "h", "a1", "1", "b", "2", "a2", "3");
        broker.run("HSCAN", "h", "0").is("[0, [a1, 1, b, 2, a2, 3]]");
        broker.run("HSCAN", "h", "0", "MATCH", "a*").is("[0, [a1, 1, a2, 3]]");
        broker.run("HSCAN", "h", "0", "MATCH", "2").is("[0, []]");
        broker.run("HSCAN", "none", "0", "FOO").is("[0, []]");
        broker.run("HSCAN", "h", "x").isError("ERR invalid cursor");
        broker.run("HSCAN", "h", "0", "TYPE", "hash").isError("ERR syntax error");
    }

    /** As redis-server 7.4.1 answers. */
    @Test
    void scanWithoutValues() {
        broker.run("HSET", "h", "a1", "1", "b", "2", "a2", "3");
        broker.run("HSCAN", "h", "0", "NOVALUES").is("[0, [a1, b, a2]]");
        broker.run("HSCAN", "h", "0", "MATCH", "a*", "novalues", "COUNT", "1").is("[0, [a1, a2]]");
        broker.run("HSCAN", "h", "0", "NOVALUES", "x").isError("ERR syntax error");
        broker.run("HSCAN", "none", "0", "NOVALUES").is("[0, []]");
    }

    @Test
    void stepsThroughALargeHashShowAllOfIt() {
        for (int i = 0; i < 3_000; i++) {
            broker.run("HSET", "h", "f" + i, "v");
        }
        Set<String> seen = new HashSet<>();
        String cursor = "0";
        int steps = 0;
        do {
            String text =
                    broker.run("HSCAN", "h", cursor, "COUNT", "10", "NOVALUES").text();
            cursor = text.substring(1, text.indexOf(','));
            for (String field :
                    text.substring(text.indexOf('[', 1) + 1, text.length() - 2).split(", ")) {
                seen.add(field);
            }
            steps++;
        } while (!cursor.equals("0"));
        seen.remove("");
        assertThat(seen).hasSize(3_000);
        assertThat(steps).isGreaterThan(50);
    }
}
