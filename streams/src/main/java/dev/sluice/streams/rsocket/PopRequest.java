package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** {@link Route#ZSET_POP}: {@code {keys*, side}}; the lowest score comes first unless it is said. */
public record PopRequest(List<Bytes> keys, Side side) {
    /** An end of a sorted set. */
    public enum Side {
        MIN,
        MAX
    }

    public static PopRequest of(Fields fields) {
        PopRequest request = new PopRequest(fields.someStrings("keys", "key"), fields.choice("side", Side.MIN));
        fields.end();
        return request;
    }

    /** The payload, for clients. */
    public Reply payload() {
        return Reply.map(
                Bytes.of("keys"),
                new Reply.Array(new ArrayList<>(keys)),
                Bytes.of("side"),
                Bytes.of(Fields.text(side)));
    }

    /** An element of the answer: {@code {key, member, score}}. */
    public static Reply popped(Reply key, Reply member, Reply score) {
        return Reply.map(Bytes.of("key"), key, Bytes.of("member"), member, Bytes.of("score"), score);
    }
}
