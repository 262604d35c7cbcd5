package dev.sluice.broker.commands;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import java.util.function.LongSupplier;

/** Positions of bits as SETBIT, GETBIT and BITFIELD take them: bit 0 is the highest of the first byte. */
final class BitOffset {
    /** The broker's own strings end at 2 GiB, and a field of 64 bits may begin in the last byte. */
    private static final int BYTES_MAX = Integer.MAX_VALUE - Long.BYTES;

    private final LongSupplier stringBytesMax;

    /** @param stringBytesMax the setting proto-max-bulk-len, which bounds how far a bit may be away */
    BitOffset(LongSupplier stringBytesMax) {
        this.stringBytesMax = stringBytesMax;
    }

    long parse(Bytes text) {
        if (!Numbers.isLong(text)) {
            throw refused();
        }
        return checked(Numbers.toLong(text));
    }

    /** Also {@code #n}: the nth of fields of {@code width} bits. The product wraps, as redis-server's does. */
    long parse(Bytes text, int width) {
        if (text.isEmpty() || text.at(0) != '#') {
            return parse(text);
        }
        Bytes number = text.slice(1, text.length());
        if (!Numbers.isLong(number)) {
            throw refused();
        }
        return checked(Numbers.toLong(number) * width);
    }

    private long checked(long offset) {
        if (offset < 0 || offset >> 3 >= Math.min(stringBytesMax.getAsLong(), BYTES_MAX)) {
            throw refused();
        }
        return offset;
    }

    private static CommandError refused() {
        return new CommandError("ERR bit offset is not an integer or out of range");
    }
}
