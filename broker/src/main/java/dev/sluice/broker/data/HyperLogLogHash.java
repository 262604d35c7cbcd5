package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where an element counts in a {@link HyperLogLog}: its 64-bit hash (MurmurHash64A by Austin Appleby, with Redis's seed)
 * names a register by its low bits and a value by how soon the first 1 comes in the others.
 */
final class HyperLogLogHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SEED = 0xadc83b19L;
    private static final long FACTOR = 0xc6a4a7935bd1e995L;
    private static final int SHIFT = 47;

    private HyperLogLogHash() {}

    static int register(long hash) {
        return (int) hash & HyperLogLog.REGISTERS - 1;
    }

    /** 1 to 51: one more than the zeros before the first 1. */
    static int value(long hash) {
        long rest = hash >>> HyperLogLog.INDEX_BITS | 1L << HyperLogLog.HASH_BITS_LEFT;
        return Long.numberOfTrailingZeros(rest) + 1;
    }

    static long hash(Bytes element) {
        byte[] array = element.array();
        int at = element.offset();
        int length = element.length();
        int end = at + (length & ~7);
        long hash = SEED ^ length * FACTOR;
        for (; at < end; at += Long.BYTES) {
            hash = (hash ^ mixed((long) LONGS.get(array, at))) * FACTOR;
        }
        int left = length & 7;
        if (left > 0) {
            long tail = 0;
            for (int i = 0; i < left; i++) {
                tail |= (array[at + i] & 0xffL) << i * Byte.SIZE;
            }
            hash = (hash ^ tail) * FACTOR;
        }
        hash = (hash ^ hash >>> SHIFT) * FACTOR;
        return hash ^ hash >>> SHIFT;
    }

    private static long mixed(long word) {
        long mixed = word * FACTOR;
        return (mixed ^ mixed >>> SHIFT) * FACTOR;
    }
}
