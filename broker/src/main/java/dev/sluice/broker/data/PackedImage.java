package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The block of a small collection while it is put together on the heap, and which members are in it already. */
final class PackedImage {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int SLOTS_FIRST = 64;
    private static final int TWO_BYTES = 2;

    private byte[] array = new byte[1024];
    private int used;
    private int count;
    private int[] slots = new int[SLOTS_FIRST]; // 1 more than the number of a member, found by its hash
    private int[] hashes = new int[SLOTS_FIRST / 2];
    private int[] offsets = new int[SLOTS_FIRST / 2];
    private int[] lengths = new int[SLOTS_FIRST / 2];

    void clear() {
        if (count > 0) {
            Arrays.fill(slots, 0);
        }
        used = 0;
        count = 0;
    }

    byte[] array() {
        return array;
    }

    int used() {
        return used;
    }

    int count() {
        return count;
    }

    /** Takes note of a member that is written next, {@code ahead} bytes from here. Returns whether it is new. */
    boolean note(Bytes member, int hash, int ahead) {
        if (count == hashes.length) {
            grow();
        }
        int mask = slots.length - 1;
        int slot = hash & mask;
        for (int other; (other = slots[slot]) != 0; slot = slot + 1 & mask) {
            if (hashes[other - 1] == hash && is(other - 1, member)) {
                return false;
            }
        }
        hashes[count] = hash;
        offsets[count] = used + ahead;
        lengths[count] = member.length();
        slots[slot] = ++count;
        return true;
    }

    private boolean is(int number, Bytes member) {
        int from = offsets[number];
        return Arrays.equals(
                array,
                from,
                from + lengths[number],
                member.array(),
                member.offset(),
                member.offset() + member.length());
    }

    private void grow() {
        hashes = Arrays.copyOf(hashes, 2 * count);
        offsets = Arrays.copyOf(offsets, 2 * count);
        lengths = Arrays.copyOf(lengths, 2 * count);
        slots = new int[4 * count];
        for (int i = 0; i < count; i++) {
            int slot = hashes[i] & slots.length - 1;
            while (slots[slot] != 0) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = i + 1;
        }
    }

    private int room(int bytes) {
        if (used + bytes > array.length) {
            array = Arrays.copyOf(array, Math.max(2 * array.length, used + bytes));
        }
        used += bytes;
        return used - bytes;
    }

    static int lengthBytes(int length) {
        return length < 128 ? 1 : TWO_BYTES;
    }

    /** One byte below 128, else two, the highest bit set. */
    void length(int length) {
        int at = room(lengthBytes(length));
        if (length < 128) {
            array[at] = (byte) length;
        } else {
            array[at] = (byte) (length >>> 8 | 128);
            array[at + 1] = (byte) length;
        }
    }

    void bytes(Bytes bytes) {
        int at = room(bytes.length());
        System.arraycopy(bytes.array(), bytes.offset(), array, at, bytes.length());
    }

    void number(double value) {
        int at = room(Double.BYTES);
        LONGS.set(array, at, Double.doubleToRawLongBits(value));
    }
}
