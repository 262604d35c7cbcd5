package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HashCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void countsFieldsThatAreNew() {
        broker.run("HSET", "h", "a", "1", "b", "2", "a", "3").is(2);
        broker.run("HSET", "h", "a", "4").is(0);
        broker.run("HMSET", "h", "c", "5", "a", "6").is("OK");
        broker.run("HSETNX", "h", "c", "7").is(0);
        broker.run("HSETNX", "h", "d", "8").is(1);
        broker.run("HMGET", "h", "a", "x", "c", "d").is("[6, (nil), 5, 8]");
        broker.run("HLEN", "h").is(4);
        broker.run("HSTRLEN", "h", "a").is(1);
        broker.run("HSTRLEN", "h", "x").is(0);
        broker.run("HEXISTS", "h", "d").is(1);
        assertThat(broker.journalled).hasSize(4);
    }

    @Test
    void theLastFieldTakesTheHashAlong() {
        broker.run("HSET", "h", "a", "1", "b", "2");
        broker.run("HDEL", "h", "a", "x", "b", "a").is(2);
        broker.run("EXISTS", "h").is(0);
        broker.run("HDEL", "h", "a").is(0);
        broker.run("HGET", "h", "a").isNull();
        assertThat(broker.journalled).hasSize(2);
    }

    @Test
    void pairsMustBeComplete() {
        broker.run("HSET", "h", "a", "1", "b").isError("ERR wrong number of arguments for 'hset' command");
        broker.run("HMSET", "h", "a", "1", "b").isError("ERR wrong number of arguments for 'hmset' command");
        broker.run("EXISTS", "h").is(0);
    }

    @Test
    void theThresholdsAreSettings() {
        broker.keyspace.collections().hashLimits(2, 4);
        broker.run("HSET", "h", "a", "1", "b", "2");
        assertThat(encoding("h")).isEqualTo("listpack");
        broker.run("HSET", "h", "c", "3");
        assertThat(encoding("h")).isEqualTo("hashtable");
        broker.run("HSET", "g", "a", "1234");
        assertThat(encoding("g")).isEqualTo("listpack");
        broker.run("HSET", "g", "a", "12345");
        assertThat(encoding("g")).isEqualTo("hashtable");
    }

    @Test
    void aNewValueTakesTheTimeOfExpiryAway() {
        broker.run("HSET", "h", "a", "1", "b", "2");
        broker.run("HPEXPIRE", "h", "5000", "FIELDS", "2", "a", "b").is("[1, 1]");
        assertThat(encoding("h")).isEqualTo("listpackex");
        broker.run("HSET", "h", "a", "1");
        broker.run("HPTTL", "h", "FIELDS", "2", "a", "b").is("[-1, 5000]");
        broker.run("HINCRBY", "h", "b", "1").is(3);
        broker.run("HPTTL", "h", "FIELDS", "1", "b").is("[5000]");
        broker.pass(5_001);
        broker.run("HGET", "h", "b").isNull();
        broker.run("HLEN", "h").is(1);
    }

    @Test
    void eventsAreThoseOfRedis() {
        List<Event> events = new ArrayList<>();
        broker.changes.observe((database, key, event) -> events.add(event));
        broker.run("HSET", "h", "a", "1", "b", "2");
        broker.run("HSETNX", "h", "c", "3");
        broker.run("HSETNX", "h", "c", "3");
        broker.run("HINCRBY", "h", "a", "1");
        broker.run("HINCRBYFLOAT", "h", "a", "1");
        broker.run("HDEL", "h", "a", "x");
        broker.run("HDEL", "h", "x");
        broker.run("HDEL", "h", "b", "c");
        assertThat(events)
                .containsExactly(
                        Event.HSET, Event.HSET, Event.HINCRBY, Event.HINCRBYFLOAT, Event.HDEL, Event.HDEL, Event.DEL);
    }

    private String encoding(String key) {
        var value = broker.keyspace.database(0).inspect(Bytes.of(key));
        return value == null ? "none" : value.encoding();
    }
}
