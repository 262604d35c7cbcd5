package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DistinctIntsTest {
    @Test
    void aNumberIsNewOnce() {
        Random random = new Random(Seed.SEED);
        for (int count : new int[] {1, 2, 7, 8, 100, 1_023, 1_024, 5_000}) {
            DistinctInts numbers = new DistinctInts(count);
            Set<Integer> model = new HashSet<>();
            while (model.size() < count) {
                int number = random.nextBoolean() ? random.nextInt() << 12 : random.nextInt(2 * count);
                assertThat(numbers.add(number)).as(Seed.text()).isEqualTo(model.add(number));
            }
        }
    }
}
