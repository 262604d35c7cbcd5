package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** {@link Route#LIST_TAKE}: {@code {keys*, side}}; the side is the left one unless it is said. */
public record TakeRequest(List<Bytes> keys, Side side) {
    /** An end of a list. */
    public enum Side {
        LEFT,
        RIGHT
    }

    public static TakeRequest of(Fields fields) {
        TakeRequest request = new TakeRequest(fields.someStrings("keys", "key"), fields.choice("side", Side.LEFT));
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

    /** An element of the answer: {@code {key, value}}. */
    public static Reply taken(Bytes key, Reply value) {
        return Reply.map(Bytes.of("key"), key, Bytes.of("value"), value);
    }
}
