package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;
import java.util.function.Consumer;

/**
 * The zipmap, in which Redis 2.4 wrote small hashes, after the head of its zipmap.c: a count, then each field and value
 * behind its length (one byte, or 254 and four bytes), behind that of a value how many bytes are free after it; 0xff.
 */
final class Zipmap {
    private static final int END = 0xff;
    private static final int LONG_LENGTH = 0xfe;
    private static final int COUNT_UNKNOWN = 0xfe;

    private Zipmap() {}

    /** Shows fields and values in turn, as views. Throws {@link CorruptRdbException}. */
    static void read(Bytes zipmap, Consumer<Bytes> visitor) {
        Reading in = new Reading(zipmap, "Zipmap");
        int count = in.next();
        int seen = 0;
        for (int first; (first = in.next()) != END; seen++) {
            Bytes field = in.view(length(in, first));
            long length = length(in, in.next());
            int free = in.next();
            Bytes value = in.view(length);
            in.skip(free);
            visitor.accept(field);
            visitor.accept(value);
        }
        if (seen == 0 || in.remaining() > 0 || count < COUNT_UNKNOWN && count != seen) {
            throw in.corrupt();
        }
    }

    private static long length(Reading in, int first) {
        if (first == END) {
            throw in.corrupt();
        }
        return first == LONG_LENGTH ? in.uint(Integer.BYTES) : first;
    }
}
