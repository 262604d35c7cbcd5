package dev.sluice.broker.data;

/**
 * How many registers of a {@link HyperLogLog} have which value, and the number of distinct elements that speaks for:
 * Otmar Ertl, New cardinality estimation algorithms for HyperLogLog sketches, arXiv:1702.01284. The order of the
 * operations is Redis's, so that the last bit is as well.
 */
final class HyperLogLogHistogram {
    private static final double ALPHA = 0.721347520444481703680; // 1 / (2 ln 2)
    private static final int VALUE_MAX = HyperLogLog.HASH_BITS_LEFT + 1;

    private final long[] registers = new long[HyperLogLog.VALUES];

    void add(int value, long count) {
        registers[value] += count;
    }

    /** The estimate; the least long where all registers are beyond what a hash can give. */
    long cardinality() {
        double all = HyperLogLog.REGISTERS;
        double sum = all * tau((all - registers[VALUE_MAX]) / all);
        for (int value = VALUE_MAX - 1; value >= 1; value--) {
            sum += registers[value];
            sum *= 0.5;
        }
        sum += all * sigma(registers[0] / all);
        double estimate = ALPHA * all * all / sum;
        return estimate < 0x1p63 ? Math.round(estimate) : Long.MIN_VALUE;
    }

    private static double sigma(double share) {
        if (share == 1) {
            return Double.POSITIVE_INFINITY;
        }
        double x = share;
        double y = 1;
        double sum = x;
        double before;
        do {
            x *= x;
            before = sum;
            sum += x * y;
            y += y;
        } while (sum != before);
        return sum;
    }

    private static double tau(double share) {
        if (share == 0 || share == 1) {
            return 0;
        }
        double x = share;
        double y = 1;
        double sum = 1 - x;
        double before;
        do {
            x = Math.sqrt(x);
            before = sum;
            y *= 0.5;
            sum -= (1 - x) * (1 - x) * y;
        } while (sum != before);
        return sum / 3;
    }
}
