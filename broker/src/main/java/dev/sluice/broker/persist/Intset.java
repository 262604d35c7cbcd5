package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import java.util.function.Consumer;

/** The intset: the width of its members (2, 4 or 8 bytes) in 4 bytes, their number in 4, and the members in ascending order. */
final class Intset {
    private Intset() {}

    /** Shows every member. Throws {@link CorruptRdbException}. */
    static void read(Bytes intset, Consumer<Bytes> visitor) {
        Reading in = new Reading(intset, "Intset");
        long width = in.uint(Integer.BYTES);
        long count = in.uint(Integer.BYTES);
        if (width != 2 && width != 4 && width != 8 || count * width != in.remaining()) {
            throw in.corrupt();
        }
        long previous = 0;
        for (long i = 0; i < count; i++) {
            Bytes text = in.integer((int) width);
            long member = Numbers.toLong(text);
            if (i > 0 && member <= previous) {
                throw in.corrupt();
            }
            previous = member;
            visitor.accept(text);
        }
    }

    /** Of members in ascending order. */
    static byte[] of(long[] members) {
        int width = 2;
        for (long member : members) {
            width = Math.max(width, member == (short) member ? 2 : member == (int) member ? 4 : 8);
        }
        byte[] array = new byte[2 * Integer.BYTES + members.length * width];
        put(array, 0, width, Integer.BYTES);
        put(array, Integer.BYTES, members.length, Integer.BYTES);
        for (int i = 0; i < members.length; i++) {
            put(array, 2 * Integer.BYTES + i * width, members[i], width);
        }
        return array;
    }

    private static void put(byte[] array, int at, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            array[at + i] = (byte) (value >>> Byte.SIZE * i);
        }
    }
}
