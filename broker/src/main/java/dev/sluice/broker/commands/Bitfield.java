package dev.sluice.broker.commands;

import dev.sluice.broker.data.StringValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Integers at any bit of a string, the highest bit first. A field of 64 bits may touch nine bytes, so these are copied out
 * and back: they are a word and one byte more.
 */
final class Bitfield {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] window = new byte[Long.BYTES + 1];

    /** Beyond the end of the string, and where there is none, are zeros. */
    long read(@Nullable StringValue string, long offset, BitfieldType type) {
        load(string, (int) (offset >>> 3));
        int shift = (int) offset & 7;
        int rest = window[Long.BYTES] & 0xff;
        return type.fromTop((long) WORD.get(window, 0) << shift | rest >>> (Byte.SIZE - shift));
    }

    /** The field is within the string. */
    void write(StringValue string, long offset, BitfieldType type, long number) {
        int first = (int) (offset >>> 3);
        load(string, first);
        int shift = (int) offset & 7;
        long mask = type.toTop(-1);
        long bits = type.toTop(number);
        WORD.set(window, 0, (long) WORD.get(window, 0) & ~(mask >>> shift) | bits >>> shift);
        int restMask = low(mask, shift);
        window[Long.BYTES] = (byte) (window[Long.BYTES] & ~restMask | low(bits, shift));
        int last = (int) (offset + type.bits() - 1 >>> 3);
        string.put(first, window, 0, last - first + 1);
    }

    /** The bits that fall out at the lower end when a word is shifted down, as the highest of a byte. */
    private static int low(long word, int shift) {
        return (int) (word << (Byte.SIZE - shift)) & 0xff;
    }

    private void load(@Nullable StringValue string, int first) {
        int present = string == null ? 0 : Math.clamp(string.length() - first, 0, window.length);
        if (present > 0 && string != null) {
            string.copyTo(first, window, 0, present);
        }
        Arrays.fill(window, present, window.length, (byte) 0);
    }
}
