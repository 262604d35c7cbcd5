package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HyperLogLogTest {
    private static final long SPARSE_BYTES_MAX = 3000;

    @Test
    void anEmptyOneIsOneRun() {
        assertThat(HyperLogLog.empty().bytes().toLatin1()).isEqualTo("HYLL\u0001\0\0\0\0\0\0\0\0\0\0\0\u007f\u00ff");
        assertThat(HyperLogLog.empty().computeCardinality()).isZero();
    }

    /** Both forms have the registers that a plain array would have. */
    @Test
    void bothFormsAreAnArrayOfMaxima() {
        Random random = new Random(Seed.SEED);
        HyperLogLog sparse = HyperLogLog.empty();
        HyperLogLog dense = HyperLogLog.empty();
        dense.toDense();
        byte[] model = new byte[HyperLogLog.REGISTERS];
        for (int i = 1; i <= 20_000; i++) {
            Bytes element = Bytes.of(random.nextLong());
            long hash = HyperLogLogHash.hash(element);
            int register = HyperLogLogHash.register(hash);
            int value = HyperLogLogHash.value(hash);
            boolean raises = value > model[register];
            model[register] = (byte) Math.max(model[register], value);
            assertThat(sparse.add(element, SPARSE_BYTES_MAX)).as(Seed.text()).isEqualTo(raises);
            assertThat(dense.add(element, 0)).as(Seed.text()).isEqualTo(raises);
            if (i % 500 == 0) {
                assertThat(sparse.registers()).as(Seed.text()).isEqualTo(model);
                assertThat(dense.registers()).as(Seed.text()).isEqualTo(model);
                assertThat(sparse.computeCardinality())
                        .as(Seed.text())
                        .isEqualTo(dense.computeCardinality())
                        .isEqualTo(HyperLogLog.cardinality(model))
                        .isBetween((long) (i * 0.95), (long) (i * 1.05));
            }
        }
        assertThat(sparse.isDense()).isTrue();
    }

    @Test
    void aValueTooHighForTheSparseFormMakesItDense() {
        HyperLogLog counted = HyperLogLog.empty();
        byte[] values = new byte[HyperLogLog.REGISTERS];
        values[16383] = 32;
        counted.addAll(values, SPARSE_BYTES_MAX);
        assertThat(counted.isDense()).isFalse();
        values[5] = 33;
        counted.addAll(values, SPARSE_BYTES_MAX);
        assertThat(counted.isDense()).isTrue();
        assertThat(counted.registers()).isEqualTo(values);
    }

    @Test
    void registersBeyondWhatAHashCanGiveHaveACardinality() {
        byte[] values = new byte[HyperLogLog.REGISTERS];
        java.util.Arrays.fill(values, (byte) 63);
        assertThat(HyperLogLog.cardinality(values)).isEqualTo(Long.MIN_VALUE);
    }

    /** Any bytes behind the header are refused, or are an array of maxima. */
    @Test
    void anyBytesDoNoHarm() {
        Random random = new Random(Seed.SEED);
        try (CheckingArena arena = new CheckingArena()) {
            for (int round = 0; round < 3_000 * Seed.SCALE; round++) {
                HyperLogLog counted = HyperLogLog.empty();
                for (int i = random.nextInt(40); i > 0; i--) {
                    counted.add(Bytes.of(random.nextLong()), SPARSE_BYTES_MAX);
                }
                byte[] bytes = java.util.Arrays.copyOf(
                        counted.bytes().toArray(), counted.bytes().length() - random.nextInt(3) + random.nextInt(3));
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                use(arena, bytes, random);
            }
        }
    }

    private static void use(CheckingArena arena, byte[] bytes, Random random) {
        int block = arena.allocate(bytes.length);
        arena.put(block, 0, bytes, 0, bytes.length);
        StringValue string = new StringValue(arena, block, 0, bytes.length, true, false, false);
        try {
            HyperLogLog counted = HyperLogLog.copyOf(string);
            counted.decoded();
            counted.add(Bytes.of(random.nextLong()), SPARSE_BYTES_MAX);
            counted.toDense();
            assertThat(counted.registers()).as(Seed.text()).hasSize(HyperLogLog.REGISTERS);
        } catch (CommandError refused) {
            assertThat(refused.getMessage()).as(Seed.text()).matches("(INVALIDOBJ|WRONGTYPE) .*");
        } finally {
            arena.free(block);
        }
    }

    @Test
    void oneThatIsLongerThanItCanBeIsNotCopied() {
        byte[] bytes = java.util.Arrays.copyOf(HyperLogLog.empty().bytes().toArray(), 40_000);
        try (CheckingArena arena = new CheckingArena()) {
            int block = arena.allocate(bytes.length);
            arena.put(block, 0, bytes, 0, bytes.length);
            StringValue string = new StringValue(arena, block, 0, bytes.length, true, false, false);
            assertThatThrownBy(() -> HyperLogLog.copyOf(string)).hasMessageStartingWith("INVALIDOBJ");
            arena.free(block);
        }
    }
}
