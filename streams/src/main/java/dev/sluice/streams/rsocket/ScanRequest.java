package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Route#KEY_SCAN}: {@code {match, type, count}}. The answer is the keys themselves.
 *
 * @param match a pattern; null for all keys
 * @param type as TYPE names it; null for all
 * @param count keys that are looked at in one go, 1 to {@link #COUNT_MAX}
 */
public record ScanRequest(@Nullable Bytes match, @Nullable Bytes type, int count) {
    public static final int COUNT_MAX = 1000;
    public static final int COUNT_DEFAULT = 100;

    public static ScanRequest of(Fields fields) {
        ScanRequest request = new ScanRequest(
                fields.stringOrNull("match"),
                fields.stringOrNull("type"),
                fields.integer("count", COUNT_DEFAULT, 1, COUNT_MAX));
        fields.end();
        return request;
    }

    /** The payload, for clients. */
    public Reply payload() {
        List<Reply> pairs = new ArrayList<>();
        if (match != null) {
            pairs.add(Bytes.of("match"));
            pairs.add(match);
        }
        if (type != null) {
            pairs.add(Bytes.of("type"));
            pairs.add(type);
        }
        pairs.add(Bytes.of("count"));
        pairs.add(Reply.integer(count));
        return new Reply.Map(pairs);
    }
}
