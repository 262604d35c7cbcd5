package dev.sluice.broker.data;

/**
 * The dense form of a {@link HyperLogLog}'s registers: six bits each, one after the other, low bits first. {@code from}
 * is where they begin in the array.
 */
final class HyperLogLogDense {
    private static final int VALUE_BITS = 6;
    private static final int VALUE_MASK = (1 << VALUE_BITS) - 1;
    static final int BYTES = HyperLogLog.REGISTERS * VALUE_BITS / Byte.SIZE;

    private HyperLogLogDense() {}

    static int value(byte[] array, int from, int register) {
        int bit = register * VALUE_BITS;
        int at = from + (bit >>> 3);
        int shift = bit & 7;
        int value = (array[at] & 0xff) >>> shift;
        if (shift > Byte.SIZE - VALUE_BITS) {
            value |= (array[at + 1] & 0xff) << Byte.SIZE - shift;
        }
        return value & VALUE_MASK;
    }

    static void put(byte[] array, int from, int register, int value) {
        int bit = register * VALUE_BITS;
        int at = from + (bit >>> 3);
        int shift = bit & 7;
        array[at] = (byte) (array[at] & ~(VALUE_MASK << shift) | value << shift);
        if (shift > Byte.SIZE - VALUE_BITS) {
            int rest = Byte.SIZE - shift;
            array[at + 1] = (byte) (array[at + 1] & ~(VALUE_MASK >>> rest) | value >>> rest);
        }
    }
}
