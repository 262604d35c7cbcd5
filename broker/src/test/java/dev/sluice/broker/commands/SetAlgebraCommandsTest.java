package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SetAlgebraCommandsTest {
    private static final long SEED = Long.getLong("sluice.seed", 1);

    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void aResultReplacesWhateverWasThere() {
        broker.run("SADD", "a", "1", "2", "3");
        broker.run("SADD", "b", "2", "3", "4");
        broker.run("SET", "d", "text", "EX", "100");
        broker.run("SINTERSTORE", "d", "a", "b").is(2);
        broker.run("SMEMBERS", "d").is("[2, 3]");
        broker.run("TTL", "d").is(-1);
        broker.run("SUNIONSTORE", "a", "a", "b").is(4);
        broker.run("SMEMBERS", "a").is("[1, 2, 3, 4]");
        broker.run("SDIFFSTORE", "a", "b", "b").is(0);
        broker.run("EXISTS", "a").is(0);
        assertThat(broker.journalled).hasSize(6);
        broker.run("SDIFFSTORE", "a", "b", "b").is(0);
        assertThat(broker.journalled).hasSize(6);
    }

    @Test
    void theWrongTypeIsSeenBehindAMissingKey() {
        broker.run("SET", "text", "v");
        for (String command : new String[] {"SINTER", "SUNION", "SDIFF"}) {
            broker.run(command, "none", "text")
                    .isError("WRONGTYPE Operation against a key holding the wrong kind of value");
            broker.run(command, "none").is("[]");
        }
        broker.run("SUNIONSTORE", "text", "none", "text")
                .isError("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    @Test
    void countingEndsAtTheLimit() {
        broker.run("SADD", "a", "1", "2", "3", "x");
        broker.run("SADD", "b", "1", "2", "3", "y");
        broker.run("SINTERCARD", "2", "a", "b").is(3);
        broker.run("SINTERCARD", "2", "a", "b", "LIMIT", "0").is(3);
        broker.run("SINTERCARD", "2", "a", "b", "LIMIT", "2").is(2);
        broker.run("SINTERCARD", "2", "a", "b", "LIMIT", "9").is(3);
        broker.run("SINTERCARD", "2", "a", "b", "LIMIT", "-1").isError("ERR LIMIT can't be negative");
        broker.run("SINTERCARD", "3", "a", "b").isError("ERR Number of keys can't be greater than number of args");
        broker.run("SINTERCARD", "0", "a").isError("ERR numkeys should be greater than 0");
        broker.run("SINTERCARD", "1", "a", "b").isError("ERR syntax error");
    }

    /** Few sets and many, small ones and large: every way of joining them. */
    @Test
    void randomSetsAsAModel() {
        Random random = new Random(SEED);
        for (int round = 0; round < 60 * Integer.getInteger("sluice.scale", 1); round++) {
            broker.run("FLUSHALL");
            List<String> keys = new ArrayList<>();
            List<Set<String>> model = new ArrayList<>();
            for (int i = 1 + random.nextInt(12); i > 0; i--) {
                keys.add("k" + i);
                model.add(fill("k" + i, random));
            }
            check("SINTER", keys, model, Set::retainAll);
            check("SUNION", keys, model, Set::addAll);
            check("SDIFF", keys, model, Set::removeAll);
        }
    }

    private Set<String> fill(String key, Random random) {
        Set<String> members = new TreeSet<>();
        int size = random.nextInt(10) == 0 ? 0 : 1 << random.nextInt(12);
        int top = size * (1 + random.nextInt(3));
        String prefix = random.nextBoolean() ? "" : "m";
        for (int i = 0; i < size; i++) {
            String member = (random.nextInt(4) == 0 ? "m" : prefix) + random.nextInt(top);
            broker.run("SADD", key, member);
            members.add(member);
        }
        return members;
    }

    private interface Join {
        void with(Set<String> result, Set<String> other);
    }

    private void check(String command, List<String> keys, List<Set<String>> model, Join join) {
        Set<String> expected = new TreeSet<>(model.getFirst());
        model.subList(1, model.size()).forEach(other -> join.with(expected, other));
        assertThat(members(command, keys)).as("sluice.seed=%d", SEED).isEqualTo(expected);
        List<String> toStore = new ArrayList<>(keys);
        toStore.addFirst("d");
        toStore.addFirst(command + "STORE");
        broker.run(toStore.toArray(String[]::new)).is(expected.size());
        assertThat(members("SMEMBERS", List.of("d"))).as("sluice.seed=%d", SEED).isEqualTo(expected);
    }

    private Set<String> members(String command, List<String> keys) {
        List<String> words = new ArrayList<>(keys);
        words.addFirst(command);
        String text = broker.run(words.toArray(String[]::new)).text();
        List<String> items = text.equals("[]")
                ? List.of()
                : List.of(text.substring(1, text.length() - 1).split(", "));
        assertThat(items).doesNotHaveDuplicates();
        return new TreeSet<>(items);
    }
}
