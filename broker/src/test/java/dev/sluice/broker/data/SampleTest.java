package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.SeededRandomness;
import org.junit.jupiter.api.Test;

class SampleTest {
    @Test
    void takesAsManyAsAreWanted() {
        SeededRandomness randomness = new SeededRandomness(Seed.SEED);
        for (int size = 1; size < 50; size++) {
            for (int wanted = 0; wanted <= size; wanted++) {
                Sample sample = new Sample(randomness, size, wanted);
                int taken = 0;
                for (int i = 0; i < size; i++) {
                    taken += sample.takesNext() ? 1 : 0;
                }
                assertThat(taken).as(Seed.text()).isEqualTo(wanted);
                assertThat(sample.isComplete()).isTrue();
            }
        }
    }

    @Test
    void eachHasTheSameChance() {
        SeededRandomness randomness = new SeededRandomness(Seed.SEED);
        int[] counts = new int[10];
        for (int round = 0; round < 10_000; round++) {
            Sample sample = new Sample(randomness, counts.length, 3);
            for (int i = 0; i < counts.length; i++) {
                counts[i] += sample.takesNext() ? 1 : 0;
            }
        }
        for (int count : counts) {
            assertThat(count).as(Seed.text()).isBetween(2_700, 3_300);
        }
    }
}
