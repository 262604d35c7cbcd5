package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SortedSetAlgebraCommandsTest {
    private static final long SEED = Long.getLong("sluice.seed", 1);

    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    private InMemoryBroker.Answer run(String line) {
        return broker.run(line.split(" "));
    }

    @Test
    void scoresAreWeighedAndBroughtTogether() {
        run("ZADD a 1 x 2 y");
        run("ZADD b 10 y 20 z");
        run("SADD s y z");
        run("ZUNION 2 a b WITHSCORES").is("[x, 1, y, 12, z, 20]");
        run("ZINTER 3 a b s WEIGHTS 2 3 100 WITHSCORES").is("[y, 134]");
        run("ZUNION 2 a b AGGREGATE MAX WITHSCORES").is("[x, 1, y, 10, z, 20]");
        run("ZDIFF 2 a s WITHSCORES").is("[x, 1]");
        run("ZINTERCARD 2 b s LIMIT 1").is(1);
        run("ZUNIONSTORE a 2 a b").is(3);
        run("ZDIFFSTORE a 2 a a").is(0);
        run("EXISTS a").is(0);
        assertThat(broker.journalled).hasSize(5);
    }

    /** Small sets and large, few and many: every way of joining them. */
    @Test
    void randomSetsAsAModel() {
        Random random = new Random(SEED);
        for (int round = 0; round < 40 * Integer.getInteger("sluice.scale", 1); round++) {
            broker.run("FLUSHALL");
            List<Map<String, Double>> sets = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(5); i++) {
                sets.add(fill("k" + i, random.nextInt(4) == 0 ? 400 : random.nextInt(40), random));
            }
            String keys = " " + sets.size();
            for (int i = 0; i < sets.size(); i++) {
                keys += " k" + i;
            }
            String seed = "sluice.seed=" + SEED + ", round " + round;
            assertThat(run("ZUNION" + keys + " WITHSCORES").text()).as(seed).isEqualTo(shown(union(sets)));
            assertThat(run("ZINTER" + keys + " WITHSCORES").text()).as(seed).isEqualTo(shown(intersection(sets)));
            assertThat(run("ZDIFF" + keys + " WITHSCORES").text()).as(seed).isEqualTo(shown(difference(sets)));
            run("ZDIFFSTORE d" + keys).is(difference(sets).size());
            run("ZUNIONSTORE k0" + keys).is(union(sets).size());
            assertThat(run("ZRANGE k0 0 -1 WITHSCORES").text()).as(seed).isEqualTo(shown(union(sets)));
        }
    }

    private Map<String, Double> fill(String key, int size, Random random) {
        Map<String, Double> scores = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            String member = "m" + random.nextInt(500);
            int score = random.nextInt(50);
            scores.put(member, (double) score);
            broker.run("ZADD", key, Integer.toString(score), member);
        }
        return scores;
    }

    private static Map<String, Double> union(List<Map<String, Double>> sets) {
        Map<String, Double> union = new TreeMap<>();
        sets.forEach(set -> set.forEach((member, score) -> union.merge(member, score, Double::sum)));
        return union;
    }

    private static Map<String, Double> intersection(List<Map<String, Double>> sets) {
        Map<String, Double> common = union(sets);
        sets.forEach(set -> common.keySet().retainAll(set.keySet()));
        return common;
    }

    private static Map<String, Double> difference(List<Map<String, Double>> sets) {
        Map<String, Double> left = new TreeMap<>(sets.getFirst());
        sets.subList(1, sets.size()).forEach(set -> left.keySet().removeAll(set.keySet()));
        return left;
    }

    private static String shown(Map<String, Double> scores) {
        return scores.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .map(entry -> entry.getKey() + ", " + entry.getValue().longValue())
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
