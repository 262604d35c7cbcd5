package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The listpack, after its specification by S. Sanfilippo (github.com/antirez/listpack): 4 bytes for its length, 2 for the
 * number of elements (65 535: unknown), elements, 0xff. An element is its encoding, its data and the length of both
 * backwards, in groups of 7 bits.
 */
final class Listpack {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int HEADER_BYTES = 6;
    private static final int END = 0xff;
    private static final int COUNT_UNKNOWN = 0xffff;
    private static final int STRING_32 = 0xf0;
    private static final int INT_16 = 0xf1;
    private static final int INT_24 = 0xf2;
    private static final int INT_32 = 0xf3;
    private static final int INT_64 = 0xf4;

    /** What the elements' own headers add at most. */
    private static final int ELEMENT_OVERHEAD_MAX = 10;

    private static final int BYTES_FIRST = 64;
    private static final int BYTES_KEPT_MAX = 1 << 16;

    private byte[] array = new byte[BYTES_FIRST];
    private int size = HEADER_BYTES;
    private int count;

    // ---- reading

    /** Shows every element; strings as views. Throws {@link CorruptRdbException}, which says by {@code name} what it is. */
    static void read(Bytes listpack, String name, Consumer<Bytes> visitor) {
        Reading in = new Reading(listpack, name);
        if (in.uint(Integer.BYTES) != listpack.length()) {
            throw in.corrupt();
        }
        int count = (int) in.uint(Short.BYTES);
        int seen = 0;
        for (int first; (first = in.next()) != END; seen++) {
            int from = in.at() - 1;
            Bytes element = element(in, first);
            checkBackLength(in, in.at() - from);
            visitor.accept(element);
        }
        if (in.remaining() > 0 || count != COUNT_UNKNOWN && count != seen) {
            throw in.corrupt();
        }
    }

    private static Bytes element(Reading in, int first) {
        if (first < 0x80) {
            return Bytes.of((long) first);
        } else if (first < 0xc0) {
            return in.view(first & 0x3f);
        } else if (first < 0xe0) {
            return Bytes.of((long) ((first << 8 | in.next()) << 19 >> 19));
        } else if (first < 0xf0) {
            return in.view((first & 0xf) << 8 | in.next());
        }
        return switch (first) {
            case STRING_32 -> in.view(in.uint(Integer.BYTES));
            case INT_16 -> in.integer(2);
            case INT_24 -> in.integer(3);
            case INT_32 -> in.integer(4);
            case INT_64 -> in.integer(8);
            default -> throw in.corrupt();
        };
    }

    private static void checkBackLength(Reading in, int length) {
        for (int groups = backBytes(length), shift = 7 * (groups - 1); shift >= 0; shift -= 7) {
            int flag = shift == 7 * (groups - 1) ? 0 : 0x80;
            if (in.next() != (length >>> shift & 0x7f | flag)) {
                throw in.corrupt();
            }
        }
    }

    /** As Redis has it, which takes a group more than needed for 2^14-1, 2^21-1 and 2^28-1. */
    private static int backBytes(int length) {
        if (length < 1 << 7) {
            return 1;
        }
        int groups = 2;
        for (int limit = (1 << 14) - 1; groups < 5 && length >= limit; groups++) {
            limit = limit << 7 | 0x7f;
        }
        return groups;
    }

    // ---- writing

    /** Bytes so far, without the end. */
    int size() {
        return size;
    }

    boolean isEmpty() {
        return count == 0;
    }

    void clear() {
        if (array.length > BYTES_KEPT_MAX) {
            array = new byte[BYTES_FIRST];
        }
        size = HEADER_BYTES;
        count = 0;
    }

    void add(Bytes element) {
        add(element.array(), element.offset(), element.length());
    }

    /** As a number where it is the text of one. */
    void add(byte[] bytes, int offset, int length) {
        if (array.length - size < length + ELEMENT_OVERHEAD_MAX + 1) {
            array = Arrays.copyOf(array, Math.max(2 * array.length, size + length + ELEMENT_OVERHEAD_MAX + 1));
        }
        int from = size;
        if (Numbers.isLong(bytes, offset, length)) {
            putInteger(Numbers.toLong(Bytes.view(bytes, offset, length)));
        } else {
            putString(bytes, offset, length);
        }
        putBackLength(size - from);
        count++;
    }

    /** Ends it; valid until more is added. */
    Bytes bytes() {
        array[size] = (byte) END;
        INTS.set(array, 0, size + 1);
        int shown = Math.min(count, COUNT_UNKNOWN);
        array[Integer.BYTES] = (byte) shown;
        array[Integer.BYTES + 1] = (byte) (shown >>> 8);
        return Bytes.view(array, 0, size + 1);
    }

    private void putInteger(long number) {
        if (number >= 0 && number < 0x80) {
            put(number, 1);
        } else if (number >= -(1 << 12) && number < 1 << 12) {
            put(number >>> 8 & 0x1f | 0xc0, 1);
            put(number, 1);
        } else if (number == (short) number) {
            put(INT_16, 1);
            put(number, 2);
        } else if (number == number << 40 >> 40) {
            put(INT_24, 1);
            put(number, 3);
        } else if (number == (int) number) {
            put(INT_32, 1);
            put(number, 4);
        } else {
            put(INT_64, 1);
            put(number, 8);
        }
    }

    private void putString(byte[] bytes, int offset, int length) {
        if (length < 1 << 6) {
            put(length | 0x80, 1);
        } else if (length < 1 << 12) {
            put(length >>> 8 | 0xe0, 1);
            put(length, 1);
        } else {
            put(STRING_32, 1);
            put(length, 4);
        }
        System.arraycopy(bytes, offset, array, size, length);
        size += length;
    }

    private void putBackLength(int length) {
        int groups = backBytes(length);
        for (int shift = 7 * (groups - 1); shift >= 0; shift -= 7) {
            put(length >>> shift & 0x7f | (shift == 7 * (groups - 1) ? 0 : 0x80), 1);
        }
    }

    private void put(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            array[size++] = (byte) (value >>> 8 * i);
        }
    }
}
