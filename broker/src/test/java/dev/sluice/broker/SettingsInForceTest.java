package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettingsInForceTest {
    @Test
    void smallFormsFollow() {
        try (InMemoryBroker broker = new InMemoryBroker("hash-max-listpack-entries", "1")) {
            broker.run("HSET", "h1", "a", "1", "b", "2");
            broker.run("OBJECT", "ENCODING", "h1").is("hashtable");
            broker.run("CONFIG", "SET", "hash-max-listpack-entries", "2");
            broker.run("HSET", "h2", "a", "1", "b", "2");
            broker.run("OBJECT", "ENCODING", "h2").is("listpack");
            broker.run("CONFIG", "SET", "set-max-intset-entries", "1");
            broker.run("SADD", "s", "1", "2");
            broker.run("OBJECT", "ENCODING", "s").is("hashtable");
            broker.run("CONFIG", "SET", "zset-max-listpack-value", "1");
            broker.run("ZADD", "z", "1", "long");
            broker.run("OBJECT", "ENCODING", "z").is("skiplist");
            broker.run("CONFIG", "SET", "list-max-listpack-size", "1");
            broker.run("RPUSH", "l", "1", "2");
            broker.run("OBJECT", "ENCODING", "l").is("quicklist");
        }
    }

    @Test
    void accessesAreCountedAsThePolicyWants() {
        try (InMemoryBroker broker = new InMemoryBroker()) {
            broker.run("SET", "k", "v");
            assertThat(broker.run("OBJECT", "FREQ", "k").text()).contains("LFU maxmemory policy is not selected");
            broker.run("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu");
            broker.run("SET", "new", "v");
            broker.run("OBJECT", "FREQ", "new").is(5);
        }
    }

    @Test
    void notificationsFollow() {
        try (InMemoryBroker broker = new InMemoryBroker()) {
            InMemoryBroker.Client watcher = broker.client();
            watcher.run("SUBSCRIBE", "__keyevent@0__:set");
            broker.run("SET", "k", "v");
            assertThat(watcher.pushed).isEmpty();
            broker.run("CONFIG", "SET", "notify-keyspace-events", "KEA");
            broker.run("SET", "k", "v");
            assertThat(watcher.pushed).hasSize(1);
        }
    }
}
