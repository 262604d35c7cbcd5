package dev.sluice.broker.net;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a subscriber lost and has not been told of, by channel. */
final class Missed {
    /** Names above this are not kept; what is lost of those channels is told without a name. */
    static final int NAMES_BYTES_MAX = 64 * 1024;

    private static final int NAME_OVERHEAD_BYTES = 64;
    private static final Bytes WORD = Bytes.of("missed");

    private final Map<Bytes, long[]> byChannel = new LinkedHashMap<>();
    private int nameBytes;
    private long nameless;

    void add(Bytes channel) {
        long[] count = byChannel.get(channel);
        if (count == null) {
            int bytes = channel.length() + NAME_OVERHEAD_BYTES;
            if (bytes > NAMES_BYTES_MAX - nameBytes) {
                nameless++;
                return;
            }
            nameBytes += bytes;
            count = new long[1];
            byChannel.put(channel, count);
        }
        count[0]++;
    }

    /** Tells it as pushes {@code missed channel n}, the channel null for all that have no name here; forgets it. */
    void tell(Consumer<Reply> to) {
        byChannel.forEach((channel, count) -> to.accept(push(channel, count[0])));
        if (nameless > 0) {
            to.accept(push(Reply.Null.STRING, nameless));
        }
        clear();
    }

    private static Reply push(Reply channel, long count) {
        return new Reply.Push(List.of(WORD, channel, Reply.integer(count)));
    }

    boolean isEmpty() {
        return byChannel.isEmpty() && nameless == 0;
    }

    void clear() {
        byChannel.clear();
        nameBytes = 0;
        nameless = 0;
    }
}
