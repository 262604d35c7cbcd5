package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What PFSELFTEST looks at: that dense registers keep what is put into them, that both forms give the same cardinality,
 * and that it is near the truth. Redis's tests, but for their length, since everybody else waits meanwhile: 10 rounds
 * instead of 1000, and 100 000 elements instead of ten million. The elements are the same each time.
 */
public final class HyperLogLogSelfTest {
    private static final int REGISTER_ROUNDS = 10;
    private static final int ELEMENTS = 100_000;
    private static final double STANDARD_ERROR = 1.04 / Math.sqrt(HyperLogLog.REGISTERS);
    private static final int STANDARD_ERRORS_MAX = 6;

    private HyperLogLogSelfTest() {}

    /** What is wrong, or null. */
    public static @Nullable String failure(long sparseBytesMax) {
        for (long round = 0; round < REGISTER_ROUNDS; round++) {
            String failure = registers(round * HyperLogLog.REGISTERS);
            if (failure != null) {
                return failure;
            }
        }
        return cardinalities(sparseBytesMax);
    }

    private static @Nullable String registers(long from) {
        byte[] dense = new byte[HyperLogLogDense.BYTES];
        for (int register = 0; register < HyperLogLog.REGISTERS; register++) {
            HyperLogLogDense.put(dense, 0, register, value(from + register));
        }
        for (int register = 0; register < HyperLogLog.REGISTERS; register++) {
            int expected = value(from + register);
            int actual = HyperLogLogDense.value(dense, 0, register);
            if (actual != expected) {
                return "Register %d should be %d but is %d".formatted(register, expected, actual);
            }
        }
        return null;
    }

    private static int value(long number) {
        return (int) HyperLogLogHash.hash(element(number)) & HyperLogLog.VALUES - 1;
    }

    private static Bytes element(long number) {
        byte[] bytes = new byte[Long.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (number >>> i * Byte.SIZE);
        }
        return Bytes.of(bytes);
    }

    private static @Nullable String cardinalities(long sparseBytesMax) {
        HyperLogLog dense = HyperLogLog.empty();
        dense.toDense();
        HyperLogLog sparse = HyperLogLog.empty();
        long checkpoint = 1;
        for (long count = 1; count <= ELEMENTS; count++) {
            Bytes element = element(count);
            dense.add(element, 0);
            sparse.add(element, sparseBytesMax);
            if (count == checkpoint) {
                String failure = cardinality(dense, sparse, count, sparseBytesMax);
                if (failure != null) {
                    return failure;
                }
                checkpoint *= 10;
            }
        }
        return null;
    }

    private static @Nullable String cardinality(
            HyperLogLog dense, HyperLogLog sparse, long count, long sparseBytesMax) {
        if (count < sparseBytesMax / 2 && sparse.isDense()) {
            return "sparse encoding not used";
        }
        long cardinality = dense.computeCardinality();
        if (cardinality != sparse.computeCardinality()) {
            return "dense/sparse disagree";
        }
        long error = Math.abs(count - cardinality);
        long most = count == 10 ? 1 : (long) Math.ceil(STANDARD_ERROR * STANDARD_ERRORS_MAX * count);
        return error > most ? "Too big error. card:%d abserr:%d".formatted(count, error) : null;
    }
}
