package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvictionPoolTest {
    private final EvictionPool pool = new EvictionPool();

    private boolean offer(String key, long score) {
        if (!pool.accepts(score)) {
            return false;
        }
        pool.add(0, key.hashCode(), score);
        return true;
    }

    private List<Long> scores() {
        List<Long> scores = new ArrayList<>();
        for (EvictionPool.Candidate best; (best = pool.takeBest()) != null; ) {
            scores.add(best.score());
        }
        return scores;
    }

    @Test
    void theBestComeFirstAndTheWorstAreLeftOut() {
        Random random = new Random(Seeds.next());
        List<Long> offered = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            long score = random.nextInt(100_000);
            offered.add(score);
            offer("k" + i, score);
        }
        offered.sort(Comparator.reverseOrder());
        assertThat(scores()).isEqualTo(offered.subList(0, 16));
    }

    @Test
    void aKeyStandsOnceWithOneScore() {
        offer("a", 5);
        offer("b", 5);
        offer("a", 5);
        assertThat(scores()).containsExactly(5L, 5L);
    }

    @Test
    void aFullPoolTakesOnlyBetterOnes() {
        for (int i = 1; i <= 16; i++) {
            assertThat(offer("k" + i, i)).isTrue();
        }
        assertThat(offer("x", 1)).isFalse();
        assertThat(offer("y", 2)).isTrue();
        assertThat(scores()).hasSize(16).startsWith(16L, 15L).endsWith(3L, 2L, 2L);
        assertThat(pool.takeBest()).isNull();
    }
}
