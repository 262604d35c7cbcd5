package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.data.HyperLogLogSparse.Outcome;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HyperLogLogSparseTest {
    private static HyperLogLogSparse runs(int... bytes) {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        return new HyperLogLogSparse(array, 0, array.length);
    }

    private static byte[] bytes(HyperLogLogSparse runs) {
        return Arrays.copyOfRange(runs.array(), runs.from(), runs.end());
    }

    private static byte[] bytes(int... bytes) {
        return bytes(runs(bytes));
    }

    @Test
    void aRunIsSplitAroundARegister() {
        HyperLogLogSparse runs = runs(0x7f, 0xff);
        assertThat(runs.set(100, 3, 5)).isEqualTo(Outcome.CHANGED);
        assertThat(bytes(runs)).isEqualTo(bytes(0x40, 99, 0x88, 0x7f, 0x9a));
        assertThat(runs.set(100, 3, 5)).isEqualTo(Outcome.SAME);
        assertThat(runs.set(100, 4, 5)).isEqualTo(Outcome.CHANGED);
        assertThat(runs.set(101, 4, 5)).isEqualTo(Outcome.TOO_LONG);
    }

    @Test
    void runsOfOneValueBecomeOne() {
        HyperLogLogSparse runs = runs(0x88, 0x00, 0x88, 0x3f);
        assertThat(runs.set(1, 3, 100)).isEqualTo(Outcome.CHANGED);
        assertThat(bytes(runs)).isEqualTo(bytes(0x8a, 0x3f));
    }

    @Test
    void aRegisterBehindAllRunsIsCorruption() {
        assertThat(runs().set(0, 1, 100)).isEqualTo(Outcome.CORRUPTED);
        assertThat(runs(0x3f).set(64, 1, 100)).isEqualTo(Outcome.CORRUPTED);
    }

    @Test
    void aLongRunMayLackItsSecondByte() {
        HyperLogLogSparse runs = runs(0x41);
        assertThat(runs.length(0)).isEqualTo(257);
        assertThat(runs.set(10, 1, 100)).isEqualTo(Outcome.CHANGED);
        assertThat(runs.end()).isEqualTo(3);
    }

    /** Whatever the bytes are. */
    @Test
    void anyBytesDoNoHarm() {
        Random random = new Random(Seed.SEED);
        for (int round = 0; round < 20_000 * Seed.SCALE; round++) {
            byte[] array = new byte[random.nextInt(12)];
            random.nextBytes(array);
            HyperLogLogSparse runs = new HyperLogLogSparse(array, 0, array.length);
            for (int i = 0; i < 30; i++) {
                int before = runs.end();
                runs.set(random.nextInt(HyperLogLog.REGISTERS), 1 + random.nextInt(32), 40);
                assertThat(runs.end()).as(Seed.text()).isBetween(before - 5, Math.max(40, before));
            }
        }
    }
}
