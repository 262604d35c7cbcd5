package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;
import java.util.function.Consumer;

/**
 * The ziplist, which Redis wrote up to 6.2, after the head of its ziplist.c: 4 bytes for its length, 4 for where the last
 * element begins, 2 for the number of elements (65 535: unknown), elements, 0xff. An element is the length of the one
 * before it (one byte, or 254 and four bytes), its encoding and its data.
 */
final class Ziplist {
    private static final int END = 0xff;
    private static final int LONG_PREVIOUS = 0xfe;
    private static final int COUNT_UNKNOWN = 0xffff;

    private Ziplist() {}

    /** Shows every element; strings as views. Throws {@link CorruptRdbException}, which says by {@code name} what it is. */
    static void read(Bytes ziplist, String name, Consumer<Bytes> visitor) {
        Reading in = new Reading(ziplist, name);
        long bytes = in.uint(Integer.BYTES);
        long tail = in.uint(Integer.BYTES);
        int count = (int) in.uint(Short.BYTES);
        int seen = 0;
        long previous = 0;
        int from = in.at();
        for (int first; (first = in.next()) != END; seen++) {
            if ((first == LONG_PREVIOUS ? in.uint(Integer.BYTES) : first) != previous) {
                throw in.corrupt();
            }
            visitor.accept(element(in, in.next()));
            previous = in.at() - from;
            from = in.at();
        }
        long last = from - previous - ziplist.offset();
        if (in.remaining() > 0
                || bytes != ziplist.length()
                || tail != last
                || count != COUNT_UNKNOWN && count != seen) {
            throw in.corrupt();
        }
    }

    private static Bytes element(Reading in, int encoding) {
        return switch (encoding >>> 6) {
            case 0 -> in.view(encoding);
            case 1 -> in.view((encoding & 0x3f) << 8 | in.next());
            case 2 -> in.view(Integer.toUnsignedLong(Integer.reverseBytes((int) in.uint(Integer.BYTES))));
            default -> integer(in, encoding);
        };
    }

    private static Bytes integer(Reading in, int encoding) {
        return switch (encoding) {
            case 0xc0 -> in.integer(2);
            case 0xd0 -> in.integer(4);
            case 0xe0 -> in.integer(8);
            case 0xf0 -> in.integer(3);
            case 0xfe -> in.integer(1);
            default -> {
                if (encoding < 0xf1 || encoding > 0xfd) {
                    throw in.corrupt();
                }
                yield Bytes.of((long) (encoding - 0xf1));
            }
        };
    }
}
