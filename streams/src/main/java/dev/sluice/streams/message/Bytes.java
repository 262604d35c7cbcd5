package dev.sluice.streams.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A binary-safe string, and as such also a bulk reply. It is a view: {@code length} bytes of {@code array} from {@code
 * offset}. A view of an inbound buffer is valid only while its batch runs; {@link #detached()} makes one that can be
 * kept. Ordering is by unsigned bytes, as memcmp.
 */
public final class Bytes implements Reply, Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** A view of the whole array, which must not be changed afterwards. */
    public static Bytes of(byte[] array) {
        return new Bytes(array, 0, array.length);
    }

    /** A view of {@code length} bytes from {@code offset}. */
    public static Bytes view(byte[] array, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, array.length);
        return new Bytes(array, offset, length);
    }

    /** The UTF-8 bytes of a text. */
    public static Bytes of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The decimal text of a number. */
    public static Bytes of(long number) {
        return of(Long.toString(number).getBytes(StandardCharsets.ISO_8859_1));
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    public byte at(int index) {
        return array[offset + index];
    }

    /** The array behind the view, for copying out of it: valid from {@link #offset()} for {@link #length()}. */
    public byte[] array() {
        return array;
    }

    public int offset() {
        return offset;
    }

    public Bytes slice(int from, int to) {
        return view(array, offset + from, to - from);
    }

    /** This value in an array of its own, if it is a view of a larger one. */
    public Bytes detached() {
        return length == array.length ? this : of(toArray());
    }

    /** A copy that shares nothing. */
    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** Whether this is {@code word} but for the case of ASCII letters; {@code word} must be upper case. */
    public boolean is(String word) {
        if (word.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            int b = array[offset + i];
            if (b >= 'a' && b <= 'z') {
                b -= 'a' - 'A';
            }
            if (b != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it begins with all of another; each begins with the empty one. */
    public boolean startsWith(Bytes prefix) {
        return length >= prefix.length
                && Arrays.equals(
                        array,
                        offset,
                        offset + prefix.length,
                        prefix.array,
                        prefix.offset,
                        prefix.offset + prefix.length);
    }

    /** Text as UTF-8; what is not UTF-8 is replaced. */
    @Override
    public String toString() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    /** Text with one character per byte, so that nothing is lost. */
    public String toLatin1() {
        return new String(array, offset, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public int compareTo(Bytes that) {
        return Arrays.compareUnsigned(
                array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && length == that.length
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }
}
