package dev.sluice.broker.commands;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;

/** The integers that BITFIELD knows: {@code i1} to {@code i64} in two's complement, {@code u1} to {@code u63}. */
record BitfieldType(boolean signed, int bits) {
    /** What becomes of a number that the type cannot hold. */
    enum Overflow {
        WRAP,
        SAT,
        FAIL
    }

    static BitfieldType parse(Bytes text) {
        boolean signed = !text.isEmpty() && text.at(0) == 'i';
        if (signed || !text.isEmpty() && text.at(0) == 'u') {
            Bytes number = text.slice(1, text.length());
            long bits = Numbers.isLong(number) ? Numbers.toLong(number) : 0;
            if (bits >= 1 && bits <= (signed ? Long.SIZE : Long.SIZE - 1)) {
                return new BitfieldType(signed, (int) bits);
            }
        }
        throw new CommandError(
                "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.");
    }

    /** The number in the highest bits of a word. */
    long fromTop(long word) {
        return signed ? word >> -bits : word >>> -bits;
    }

    /** The number in the highest bits of a word, above zeros. */
    long toTop(long number) {
        return number << -bits;
    }

    long most() {
        return -1L >>> (signed ? 1 : 0) >>> -bits;
    }

    long least() {
        return signed ? ~most() : 0;
    }

    /** The sum, or what the type holds in its place. */
    long add(long number, long increment, Overflow overflow) {
        int beyond = overflow == Overflow.SAT ? beyond(number, increment) : 0;
        return beyond > 0 ? most() : beyond < 0 ? least() : fromTop(toTop(number + increment));
    }

    /** Whether the type cannot hold the sum. */
    boolean overflows(long number, long increment) {
        return beyond(number, increment) != 0;
    }

    /**
     * 1 where the sum is more than the type holds, -1 where it is less. As in redis-server the distance to the bound may
     * wrap: a number of nearly 64 bits below the least of a short type counts as more.
     */
    private int beyond(long number, long increment) {
        long up = most() - number;
        long down = least() - number;
        if (!signed) {
            boolean more = Long.compareUnsigned(number, most()) > 0 || increment > 0 && increment > up;
            return more ? 1 : increment < 0 && increment < down ? -1 : 0;
        }
        boolean isShort = bits < Long.SIZE;
        if (number > most() || (isShort || number >= 0 && increment > 0) && increment > up) {
            return 1;
        }
        return number < least() || (isShort || number < 0 && increment < 0) && increment < down ? -1 : 0;
    }
}
