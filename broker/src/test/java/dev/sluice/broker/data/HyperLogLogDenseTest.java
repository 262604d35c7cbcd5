package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HyperLogLogDenseTest {
    @Test
    void registersAreLaidOutFromTheLowBits() {
        byte[] array = new byte[HyperLogLogDense.BYTES];
        HyperLogLogDense.put(array, 0, 1, 63);
        assertThat(array).startsWith((byte) 0b11000000, (byte) 0b00001111, (byte) 0);
        HyperLogLogDense.put(array, 0, 16383, 63);
        assertThat(array).endsWith((byte) 0, (byte) 0b11111100);
    }

    @Test
    void aRegisterLeavesTheOthersAlone() {
        Random random = new Random(Seed.SEED);
        byte[] array = new byte[2 + HyperLogLogDense.BYTES];
        int[] model = new int[HyperLogLog.REGISTERS];
        for (int i = 0; i < 100_000; i++) {
            int register = random.nextInt(model.length);
            model[register] = random.nextInt(64);
            HyperLogLogDense.put(array, 2, register, model[register]);
        }
        for (int register = 0; register < model.length; register++) {
            assertThat(HyperLogLogDense.value(array, 2, register))
                    .as(Seed.text())
                    .isEqualTo(model[register]);
        }
    }
}
