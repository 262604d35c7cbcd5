package dev.sluice.broker.persist;

import dev.sluice.broker.InMemoryBroker;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Values of all types but streams, in all encodings, some with members that expire, in database 0 of a broker. */
final class SampleValues {
    private static final List<Integer> SIZES = List.of(1, 10, 600, 5000);

    private final InMemoryBroker broker;
    private final Random random;

    SampleValues(InMemoryBroker broker, Random random) {
        this.broker = broker;
        this.random = random;
    }

    void fill() {
        broker.run("SET", "text", "hello");
        broker.run("SET", "empty", "");
        broker.run("SET", "number", "-77");
        broker.run("SET", "repeated", "ab".repeat(100_000));
        SIZES.forEach(this::collections);
        for (String key : List.of("hash10", "hash5000", "set600", "zset10", "zset600")) {
            expire(key);
        }
    }

    /** One of each kind, so long. */
    void collections(int size) {
        for (int i = 0; i < size; i++) {
            String member = i % 3 == 0 ? Integer.toString(i * 1000) : "member" + i;
            broker.run("RPUSH", "list" + size, member);
            broker.run("SADD", "intset" + size, Long.toString((long) i * i * i - 50));
            broker.run("SADD", "set" + size, member);
            broker.run("ZADD", "zset" + size, Double.toString(random.nextGaussian()), member);
            broker.run("HSET", "hash" + size, member, "value".repeat(i % 5));
        }
        broker.run("RPUSH", "list" + size, "x".repeat(20_000));
    }

    /** Three members of it get a time to live. */
    void expire(String key) {
        String letter = key.substring(0, 1).toUpperCase(Locale.ROOT);
        String word = letter.equals("H") ? "FIELDS" : "MEMBERS";
        broker.run(letter + "PEXPIRE", key, "100000", word, "2", "0", "member1").is("[1, 1]");
        broker.run(letter + "PEXPIRE", key, "200000", word, "1", "member2").is("[1]");
    }
}
