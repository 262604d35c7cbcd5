package dev.sluice.clients.load;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Decimal numbers of fixed width, written over the place holders of an encoded request: four digits a store. */
final class Digits {
    /** Digits of a key number, which is therefore below 10^12. */
    static final int KEY = 12;

    /** Digits of a time stamp in nanoseconds. */
    static final int STAMP = 16;

    private static final int FOUR = 10_000;
    private static final int[] TEXT = table();

    private Digits() {}

    /** Writes the last {@code width} digits of {@code number} at {@code index}; {@code width} is a multiple of four. */
    static void write(ByteBuffer buffer, int index, long number, int width) {
        long rest = number;
        for (int at = index + width - 4; at >= index; at -= 4) {
            long quotient = rest / FOUR;
            buffer.putInt(at, TEXT[(int) (rest - quotient * FOUR)]);
            rest = quotient;
        }
    }

    /** Reads {@code width} digits at {@code index}. */
    static long read(ByteBuffer buffer, int index, int width) {
        long number = 0;
        for (int at = index; at < index + width; at++) {
            number = number * 10 + (buffer.get(at) - '0');
        }
        return number;
    }

    /** The four digits of each number as a big-endian int, the order of a fresh {@link ByteBuffer}. */
    private static int[] table() {
        ByteBuffer four = ByteBuffer.allocate(4).order(ByteOrder.BIG_ENDIAN);
        int[] table = new int[FOUR];
        for (int i = 0; i < FOUR; i++) {
            four.put(0, (byte) ('0' + i / 1000))
                    .put(1, (byte) ('0' + i / 100 % 10))
                    .put(2, (byte) ('0' + i / 10 % 10))
                    .put(3, (byte) ('0' + i % 10));
            table[i] = four.getInt(0);
        }
        return table;
    }
}
